// Tries every structured recogniser at the tokens that may begin something.
import { degreed, field, titled } from '../context/fields.ts';
import { placeField } from '../context/places.ts';
import { state } from '../context/states.ts';
import { spokenEmail, spokenNumber, spokenUrl } from '../spoken/codes.ts';
import { spokenAge, spokenDay, spokenMonth, spokenNumbersDate } from '../spoken/dates.ts';
import { spelled } from '../spoken/spelling.ts';
import { hashWord } from '../text/fold.ts';
import { WORD } from '../text/tokens.ts';
import { coordinates, postalCode, postBox, street, zip } from './addresses.ts';
import { age } from './ages.ts';
import { code, picture } from './codes.ts';
import { holiday, monthDate, season, weekday, writtenDate } from './dates.ts';
import { email } from './email.ts';
import { segment } from './feeds.ts';
import { ip } from './ip.ts';
import { labelled } from './labels.ts';
import { phone } from './phone.ts';
import type { Found, Reading, Recogniser } from './recogniser.ts';
import { spanishCountry, spanishField, spanishPost, spanishProvince, spanishStreet } from './spanish.ts';
import { maskedSsn, ssn } from './ssn.ts';
import { host, url } from './url.ts';
import { bareYear, yearOfBirth } from './years.ts';

const ALL: readonly Recogniser[] = [
  segment,
  email,
  url,
  host,
  picture,
  ip,
  labelled,
  ssn,
  maskedSsn,
  phone,
  writtenDate,
  monthDate,
  weekday,
  holiday,
  season,
  yearOfBirth,
  bareYear,
  age,
  street,
  postBox,
  zip,
  postalCode,
  coordinates,
  spanishStreet,
  spanishPost,
  spanishField,
  spanishCountry,
  spanishProvince,
  code,
  spokenMonth,
  spokenDay,
  spokenNumbersDate,
  spokenAge,
  spokenNumber,
  spokenEmail,
  spokenUrl,
  spelled,
  state,
  titled,
  field,
  placeField,
  degreed,
];

interface Table {
  readonly digits: readonly Recogniser[];
  readonly anyWord: readonly Recogniser[];
  readonly words: ReadonlyMap<number, readonly Recogniser[]>;
  readonly marks: ReadonlyMap<number, readonly Recogniser[]>;
}

const table = tabulate(ALL);

function tabulate(recognisers: readonly Recogniser[]): Table {
  const words = new Map<number, Recogniser[]>();
  const marks = new Map<number, Recogniser[]>();
  const add = (map: Map<number, Recogniser[]>, key: number, recogniser: Recogniser): void => {
    const row = map.get(key) ?? [];
    if (!row.includes(recogniser)) row.push(recogniser);
    map.set(key, row);
  };
  for (const recogniser of recognisers) {
    const { words: given, marks: signs = '' } = recogniser.starts;
    if (given !== undefined && given !== '*') for (const word of given) add(words, hashWord(word), recogniser);
    for (const sign of signs) add(marks, sign.charCodeAt(0), recogniser);
  }
  return {
    digits: recognisers.filter(({ starts }) => starts.digits === true),
    anyWord: recognisers.filter(({ starts }) => starts.words === '*'),
    words,
    marks,
  };
}

/** All findings in the order of their tokens; they may overlap. */
export function findStructured(reading: Reading): readonly Found[] {
  const { tokens } = reading;
  const results: Found[] = [];
  for (let at = 0; at < tokens.count; at += 1) {
    const kind = tokens.kind[at] as number;
    if (kind === WORD) {
      const byWord = table.words.get(tokens.hash[at] as number);
      if (byWord !== undefined) tryAll(byWord, reading, at, results);
      if (mayBeCode(reading, at)) tryAll(table.anyWord, reading, at, results);
    } else if (kind === 2) tryAll(table.digits, reading, at, results);
    else {
      const byMark = table.marks.get(tokens.text.charCodeAt(tokens.start[at] as number));
      if (byMark !== undefined) tryAll(byMark, reading, at, results);
    }
  }
  return results;
}

/** Codes begin with a word that something numeric is glued to. */
function mayBeCode({ tokens }: Reading, at: number): boolean {
  return at + 1 < tokens.count && tokens.gap[at + 1] === 0;
}

function tryAll(recognisers: readonly Recogniser[], reading: Reading, at: number, results: Found[]): void {
  for (const recogniser of recognisers) {
    const found = recogniser.find(reading, at);
    for (const each of found) results.push(each);
  }
}
