// From utterances to candidate sentences: questions joined with their answers, persons turned, each with what it cites.
import type { Transcript } from '#clinical/transcription/transcript.ts';
import { bareAnswer, replySign } from '#clinical/language/replies.ts';
import { ALLERGIES, answerLabel, joinAnswer } from './answers.ts';
import type { Citation } from './draft.ts';
import { classify, nextPhase, type Phase } from './elements.ts';
import { turnPersons } from './persons.ts';
import { clean, narrate, sentence, writeNumbers } from './rewrite.ts';
import { speakers, type Speakers } from './roles.ts';
import type { Element } from './templates.ts';
import { utterances, type Role, type Utterance } from '#clinical/language/utterances.ts';

export interface Candidate {
  readonly element: Element;
  readonly text: string;
  readonly citations: readonly Citation[];
  readonly weight: number;
}

/** Utterances with less clinical content than this are left out. */
const LEAST_WEIGHT = 1;
/** An answer must follow its question within this many utterances. */
const ANSWER_REACH = 2;

interface Visit {
  readonly all: readonly Utterance[];
  readonly who: Speakers;
}

/** In order of time. `dictated`: one clinician spoke, in an order that is already a note's. */
export function candidates(transcript: Transcript): {
  readonly dictated: boolean;
  readonly list: readonly Candidate[];
} {
  const all = utterances(transcript);
  const visit: Visit = { all, who: speakers(all) };
  const out: Candidate[] = [];
  let phase: Phase = 'history';
  for (let i = 0; i < all.length;) {
    const utterance = all[i];
    if (utterance === undefined) break;
    phase = nextPhase(phase, utterance, visit.who.roles[i] ?? 'clinician');
    const taken = utterance.question ? fromQuestion(visit, i, phase) : fromStatement(visit, i, phase);
    out.push(...taken.candidates);
    i = taken.next;
  }
  return { dictated: visit.who.dictation, list: out };
}

interface Taken {
  readonly candidates: readonly Candidate[];
  readonly next: number;
}

function roleAt(visit: Visit, i: number): Role {
  return visit.who.roles[i] ?? 'clinician';
}

function fromStatement(visit: Visit, i: number, phase: Phase): Taken {
  const utterance = visit.all[i];
  const none = { candidates: [], next: i + 1 };
  if (utterance === undefined) return none;
  const role = roleAt(visit, i);
  const { element, weight } = classify(utterance, role, phase, visit.who.dictation);
  if (element === null || (weight < LEAST_WEIGHT && !visit.who.dictation)) return none;
  const text = told(utterance, role, visit.who);
  return text === null
    ? none
    : { candidates: [{ element, text, citations: [citation(utterance)], weight }], next: i + 1 };
}

// What a speaker said as a sentence of the note; quoted where no rule can turn it.
function told(utterance: Utterance, role: Role, who: Speakers): string | null {
  const text = clean(utterance.words.map((word) => word.text));
  if (text === '' || !text.includes(' ')) return null;
  if (who.dictation) return narrate(text, { speaker: 'clinician', sex: who.sex, named: false });
  const turned = narrate(text, { speaker: role, sex: who.sex, named: true });
  if (turned !== null) return turned;
  return role === 'patient' ? sentence(`the patient states: "${text}"`) : sentence(`clinician: "${text}"`);
}

