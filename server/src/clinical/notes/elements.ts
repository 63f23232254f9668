// What an utterance is about: history, medication, examination, result, assessment, plan … or small talk (null).
// Cues are counted per element; the phase of the visit (history → examination → results → plan) settles ties.
import { isClinical } from '#clinical/language/concepts.ts';
import { drugMentions } from '#clinical/language/drugs.ts';
import { quantities } from '#clinical/language/numbers.ts';
import type { Element } from './templates.ts';
import type { Role, Utterance } from '#clinical/language/utterances.ts';

export type Phase = 'history' | 'exam' | 'results' | 'plan';

/** `weight`: how much clinical content there is; `element`: null for small talk. */
export interface Classified {
  readonly element: Element | null;
  readonly weight: number;
}

interface Cue {
  readonly element: Element;
  readonly form: RegExp;
  readonly score: number;
  /** Counts only from this speaker. */
  readonly by?: Role;
}

const CUES: readonly Cue[] = [
  {
    element: 'reason',
    form: /\b(?:presents?|presenting|here (?:today )?(?:for|with|because|to)|year[- ]old|came in (?:today )?(?:for|with|because))\b/u,
    score: 3,
  },
  {
    element: 'past',
    form: /\b(?:history of|past medical|diagnosed with|years ago|had (?:a |an )?\w+ surgery|surgical history|surgery (?:\w+ ){0,4}ago|hospitalized|underwent|transplant)\b/u,
    score: 2,
  },
  {
    element: 'medications',
    form: /\b(?:taking|take|takes|medications? (?:include|are)|current medications|placed on|on (?:my|your|his|her) medications?|refills?)\b/u,
    score: 1,
  },
  {
    element: 'allergies',
    form: /\b(?:allergic|allergy to|allergies (?:to|are|include)|drug allergies|known allergies)\b/u,
    score: 4,
  },
  {
    element: 'family',
    form: /\b(?:family history|(?:my|your|his|her) (?:mother|father|mom|dad|brother|sister|grand\w+|aunt|uncle|parents?)|runs in)\b/u,
    score: 3,
  },
  {
    element: 'social',
    form: /\b(?:smok\w+|cigarettes?|tobacco|alcohol|drinks? (?:a|per|on)|beers?|wine|marijuana|married|divorced|lives? (?:alone|with|in)|retired|work as|works as|occupation)\b/u,
    score: 3,
  },
  { element: 'symptoms', form: /\b(?:denies|den(?:y|ied)|review of (?:systems|symptoms)|constitutional)\b/u, score: 2 },
  {
    element: 'vitals',
    form: /\b(?:vital signs?|vitals|blood pressure (?:is|was|of|today)|heart rate (?:is|was|of)|temperature (?:is|was|of)|o2 sat|oxygen saturation|pulse (?:is|was|ox)|respiratory rate|bmi)\b/u,
    score: 4,
  },
  {
    element: 'exam',
    form: /\b(?:on (?:your |the |physical |his |her )*(?:\w+ )?exam\w*|i (?:do )?(?:appreciate|hear|feel|see|notice)|palpation|auscultation|tender(?:ness)?|range of motion|clear bilaterally|lungs (?:are|sound)|heart sounds|rebound\w*|guarding|edema|straight leg|strength|reflexes|sensation|erythema|ecchymosis|effusion|crackles|rales|wheez\w+ (?:on|in)|murmur|varus|valgus|cranial nerves|bowel sounds|lymphadenopathy|signs or symptoms of|drainage)\b/u,
    score: 2,
    by: 'clinician',
  },
  {
    element: 'results',
    form: /\b(?:x[- ]?rays?|results?|labs?|mri|ct|cat scan|ultrasound|echo(?:cardiogram)?|ekg|ecg|a1c|hemoglobin|creatinine|white (?:blood )?(?:cell )?count|biopsy|pathology|mammogram|colonoscopy|pulmonary function|cholesterol|showed|shows|revealed|demonstrated?s?)\b/u,
    score: 1.6,
    by: 'clinician',
  },
  {
    element: 'assessment',
    form: /\b(?:impression|assessment|diagnosis|i (?:do )?(?:think|believe|suspect)|consistent with|likely|probably ha(?:s|ve)|looks like you|for your (?:first|second|third|next)|in terms of your|first problem|next problem|you (?:do )?have (?:a|an|some)|this is (?:a|an)|concerned about|underlying|differential)\b/u,
    score: 1.8,
    by: 'clinician',
  },
  {
    element: 'plan',
    form: /\b(?:i'm go(?:ing to|nna|n na)|we're go(?:ing to|nna|n na)|i'll|we'll|i will|we will|let's|i'd like|i would like|i want|i wan ?na|we can|prescri\w+|refer\w*|order\w*|continue|start(?:ing)? you|increase|decrease|stop taking|recommend\w*|physical therapy|schedule|will (?:receive|undergo|start|continue|need)|milligrams|mg|treatment|help (?:him|her) get)\b/u,
    score: 2,
    by: 'clinician',
  },
  {
    element: 'plan',
    form: /\bi (?:want|would like|wan ?na) (?:you )?to (?:keep|continue|start|stop|take|use|increase|decrease)\b/u,
    score: 3,
    by: 'clinician',
  },
  {
    element: 'instructions',
    form: /\b(?:follow[- ]?up|see you (?:back|again)|come back|return|call (?:me|us|the office)|give (?:me|us) a call|let (?:me|us) know|if (?:you|your|it|the|things) (?:\w+ ){0,6}(?:worse|call|emergency|come)|emergency room|go to the er|reach out)\b/u,
    score: 3,
    by: 'clinician',
  },
];

