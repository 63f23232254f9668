// Codes and numbers that no word explains: their form alone says that they name one thing (identifiers H to M and R).
import { before, beginsNumber, type Found, isAlnum, matchAt, NOTHING, type Recogniser } from './recogniser.ts';

const VIN = /[A-HJ-NPR-Z0-9]{17}(?![A-Za-z0-9])/iy;
const IBAN = /[A-Z]{2}\d{2}(?:\s?[A-Z0-9]{4}){2,7}(?:\s?[A-Z0-9]{1,3})?(?![A-Za-z0-9])/y;
const CARD = /\d(?:[ -]?\d){11,18}(?![\d]|-\d)/y;
const CODE = /#?[A-Z]{1,6}[-_#](?=[A-Z0-9-]{0,20}\d{2})[A-Z0-9]{2,14}(?:-[A-Z0-9]{1,14}){0,4}(?![A-Za-z0-9])/y;
const GLUED = /#?(?:[A-Z]{1,5}\d{5,12}|\d{4,10}[A-Z]{1,3})(?![A-Za-z0-9]|[.-]\d)/y;
const HASH = /#\s?[A-Z0-9]{1,8}(?:-?[A-Z0-9]{1,10}){0,3}(?![A-Za-z0-9])/y;
const DASHED = /\d{2,5}-\d{2,5}-\d{1,5}(?:-\d{1,5})?(?![\d]|-\d)/y;
const LONG = /\d{7,64}(?![\d]|[.,]\d)/y;
const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![0-9a-f])/iy;
const UDI = /\(01\)\d{14}(?:\((?:10|11|17|21)\)[A-Za-z0-9-]{1,20}){0,4}/y;

/** Codes of public vocabularies, and quantities. */
const PUBLIC =
  /(?:icd(?:-?\d{1,2})?(?:-cm|-pcs)?|cpt|hcpcs|loinc|snomed(?:[- ]?ct)?|rxnorm|rxcui|ndc|pmid|pmc|nct|doi|drg|cas|hgnc|omim|orpha|atc|unii|isbn|issn|rs|covid|sars|grade|stage|type|class|version|v|il|cd|gene|variant|mutation|allele|hla)\s?(?:code|codes|number|no\.?|id)?s?\s?[:#(-]{0,2}\s?$/u;
const PUBLIC_FORM =
  /^(?:COVID|SARS|ICD|CPT|NCT|PMID|DSM|HLA|GLP|SGLT|DPP|IL|CD|HER|CYP|BRCA|PD|PDL|VEGF|TNF|MRI|CT|PET|EKG|ECG|CKD|COPD|DM|HIV|HCV|HBV|HPV|EGFR|ACE|CHA|GAD|PHQ|MMSE|NYHA|ASA|ECOG|FEV|T|N|M|L|C|S|B|PM|AM|TID|BID|FDA|CDC|WHO|GOLD|LOINC|RS|MELD|CHADS|ABCD|H|MIS|APO|TORCH|SF|EQ|KRAS|NRAS)[-_]?\d{0,2}[A-Z]?(?:-|$)/u;
const QUANTITY =
  /^\s?(?:mg|mcg|ml|kg|g|units?|iu|cells|copies|cfu|steps|kcal|calories|mm|cm|%|\/|per\b|patients|people|participants|cases|dollars|platelets|deaths|individuals|copies|years)/iu;
const AMOUNT =
  /(?:[$€£<>=≥≤±~+]|count|wbc|rbc|plt|platelets?|load|titer|level|about|approximately|over|under|nearly|n ?=|total of)\s{0,2}(?:of|is|was|:)?\s{0,2}$/u;

export const code: Recogniser = {
  starts: { words: '*', digits: true, marks: '#(' },
  find({ tokens }, at): readonly Found[] {
    const { text } = tokens;
    const start = tokens.start[at] ?? 0;
    if (start > 0 && (isAlnum(text, start - 1) || text[start - 1] === '_')) return NOTHING;
    const first = text.charCodeAt(start);
    if (tokens.kind[at] === 2) return numeric(tokens, at, start);
    if (first === 0x28) return one(matchAt(UDI, text, start), start, 'DEVICE', 0.97, 'udi');
    if (first === 0x23) return hashed(text, start);
    if (!isCapital(first) || (tokens.end[at] ?? 0) - start > 17) return NOTHING;
    return lettered(tokens, at, start);
  },
};

function isCapital(code: number): boolean {
  return (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x66);
}

function hashed(text: string, start: number): readonly Found[] {
  const found = matchAt(HASH, text, start);
  if (found === null || found[0].replace(/\D/g, '').length < 4) return NOTHING;
  return one(found, start, 'OTHER_ID', 0.85, 'code-hash');
}

function lettered(tokens: Parameters<typeof before>[0], at: number, start: number): readonly Found[] {
  const { text } = tokens;
  const next = text.charCodeAt(tokens.end[at] ?? 0);
  const digitNext = next >= 0x30 && next <= 0x39;
  if (!digitNext && next !== 0x2d && next !== 0x5f && next !== 0x23) return NOTHING;
  const checked = checkedCode(text, start, digitNext);
  if (checked.length > 0) return checked;
  if (PUBLIC.test(before(tokens, at, 24))) return NOTHING;
  const found = matchAt(CODE, text, start) ?? (digitNext ? matchAt(GLUED, text, start) : null);
  if (found === null || isPublic(found[0])) return NOTHING;
  if (QUANTITY.test(text.slice(start + found[0].length, start + found[0].length + 12))) return NOTHING;
  return one(found, start, 'OTHER_ID', 0.85, 'code');
}

/** Forms that prove themselves by a check digit or their length. */
function checkedCode(text: string, start: number, digitNext: boolean): readonly Found[] {
  const uuid = matchAt(UUID, text, start);
  if (uuid !== null) return one(uuid, start, 'OTHER_ID', 0.97, 'uuid');
  if (!digitNext) return NOTHING;
  const vin = matchAt(VIN, text, start);
  if (vin !== null && isVin(vin[0].toUpperCase())) return one(vin, start, 'VEHICLE', 0.97, 'vin');
  const iban = matchAt(IBAN, text, start);
  return iban !== null && isIban(iban[0]) ? one(iban, start, 'ACCOUNT', 0.98, 'iban') : NOTHING;
}

function isPublic(found: string): boolean {
  return PUBLIC_FORM.test(found.replace('#', '')) || found.replace(/\D/g, '').length < 4 || /^NCT\d{8}$/u.test(found);
}

function numeric(tokens: Parameters<typeof before>[0], at: number, start: number): readonly Found[] {
  const { text } = tokens;
  if (!beginsNumber(tokens, at)) return NOTHING;
  const vin = matchAt(VIN, text, start);
  if (vin !== null && /[A-Z]/iu.test(vin[0]) && isVin(vin[0].toUpperCase()))
    return one(vin, start, 'VEHICLE', 0.97, 'vin');
  const uuid = matchAt(UUID, text, start);
  if (uuid !== null) return one(uuid, start, 'OTHER_ID', 0.97, 'uuid');
  const lead = before(tokens, at, 24);
  const card = matchAt(CARD, text, start);
  if (card !== null && isCard(card[0].replace(/\D/g, ''))) return one(card, start, 'ACCOUNT', 0.95, 'card');
  if (PUBLIC.test(lead) || AMOUNT.test(lead)) return NOTHING;
  const found = matchAt(LONG, text, start) ?? matchAt(DASHED, text, start) ?? matchAt(GLUED, text, start);
  if (found === null) return NOTHING;
  const digits = found[0].replace(/\D/g, '').length;
  if (digits < 6 || QUANTITY.test(text.slice(start + found[0].length, start + found[0].length + 12))) return NOTHING;
  if (/-/u.test(found[0]) && isRangeOrDate(found[0])) return NOTHING;
  return one(found, start, 'OTHER_ID', 0.7, 'number');
}

/** CAS registry numbers (check digit) and NDC-like three-part codes are of substances. */
function isRangeOrDate(number: string): boolean {
  const parts = number.split('-');
  if (parts.length > 3 && parts.every((part) => part.length <= 2)) return true; // a taper: 40-30-20-10
  if (parts.length === 3 && parts.every((part) => part.length === 2 && Number(part) % 5 === 0)) return true; // 30-60-90
  if (parts.length !== 3 || (parts[2] ?? '').length !== 1) return false;
  const digits = `${parts[0] ?? ''}${parts[1] ?? ''}`;
  const sum = Array.from(digits)
    .toReversed()
    .reduce((total, digit, index) => total + Number(digit) * (index + 1), 0);
  return sum % 10 === Number(parts[2]);
}

function one(
  found: RegExpExecArray | null,
  start: number,
  type: Found['type'],
  score: number,
  rule: string,
): readonly Found[] {
  return found === null ? NOTHING : [{ start, end: start + found[0].length, type, score, rule }];
}

const VIN_VALUES = '0123456789.ABCDEFGH..JKLMN.P.R..STUVWXYZ';
const VIN_WEIGHTS = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2] as const;