function fromQuestion(visit: Visit, i: number, phase: Phase): Taken {
  const question = visit.all[i];
  const answerAt = findAnswer(visit, i);
  const answer = visit.all[answerAt];
  if (question === undefined || answer === undefined || roleAt(visit, i) !== 'clinician')
    return { candidates: [], next: i + 1 };
  const asked = clean(question.words.map((word) => word.text)).toLowerCase();
  const bare = bareAnswer(answer);
  const { element, weight } = classify(question, 'clinician', phase, false);
  const home: Element = element === null || element === 'plan' || element === 'assessment' ? 'history' : element;
  const cites = [citation(question), citation(answer)];
  if (bare !== null) {
    const joined =
      weight < LEAST_WEIGHT ? null : joinAnswer(asked, bare, { speaker: 'patient', sex: visit.who.sex, named: true });
    if (joined === null) return { candidates: [], next: answerAt + 1 };
    const where: Element = joined.text.startsWith('denies') && home === 'history' ? 'symptoms' : home;
    return {
      candidates: [{ element: where, text: sentence(joined.text), citations: cites, weight: weight + 1 }],
      next: answerAt + 1,
    };
  }
  return labelled(visit, { asked, question, answerAt, weight }) ?? { candidates: [], next: i + 1 };
}

interface Asked {
  readonly asked: string;
  readonly question: Utterance;
  readonly answerAt: number;
  readonly weight: number;
}

// "How often?" "Twice a week." → "Frequency: twice a week."; null when the question gives its answer no such name.
function labelled(visit: Visit, { asked, question, answerAt, weight }: Asked): Taken | null {
  const answer = visit.all[answerAt];
  const label = answerLabel(asked);
  if (answer === undefined || label === null || answer.tokens.length > SHORT_ANSWER) return null;
  const short = clean(answer.words.map((word) => word.text));
  if (short === '') return null;
  if (label === ALLERGIES) return allergy(visit, { asked, question, answerAt, weight });
  const text = sentence(writeNumbers(`${label}: ${short}`));
  const citations = [citation(question), citation(answer)];
  return { candidates: [{ element: 'history', text, citations, weight: weight + 1 }], next: answerAt + 1 };
}

// "Any allergies?" "Yes, morphine." "It gave me a rash.": the substance and what it did stay in one sentence. An answer
// that begins with "no" and goes on is left to be told by itself.
function allergy(visit: Visit, { question, answerAt, weight }: Asked): Taken | null {
  const answer = visit.all[answerAt];
  const next = visit.all[answerAt + 1];
  if (answer === undefined || replySign(answer) === 'no') return null;
  const goesOn =
    next !== undefined &&
    next.channel === answer.channel &&
    !next.question &&
    /^(?:it|they|that|those)\b/iu.test(next.text);
  const parts = goesOn ? [answer, next] : [answer];
  const voice = { speaker: 'patient', sex: visit.who.sex, named: true } as const;
  const told = parts.map((part) => {
    const plain = clean(part.words.map((word) => word.text));
    return turnPersons(plain, voice) ?? `"${plain}"`;
  });
  const [first = '', ...rest] = told;
  const text = sentence(`${ALLERGIES}: ${[first, ...rest.map(lowerFirst)].join('; ')}`);
  const citations = [question, ...parts].map(citation);
  return {
    candidates: [{ element: 'allergies', text, citations, weight: weight + 1 }],
    next: answerAt + parts.length + 1,
  };
}

function lowerFirst(text: string): string {
  return /^(?:It|They|That|Those)\b/u.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;
}

/** A labelled answer ("Frequency: twice a week") is at most this many words. */
const SHORT_ANSWER = 12;

// The next utterance of another channel; with one channel only, simply the next.
function findAnswer(visit: Visit, i: number): number {
  const question = visit.all[i];
  const channels = new Set(visit.all.map((utterance) => utterance.channel)).size;
  for (let k = i + 1; k <= i + ANSWER_REACH && k < visit.all.length; k += 1) {
    const next = visit.all[k];
    if (next === undefined || next.question) return -1;
    if (channels === 1 || next.channel !== question?.channel) return k;
  }
  return -1;
}

function citation(utterance: Utterance): Citation {
  const [first = 0, last = 0] = [utterance.indexes[0], utterance.indexes.at(-1)];
  return {
    start: utterance.start,
    end: utterance.end,
    quote: utterance.text,
    words: [first, last + 1],
    channel: utterance.channel,
  };
}
