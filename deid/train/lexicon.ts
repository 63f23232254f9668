// The lexicon from the lists: a word's flags are the union of what each list says of it.
import * as flag from '../src/lexicon/flags.ts';
import { hashWord } from '../src/text/fold.ts';
import type { Lists } from './lists.ts';

export function lexiconOf(lists: Lists): ReadonlyMap<number, number> {
  const entries = new Map<number, number>();
  const add = (words: readonly string[], bit: number): void => {
    for (const phrase of words)
      for (const word of phrase.split(/[^\p{L}\p{M}]+/u)) {
        if (word.length < 2) continue;
        const hash = hashWord(word);
        entries.set(hash, (entries.get(hash) ?? 0) | bit);
      }
  };
  add(lists.first, flag.FIRST);
  add(lists.firstRomanised, flag.FIRST);
  add(lists.firstSpanish, flag.FIRST);
  add(lists.firstEnglish, flag.FIRST_EN);
  for (const list of [lists.last, lists.lastEnglish, lists.lastSpanish, lists.lastRomanised]) add(list, flag.LAST);
  add(lists.people, flag.PERSON);
  addCities(lists, add);
  for (const [level, words] of lists.words)
    add(words, level <= 20 ? flag.WORD_COMMON : level <= 40 ? flag.WORD_USUAL : flag.WORD_RARE);
  add(lists.spanish, flag.WORD_USUAL);
  add(lists.talk, flag.WORD_COMMON);
  add(lists.medicine, flag.MEDICINE);
  add(lists.drugs, flag.DRUG);
  add(lists.brands, flag.DRUG);
  add(lists.eponyms, flag.EPONYM);
  add(lists.facilityWords, flag.FACILITY_WORD);
  add(lists.facilityNames, flag.FACILITY_WORD);
  add(lists.states, flag.LAND);
  add(lists.countries, flag.LAND);
  add(lists.peoples, flag.PEOPLE);
  return entries;
}

function addCities(lists: Lists, add: (words: readonly string[], bit: number) => void): void {
  const single = (name: string): boolean => !/[\s-]/u.test(name);
  const us = lists.citiesUs.map(({ name }) => name);
  const world = lists.citiesWorld.map(({ name }) => name);
  add(us.filter(single), flag.CITY_US);
  add(world.filter(single), flag.CITY);
  add(
    [...us, ...world].filter((name) => !single(name)),
    flag.CITY_PART,
  );
}
