// The committed lists (deid/lists, NOTICE.md) as the generators and the lexicon take them.
import { readFileSync } from 'node:fs';

const HERE = new URL('../lists/', import.meta.url);

export interface Place {
  readonly name: string;
  /** State or country. */
  readonly within: string;
}

export interface Lists {
  readonly first: readonly string[];
  readonly firstEnglish: readonly string[];
  readonly firstSpanish: readonly string[];
  readonly firstRomanised: readonly string[];
  readonly last: readonly string[];
  readonly lastEnglish: readonly string[];
  readonly lastSpanish: readonly string[];
  readonly lastRomanised: readonly string[];
  readonly people: readonly string[];
  readonly citiesUs: readonly Place[];
  readonly citiesWorld: readonly Place[];
  /** By SCOWL's levels, 10 the most common. */
  readonly words: ReadonlyMap<number, readonly string[]>;
  readonly medicine: readonly string[];
  readonly spanish: readonly string[];
  readonly talk: readonly string[];
  readonly drugs: readonly string[];
  readonly brands: readonly string[];
  readonly eponyms: readonly string[];
  readonly facilityWords: readonly string[];
  readonly facilityNames: readonly string[];
  readonly states: readonly string[];
  readonly countries: readonly string[];
  readonly peoples: readonly string[];
}

function lines(name: string): readonly string[] {
  return readFileSync(new URL(name, HERE), 'utf8')
    .split('\n')
    .filter((line) => line !== '');
}

/** Parts of a file between lines that begin with #, as words. */
function sections(name: string): readonly (readonly string[])[] {
  const parts: string[][] = [];
  for (const line of lines(name)) {
    if (line.startsWith('#')) parts.push([]);
    else parts.at(-1)?.push(...line.split(' ').map((word) => word.replaceAll('+', ' ')));
  }
  return parts.filter((part) => part.length > 0);
}

const places = (name: string): readonly Place[] =>
  lines(name).map((line) => {
    const [place = '', within = ''] = line.split('\t');
    return { name: place, within };
  });

export function readLists(): Lists {
  const [firstRomanised = [], lastRomanised = [], lastCommon = []] = sections('names-romanised.txt');
  const [facilityWords = [], facilityNames = []] = sections('facilities.txt');
  const [states = [], countries = [], peoples = []] = sections('countries.txt');
  const drugs = lines('drugs.txt');
  const brandsAt = drugs.findIndex((line) => line.startsWith('# brands'));
  const words = new Map<number, string[]>();
  let level = 0;
  for (const line of lines('words.txt')) {
    if (line.startsWith('#')) {
      level = Number(line.slice(2));
      words.set(level, []);
    } else words.get(level)?.push(line);
  }
  return {
    first: lines('first-names.txt'),
    firstEnglish: lines('first-names-en.txt'),
    firstSpanish: lines('first-names-es.txt'),
    firstRomanised,
    last: lines('last-names.txt'),
    lastEnglish: [...lines('last-names-en.txt'), ...lastCommon],
    lastSpanish: lines('last-names-es.txt'),
    lastRomanised,
    people: lines('people-names.txt'),
    citiesUs: places('cities-us.txt'),
    citiesWorld: places('cities-world.txt'),
    words,
    talk: sections('talk.txt').flat(),
    spanish: sections('spanish.txt').flat(),
    medicine: [...sections('medicine.txt').flat(), ...lines('words-of-medicine.txt')],
    drugs: drugs.slice(0, brandsAt).flatMap((line) => line.split(' ')),
    brands: drugs.slice(brandsAt + 1).flatMap((line) => line.split(' ')),
    eponyms: lines('eponyms.txt').flatMap((line) => line.split(' ')),
    facilityWords,
    facilityNames,
    states,
    countries,
    peoples,
  };
}
