// Numbers that a word before them explains: `MRN: 998877`, `Member ID AB-1234`, `licence no. 4471` (identifiers G to M and R).
import type { Category } from '../span.ts';
import { type Found, isAlnum, matchAt, NOTHING, type Recogniser } from './recogniser.ts';

interface Label {
  readonly type: Category;
  readonly rule: string;
  /** Alternatives of the label, longest first, without what joins it to its value. */
  readonly form: RegExp;
  /** Folded first words. */
  readonly words: readonly string[];
}

const label = (type: Category, rule: string, words: string, form: string): Label => ({
  type,
  rule: `label:${rule}`,
  words: words.split(' '),
  form: new RegExp(`(?:${form})(?![a-z])`, 'iy'),
});

/** Earlier rows win where two begin at one word. */
const LABELS: readonly Label[] = [
  label(
    'SSN',
    'ssn',
    'ssn ss social soc sin nino',
    String.raw`ssn|ss\s?#|ss no|social security(?: number| no| #| card)?|soc\.? sec\.?(?: no| #)?|social(?= (?:is|number|#|:|ending)|:|#)|sin(?= (?:is|number|no)|:|#)|nino(?= (?:is|number|no)|:|#)`,
  ),
  label(
    'VEHICLE',
    'vin',
    'vin vehicle license licence plate plates tag registration',
    String.raw`vin|vehicle (?:identification(?: number)?|id|registration)|licen[sc]e plates?|plates?(?= (?:number|no|#|is|reads|reading)|:|#|\s(?:[A-Z]{2} )?[A-Z0-9]{2,4}[- ]?[A-Z0-9]{2,4})|tag(?= (?:number|no|#)|:|#)|registration plate`,
  ),
  label(
    'HEALTH_PLAN',
    'health-plan',
    'member subscriber policy insurnace card insurance insured health beneficiary medicare medicaid mbi hicn plan group hpbn hpn payer payor coverage nass cip humana aetna cigna blue bcbs nhs tarjeta seguro',
    String.raw`health[- ]plan(?: beneficiary)?(?: number| id| no| #)?|health insurance(?: (?:claim|policy|member|card))?(?: number| id| no| #)?|member(?:ship)?(?: id| number| no| #|#)|subscriber(?: id| number| no| #|#)?|policy ?holder(?: id| number)?|policy(?: id| number| no| #|#)|policy(?=[: ]\s?[A-Z#]{0,4}-?\d)|insurance(?: policy| member| card| plan)?(?: id| number| no\.?| #|#)|insurance(?=[: ]\s?[A-Z#]{0,4}-?\d|: [A-Z]{2,4} [A-Z]{2,4} \d)|insurnace(?= ?#)|insurance card(?: no| number)?|card (?:no|number)(?= [A-Z]{2,4} \d)|insured(?: id| number)|beneficiary(?: id| number| no| #|#)?|(?:medicare|medicaid)(?: beneficiary)?(?: id(?:entifier)?| number| no| #|#)?(?=[: #(]|\sis)|mbi|hicn|hpbn|hpn|plan(?: id| number| no| #|#)|group(?: id| number| no| #|#)|pay[eo]r(?: id| number)|coverage(?: id| number)|(?:humana|aetna|cigna|blue cross|bcbs)(?: id| number| policy| member)(?: id| number)?|nass|cip|nhs(?: number| no)|tarjeta sanitaria|seguro(?: social)?(?= n)`,
  ),
  label(
    'LICENSE',
    'license',
    'license licence lic certificate certification cert dea npi driver drivers dl medical nursing passport upin state ncol colegiado num',
    String.raw`(?:driver'?s?[’']?s?|medical|nursing|state|professional|pharmacy) licen[sc]e(?: id| number| no| #)?|licen[sc]e(?: id| number| no\.?| #|#)?|lic\.?(?= ?(?:#|no|:)|\s[A-Z]{0,3}[- ]?\d)|certificat(?:e|ion)(?: id| number| no\.?| #|#)|certificate(?=[: ]\s?[A-Z]{0,4}-?\d)|cert(?= ?(?:#|no|:))|dea(?: registration)?(?: id| number| no| #|#)?|npi(?: number| no| #|#)?|dl(?= ?(?:#|no|number|:))|passport(?: id| number| no| #|#)?|upin|n[º°]\s?col(?:egiado)?\.?|num\.? col\.?|colegiado(?: n[º°])?`,
  ),
  label(
    'DEVICE',
    'device',
    'serial device implant pacemaker icd udi sn s pump stent lot cgm defibrillator lead generator prosthesis valve sensor transmitter insulin hearing imei',
    String.raw`(?:device|implant|pacemaker|icd|pump|defibrillator|generator|prosthesis|valve|lead|sensor|transmitter|stent|cgm|insulin pump|hearing aid)'?s?(?: implant| device| lead| pump)?(?: serial| identifier| id| model| s\/n| sn| lot| imei)(?: number| no\.?| num| #|#)?|(?:device|implant)(?: number| no| #|#)|serial(?: number| no\.?| num| #|#)?(?=[: #(]|\sis)|s\/n|sn(?= ?[:#]| [A-Z0-9-]{0,12}\d{3})|udi(?:-di|-pi)?|imei`,
  ),
  label(
    'ACCOUNT',
    'account',
    'account acct acc csn bank billing guarantor hospital invoice iban routing credit debit card statement financial',
    String.raw`(?:bank |billing |hospital |guarantor |patient |financial )?acc(?:oun)?t\.?(?: id| number| no\.?| num| #|#)?(?=[: #(.-]|\sis|\sending)|billing(?: id| number| no)|guarantor(?: id| number)|invoice(?: id| number| no\.?| #|#)?|iban|routing(?: number| no)?|(?:credit|debit)? ?card(?: number| no| #|#)|statement(?: id| number| no)`,
  ),
  label(
    'MRN',
    'mrn',
    'mrn mr medical med record chart patient pt hospital unit emr ehr epic hrn uhid file nhc cipa historia empi mpi mhn',
    String.raw`mrns?|mr(?= ?(?:#|no\b|number)|:)|(?:medical|med|hospital|health|patient|pt|clinic|electronic)\.? (?:medical )?(?:record|rec|chart)s?\.?(?: id| number| num| no\.?| #|#)?(?=[: #(]|\sis|\sno)|record(?: id| number| no\.?| #|#)|chart(?: id| number| no\.?| #|#)|(?:patient|pt)\.?'?s? ?(?:id(?:entifier|entification)?(?: number| no| #)?|number|no\.|#)|hospital(?: id| number| no| #|#)|unit(?: number| no)|(?:emr|ehr|epic|hrn|uhid|empi|mpi)(?: id| number| no| #|#)?(?=[: #(]|\sis|\s\d)|file(?: number| no| #|#)|nhc|cipa|historia(?: cl[ií]nica)?(?: n[º°úu]m?(?:ero)?)?`,
  ),
  label(
    'BIOMETRIC',
    'biometric',
    'fingerprint finger retinal retina iris voiceprint voice facial face palm biometric dna',
    String.raw`(?:finger ?print|retinal?(?: scan)?|iris(?: scan)?|voice ?print|facial(?: recognition| scan)?|face ?print|palm(?: vein| print)?|biometric|dna)(?: profile| template| scan| sample| record| hash| file)?(?: id(?:entifier)?| number| no| #|#| code| reference| hash| template)`,
  ),
  label(
    'PHOTO',
    'photo',
    'photo photograph image picture headshot selfie',
    String.raw`(?:photo(?:graph)?|image|picture|headshot|selfie)(?: file| id| number| no| #|#| ref(?:erence)?)`,
  ),
  label(
    'OTHER_ID',
    'id',
    'case accession acc run csn har fin cc specimen order encounter visit study trial subject participant protocol uid uuid guid id identifier reference ref confirmation claim rx prescription employee badge student user username login site referral authorization auth prior ticket tracking booking appointment sample donor research enrollment tax ein tin dni nie cuit curp episodio expediente numero registry transplant unos barcode wristband bed room inmate booking docket inventory incident',
    String.raw`(?:case|accession|specimen|run|csn|har|fin|order|encounter|visit|study|trial|subject|participant|protocol|reference|ref|confirmation|claim|rx|prescription|employee|badge|student|user|login|site|referral|(?:prior )?auth(?:orization)?|ticket|tracking|booking|appointment|sample|donor|research|enrollment|registry|transplant|unos|barcode|wristband|inmate|docket|incident|episodio|expediente|tax)\.?(?: subject| participant| patient| case)?(?: id(?:entifier)?s?| number| num| no\.?| #|#| code|:(?=\s?[A-Z]{0,5}-?\d))|username|(?:unique )?identifier|u?uid|guid|id(?: number| no\.?| #|#)?(?=[: #(-]|\sis|\s[A-Z]{0,4}-?\d)|ein|tin(?= ?[:#])|dni|nie(?= ?[:\d])|cuit|curp|ref(?= ?[:#])|case(?= #)|rx(?= ?#)|accession|acc ?#|specimen(?= [A-Z]{1,3}\d{2}-\d)|run(?= \d{2}-\d{4})|(?:csn|har|fin)(?=[ :#])|c\.c\.(?= ?\d)|claim(?= #)`,
  ),
];

