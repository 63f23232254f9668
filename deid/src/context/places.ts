// Fields of forms that hold a place or an organisation: what stands after the colon, whatever it is called.
import { type Found, matchAt, NOTHING, type Recogniser } from '../recognise/recogniser.ts';
import type { Category } from '../span.ts';

const FACILITIES =
  'facility|hospital|clinic|school|employer|pharmacy|preferred pharmacy|company|workplace|university|nursing home|practice|referred to|referred from|transferred from|transferred to|discharged to|home health|agency';
const PLACES =
  'address|home address|mailing address|street|street address|city|town|city/town|residence|place of birth|county|home town|hometown';
const FORM = new RegExp(
  String.raw`(?:(${FACILITIES})|(?:${PLACES}))(?:\s(?:name|info))?["']?\s{0,2}(?::|=)\s{0,3}["']?`,
  'iy',
);
const VALUE =
  /[\p{Lu}\d][^\n\r|;"<>\t]{1,80}?(?=\s{2}|[\n\r|;"<>\t]|\.(?:\s|$)|,\s(?:tel|ph|phone|fax|attn|dob|mrn)\b|\s(?:tel|phone|fax|dob|mrn)\b|$)/uy;
/** Values that name nothing. */
const EMPTY =
  /^(?:none|n\/?a|unknown|yes|no|home|same|see|not|self|retired|unemployed|pending|declined|deferred|outside|the|a|our|this|any|as|follow|continue|call|return|take|patient|pt|he|she|discussed|will|may|please|denies|reports)\b/iu;

/** `Employer: SEABOARD TRIUMPH  CITY: …`, `"address":"Rue Oberkampf 12, 75011 Paris"`: capital values of these fields. */
export const placeField: Recogniser = {
  starts: { words: [...new Set(`${FACILITIES}|${PLACES}`.split('|').map((name) => name.split(/[ /]/u)[0] ?? ''))] },
  find({ tokens }, at): readonly Found[] {
    const { text } = tokens;
    const start = tokens.start[at] ?? 0;
    if (start > 0 && /[\p{L}\d]/u.test(text.charAt(start - 1))) return NOTHING;
    const field = matchAt(FORM, text, start);
    if (field === null) return NOTHING;
    const from = start + field[0].length;
    const value = matchAt(VALUE, text, from)?.[0].trimEnd();
    if (value === undefined || EMPTY.test(value) || value.split(/\s/u).length > MOST_WORDS) return NOTHING;
    const type: Category = field[1] === undefined ? 'LOCATION' : 'FACILITY';
    return [{ start: from, end: from + value.length, type, score: 0.8, rule: 'field-place' }];
  },
};

const MOST_WORDS = 9;
