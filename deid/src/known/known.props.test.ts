// 10,000 disguises of known identifiers, every kind of docs/formats/deid.md: each is covered from end to end.
import { expect, test } from 'vitest';
import { loadModel } from '../../model/load.ts';
import { spelled, spokenDigits } from '../../train/codes.ts';
import { readLists } from '../../train/lists.ts';
import { Chance } from '../../train/random.ts';
import { openLexicon, lookUp } from '../lexicon/lexicon.ts';
import type { KnownIdentifier } from '../span.ts';
import { tokenise } from '../text/tokens.ts';
import { findKnown } from './known.ts';

const lexicon = openLexicon(loadModel().lexicon);
const lists = readLists();
const CASES = 10_000;

type Disguise = (chance: Chance, value: string) => string;

const anyCase: Disguise = (chance, value) =>
  Array.from(value, (letter) => (chance.is(0.5) ? letter.toUpperCase() : letter.toLowerCase())).join('');
const split: Disguise = (chance, value) =>
  Array.from(value.replace(/\s/gu, '')).join(chance.pick([' ', '-', '.', ' - ', '\u200b']));
const unaccented: Disguise = (_, value) => value.normalize('NFD').replace(/\p{M}/gu, '');
const swapped: Disguise = (chance, value) =>
  value
    .split(' ')
    .toReversed()
    .join(chance.pick([', ', ' ', ',']));

/** One slip in the longest word. */
const misspelt: Disguise = (chance, value) => {
  const words = value.split(' ');
  const longest = words.reduce((best, word) => (word.length > best.length ? word : best), '');
  const at = chance.whole(1, longest.length - 2);
  const slip = chance.pick([
    longest.slice(0, at) + longest.slice(at + 1),
    longest.slice(0, at) + longest.charAt(at) + longest.slice(at),
    longest.slice(0, at) + longest.charAt(at + 1) + longest.charAt(at) + longest.slice(at + 2),
    `${longest.slice(0, at)}${String.fromCharCode(97 + chance.whole(0, 25))}${longest.slice(at + 1)}`,
  ]);
  return words.map((word) => (word === longest ? slip : word)).join(' ');
};
const said: Disguise = (chance, value) => spokenDigits(chance, value.replace(/[^\dA-Za-z]/gu, ''));
const grouped: Disguise = (chance, value) =>
  value.replace(/[^\dA-Za-z]/gu, '').replace(/(.{3})(?=.)/gu, `$1${chance.pick([' ', '-', '.'])}`);
const plain: Disguise = (_, value) => value;

function nameCase(chance: Chance): readonly [KnownIdentifier, string] {
  const pick = (list: readonly string[]): string => {
    for (;;) {
      const name = chance.pick(list);
      if (/^\p{L}{5,}$/u.test(name)) return name;
    }
  };
  const value = `${pick(lists.first)} ${pick(lists.people)}`;
  const disguise = chance.pick([
    plain,
    anyCase,
    split,
    unaccented,
    swapped,
    misspelt,
    (some: Chance, name: string) => spelled(some, name),
  ]);
  return [{ type: 'NAME', value }, disguise(chance, value)];
}

function numberCase(chance: Chance): readonly [KnownIdentifier, string] {
  const value = chance.pick([
    chance.digits(8),
    `${chance.digits(3)}-${chance.digits(2)}-${chance.digits(4)}`,
    `AB-${chance.digits(6)}`,
    `(${chance.digits(3)}) ${chance.digits(3)}-${chance.digits(4)}`,
  ]);
  const disguise = chance.pick([plain, split, grouped, said]);
  return [{ type: 'MRN', value }, disguise(chance, value)];
}

test(`${CASES} disguises, none missed`, () => {
  const chance = new Chance(20261122);
  const missed: string[] = [];
  for (let at = 0; at < CASES; at += 1) {
    const [known, disguised] = chance.is(0.6) ? nameCase(chance) : numberCase(chance);
    const text = `The one we mean is ${disguised} and nobody else.`;
    const tokens = tokenise(text);
    const mask = new Uint8Array(text.length);
    for (const { start, end } of findKnown(tokens, lookUp(tokens, lexicon), [known])) mask.fill(1, start, end);
    const from = 19;
    const whole = Array.from({ length: disguised.length }, (_, index) => from + index).every(
      (index) => mask[index] === 1 || !/[\p{L}\p{N}]/u.test(text.charAt(index)),
    );
    if (!whole) missed.push(`${known.value} → ${disguised}`);
  }
  expect(missed.slice(0, 20)).toEqual([]);
});
