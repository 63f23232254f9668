// Who speaks: a dictating clinician, or a clinician and a patient. Inferred from what is said (spec: labels are never trusted).
import type { Role, Utterance } from '#clinical/language/utterances.ts';

export interface Speakers {
  readonly dictation: boolean;
  /** One per utterance. */
  readonly roles: readonly Role[];
  /** As stated in the visit ("59-year-old male"), else null: pronouns are not guessed. */
  readonly sex: 'male' | 'female' | null;
}

const CLINICIAN_SIGNS =
  /\b(?:do you|did you|have you|are you|were you|your|any (?:other )?(?:symptoms|questions|pain|fevers?|problems|history|chest|shortness)|let's|i'm go(?:ing to|nna|n na)|we're go(?:ing to|nna|n na)|we'll|i'd like|i want you|i wan ?na|prescribe|order|refer you|milligrams|exam|palpation|follow[- ]up|x-ray|mri|year[- ]old|presents|history of|tell me|how long|how often|the patient)\b/gu;
const PATIENT_SIGNS =
  /\b(?:i've been|i have been|i was|i had|i feel|i felt|i took|i take|i tried|i noticed|my|it hurts|i don't|i do n't|i didn't|i did n't|i can't|i ca n't|yeah|yes|no|mm-hmm|thank you|doctor|i went|i work|i just|i think it)\b/gu;
const DICTATION_SIGNS =
  /\b(?:the patient|patient|he|she|his|her|this is a|year[- ]old|denies|reports|admitted|underwent|impression|discharged)\b/gu;

/** Utterances in order of time. */
export function speakers(all: readonly Utterance[]): Speakers {
  const text = all.map((utterance) => utterance.text.toLowerCase()).join(' ');
  const dictation = isDictation(all, text);
  const lean = channelLean(all);
  const roles = all.map((utterance): Role =>
    dictation ? 'clinician' : roleOf(utterance, lean.get(utterance.channel) ?? 0, lean.size),
  );
  return { dictation, roles, sex: statedSex(text) };
}

/** Second-person talk per word above this is a conversation, whatever the number of channels. */
const CONVERSATION_RATE = 0.02;

function isDictation(all: readonly Utterance[], text: string): boolean {
  const words = Math.max(1, text.split(' ').length);
  const you = count(text, /\b(?:you|your|you're)\b/gu);
  const questions = all.filter((utterance) => utterance.question).length;
  const mainChannel = Math.max(...[...byChannel(all).values()].map((list) => list.length), 0);
  if (all.length > 0 && mainChannel / all.length < 0.9) return false;
  return (
    you / words < CONVERSATION_RATE && questions / Math.max(1, all.length) < 0.1 && count(text, DICTATION_SIGNS) > 0
  );
}

function byChannel(all: readonly Utterance[]): Map<number, Utterance[]> {
  const groups = new Map<number, Utterance[]>();
  for (const utterance of all) groups.set(utterance.channel, [...(groups.get(utterance.channel) ?? []), utterance]);
  return groups;
}

function count(text: string, signs: RegExp): number {
  return [...text.matchAll(signs)].length;
}

function signsOf(utterance: Utterance): number {
  const text = utterance.text.toLowerCase();
  return count(text, CLINICIAN_SIGNS) + (utterance.question ? 1 : 0) - count(text, PATIENT_SIGNS);
}

// How much a channel as a whole sounds like the clinician, relative to the other channels: -1 … 1.
function channelLean(all: readonly Utterance[]): Map<number, number> {
  const means = new Map<number, number>();
  for (const [channel, list] of byChannel(all))
    means.set(channel, list.reduce((sum, u) => sum + signsOf(u), 0) / list.length);
  const middle = [...means.values()].reduce((sum, mean) => sum + mean, 0) / Math.max(1, means.size);
  return new Map([...means].map(([channel, mean]) => [channel, means.size < 2 ? 0 : Math.sign(mean - middle)]));
}

/** What the channel's own lean weighs against the signs within one utterance. */
const LEAN_WEIGHT = 2;

function roleOf(utterance: Utterance, lean: number, channels: number): Role {
  const score = signsOf(utterance) + lean * LEAN_WEIGHT;
  if (score !== 0) return score > 0 ? 'clinician' : 'patient';
  return channels > 1 && lean < 0 ? 'patient' : 'clinician';
}

function statedSex(text: string): 'male' | 'female' | null {
  const said =
    /\b(?:year|month|week|day)s?[- ]old (?:\w+ ){0,3}?(male|female|man|woman|gentleman|lady|boy|girl)\b/u.exec(text);
  if (said !== null) return /^(?:male|man|gentleman|boy)$/u.test(said[1] ?? '') ? 'male' : 'female';
  return null;
}
