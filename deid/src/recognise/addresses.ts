// Street addresses, post boxes, postal codes, coordinates (identifier B).
import { after, before, beginsNumber, type Found, isAlnum, matchAt, NOTHING, type Recogniser } from './recogniser.ts';

const SUFFIX =
  'street|st|avenue|ave|av|road|rd|boulevard|blvd|drive|dr|lane|ln|court|ct|circle|cir|place|pl|terrace|ter|way|parkway|pkwy|highway|hwy|trail|trl|square|sq|loop|alley|aly|crescent|cres|close|grove|row|mews|plaza|pike|turnpike|route|rte|run|ridge|path|point|crossing|xing|commons|green|hill|heights|expressway|freeway|walk|manor|gardens|glen|view|bend|cove|hollow|meadows?|park';
const UNIT = String.raw`(?:[,\s]{1,3}(?:(?:apt|apartment|suite|ste|unit|floor|fl|room|rm|bldg|building|lot|trailer|ph|penthouse|box|piso|planta|puerta)\.?\s?#?\s?[\w-]{1,6}|#\s?[\w-]{1,6}|\d{1,2}(?:st|nd|rd|th)\s(?:floor|fl)))?`;
const WORD = String.raw`(?:[\p{L}'’.]{1,24}|\d{1,4}(?:st|nd|rd|th))`;
const DIRECTION = String.raw`(?:(?:north|south|east|west|n|s|e|w|ne|nw|se|sw|northeast|northwest|southeast|southwest)\.?\s)?`;
const STREET = new RegExp(
  String.raw`\d{1,6}[a-z]?(?:\s?[-/]\s?\d{1,4}[a-z]?)?,?\s${DIRECTION}(?:${WORD}[\s-]){1,4}?(?:${SUFFIX})(?![\p{L}\d])\.?(?:\s(?:north|south|east|west|n|s|e|w|ne|nw|se|sw)(?![\p{L}\d])\.?)?${UNIT}`,
  'iuy',
);
const NUMBERED = new RegExp(
  String.raw`\d{1,6}\s${DIRECTION}(?:highway|hwy|route|rte|county road|state road|us|interstate)\s\d{1,4}(?!\d)${UNIT}`,
  'iuy',
);
const BOX = /(?:p\.?\s?o\.?\s?box|post office box|apartado(?: de correos)?)\s?#?\s?\d{1,7}/iy;
const MILITARY =
  /(?:psc|unit|cmr)\s\d{1,5},?\s(?:box|p\.?o\.? box)\s\d{1,5}(?:\s{1,2}(?:apo|fpo|dpo)\s(?:aa|ae|ap)(?:\s\d{5}(?:-\d{4})?)?)?/iy;

/** What follows a number and looks like a street, and is none: `10 mg by the way`, `2 weeks in a row`. */
const NOT_STREET =
  /^\d+[\s-](?:mg|mcg|ml|units?|weeks?|days?|hours?|months?|years?|year-old|minutes?|times?|tablets?|pills?|patients?|percent|cm|mm|kg|lbs?|pounds|doses?|of|in|and|or|to|for|with|the|a|per|yo|y\/o|points?|more|other|out|grams?|drops|puffs|steps|liters?|stable|mild|is|was|has|on|at)\b/iu;

export const street: Recogniser = {
  starts: { digits: true },
  find({ tokens }, at): readonly Found[] {
    const { text } = tokens;
    const start = tokens.start[at] ?? 0;
    if (!beginsNumber(tokens, at)) return NOTHING;
    const found = matchAt(STREET, text, start) ?? matchAt(NUMBERED, text, start);
    if (found === null || NOT_STREET.test(found[0]) || found[0].includes('\n\n')) return NOTHING;
    if (/^0\b/u.test(found[0]) || /\p{L}{3,}\.\s/u.test(found[0].replace(NAMED_SHORT, ''))) return NOTHING;
    const words = found[0].split(/[\s,]+/u).slice(1);
    if (words.some((word) => SMALL.test(word))) return NOTHING;
    const capital = words.some((word) => /^\p{Lu}/u.test(word) || /^\d+(?:st|nd|rd|th)$/u.test(word));
    if (!capital && !LEAD.test(before(tokens, at, 40))) return NOTHING;
    return [
      { start, end: start + found[0].trimEnd().length, type: 'LOCATION', score: capital ? 0.92 : 0.85, rule: 'street' },
    ];
  },
};

/** Words of streets that are written short. */
const NAMED_SHORT = /\b(?:mt|ft|st|ave|blvd|hwy|pkwy|rte|apt|ste|unit|bldg|no)\./giu;

const SMALL =
  /^(?:at|in|on|with|for|and|or|to|by|from|seen|was|is|has|who|then|but|this|that|a|an|as|of|per|pt|patient|will|may|be|had|been|not|if|after|before|during|since|while|his|her|their|our|my|your|it|he|she|they|we|i)$/u;

