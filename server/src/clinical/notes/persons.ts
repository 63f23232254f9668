// First and second person turned to third, where grammar makes it certain: "i've been coughing" → "the patient has been
// coughing"; a clinician's "you have" → "the patient has". Returns null rather than guess.

/** `speaker`: whose words; `sex` as stated in the visit, null when not; `first`: this is the first mention in its section. */
export interface Voice {
  readonly speaker: 'clinician' | 'patient';
  readonly sex: 'male' | 'female' | null;
  readonly named: boolean;
}

interface Forms {
  readonly subject: string;
  readonly object: string;
  readonly possessive: string;
  readonly reflexive: string;
}

function formsOf(voice: Voice): Forms {
  if (voice.sex === 'male' && voice.named)
    return { subject: 'he', object: 'him', possessive: 'his', reflexive: 'himself' };
  if (voice.sex === 'female' && voice.named)
    return { subject: 'she', object: 'her', possessive: 'her', reflexive: 'herself' };
  const possessive = voice.sex === 'male' ? 'his' : voice.sex === 'female' ? 'her' : "the patient's";
  return { subject: 'the patient', object: 'the patient', possessive, reflexive: 'themself' };
}

const BE = new Map([
  ['am', 'is'],
  ['are', 'is'],
  ['were', 'was'],
  ['have', 'has'],
  ['do', 'does'],
  ["don't", 'does not'],
  ["haven't", 'has not'],
  ["aren't", 'is not'],
  ["weren't", 'was not'],
]);
const UNCHANGED = new Set(
  (
    "was had did will would can could should might may must didn't couldn't wouldn't can't won't hadn't wasn't shouldn't felt took got went " +
    'came saw said told thought knew made gave found kept left lost ran ate drank slept woke fell broke heard began became brought ' +
    'caught hurt put cut hit quit let read bought drove wore did used tried noticed'
  ).split(' '),
);
const PRESENT = new Map(
  (
    'feel think take get know want need notice use try work live smoke drink eat sleep wake walk run see like love remember believe guess ' +
    'suppose play sit stand lay lie lift bend move turn hear check watch exercise cough vomit bleed itch start stop keep go come ' +
    'make give tell say help look seem tend travel drive worry struggle suffer avoid forget monitor enjoy wear sound stay hope call ' +
    'understand appreciate mean find swim hike teach plan wish weigh become show deny report continue'
  )
    .split(' ')
    .map((verb) => [verb, thirdPerson(verb)]),
);
const ADVERBS = new Set(
  (
    'just really usually always never sometimes also only actually still mostly probably definitely recently currently already kinda often ' +
    'kind of pretty much generally normally typically rarely ever even then first since mainly simply basically honestly occasionally sort'
  ).split(' '),
);

function thirdPerson(verb: string): string {
  if (verb === 'go' || verb === 'do') return `${verb}es`;
  if (/(?:s|x|ch|sh)$/u.test(verb)) return `${verb}es`;
  return /[^aeiou]y$/u.test(verb) ? `${verb.slice(0, -1)}ies` : `${verb}s`;
}

/** The text with the patient in the third person; null when a word of it has no certain turn. */
export function turnPersons(text: string, voice: Voice): string | null {
  const words = openContractions(text, voice)
    .split(/\s+/u)
    .filter((word) => word !== '');
  const forms = formsOf(voice);
  const out: string[] = [];
  for (let i = 0; i < words.length; i += 1) {
    const turned = turnWord(words, i, voice, forms);
    if (turned === null) return null;
    out.push(turned.text);
    for (const skipped of turned.conjugated) out.push(skipped);
    i += turned.conjugated.length;
  }
  return out.join(' ');
}

