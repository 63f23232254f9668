// Questions with their answers, made one statement: "any chest pain?" "no" → "Denies chest pain."
// Only forms whose meaning is certain are joined; a list of symptoms answered by a bare "yes" is not one of them.
import type { Voice } from './persons.ts';

/** `text` is not yet a finished sentence; `negative` answers deny what was asked. */
export interface Joined {
  readonly text: string;
  readonly negative: boolean;
}

/** The question and its bare answer as one statement about the patient, or null when no form fits. `asked`: cleaned, lower case. */
export function joinAnswer(asked: string, answer: 'no' | 'yes', voice: Voice): Joined | null {
  const negative = answer === 'no';
  const question = asked
    .replace(/[\s?.,]+$/u, '')
    .replace(/,? (?:or|and|right|okay|at all|anything like that|things? like that|stuff like that)$/u, '');
  const list = / or |, /u.test(question);
  if (!negative && list) return null;
  return joinAny(question, negative) ?? joinVerb(question, negative, voice);
}

// "Any other symptoms?" "No." says nothing that a note could hold.
const EMPTY = /^(?:symptoms?|issues?|problems?|changes?|concerns?|of (?:that|those))$/u;

function joinAny(question: string, negative: boolean): Joined | null {
  const found =
    /^(?:and |so |what about |how about )*(?:(?:do|did|have|had|are) you (?:have |had |having |been having |get |gotten |noticed |notice |experienced |experience |experiencing |feel |felt |feeling )?|is there |was there |has there been )?any (?:other |kind of |sort of |type of |issues with |problems with |trouble with )*(.+)$/u.exec(
      question,
    );
  const what = found?.[1];
  if (
    what === undefined ||
    EMPTY.test(what) ||
    /\b(?:you|i|we|questions?|your (?:life|work))\b/u.test(what.replaceAll(/\byour\b/gu, '')) ||
    /^(?:more|better|worse)\b/u.test(what)
  )
    return null;
  const kind = /any (?:other )?(?:issues|problems|trouble) with/u.exec(question)?.[0]?.replace(/^any (?:other )?/u, '');
  const thing = `${kind === undefined ? '' : `${kind} `}${thirdParty(what)}`;
  return { text: negative ? `denies ${thing}` : `reports ${thing}`, negative };
}

function thirdParty(text: string): string {
  return text.replaceAll(/\byour\b/gu, 'the').replaceAll(/\bany\b ?/gu, '');
}

const AUXILIARY = new Map([
  ['do', 'does'],
  ['did', 'did'],
  ['have', 'has'],
  ['are', 'is'],
  ['were', 'was'],
  ['can', 'can'],
]);

// "do you smoke" + no → "does not smoke"; "are you taking it" + yes → "is taking it".
function joinVerb(question: string, negative: boolean, voice: Voice): Joined | null {
  const found = /^(?:and |so |now )*(do|did|have|are|were|can) you (?:guys )?(?:currently |still |ever )?(.+)$/u.exec(
    question,
  );
  const [, aux = '', rest = ''] = found ?? [];
  if (found === null || /\b(?:you|i|me|we|know|remember|think|guess|want|mind|any questions)\b/u.test(rest))
    return null;
  const still = /you (?:guys )?(currently|still|ever) /u.exec(question)?.[1];
  const adverb = still === undefined || (still === 'ever' && !negative) ? '' : `${still} `;
  const subject = voice.named && voice.sex !== null ? (voice.sex === 'male' ? 'he' : 'she') : 'the patient';
  const possessive = voice.sex === null ? "the patient's" : voice.sex === 'male' ? 'his' : 'her';
  const predicate = rest.replaceAll(/\byour\b/gu, possessive).replaceAll(/\byourself\b/gu, 'self');
  const said = negative
    ? `${AUXILIARY.get(aux) ?? aux} not ${adverb}${predicate}`
    : `${AUXILIARY.get(aux) ?? aux} ${adverb}${predicate.replaceAll(/\bany\b ?/gu, '')}`;
  return { text: `${subject} ${said}`, negative };
}

/** The label of what a patient is allergic to. */
export const ALLERGIES = 'Allergies';

const LABELS: readonly (readonly [RegExp, string])[] = [
  [/\ballerg(?:y|ic|ies)\b/u, ALLERGIES],
  [/\bhow long\b|\bwhen did (?:this|that|it|you (?:first )?(?:start|notice))/u, 'Onset and duration'],
  [/\bhow (?:often|many times|frequently)\b/u, 'Frequency'],
  [/\b(?:scale|how (?:bad|severe)|rate (?:your|the) pain|out of (?:10|ten))\b/u, 'Severity'],
  [/\bwhere (?:is|does|did|are|exactly)\b/u, 'Location'],
  [/\b(?:makes?|made|making) (?:it|the pain|that) (?:any )?worse\b/u, 'Made worse by'],
  [/\b(?:makes?|made|making) (?:it|the pain|that) (?:any )?better\b/u, 'Made better by'],
  [/\bhow (?:many|much)\b/u, 'Amount'],
];

/** The label under which a short answer stands when its question gives it its meaning ("Frequency"), else null. */
export function answerLabel(question: string): string | null {
  return LABELS.find(([form]) => form.test(question))?.[1] ?? null;
}