/** Public codes that say what, not who. */
const PUBLIC =
  /(?:icd|cpt|hcpcs|loinc|snomed(?:[- ]?ct)?|rxnorm|rxcui|ndc|pmid|pmcid|nct|doi|drg|cas|hgnc|omim|orpha|atc|unii|isbn|issn|mesh|dsm|nda|clinicaltrials)\b/iu;

const JOIN =
  /(?:\s{0,2}(?:numbers?|num|nos?\.?|n[º°]\.?|#|ids?|code|is|was|as|of|listed as|ending(?: in| with)?|ends in|on file|on record|for reference|reads|read|given as|given|recorded as|:|=|-|\u2013|\u2014|\(|\[|"|'|\u201c|\*)){0,6}\s{0,2}/iy;
const VALUE = /#?[A-Za-z0-9](?:[A-Za-z0-9]|[-_/.\u2010-\u2014:·](?=[A-Za-z0-9])){1,39}/y;
const GROUPS = /(?:nhc-)?\d{1,12}(?:[\s-]\d{1,12}){1,5}(?![\w/]|[-.]\d)/iy;
/** `RZ 55120 9981`, `BCBS TXA 90331277`: letters, then groups of figures, after a label. */
const LETTERS_GROUPS = /[A-Z]{1,4}(?: [A-Z]{2,4})? \d{3,12}(?: \d{2,8}){0,3}(?![\w/]|[-.]\d)/y;
const ANOTHER = /\s{0,2}(?:,|\/|and|or|y|&)\s{0,2}#?(?=[A-Za-z]{0,5}-?\d)/iy;
const PLATE = /(?:[A-Z]{2} )?[A-Z0-9]{2,4}[- ]?[A-Z0-9]{2,5}(?![A-Za-z0-9])/y;

const LEAST = 3;

function find(of: Label, text: string, start: number): readonly Found[] {
  const found = matchAt(of.form, text, start);
  if (found === null) return NOTHING;
  const end = start + found[0].length;
  const join = matchAt(JOIN, text, end)?.[0] ?? '';
  let at = end + join.length;
  if (join === '' && isAlnum(text, at)) return NOTHING;
  const results: Found[] = [];
  for (let tries = 0; tries < 4; tries += 1) {
    const value = valueAt(of, text, at);
    if (value === null) break;
    results.push({ start: at, end: at + value.length, type: of.type, score: 0.95, rule: of.rule });
    const more = matchAt(ANOTHER, text, at + value.length);
    if (more === null) break;
    at += value.length + more[0].length;
  }
  return results;
}

/** The value at `at`: must hold a digit, be long enough, and be no quantity, date or year. */
function valueAt(of: Label, text: string, at: number): string | null {
  const groups = matchAt(GROUPS, text, at)?.[0];
  const single =
    of.type === 'VEHICLE'
      ? (matchAt(PLATE, text, at)?.[0] ?? matchAt(VALUE, text, at)?.[0])
      : matchAt(VALUE, text, at)?.[0];
  const lettered = of.type === 'VEHICLE' || of.type === 'OTHER_ID' ? undefined : matchAt(LETTERS_GROUPS, text, at)?.[0];
  if (lettered !== undefined) return lettered;
  const value = groups !== undefined && groups.length > (single?.length ?? 0) && grouped(groups, of) ? groups : single;
  return value === undefined || isNoIdentifier(value, of) ? null : value;
}

/** Without a figure, too short, or a quantity, a year or a public code. */
function isNoIdentifier(value: string, of: Label): boolean {
  if (!/\d/.test(value) || value.replace(/[^A-Za-z0-9]/g, '').length < LEAST) return true;
  if (/^(?:19|20)\d\d$/.test(value) && of.type === 'OTHER_ID') return true;
  return PUBLIC.test(value) || /^(?:\d+(?:mg|mcg|ml|kg|cm|mm|st|nd|rd|th|yo|am|pm|x|%))$/iu.test(value);
}

/** Groups of digits with spaces between belong together when each is short, or the label is one that is written so. */
function grouped(groups: string, of: Label): boolean {
  if (/nass|col|nhc|cip/u.test(of.rule) || of.type === 'HEALTH_PLAN' || of.type === 'LICENSE') return true;
  if (/^(?:nhc-)?\d{5,}\s\d$/iu.test(groups)) return true;
  return groups.split(/\s/u).every((group) => group.length <= 4);
}

const byWord = Map.groupBy(
  LABELS.flatMap((of) => of.words.map((word) => ({ word, of }))),
  ({ word }) => word,
);

export const labelled: Recogniser = {
  starts: { words: [...byWord.keys(), 'n'] },
  find({ tokens }, at): readonly Found[] {
    const { text } = tokens;
    const start = tokens.start[at] ?? 0;
    const word = text.slice(start, tokens.end[at]).toLowerCase();
    const rows = byWord.get(word) ?? (word.startsWith('n') ? byWord.get('ncol') : undefined) ?? [];
    if (start > 0 && isAlnum(text, start - 1)) return NOTHING;
    if (PUBLIC.test(text.slice(Math.max(0, start - 12), start)) && /\s$/u.test(text.slice(start - 1, start)))
      return NOTHING;
    for (const { of } of rows) {
      const found = find(of, text, start);
      if (found.length > 0) return found;
    }
    return NOTHING;
  },
};
