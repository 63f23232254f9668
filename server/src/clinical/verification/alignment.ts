// A sentence that follows its citation word for word is read against it word for word: then a dropped "not", a changed
// side, number or direction is seen directly, whatever its scope.
import { lateralities } from '#clinical/language/laterality.ts';
import { quantities, type Quantity } from '#clinical/language/numbers.ts';
import { isFiller, stem, type Token } from '#clinical/language/tokens.ts';
import { sameAmount } from '#clinical/language/units.ts';
import type { Claim, Fault } from './checks.ts';
import type { Statement } from './evidence.ts';

/** A citation is tight when it has at most this many times the words of the sentence, and some. */
const TIGHT_FACTOR = 2;
const TIGHT_SLACK = 12;
/** Share of the sentence's words that must be found in order. */
const FOLLOWS_FROM = 0.8;

const NEGATORS = new Set('no not never none nor without cannot denies denied deny nothing nobody neither'.split(' '));
/** Words whose exchange turns a meaning round. A member that the citation has elsewhere in the pair is a change. */
const OPPOSITES = new Map(
  [
    ['left', 'right'],
    ['positive', 'negative'],
    ['increase', 'decrease'],
    ['increased', 'decreased'],
    ['increasing', 'decreasing'],
    ['high', 'low'],
    ['higher', 'lower'],
    ['better', 'worse'],
    ['start', 'stop'],
    ['before', 'after'],
    ['normal', 'abnormal'],
    ['acute', 'chronic'],
    ['upper', 'lower'],
    ['anterior', 'posterior'],
    ['medial', 'lateral'],
    ['hyper', 'hypo'],
    ['with', 'without'],
  ].flatMap(([a = '', b = '']): [string, string][] => [
    [a, b],
    [b, a],
  ]),
);
const PERSONS = new Set(
  'i me my mine myself you your yours yourself he him his himself she her hers herself the patient their themself own self is am are be was were has have had do does did'.split(
    ' ',
  ),
);

/** Null when the sentence does not follow its citation closely enough to be read this way. */
export function checkAlignment(claim: Claim, statements: readonly Statement[]): Fault[] | null {
  const cited = statements.flatMap((statement) => statement.tokens);
  const ours = content(claim.tokens);
  const theirs = content(cited);
  if (ours.length === 0 || theirs.length > ours.length * TIGHT_FACTOR + TIGHT_SLACK) return null;
  const pairs = commonOrder(ours, theirs);
  if (pairs.length / ours.length < FOLLOWS_FROM) return null;
  return [
    ...negatorFaults(ours, theirs, pairs),
    ...oppositeFaults(ours, theirs, pairs),
    ...sequenceFaults(claim, statements),
    ...sideFaults(claim, cited),
  ];
}

/** `key` compares equal for words that may stand for one another in an alignment: inflections, and opposites. */
interface Word {
  readonly norm: string;
  readonly key: string;
  /** The word after it in the text, whatever it is. */
  readonly next: string;
}

// Persons and their auxiliaries are left out: the drafter turns them.
function content(tokens: readonly Token[]): Word[] {
  return tokens
    .map(({ norm }, i) => ({ norm, key: keyOf(norm), next: tokens[i + 1]?.norm ?? '' }))
    .filter(({ norm }) => !PERSONS.has(norm) && !isFiller(norm) && !/^\d|^%$/u.test(norm));
}

function keyOf(norm: string): string {
  const other = OPPOSITES.get(norm);
  if (other === undefined) return stem(norm);
  return norm < other ? `${norm}/${other}` : `${other}/${norm}`;
}

type Pair = readonly [ours: number, theirs: number];

function commonOrder(a: readonly Word[], b: readonly Word[]): Pair[] {
  const table: Uint16Array[] = [];
  for (let i = a.length; i >= 0; i -= 1) {
    const row = new Uint16Array(b.length + 1);
    table[i] = row;
    for (let j = b.length - 1; j >= 0 && i < a.length; j -= 1)
      row[j] = a[i]?.key === b[j]?.key ? at(table, i + 1, j + 1) + 1 : Math.max(at(table, i + 1, j), row[j + 1] ?? 0);
  }
  const pairs: Pair[] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    if (a[i]?.key === b[j]?.key) {
      pairs.push([i, j]);
      i += 1;
      j += 1;
    } else if (at(table, i + 1, j) >= at(table, i, j + 1)) i += 1;
    else j += 1;
  }
  return pairs;
}

