// Numbers and signs that could be somebody's, told by how they are built alone: how many digits, in what groups, mixed with what.

export interface Shape {
  readonly start: number;
  readonly end: number;
  readonly reason: string;
}

const MONTH =
  '(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?|enero|febrero|marzo|abril|mayo|junio|julio|agosto|sep?tiembre|octubre|noviembre|diciembre)';

/** Each reads a bounded stretch from wherever it begins, so that a text of any kind takes linear time. */
const PATTERNS: readonly (readonly [reason: string, pattern: RegExp])[] = [
  ['address-sign', /[\w.+-]{1,64}\s?@\s?[\w-]{1,64}\.?/gu],
  ['web', /\b(?:https?:\/\/|www\.)\S{1,200}/giu],
  ['web', /\b[a-z\d-]{2,40}\.(?:com|org|net|edu|gov)\b/giu],
  ['numbers-in-fours', /(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])/gu],
  ['day', /(?<![\d./-])(?:0?[1-9]|[12]\d|3[01])([-/.])(?:0?[1-9]|[12]\d|3[01])\1(?:19|20)?\d\d(?![\d/-]|\.\d)/gu],
  ['day', /(?<![\d./-])(?:19|20)\d\d([-/.])(?:0?[1-9]|1[0-2])\1(?:0?[1-9]|[12]\d|3[01])(?!\d)/gu],
  [
    'day',
    new RegExp(
      `(?<![\\p{L}\\d])${MONTH}\\.?\\s{1,2}(?:(?:the\\s)?\\d{1,2}(?:st|nd|rd|th)?(?![\\d.:/%]|\\s?(?:mg|mcg|ml|g|%))\\b)`,
      'giu',
    ),
  ],
  ['day', new RegExp(`(?<![\\p{L}\\d])${MONTH}\\.?,?\\s{1,2}(?:of\\s|de(?:l)?\\s)?(?:19|20)\\d\\d(?!\\d)`, 'giu')],
  ['day', new RegExp(`(?<![\\d./])\\d{1,2}(?:st|nd|rd|th)?[\\s-](?:of\\s|de\\s)?${MONTH}(?!\\p{L})`, 'giu')],
];

const DIGITS = /(?<![\d])\(?\d[\d\s().-]{3,24}\d(?!\d)/gu;
const CODE = /(?<![\p{L}\d])[A-Za-z\d]{1,16}(?:[-#:/_][A-Za-z\d]{1,16}){0,4}(?![\p{L}\d])/gu;
const SAID =
  /\b(?:(?:zero|oh|one|two|three|four|five|six|seven|eight|nine|double|triple)[\s,-]{1,2}){4,24}(?:zero|oh|one|two|three|four|five|six|seven|eight|nine)\b/giu;
/** Codes that are everybody's: trials, articles, genes, classifications. */
const PUBLIC =
  /(?:nct|pmid|pmcid?|doi|isbn|issn|icd|cpt|hcpcs|snomed|loinc|rxnorm|rxcui|ndc|atc|cas|omim|dsm|rs|isrctn|eudract|grch|chr|hg|cd|il|sars|covid)[\s:#.-]{0,3}(?:\w{1,4}[\s:#.-]{1,2}){0,2}$/iu;
const UNIT =
  /^\s?(?:\/|%|×|x\s?10|mg|mcg|µg|g\b|kg|ml|l\b|iu\b|units?|cells|copies|mm|cm|years?|patients|participants|steps|per\b|k\b|usd|dollars|cal|kcal|beats|people|adults|children|women|men|cases|subjects|hours|minutes)/iu;
const LEAST_TOGETHER = 5; // digits in one run
const LEAST_APART = 7; // digits in several
const LEAST_IN_CODE = 4;

/** In no order; they may overlap. */
export function oddShapes(text: string): readonly Shape[] {
  const found: Shape[] = [];
  for (const [reason, pattern] of PATTERNS)
    for (const match of text.matchAll(pattern)) found.push(shapeOf(match, reason));
  for (const match of text.matchAll(SAID)) found.push(shapeOf(match, 'digits-said'));
  for (const match of text.matchAll(DIGITS)) if (isOddNumber(text, match)) found.push(shapeOf(match, 'number'));
  for (const match of text.matchAll(CODE)) if (isOddCode(text, match)) found.push(shapeOf(match, 'code'));
  return found;
}

const shapeOf = (match: RegExpExecArray, reason: string): Shape => ({
  start: match.index,
  end: match.index + match[0].length,
  reason,
});

function isOddNumber(text: string, match: RegExpExecArray): boolean {
  const [written] = match;
  if (/[\s-]\s|\.\s|\s[-.]/u.test(written)) return false;
  const groups = written.match(/\d+/gu) ?? [];
  if (groups.length === 2 && written.includes('-') && (groups[1]?.length ?? 0) < LEAST_TOGETHER - 1) return false; // `1200-1500`
  const digits = groups.join('').length;
  const longest = Math.max(...groups.map((group) => group.length));
  if (groups.length === 1 ? digits < LEAST_TOGETHER : digits < LEAST_APART || longest < 3) return false;
  if (groups.every((group) => /^(?:19|20)\d\d$/u.test(group)) || /^\d+\.\d+$/u.test(written)) return false;
  return !isPublic(text, match);
}

/** Letters and digits glued or joined, with more digits than a drug, gene or scale has. */
function isOddCode(text: string, match: RegExpExecArray): boolean {
  const [written] = match;
  if (!/[A-Za-z]/u.test(written) || !/\d/u.test(written)) return false;
  const groups = written.match(/\d+/gu) ?? [];
  const real = groups.filter((group) => !/^(?:19|20)\d\d$/u.test(group));
  if (real.join('').length < LEAST_IN_CODE || Math.max(...real.map((group) => group.length)) < 3) return false;
  if (/^\d+(?:[x×]\d+|[A-Za-z]{0,8})(?:\/[A-Za-z\d]{1,12}){0,2}$/u.test(written)) return false; // `1500mg`, `250000/uL`
  return !/^[A-Z]\d{3,5}[A-Z]$/u.test(written) && !isPublic(text, match); // `A1298C`: a variant of a gene
}

function isPublic(text: string, match: RegExpExecArray): boolean {
  const before = text.slice(Math.max(0, match.index - 24), match.index);
  const after = text.slice(match.index + match[0].length, match.index + match[0].length + 16);
  return PUBLIC.test(before) || /^(?:nct|pmc|rs|isrctn|chembl|ensg)\d/iu.test(match[0]) || UNIT.test(after);
}
