// Segments of HL7 version 2 messages (chapters 3 and 6 of the standard): what a field holds is known by its number.
import type { Category } from '../span.ts';
import { type Found, NOTHING, type Recogniser } from './recogniser.ts';

/** Fields that identify, by segment: number of the field to its category. */
const SEGMENTS: Readonly<Record<string, Readonly<Record<number, Category>>>> = {
  PID: {
    2: 'MRN',
    3: 'MRN',
    4: 'MRN',
    5: 'NAME',
    6: 'NAME',
    7: 'DATE',
    9: 'NAME',
    11: 'LOCATION',
    12: 'LOCATION',
    13: 'PHONE',
    14: 'PHONE',
    18: 'ACCOUNT',
    19: 'SSN',
    20: 'LICENSE',
    21: 'MRN',
    23: 'LOCATION',
    29: 'DATE',
  },
  NK1: { 2: 'NAME', 4: 'LOCATION', 5: 'PHONE', 6: 'PHONE', 16: 'DATE', 30: 'NAME', 31: 'PHONE', 32: 'LOCATION' },
  PV1: { 7: 'NAME', 8: 'NAME', 9: 'NAME', 17: 'NAME', 19: 'OTHER_ID', 44: 'DATE', 45: 'DATE' },
  GT1: { 2: 'ACCOUNT', 3: 'NAME', 4: 'NAME', 5: 'LOCATION', 6: 'PHONE', 7: 'PHONE', 8: 'DATE', 12: 'SSN', 16: 'NAME' },
  IN1: { 16: 'NAME', 18: 'DATE', 19: 'LOCATION', 36: 'HEALTH_PLAN', 49: 'HEALTH_PLAN' },
  OBR: {
    2: 'OTHER_ID',
    3: 'OTHER_ID',
    6: 'DATE',
    7: 'DATE',
    8: 'DATE',
    14: 'DATE',
    16: 'NAME',
    22: 'DATE',
    28: 'NAME',
  },
  EVN: { 2: 'DATE', 5: 'NAME', 6: 'DATE' },
  MSH: { 3: 'FACILITY', 5: 'FACILITY', 6: 'DATE' },
};
const LONGEST = 2000; // code units of one segment that are read
/** Components that are codes of the format, not of anybody: the identifier's type and authority, the name's kind. */
const KEPT = /^(?:MR|PI|SS|AN|VN|XX|DL|PRN|PH|CP|L|D|M|H|C|[A-Z]{2}\d?|\d{1,3})$/u;

export const segment: Recogniser = {
  starts: { words: ['pid', 'nk', 'pv', 'gt', 'in', 'obr', 'evn', 'msh'] },
  find({ tokens }, at): readonly Found[] {
    const { text } = tokens;
    const start = tokens.start[at] ?? 0;
    if (start > 0 && !/[\n\r]/u.test(text.charAt(start - 1))) return NOTHING;
    const name = text.slice(start, start + 3);
    const fields = SEGMENTS[name];
    if (fields === undefined || text.charAt(start + 3) !== '|') return NOTHING;
    const line = /^[^\r\n]*/u.exec(text.slice(start, start + LONGEST))?.[0] ?? '';
    const found: Found[] = [];
    let [from, number] = [start + 4, 1];
    for (const value of line.slice(4).split('|')) {
      const type = fields[number];
      if (type !== undefined) found.push(...parts(value, from, type));
      from += value.length + 1;
      number += 1;
    }
    return found;
  },
};

/** A field's components; of an identifier, its authority and type stay. */
function parts(field: string, start: number, type: Category): readonly Found[] {
  const whole = type === 'NAME' || type === 'LOCATION';
  const value = whole ? field : (field.split('^')[0] ?? '');
  if (!/[\p{L}\d]/u.test(value) || (!whole && type !== 'DATE' && KEPT.test(value))) return NOTHING;
  const end = whole
    ? value.replace(/(?:\^[A-Z]{0,2})*$/u, (tail) => /\^[A-Z]$/u.exec(tail)?.[0] ?? '').length
    : value.length;
  return [{ start, end: start + end, type, score: 0.97, rule: `hl7:${type.toLowerCase()}` }];
}
