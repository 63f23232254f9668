// How alike two spellings sound in English: letters to rough sounds, then an edit distance in which near sounds cost little. Pure.

/** One letter per sound: consonants as usual with C for "ch", S for "sh", T for "th", J for "j"; vowels a e i o u. */
export type Sounds = string;

/** The first that fits decides; what is left over is taken letter by letter. */
const SPELLINGS: readonly (readonly [RegExp, string])[] = [
  [/^(?:kn|gn|pn)/, 'n'],
  [/^wr/, 'r'],
  [/^ps/, 's'],
  [/^x/, 's'],
  [/^rh/, 'r'],
  [/tch/, 'C'],
  [/sch/, 'sk'],
  [/ch/, 'C'],
  [/sh/, 'S'],
  [/(?:ti|ci|si)(?=on|al|ous|ent)/, 'S'],
  [/th/, 'T'],
  [/ph/, 'f'],
  [/gh(?=[aeiouy])/, 'g'],
  [/gh/, ''],
  [/ck/, 'k'],
  [/qu/, 'kw'],
  [/c(?=[eiy])/, 's'],
  [/c/, 'k'],
  [/dge?/, 'J'],
  [/g(?=[eiy])/, 'J'],
  [/j/, 'J'],
  [/x/, 'ks'],
  [/q/, 'k'],
  [/wh/, 'w'],
  [/mb$/, 'm'],
  [/(?:ee|ea|ie|ei|y)/, 'i'],
  [/(?:oo|ou|ew|ue)/, 'u'],
  [/(?:ai|ay|ae|oe)/, 'e'],
  [/(?:au|aw|oa|ow)/, 'o'],
];

const DIGRAPHS = new RegExp(SPELLINGS.map(([pattern]) => `(${pattern.source})`).join('|'), 'g');

/** The sounds of a phrase: spaces are not heard, doubled letters are one, a silent final "e" is none. */
export function soundsOf(phrase: string): Sounds {
  const words = phrase
    .toLowerCase()
    .normalize('NFKD')
    .split(/[^a-z]+/);
  return words
    .map((word) => spelledOut(word.replace(/(?<=[^aeiou]{1}[aeiouy][^aeiouyw])e$/, '')))
    .join('')
    .replaceAll(/(.)\1+/g, '$1');
}

function spelledOut(word: string): string {
  return word.replaceAll(/([bdfgklmnprstz])\1/g, '$1').replaceAll(DIGRAPHS, (...match: unknown[]) => {
    const place = SPELLINGS.findIndex((_, index) => match[index + 1] !== undefined);
    return SPELLINGS[place]?.[1] ?? '';
  });
}

/** Pairs that are taken for one another, and what that costs; anything else costs 1. */
const NEAR: ReadonlyMap<string, number> = new Map(
  Object.entries({
    bp: 0.3,
    dt: 0.3,
    gk: 0.3,
    fv: 0.3,
    sz: 0.2,
    CJ: 0.3,
    CS: 0.4,
    JS: 0.5,
    mn: 0.4,
    lr: 0.6,
    Tt: 0.5,
    Td: 0.5,
    Tf: 0.4,
    bv: 0.5,
    Ss: 0.4,
    Sz: 0.5,
    Jz: 0.5,
    Jg: 0.5,
    dn: 0.8,
    lw: 0.6,
    rw: 0.6,
    kt: 0.8,
    ks: 0.8,
  }).flatMap(([pair, cost]) => [
    [pair, cost],
    [pair.split('').toReversed().join(''), cost],
  ]),
);

const VOWELS = new Set('aeiou');
const VOWEL_CHANGED = 0.25;
const VOWEL_ADDED = 0.4;
/** "h", "w" and "r" at a syllable's end are hardly heard. */
const FAINT = new Set('hwr');
const FAINT_ADDED = 0.5;

function changed(a: string, b: string): number {
  if (a === b) return 0;
  if (VOWELS.has(a) && VOWELS.has(b)) return VOWEL_CHANGED;
  return NEAR.get(a + b) ?? 1;
}

function added(sound: string): number {
  if (VOWELS.has(sound)) return VOWEL_ADDED;
  return FAINT.has(sound) ? FAINT_ADDED : 1;
}

/** Character codes of sounds are below this: the costs stand in tables, for a visit asks for millions of them. */
const CODES = 128;
const SOUNDS = Array.from({ length: CODES }, (_, code) => String.fromCharCode(code));
const ADDED = Float64Array.from(SOUNDS, added);
const CHANGED = Float64Array.from({ length: CODES * CODES }, (_, at) =>
  changed(SOUNDS[Math.floor(at / CODES)] ?? '', SOUNDS[at % CODES] ?? ''),
);

const costOfAdding = (sounds: Sounds, at: number): number => ADDED[sounds.charCodeAt(at)] ?? 1;

/** How much sound there is: what leaving all of it out would cost. */
export function weightOf(sounds: Sounds): number {
  let weight = 0;
  for (let at = 0; at < sounds.length; at += 1) weight += costOfAdding(sounds, at);
  return weight;
}

/** 1 for the same sounds, 0 for nothing in common. `O(n·m)`; both are terms' lengths. */
export function likeness(a: Sounds, b: Sounds): number {
  const most = Math.max(weightOf(a), weightOf(b));
  if (most === 0) return 0;
  let row = new Float64Array(b.length + 1);
  let next = new Float64Array(b.length + 1);
  for (let at = 0; at < b.length; at += 1) row[at + 1] = (row[at] ?? 0) + costOfAdding(b, at);
  for (let i = 0; i < a.length; i += 1) {
    const costs = a.charCodeAt(i) * CODES;
    const left = costOfAdding(a, i);
    next[0] = (row[0] ?? 0) + left;
    for (let j = 0; j < b.length; j += 1) {
      const replaced = (row[j] ?? 0) + (CHANGED[costs + b.charCodeAt(j)] ?? 1);
      next[j + 1] = Math.min(replaced, (row[j + 1] ?? 0) + left, (next[j] ?? 0) + costOfAdding(b, j));
    }
    [row, next] = [next, row];
  }
  return Math.max(0, 1 - (row[b.length] ?? 0) / most);
}

/** The consonants in order, near ones as one: what an index may look up before the distance is worked out. */
export function skeletonOf(sounds: Sounds): string {
  return sounds.replaceAll(/[aeiouhw]/g, '').replaceAll(/./g, (sound) => CLASSES.get(sound) ?? sound);
}

const CLASSES: ReadonlyMap<string, string> = new Map(
  ['pbfv', 'tdT', 'kg', 'szSCJ', 'mn', 'lr'].flatMap((group) =>
    group.split('').map((sound): [string, string] => [sound, group.charAt(0)]),
  ),
);