/** 49 CFR 565.15: the ninth character is a check digit. */
function isVin(vin: string): boolean {
  let sum = 0;
  for (const [index, weight] of VIN_WEIGHTS.entries()) sum += (VIN_VALUES.indexOf(vin.charAt(index)) % 10) * weight;
  const check = sum % 11;
  return vin.charAt(8) === (check === 10 ? 'X' : String(check));
}

/** ISO 13616: the rearranged number is 1 modulo 97. */
function isIban(given: string): boolean {
  const iban = given.replace(/\s/gu, '');
  let rest = 0;
  for (const character of iban.slice(4) + iban.slice(0, 4)) {
    const value = Number.parseInt(character, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest === 1;
}

/** ISO/IEC 7812: Luhn over 12 to 19 digits, and not all the same. */
function isCard(digits: string): boolean {
  if (digits.length < 12 || /^(\d)\1*$/u.test(digits)) return false;
  let sum = 0;
  for (let at = 0; at < digits.length; at += 1) {
    const digit = Number(digits.charAt(digits.length - 1 - at));
    const doubled = at % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

const PICTURE = /[\w-]{1,60}\.(?:jpe?g|png|heic|tiff?|bmp|gif|webp|dcm)(?![\w])/iy;

/** Picture files: full-face photographs are named by their files (identifier Q). */
export const picture: Recogniser = {
  starts: { words: ['jpg', 'jpeg', 'png', 'heic', 'tif', 'tiff', 'bmp', 'gif', 'webp', 'dcm'] },
  find({ tokens }, at): readonly Found[] {
    const { text } = tokens;
    const end = tokens.end[at] ?? 0;
    let start = tokens.start[at] ?? 0;
    if (text[start - 1] !== '.') return NOTHING;
    while (start > 0 && end - start < 64 && /[\w.-]/u.test(text.charAt(start - 1))) start -= 1;
    const found = matchAt(PICTURE, text, start);
    if (found === null || start + found[0].length !== end) return NOTHING;
    return [{ start, end, type: 'PHOTO', score: 0.9, rule: 'picture-file' }];
  },
};
