// Dates (identifier C): every element more precise than a year, in figures and in words.
import { MONTH, MONTHS, WEEKDAY } from './calendar.ts';
import { after, before, beginsNumber, type Found, isAlnum, matchAt, NOTHING, type Recogniser } from './recogniser.ts';

const DAY = String.raw`(?:3[01]|[12]\d|0?[1-9])`;
const ORDINAL = String.raw`${DAY}(?:st|nd|rd|th|º|°)?`;
const YEAR = String.raw`(?:(?:19|20)\d{2}|['\u2019]\d{2})`;
const CLOCK = String.raw`(?:\d{1,2}[:.]\d{2}(?::\d{2}(?:\.\d{1,6})?)?\s{0,2}(?:[ap]\.?m\.?|hrs?|hours|h)?(?:\s?(?:Z|UTC|[ECMP][SD]T|[+-]\d{2}:?\d{2}))?|\d{1,2}\s?[ap]\.?m\.?|\d{4}\s?(?:hrs|hours))`;
const AT_TIME = String.raw`(?:(?:,|T|\s{0,2}at|\s{0,2}@|\s{0,2}a las)?\s{0,2}${CLOCK}(?![\w]))?`;

const ISO = new RegExp(String.raw`(?:19|20)\d{2}([-/.])(?:1[0-2]|0?[1-9])\1${DAY}(?![\d])${AT_TIME}`, 'iy');
const THREE = new RegExp(
  String.raw`${DAY}([-/.\u2010-\u2014])${DAY}\1(?:(?:19|20)\d{2}|['\u2019]?\d{2})(?![\d]|[-/.]\d)${AT_TIME}`,
  'iy',
);
const SPACED = new RegExp(String.raw`${DAY}\s?/\s?${DAY}\s?/\s?(?:(?:19|20)\d{2}|\d{2})(?!\d)`, 'y');
const DAY_MONTH = new RegExp(
  String.raw`(?:${ORDINAL}\s?(?:-|–|and|to|&)\s?)?${ORDINAL}[-\s/.]{0,3}(?:of\s|de\s|day of\s)?(?:the month of\s)?${MONTH}(?![a-z])(?:[-,\s/.]{1,3}(?:of\s|de\s|del\s|in\s)?${YEAR}(?!\d))?${AT_TIME}`,
  'iy',
);
const MONTH_DAY = new RegExp(
  String.raw`${MONTH}[-\s.]{0,3}(?:the\s)?${ORDINAL}(?![\d]|[.,/:]\d|\s?(?:mg|mcg|ml|%|st\b|mmhg))(?:\s?(?:-|–|—|to|through|and|&)\s?(?:${MONTH}\s)?${ORDINAL}(?![\d%]|\s?mg))?(?:[-,\s/.]{1,4}(?:of\s|in\s)?${YEAR}(?!\d))?${AT_TIME}`,
  'iy',
);
const MONTH_YEAR = new RegExp(
  String.raw`${MONTH}[-,\s/.]{1,3}(?:of\s|de\s|del\s)?(?:año\s)?${YEAR}(?!\d|[-/]\d)`,
  'iy',
);
const SHORT_MONTH_YEAR = new RegExp(String.raw`${DAY}[-\s]${MONTH}[-\s]\d{2}(?!\d)`, 'iy');
const ROMAN = new RegExp(String.raw`${DAY}([-/.])(?:XI{0,2}|I[XV]|V?I{1,3}|V)\1(?:(?:19|20)\d{2}|\d{2})(?!\d)`, 'y');
const MONTH_SLASH_YEAR = /(?:1[0-2]|0?[1-9])[/-](?:19|20)\d{2}(?![\d]|[-/]\d)/y;
const YEAR_MONTH = /(?:19|20)\d{2}-(?:1[0-2]|0[1-9])(?![\d-])/y;
const SLASH = new RegExp(
  String.raw`(?:1[0-2]|0?[1-9])[/](?:3[01]|[12]\d|0?[1-9])(?:\s?[-–]\s?(?:1[0-2]|0?[1-9])/(?:3[01]|[12]\d|0?[1-9]))?(?![\d/%]|\.\d|\s?(?:mmhg|strength|motor|power|pain|bpm|mg|hpf|lpf|on the|out of|points?|stars?|days|hours?|h\b|doses|nights|weeks|tender|meals|joints?|sites?|tests?|items?|questions?|cores?|nodes?|lymph|teeth|beds?|fields?|systolic|diastolic|murmur|tab|tablet|cup|inch|mile|normal saline))`,
  'iy',
);
const DASHED = new RegExp(String.raw`(?:1[0-2]|0?[1-9])-(?:3[01]|[12]\d|0?[1-9])(?![\d/%-]|\.\d)`, 'y');

