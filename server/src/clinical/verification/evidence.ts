// What a cited passage says, in the terms a sentence is checked against: concepts with their sign, numbers, drugs, sides.
import { concepts } from '#clinical/language/concepts.ts';
import { drugMentions } from '#clinical/language/drugs.ts';
import { lateralities, type Laterality } from '#clinical/language/laterality.ts';
import { quantities, type Quantity } from '#clinical/language/numbers.ts';
import { polarity } from '#clinical/language/polarity.ts';
import { replySign } from '#clinical/language/replies.ts';
import type { Token } from '#clinical/language/tokens.ts';
import type { Utterance } from '#clinical/language/utterances.ts';

/** `affirmed`, `denied`, or `open`: asked and not plainly answered. */
export type Sign = 'affirmed' | 'denied' | 'open';

interface Fact {
  readonly name: string;
  readonly sign: Sign;
  readonly uncertain: boolean;
}

/** One utterance, read. */
export interface Statement {
  readonly utterance: Utterance;
  readonly tokens: readonly Token[];
  readonly facts: readonly Fact[];
  readonly quantities: readonly Quantity[];
  readonly sides: readonly Laterality[];
  readonly drugs: readonly string[];
}

/** `all`: the utterances of a transcript (or of the cited words) in order; a question takes its sign from the reply after it. */
export function readStatements(all: readonly Utterance[]): Statement[] {
  return all.map((utterance, i) => readStatement(utterance, utterance.question ? replyTo(all, i) : null));
}

/** A reply comes within this many utterances: questions are often asked in rows ("any fevers? chills?"). */
const REPLY_REACH = 4;

// The first other speaker's answer; with one channel, the next utterance that asks nothing.
function replyTo(all: readonly Utterance[], i: number): 'yes' | 'no' | null {
  const asker = all[i]?.channel;
  const following = all.slice(i + 1, i + 1 + REPLY_REACH).filter((utterance) => !utterance.question);
  const reply = following.find((utterance) => utterance.channel !== asker) ?? following[0];
  return reply === undefined ? null : replySign(reply);
}

function readStatement(utterance: Utterance, reply: 'yes' | 'no' | null): Statement {
  const { tokens } = utterance;
  const marks = polarity(tokens);
  const facts = concepts(tokens).map((concept): Fact => {
    const mark = marks[concept.from];
    const denied = mark?.negated === true;
    return { name: concept.name, sign: signOf(utterance.question, reply, denied), uncertain: mark?.uncertain === true };
  });
  return {
    utterance,
    tokens,
    facts,
    quantities: quantities(tokens),
    sides: lateralities(tokens),
    drugs: drugMentions(tokens).map((drug) => drug.ingredient),
  };
}

function signOf(question: boolean, reply: 'yes' | 'no' | null, denied: boolean): Sign {
  if (!question) return denied ? 'denied' : 'affirmed';
  if (reply === 'no') return 'denied';
  return reply === 'yes' ? 'affirmed' : 'open';
}