const PHASE_STARTS: readonly (readonly [Phase, RegExp])[] = [
  [
    'exam',
    /\b(?:physical exam\w*|examine you|quick exam|vital signs|your vitals|(?:take|have) a (?:quick )?look|check you out|listen to your|on (?:your )?exam|when i (?:press|push|touch)|let me (?:see|feel|press))\b/u,
  ],
  [
    'results',
    /\b(?:x[- ]?ray (?:of|shows?|looks)|your results|results of your|reviewed (?:the|your)|review(?:ing)? (?:of )?(?:the |your )?(?:results|x-ray|labs)|your labs|lab results|show me the|mri (?:shows?|results?)|ct (?:shows?|scan shows?))\b/u,
  ],
  [
    'plan',
    /\b(?:my (?:assessment|impression|plan|diagnosis)|assessment and (?:my )?plan|first problem|first diagnosis|for your first|what i(?:'m| am) go(?:ing to|nna|n na) do|here's what|so i think|what i think|i think (?:that )?you (?:have|might|may|probably)|going to prescribe|gon na prescribe)\b/u,
  ],
];

/** The phase after this utterance; only the clinician's words move it. */
export function nextPhase(phase: Phase, utterance: Utterance, role: Role): Phase {
  if (role !== 'clinician') return phase;
  const text = utterance.text.toLowerCase();
  return PHASE_STARTS.find(([, form]) => form.test(text))?.[0] ?? phase;
}

const SMALL_TALK =
  /\b(?:how are you|good to see you|nice to (?:see|meet) you|weather|dax|dragon|thank you|thanks|you're welcome|have a (?:good|great|nice)|take care|see you later|vacation|nurse told you|okay with you|sounds? good|any (?:other )?questions|is that (?:okay|all right)|does that (?:sound|make sense)|how does that sound|i'm (?:sorry|glad|happy)|sorry to hear|awesome|congratulations|bye|my pleasure|finalize the note|tell me|nurse (?:will|did)|move on to|(?:go ahead and |just |quickly )+(?:examine|check you|take a|do a (?:quick )?(?:physical )?exam|listen|look)|i know that we|get you discharged|let me know if|good morning|good afternoon|basketball game|football game|movie|birthday)\b/u;

const PHASE_FAVOURS: Record<Phase, readonly Element[]> = {
  history: ['history', 'symptoms', 'past', 'medications', 'social', 'family', 'reason'],
  exam: ['exam', 'vitals'],
  results: ['results'],
  plan: ['plan', 'assessment', 'instructions'],
};
const PHASE_BONUS = 1;

/** The element an utterance belongs to, given who speaks and how far the visit has come. Nothing dictated is small talk. */
export function classify(utterance: Utterance, role: Role, phase: Phase, dictated: boolean): Classified {
  const text = utterance.text.toLowerCase();
  const weight = clinicalWeight(utterance);
  const scores = new Map<Element, number>();
  for (const cue of CUES) {
    if (cue.by !== undefined && cue.by !== role) continue;
    const hits = [...text.matchAll(new RegExp(cue.form.source, 'gu'))].length;
    if (hits > 0) scores.set(cue.element, (scores.get(cue.element) ?? 0) + cue.score * Math.min(2, hits));
  }
  addContent(scores, utterance, text);
  for (const element of PHASE_FAVOURS[phase])
    if (scores.has(element)) scores.set(element, (scores.get(element) ?? 0) + PHASE_BONUS);
  if (!dictated && SMALL_TALK.test(text) && weight < 3) return { element: null, weight: 0 };
  const best = [...scores].toSorted((a, b) => b[1] - a[1])[0];
  return {
    element: best !== undefined && best[1] > 1 ? best[0] : fallback(role, phase, dictated ? 1 : weight),
    weight,
  };
}

function addContent(scores: Map<Element, number>, utterance: Utterance, text: string): void {
  const add = (element: Element, score: number): void => void scores.set(element, (scores.get(element) ?? 0) + score);
  const drugs = drugMentions(utterance.tokens).length;
  if (drugs > 0 && /\b(?:tak(?:e|es|en|ing)|on|medications?|uses?|using)\b/u.test(text)) add('medications', 2);
  if (drugs > 0 && scores.has('plan')) add('plan', 1);
  if (
    quantities(utterance.tokens).some(
      (q) => q.attribute === 'blood-pressure' || q.attribute === 'temperature' || q.attribute === 'saturation',
    )
  )
    add('vitals', 2);
  if (
    quantities(utterance.tokens).some(
      (q) =>
        q.attribute === 'a1c' ||
        q.attribute === 'hemoglobin' ||
        q.attribute === 'creatinine' ||
        q.attribute === 'glucose',
    )
  )
    add('results', 2);
}

// Without a cue the phase decides what a clinician's remark is about; what a patient says is history.
function fallback(role: Role, phase: Phase, weight: number): Element | null {
  if (weight < 1) return null;
  if (role === 'patient' || phase === 'history') return 'history';
  return phase === 'exam' ? 'exam' : phase === 'results' ? 'results' : 'assessment';
}

function clinicalWeight(utterance: Utterance): number {
  const words = new Set(utterance.tokens.filter((token) => isClinical(token.norm)).map((token) => token.norm)).size;
  const numbers = quantities(utterance.tokens).filter((q) => q.unit !== null || q.attribute !== null).length;
  return words + drugMentions(utterance.tokens).length * 2 + numbers;
}