/** Lower-case streets need a word that says that somebody lives there. */
const LEAD =
  /\b(?:lives?|living|resid(?:es|ing|ence)|address|home|house|located|moved|mail(?:ing)?|sent|send|at|to)\b[\s\w:,']{0,16}$/u;

export const postBox: Recogniser = {
  starts: { words: ['p', 'po', 'post', 'apartado', 'psc', 'unit', 'cmr'] },
  find({ tokens }, at): readonly Found[] {
    const start = tokens.start[at] ?? 0;
    const found = matchAt(BOX, tokens.text, start) ?? matchAt(MILITARY, tokens.text, start);
    return found === null
      ? NOTHING
      : [{ start, end: start + found[0].length, type: 'LOCATION', score: 0.95, rule: 'post-box' }];
  },
};

const ZIP = /\d{5}(?:-\d{4})?(?!\d|-\d|[.,]\d|\s?(?:mg|mcg|ml|units|iu|cells|copies|%))/y;
const ZIP_LEAD =
  /(?:\b(?:zip(?:[- ]?code)?|postal(?: code)?|postcode|cp|c\.p\.|c[óo]digo postal)\s?(?:is|was|of|:|#)?\s{0,2}|\b(?:a[lkzr]|c[aot]|d[ec]|fl|ga|hi|i[adln]|k[sy]|la|m[adeinost]|n[cdehjmvy]|o[hkr]|pa|ri|s[cd]|t[nx]|ut|v[ait]|w[aivy])[\s,.]{1,2}|,\s{1,2})$/u;
const STATE_LEAD =
  /\b(?:[A-Z]{2}|Alabama|Alaska|Arizona|Arkansas|California|Colorado|Connecticut|Delaware|Florida|Georgia|Hawaii|Idaho|Illinois|Indiana|Iowa|Kansas|Kentucky|Louisiana|Maine|Maryland|Massachusetts|Michigan|Minnesota|Mississippi|Missouri|Montana|Nebraska|Nevada|Hampshire|Jersey|Mexico|York|Carolina|Dakota|Ohio|Oklahoma|Oregon|Pennsylvania|Island|Tennessee|Texas|Utah|Vermont|Virginia|Washington|Wisconsin|Wyoming)[\s,.]{1,2}$/u;

export const zip: Recogniser = {
  starts: { digits: true },
  find({ tokens }, at): readonly Found[] {
    const start = tokens.start[at] ?? 0;
    if ((tokens.end[at] ?? 0) - start !== 5 || !beginsNumber(tokens, at)) return NOTHING;
    const found = matchAt(ZIP, tokens.text, start);
    if (found === null) return NOTHING;
    const lead = tokens.text.slice(Math.max(0, start - 24), start);
    const said = ZIP_LEAD.test(lead.toLowerCase()) && !/,\s{1,2}$/u.test(lead);
    if (!said && !STATE_LEAD.test(lead) && found[0].length !== 10) return NOTHING;
    return [{ start, end: start + found[0].length, type: 'LOCATION', score: 0.9, rule: 'zip' }];
  },
};

const FOREIGN_POST =
  /(?:[A-CEGHJ-NPR-TVXY]\d[A-CEGHJ-NPR-TV-Z]\s?\d[A-CEGHJ-NPR-TV-Z]\d|[A-Z]{1,2}\d[A-Z\d]?\s\d[ABD-HJLNP-UW-Z]{2})(?![A-Za-z0-9])/y;

/** Canadian and British postal codes. */
export const postalCode: Recogniser = {
  starts: { words: '*' },
  find({ tokens }, at): readonly Found[] {
    const { text } = tokens;
    const start = tokens.start[at] ?? 0;
    if ((tokens.end[at] ?? 0) - start > 2 || tokens.kind[at + 1] !== 2 || tokens.gap[at + 1] !== 0) return NOTHING;
    if (start > 0 && isAlnum(text, start - 1)) return NOTHING;
    const found = matchAt(FOREIGN_POST, text, start);
    if (
      found === null ||
      /^G\d+P\d/u.test(found[0]) ||
      /^\s?(?:mg|level|vertebra)/u.test(after(text, start + found[0].length, 10))
    )
      return NOTHING;
    return [{ start, end: start + found[0].length, type: 'LOCATION', score: 0.85, rule: 'postal-code' }];
  },
};

const COORDINATES = /[-+]?\d{1,3}\.\d{3,8}\s?°?\s?[NS]?,\s?[-+]?\d{1,3}\.\d{3,8}(?:\s?°?\s?[EW])?(?!\d)/y;

export const coordinates: Recogniser = {
  starts: { digits: true, marks: '-+' },
  find({ tokens }, at): readonly Found[] {
    const { text } = tokens;
    const start = tokens.start[at] ?? 0;
    if (start > 0 && /[\d.A-Za-z]/u.test(text.charAt(start - 1))) return NOTHING;
    const found = matchAt(COORDINATES, text, start);
    return found === null
      ? NOTHING
      : [{ start, end: start + found[0].length, type: 'LOCATION', score: 0.9, rule: 'coordinates' }];
  },
};