function at(table: readonly Uint16Array[], i: number, j: number): number {
  return table[i]?.[j] ?? 0;
}

// A negator of ours that is not theirs was added; one of theirs within the followed stretch that is not ours was dropped.
function negatorFaults(ours: readonly Word[], theirs: readonly Word[], pairs: readonly Pair[]): Fault[] {
  const [mine, cited] = [new Set(pairs.map(([i]) => i)), new Set(pairs.map(([, j]) => j))];
  const added = ours.find((word, i) => NEGATORS.has(word.norm) && !mine.has(i));
  const [from, to] = [pairs[0]?.[1] ?? 0, pairs.at(-1)?.[1] ?? 0];
  const dropped = theirs.find((word, j) => {
    const within = j <= to && (j > from || j === from - 1);
    return within && NEGATORS.has(word.norm) && !cited.has(j) && !isReply(word) && !isRepeated(theirs, j, cited);
  });
  if (added !== undefined) return [fault('negation', added.norm, null)];
  return dropped === undefined ? [] : [fault('negation', ours[0]?.norm ?? '', dropped.norm)];
}

// "No, it kind of …": a reply to a question, not a denial of what follows. A "no" before a noun denies it.
function isReply(word: Word): boolean {
  return word.norm === 'no' && REPLY_NEXT.has(word.next);
}

const REPLY_NEXT = new Set(
  'it i you he she there so that because they we this just well but if not actually my maybe'.split(' '),
);

// "not not on …": said again at once and dropped as hesitation, the other one kept.
function isRepeated(theirs: readonly Word[], j: number, cited: ReadonlySet<number>): boolean {
  const norm = theirs[j]?.norm;
  return [j - 1, j + 1].some((k) => theirs[k]?.norm === norm && cited.has(k));
}

// Aligned with its opposite: positive with negative, left with right.
function oppositeFaults(ours: readonly Word[], theirs: readonly Word[], pairs: readonly Pair[]): Fault[] {
  return pairs.flatMap(([i, j]): Fault[] => {
    const [mine, cited] = [ours[i]?.norm ?? '', theirs[j]?.norm ?? ''];
    if (OPPOSITES.get(mine) !== cited) return [];
    return [fault(mine === 'left' || mine === 'right' ? 'laterality' : 'negation', mine, cited)];
  });
}

// The sentence's numbers must come in the citation's order: "one to two centimetres" has a one, but not twice.
function sequenceFaults(claim: Claim, statements: readonly Statement[]): Fault[] {
  const cited = statements.flatMap((statement) => statement.quantities);
  let next = 0;
  for (const quantity of quantities(claim.tokens)) {
    const found = cited.findIndex((other, k) => k >= next && agree(quantity, other));
    if (found < 0) return [fault('number_absent', quantity.values[0] ?? '', cited[next]?.values[0] ?? null)];
    next = found + 1;
  }
  return [];
}

function agree(a: Quantity, b: Quantity): boolean {
  return a.values.some((value) => b.values.some((other) => sameAmount(value, a.unit, other, b.unit)));
}

function sideFaults(claim: Claim, cited: readonly Token[]): Fault[] {
  const theirs = cited.map(({ norm }) => norm).filter((norm) => norm === 'left' || norm === 'right');
  let next = 0;
  for (const { side } of lateralities(claim.tokens)) {
    if (side === 'both') continue;
    const found = theirs.indexOf(side, next);
    if (found < 0) return [fault('laterality', side, theirs[next] ?? null)];
    next = found + 1;
  }
  return [];
}

function fault(code: 'negation' | 'laterality' | 'number_absent', said: string, cited: string | null): Fault {
  return { fatal: true, reason: { code, said, cited } };
}