/** Something happened or is due: two numbers with a stroke between them are then a day. */
const EVENT =
  /(?:\b(?:on|since|dated?|until|till|thru|through|before|after|by|from|due|dob|doa|dod|dos|seen|admitted|admit|adm|d\/c|dc|discharged|visit(?:ed)?|scheduled|follow(?:ed)?[- ]?up|f\/u|appt|appointment|admission|discharge|surgery|collected|drawn|received|signed|born|died|expired|last|next|presented|evaluated|rtc|booked|placed|removed|changed|started|stopped|given|injected|switched|denied|returned|seen|operated|updated|wk of|week of|mon|tues?|wed|thu(?:rs)?|fri|sat|sun|monday|tuesday|wednesday|thursday|friday|saturday|sunday|el|desde|d[ií]a|fecha)\b[\s:,(-]{0,3}(?:on\s|of\s|is\s|was\s|the\s|for\s|again\s|date\s?:?\s?){0,3}|\()$/u;
const SCORE =
  /(?:bp|pressure|strength|reflex(?:es)?|pulses|pain|score|scale|power|grade|rated?|apgar|gcs|vision|acuity|murmur|dtrs?|ratio|moca|mmse|monofilament|o[ds]|apgars?|eps?worth|braden|va|mews|news|alvarado|tonometry|pulse|edema|bishop|biophysical|bpp|likert|vas|nrs|phq|gad)\b[\s\w:,]{0,14}$/u;

export const writtenDate: Recogniser = {
  starts: { digits: true },
  find({ tokens }, at): readonly Found[] {
    if (!beginsNumber(tokens, at)) return NOTHING;
    const { text } = tokens;
    const start = tokens.start[at] ?? 0;
    if (start > 0 && text[start - 1] === '$') return NOTHING;
    for (const [form, score] of [
      [ISO, 0.98],
      [THREE, 0.95],
      [ROMAN, 0.9],
      [SHORT_MONTH_YEAR, 0.95],
      [DAY_MONTH, 0.95],
      [SPACED, 0.9],
      [YEAR_MONTH, 0.85],
      [MONTH_SLASH_YEAR, 0.9],
    ] as const) {
      const found = matchAt(form, text, start);
      if (found !== null && (form !== DAY_MONTH || isDayOfMonth(found[0], text, start)))
        return [withArticle(text, dateOf(start, found[0], score, 'date'))];
    }
    const lead = before(tokens, at, 40);
    const ordinal = dayOfMonthAlone(text, start, lead);
    return ordinal.length > 0 ? ordinal : dayAlone(text, start, lead);
  },
};

const ORDINAL_ALONE = /(?:3[01]|[12]?\d)(?:st|nd|rd|th)(?![\p{L}\p{N}'\u2019-])/iuy;
const AFTER_ORDINAL =
  /^(?:\s?[.,;:?!)]|\s?$|\s(?:and|at|by|she|he|they|we|i|pt|with|w\/|for|when|where|from|to|in the (?:morning|afternoon|evening)|of (?:this|last|next)|this|correct|right|due|after|before)\b)/iu;

/** `on the 21st.`, with nothing counted after it: a day of the month. */
function dayOfMonthAlone(text: string, start: number, lead: string): readonly Found[] {
  if (!/\b(?:on|since|until|till|by|before|after|from|for|came) the\s$/u.test(lead)) return NOTHING;
  const found = matchAt(ORDINAL_ALONE, text, start);
  if (found === null || !AFTER_ORDINAL.test(after(text, start + found[0].length, 24))) return NOTHING;
  return [dateOf(start, found[0], 0.7, 'date-ordinal')];
}

/** `the 4th of July`: the article goes too. */
function withArticle(text: string, found: Found): Found {
  const of = /^\d{1,2}(?:st|nd|rd|th)?\sof\s/iu.test(text.slice(found.start, found.end));
  return of && /\bthe\s$/iu.test(text.slice(Math.max(0, found.start - 5), found.start))
    ? { ...found, start: found.start - 4 }
    : found;
}

/** `04/22` and `4-22` without a year. */
function dayAlone(text: string, start: number, lead: string): readonly Found[] {
  const slash = matchAt(SLASH, text, start);
  if (slash !== null && !SCORE.test(lead) && isDayOfYear(slash[0], lead, text, start))
    return [dateOf(start, slash[0], 0.75, 'date-day')];
  const dashed = matchAt(DASHED, text, start);
  if (dashed === null || !/\b(?:on|dated?|since|dob|admitted|discharged|seen)[\s:]{1,3}$/u.test(lead)) return NOTHING;
  if (
    /^\s?(?:days?|weeks?|months?|years?|hours?|hrs?|mins?|times?|mg|doses|units|tablets|puffs|drops|l\b)/u.test(
      after(text, start + dashed[0].length, 10),
    )
  )
    return NOTHING;
  return [dateOf(start, dashed[0], 0.7, 'date-day')];
}

/** What goes on after a day and after no fraction: who did it, at what time. */
const AFTER_DAY =
  /^(?:\s(?:by|w\/|with|at|@|\d{4}\b|\d{1,2}:\d\d|am|pm|and \d{1,2}\/\d)|\s?[-–]\s?\d{1,2}\/\d{1,2}(?![\d/]))/u;
const FROM_RANGE = /\d{1,2}\/\d{1,2}\s?[-–]\s?$/u;

/** `4/22` where something happened, at a line's beginning, before who did it, or with a number of a day that no score has. */
function isDayOfYear(found: string, lead: string, text: string, start: number): boolean {
  if (EVENT.test(lead)) return !isLikelyFraction(found, lead);
  const next = after(text, start + found.length, 12);
  const below = Number.parseInt(found.split('/')[1] ?? '', 10);
  if (below === 100 || /\d\s?$/u.test(lead)) return FROM_RANGE.test(lead);
  if (FROM_RANGE.test(lead)) return true;
  if ((lead === '' || lead.endsWith('\n')) && /^\s(?:\d{4}\b|[-–:]|\p{L})/u.test(next))
    return below > 10 || AFTER_DAY.test(next);
  if (/[-–]/u.test(found)) return true;
  if (below > 12 && /(?:[\p{L})]|\n)\s$/u.test(lead) && /^(?:[.,;)\n]|$)/u.test(next)) return true;
  return AFTER_DAY.test(next) && (below > 10 || /^\s(?:by|w\/|@|\d{4}\b)|^\s?[-–]/u.test(next));
}

/** 5/5 strength, 2/6 murmur, 1/2 tablet after a bracket. */
function isLikelyFraction(found: string, lead: string): boolean {
  const [above = '', below = ''] = found.split('/');
  if (!lead.endsWith('(') && !/(?:from|by|after|through)\s$/u.test(lead)) return false;
  return (
    above === below ||
    below === '10' ||
    below === '6' ||
    below === '5' ||
    below === '2' ||
    below === '3' ||
    below === '4'
  );
}

/** `5 may increase` and `3 mar` are no days when the month is a doubtful word in lower case. */
function isDayOfMonth(found: string, text: string, start: number): boolean {
  const word = /[a-z]+(?=\.?(?:[^a-z]|$))/iu.exec(found.replace(/^\d+(?:st|nd|rd|th)?/iu, ''))?.[0] ?? '';
  if (!/^(?:may|march|mar|dec|sep|jan|sun|set)$/iu.test(word)) return true;
  const says = /(?:st|nd|rd|th|of|de)\b/iu.test(found) || /\d{4}|['\u2019]\d{2}/u.test(found);
  return (
    says ||
    (word.charAt(0) !== word.charAt(0).toLowerCase() &&
      !/^\s[a-z]+/u.test(text.slice(start + found.length, start + found.length + 4)))
  );
}

/** Words after which a month alone is a date: `in May`, `since last April`. */
const BEFORE_MONTH =
  /\b(?:in|since|during|until|till|by|of|from|last|next|this|early|late|mid|mid-|through|before|after|around|en|desde|hasta|durante|de|month of|mes de)[\s]{0,2}(?:early\s|late\s|mid\s|mid-|last\s|about\s|el mes de\s)?$/u;

export const monthDate: Recogniser = {
  starts: { words: Object.keys(MONTHS) },
  find({ tokens }, at): readonly Found[] {
    const { text } = tokens;
    const start = tokens.start[at] ?? 0;
    if (start > 0 && isAlnum(text, start - 1)) return NOTHING;
    const word = text.slice(start, tokens.end[at]).toLowerCase();
    const day = matchAt(MONTH_DAY, text, start);
    if (day !== null && isDay(day[0], word, text, start)) return [dateOf(start, day[0], 0.95, 'date-words')];
    const year = matchAt(MONTH_YEAR, text, start);
    if (year !== null) return [dateOf(start, year[0], 0.95, 'date-words')];
    return monthAlone(text, start, word, before(tokens, at, 24));
  },
};

/** `may 5 mg` is none; `May 5` and `may 5th` are. */
function isDay(found: string, word: string, text: string, start: number): boolean {
  if (word !== 'may' && word !== 'march' && word !== 'mar' && word !== 'dec') return true;
  if (/\d(?:st|nd|rd|th)\b|\d{4}|['\u2019]\d{2}/u.test(found)) return true;
  return text.charAt(start) !== text.charAt(start).toLowerCase();
}

function monthAlone(text: string, start: number, word: string, lead: string): readonly Found[] {
  const capital = text.charAt(start) !== text.charAt(start).toLowerCase();
  const end = start + word.length;
  const found: Found = { start, end, type: 'DATE', score: 0.7, rule: 'date-month' };
  if (word === 'mayo') return !capital && /\b(?:en|de|desde|hasta|durante)\s$/u.test(lead) ? [found] : NOTHING;
  if (word === 'mar' || word === 'dec' || word === 'march' || word === 'may')
    return capital &&
      word.length > 3 - Number(word === 'may') &&
      BEFORE_MONTH.test(lead) &&
      !/^\s?[a-z]+(?:'s)?\s(?:be|have|help|need|cause|not|also|improve)/u.test(after(text, end, 20))
      ? [found]
      : NOTHING;
  if (word.length <= 4 && word !== 'june' && word !== 'july' && !BEFORE_MONTH.test(lead)) return NOTHING;
  if (!capital && !BEFORE_MONTH.test(lead)) return NOTHING;
  if (!BEFORE_MONTH.test(lead) && NAMES.has(word)) return NOTHING;
  return [found];
}

/** Months that are given names. */
const NAMES: ReadonlySet<string> = new Set(['april', 'june', 'august', 'julio', 'abril', 'jan']);

const HOLIDAY =
  /(?:christmas|thanksgiving|easter|halloween|new year['\u2019]?s|independence|labor|memorial|veterans|valentine['\u2019]?s|mother['\u2019]?s|father['\u2019]?s|boxing|presidents['\u2019]?|mlk)(?:\s(?:day|eve|sunday|weekend))?/iy;
const DAY_WORD = new RegExp(String.raw`${WEEKDAY}(?:,?\s(?:morning|afternoon|evening|night))?`, 'iy');
const WEEKDAY_DAY = new RegExp(
  String.raw`${WEEKDAY}(?:,?\s(?:the\s)?)${ORDINAL}(?![\d/:.-]|\s?(?:mg|am|pm|%|a\.m|p\.m))`,
  'iy',
);
const WEEKDAY_LEAD = /\b(?:on|last|this|next|since|until|till|by|from|for|el|pr[oó]ximo|pasado|past|coming)\s{1,2}$/u;
const WEEKDAY_LONG =
  /^(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday|lunes|martes|mi[eé]rcoles|jueves|viernes|s[aá]bado|domingo)$/iu;
/** A timetable of doses is no date of anybody: `on Monday, Wednesday and Friday`, `every Tuesday`. */
const TIMETABLE = new RegExp(String.raw`^s?\s?(?:,|/|and|or|&|through|to|-|–)\s{0,2}(?:and\s)?${WEEKDAY}`, 'iu');
const DOSING =
  /(?:\b(?:mg|mcg|ml|units|tablets?|dose[sd]?|take[sn]?|every|each|weekly|daily|alternate|mondays?|tuesdays?|wednesdays?|thursdays?|fridays?)\b[\w\s,]{0,24})$/u;

export const weekday: Recogniser = {
  starts: {
    words: [
      'monday',
      'tuesday',
      'wednesday',
      'thursday',
      'friday',
      'saturday',
      'sunday',
      'lunes',
      'martes',
      'miercoles',
      'jueves',
      'viernes',
      'sabado',
      'domingo',
    ],
  },
  find({ tokens }, at): readonly Found[] {
    const { text } = tokens;
    const start = tokens.start[at] ?? 0;
    const found = matchAt(DAY_WORD, text, start);
    if (found === null || !WEEKDAY_LONG.test(text.slice(start, tokens.end[at]))) return NOTHING;
    const numbered = matchAt(WEEKDAY_DAY, text, start);
    if (numbered !== null && /\d(?:st|nd|rd|th)$/iu.test(numbered[0]))
      return [dateOf(start, numbered[0], 0.85, 'weekday')];
    const lead = before(tokens, at, 40);
    if (!WEEKDAY_LEAD.test(lead) || DOSING.test(lead.replace(WEEKDAY_LEAD, ''))) return NOTHING;
    const end = start + found[0].length;
    if (TIMETABLE.test(text.slice(end, end + 30)) || /^s\b/u.test(text.slice(end, end + 2))) return NOTHING;
    return [{ start, end, type: 'DATE', score: 0.7, rule: 'weekday' }];
  },
};

export const holiday: Recogniser = {
  starts: {
    words: [
      'christmas',
      'thanksgiving',
      'easter',
      'halloween',
      'new',
      'independence',
      'labor',
      'memorial',
      'veterans',
      'valentine',
      'mother',
      'father',
      'boxing',
    ],
  },
  find({ tokens }, at): readonly Found[] {
    const { text } = tokens;
    const start = tokens.start[at] ?? 0;
    const found = matchAt(HOLIDAY, text, start);
    if (
      found === null ||
      !/\b(?:on|since|until|before|after|by|last|this|at|around|day after|day before)\s{1,2}$/u.test(
        before(tokens, at, 20),
      )
    )
      return NOTHING;
    const single = /^(?:christmas|thanksgiving|easter|halloween)/iu.test(found[0]);
    if (!single && !/\s(?:day|eve|sunday|weekend)$/iu.test(found[0])) return NOTHING;
    return [{ start, end: start + found[0].length, type: 'DATE', score: 0.75, rule: 'holiday' }];
  },
};

const SEASON = /(?:spring|summer|fall|autumn|winter)(?:\sof)?,?\s(?:19|20)\d{2}(?!\d)/iy;

export const season: Recogniser = {
  starts: { words: ['spring', 'summer', 'fall', 'autumn', 'winter'] },
  find({ tokens }, at): readonly Found[] {
    const start = tokens.start[at] ?? 0;
    const found = matchAt(SEASON, tokens.text, start);
    return found === null ? NOTHING : [dateOf(start, found[0], 0.8, 'season')];
  },
};

function dateOf(start: number, found: string, score: number, rule: string): Found {
  const end = start + found.replace(/[\s.,/-]+$/u, '').length;
  return { start, end, type: 'DATE', score, rule };
}
