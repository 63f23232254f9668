// The mixture that the tagger learns from. Same seed, same documents.
import { asked, plainlyAsked } from './asked.ts';
import {
  assemble,
  dictated,
  type GoldDocument,
  inCapitals,
  inLowerCase,
  mistyped,
  type Piece,
  type Slots,
} from './document.ts';
import { clipped } from './clipped.ts';
import { exchange } from './exchanges.ts';
import { form } from './forms.ts';
import type { Lists } from './lists.ts';
import { message } from './messages.ts';
import { letter, note, sentences } from './notes.ts';
import { looseQuery, plainQuery, query } from './queries.ts';
import { Chance } from './random.ts';
import { castOf, slotsOf } from './slots.ts';
import { spanishReport } from './spanish.ts';
import { chat, dialogue, dictation, smallTalk } from './talk.ts';
import { trap, trapSentence } from './traps.ts';
import { ward } from './wards.ts';

export const KINDS = [
  'query',
  'loose',
  'plain',
  'note',
  'letter',
  'sentences',
  'dialogue',
  'dictation',
  'trap',
  'spanish',
  'asked',
  'plainly-asked',
  'ward',
  'message',
  'form',
] as const;
export type Kind = (typeof KINDS)[number];

/** Shares of the mixture; they need not sum to one. */
const SHARES: Readonly<Record<Kind, number>> = {
  query: 0.2,
  loose: 0.08,
  plain: 0.08,
  note: 0.12,
  letter: 0.04,
  sentences: 0.1,
  dialogue: 0.09,
  dictation: 0.11,
  trap: 0.26,
  spanish: 0.04,
  asked: 0.12,
  'plainly-asked': 0.04,
  ward: 0.08,
  message: 0.07,
  form: 0.05,
};

export function document(seed: number, lists: Lists, only?: Kind): GoldDocument {
  const chance = new Chance(seed);
  const kind = only ?? kindBy(chance.next());
  const pieces = piecesOf(kind, chance, lists);
  return assemble(`${kind}-${seed}`, recased(kind, chance, pieces));
}

function kindBy(die: number): Kind {
  const total = KINDS.reduce((sum, kind) => sum + SHARES[kind], 0);
  let left = die * total;
  for (const kind of KINDS) {
    left -= SHARES[kind];
    if (left < 0) return kind;
  }
  return 'trap';
}

function piecesOf(kind: Kind, chance: Chance, lists: Lists): readonly Piece[] {
  const slots = slotsOf(castOf(chance, lists, kind === 'dictation' || (kind === 'dialogue' && chance.is(0.3))));
  switch (kind) {
    case 'query':
      return query(chance, slots);
    case 'loose':
      return looseQuery(chance, slots);
    case 'plain':
      return plainQuery(chance, slots);
    case 'note':
      return note(chance, slots, () => trapSentence(chance));
    case 'letter':
      return letter(chance, slots);
    case 'sentences':
      return sentences(chance, slots);
    case 'dialogue':
      return visit(chance, slots);
    case 'dictation':
      return dictation(chance, slots);
    case 'trap':
      return nobody(chance, slots);
    case 'spanish':
      return spanishReport(chance, lists, slots);
    case 'asked':
      return asked(chance, slots);
    case 'plainly-asked':
      return plainlyAsked(chance, slots);
    case 'ward':
      return ward(chance, slots);
    case 'message':
      return message(chance, slots);
    case 'form':
      return form(chance, slots);
  }
}

function visit(chance: Chance, slots: Slots): readonly Piece[] {
  const die = chance.next();
  if (die < 0.1) return chat(chance, slots);
  return die < 0.5 ? exchange(chance, slots) : dialogue(chance, slots);
}

function nobody(chance: Chance, slots: Slots): readonly Piece[] {
  const die = chance.next();
  if (die < 0.1) return smallTalk(chance, slots);
  return die < 0.35 ? clipped(chance, slots) : trap(chance, slots);
}

/** Some of every kind is written without capitals, or in capitals alone. */
function recased(kind: Kind, chance: Chance, pieces: readonly Piece[]): readonly Piece[] {
  if (kind === 'dictation' || kind === 'spanish') return pieces;
  const die = chance.next();
  if (die < 0.05) return inLowerCase(pieces);
  if (die < 0.08)
    return pieces.map(({ text, type }) => ({
      text: type === 'NAME' || type === 'LOCATION' || type === 'FACILITY' ? text.toLowerCase() : text,
      type,
    }));
  if (die < 0.11) return inCapitals(pieces);
  if (die < 0.14) return dictated(pieces);
  return die < 0.2 ? mistyped(chance, pieces) : pieces;
}
