// From utterances to candidate sentences: questions joined with their answers, persons turned, each with what it cites.
import type { Transcript } from '#clinical/transcription/transcript.ts';
import { bareAnswer } from '#clinical/language/replies.ts';
import { answerLabel, joinAnswer } from './answers.ts';
import type { Citation } from './draft.ts';
import { classify, nextPhase, type Phase } from './elements.ts';
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
  const label = answerLabel(asked);
  const short = clean(answer.words.map((word) => word.text));
  if (label === null || answer.tokens.length > SHORT_ANSWER || short === '') return { candidates: [], next: i + 1 };
  return {
    candidates: [
      { element: 'history', text: sentence(writeNumbers(`${label}: ${short}`)), citations: cites, weight: weight + 1 },
    ],
    next: answerAt + 1,
  };
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