function openContractions(text: string, voice: Voice): string {
  const me = voice.speaker === 'patient' ? 'i' : 'you';
  const plain = text
    .replaceAll(/\b(do|did|does|have|has|had|is|are|was|were|could|would|should) n't\b/giu, '$1 not')
    .replaceAll(/\bca n't\b/giu, 'cannot')
    .replaceAll(/\bwo n't\b/giu, 'will not')
    .replaceAll(/\b(?:gon na|gonna)\b/giu, 'going to')
    .replaceAll(/\b(?:wan na|wanna)\b/giu, 'want to')
    .replaceAll(/\b(?:got ta|gotta)\b/giu, 'have to');
  return plain
    .replaceAll(new RegExp(`\\b${me}'m\\b`, 'giu'), `${me} am`)
    .replaceAll(new RegExp(`\\b${me}'ve\\b`, 'giu'), `${me} have`)
    .replaceAll(new RegExp(`\\b${me}'re\\b`, 'giu'), `${me} are`)
    .replaceAll(new RegExp(`\\b${me}'ll\\b`, 'giu'), `${me} will`)
    .replaceAll(new RegExp(`\\b${me}'d like`, 'giu'), `${me} would like`);
}

interface Turned {
  readonly text: string;
  readonly conjugated: readonly string[];
}

const asIs = (text: string): Turned => ({ text, conjugated: [] });

function turnWord(words: readonly string[], i: number, voice: Voice, forms: Forms): Turned | null {
  const word = words[i] ?? '';
  const tail = /[,.;:?!]+$/u.exec(word)?.[0] ?? '';
  const plain = word.toLowerCase().slice(0, word.length - tail.length);
  const self = voice.speaker === 'patient';
  if (self ? plain === 'i' : plain === 'you') return turnSubject(words, i, tail, voice, forms);
  if (self ? plain === 'my' : plain === 'your') return asIs(forms.possessive + tail);
  if (self ? plain === 'me' : false) return asIs(forms.object + tail);
  if (self ? plain === 'myself' : plain === 'yourself') return voice.sex === null ? null : asIs(forms.reflexive + tail);
  if (self ? plain === 'mine' : plain === 'yours') return asIs(`${forms.possessive} own${tail}`);
  const other = self ? /^(?:you|your|yours|yourself|we|we'\w+|us|our|ours|i'\w+)$/u : /^(?:you'\w+)$/u;
  return other.test(plain) ? null : asIs(word);
}

const OBJECT_BEFORE =
  /^(?:to|for|with|on|of|from|by|about|at|in|like|want|wants|see|give|gives|gave|send|refer|put|start|get|have|help|tell|told|ask|asked|show|let|make|keep|bring|call|need|prescribe|order|between|than|hurt|hurts|bother|bothers|bothering|recommend|advise|near|behind)$/u;

// "i"/"you" and the verb it governs; adverbs may stand between them.
function turnSubject(words: readonly string[], i: number, tail: string, voice: Voice, forms: Forms): Turned | null {
  const before = (words[i - 1] ?? '').toLowerCase().replaceAll(/[^a-z']/gu, '');
  if (tail !== '') return voice.speaker === 'clinician' ? asIs(forms.object + tail) : null;
  if (voice.speaker === 'clinician' && OBJECT_BEFORE.test(before)) return asIs(forms.object);
  if (/^(?:do|did|does|have|am|are|was|were|can|could|would|will|should)$/u.test(before)) return null;
  const skipped: string[] = [];
  for (let k = i + 1; k < words.length; k += 1) {
    const word = words[k] ?? '';
    const plain = word.toLowerCase().replaceAll(/[^a-z']/gu, '');
    if (ADVERBS.has(plain)) {
      skipped.push(word);
      continue;
    }
    const verb = conjugate(plain);
    if (verb === null || (BE_FORM.test(plain) && hasSecondVerb(words, k + 1))) return null;
    return { text: forms.subject, conjugated: [...skipped, word.toLowerCase().replace(plain, verb)] };
  }
  return null;
}

const BE_FORM = /^(?:are|were|am|was)$/u;
/** Words within which "you are … is" betrays a misheard "your". */
const VERB_REACH = 4;
/** What may bring a second verb of its own: a new subject, a joining word, a participle's clause. */
const OWN_VERB =
  /^(?:that|which|who|what|how|where|when|if|because|since|as|and|but|or|so|than|it|this|there|i|we|he|she|they|you|the|my|your|his|her|\w+ing)$/u;

// "You are blood pressure is 130": recognisers hear "your" so. Turned, it would be no sentence; its words are kept as heard.
function hasSecondVerb(words: readonly string[], from: number): boolean {
  for (let k = from; k < Math.min(words.length, from + VERB_REACH); k += 1) {
    const plain = (words[k] ?? '').toLowerCase().replaceAll(/[^a-z']/gu, '');
    if (OWN_VERB.test(plain)) return false;
    if (/^(?:is|was|has)$/u.test(plain)) return k > from;
    if (/[,.;:?!]$/u.test(words[k] ?? '')) return false;
  }
  return false;
}

function conjugate(verb: string): string | null {
  const changed = BE.get(verb) ?? PRESENT.get(verb);
  if (changed !== undefined) return changed;
  if (UNCHANGED.has(verb) || verb === 'cannot' || /[a-z]{2,}ed$/u.test(verb)) return verb;
  return null;
}
