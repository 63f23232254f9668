// From text to comparable words: contractions opened, hyphens split, endings cut, fillers known.
// Both sides of every comparison (a note's sentence, a passage of a transcript) pass through here.

/**
 * `norm` is lower case; several tokens share a span when a contraction was opened ("don't" → do, not). Offsets are
 * UTF-16. `clause` counts sentence and clause marks passed (.;:?! and line ends); `comma`: one stands before the word.
 */
export interface Token {
  readonly norm: string;
  readonly start: number;
  readonly end: number;
  readonly clause: number;
  readonly comma: boolean;
}

const WORD =
  /[a-z]+\d+[a-z0-9]*|[a-z]{2,}-\d+(?![\d/.])|\d+(?:st|nd|rd|th)\b|(?<![\w.])\.\d+|\d+(?:[.,:/]\d+)*|%|[a-z]+(?:['’][a-z]+)*|\[[a-z ]+\]/giu;

const WHOLE = new Map<string, readonly string[]>([
  ["can't", ['can', 'not']],
  ["won't", ['will', 'not']],
  ["shan't", ['shall', 'not']],
  ["ain't", ['be', 'not']],
  ["patient's", ['their']],
  ['cannot', ['can', 'not']],
  ['gonna', ['going', 'to']],
  ['wanna', ['want', 'to']],
  ['gotta', ['got', 'to']],
  ['lemme', ['let', 'me']],
  ['gimme', ['give', 'me']],
  ['kinda', ['kind', 'of']],
  ['sorta', ['sort', 'of']],
  ['dunno', ['do', 'not', 'know']],
  ['xray', ['x', 'ray']],
  ['xrays', ['x', 'ray']],
  ['followup', ['follow', 'up']],
  ['checkup', ['check', 'up']],
]);

const ENDINGS = new Map<string, string>([
  ["'m", 'am'],
  ["'re", 'are'],
  ["'ve", 'have'],
  ["'ll", 'will'],
  ["'d", 'would'],
]);

/** Linear in the length of the text. */
export function tokenize(text: string): Token[] {
  const out: Token[] = [];
  let [clause, last] = [0, 0];
  for (const match of text.matchAll(WORD)) {
    const [start, end] = [match.index, match.index + match[0].length];
    const between = text.slice(last, start);
    if (out.length > 0 && /[.;:?!\n•]/u.test(between)) clause += 1;
    const comma = between.includes(',');
    for (const norm of openWord(match[0].toLowerCase().replace('’', "'")))
      out.push({ norm, start, end, clause, comma });
    last = end;
  }
  return joinSplitContractions(out);
}

function openWord(word: string): readonly string[] {
  if (word.startsWith('.')) return [`0${word}`];
  const whole = WHOLE.get(word);
  if (whole !== undefined) return whole;
  // "COVID-19", "CA-125": a name, not an amount.
  if (/^[a-z]+-\d+$/u.test(word)) return [word.slice(0, word.indexOf('-'))];
  if (word.endsWith("n't")) return [word.slice(0, -3), 'not'];
  const at = word.indexOf("'");
  if (at < 0) return [word];
  const ending = ENDINGS.get(word.slice(at));
  const head = word.slice(0, at);
  if (ending !== undefined) return [head, ending];
  return head === 'it' || head === 'that' || head === 'there' || head === 'he' || head === 'she' || head === 'what'
    ? [head, 'is']
    : [head];
}

// Some transcribers write "do n't" and "gon na" as two words.
function joinSplitContractions(tokens: Token[]): Token[] {
  return tokens.map((token, i) => {
    const previous = tokens[i - 1]?.norm;
    if (token.norm === 'na' && previous === 'gon') return { ...token, norm: 'to' };
    if (token.norm === 'na' && previous === 'wan') return { ...token, norm: 'to' };
    if (token.norm === 'gon' && tokens[i + 1]?.norm === 'na') return { ...token, norm: 'going' };
    if (token.norm === 'wan' && tokens[i + 1]?.norm === 'na') return { ...token, norm: 'want' };
    return token;
  });
}

const FILLERS = new Set('uh um uhm er erm hmm mm mhm huh ah oh okay ok alright'.split(' '));

/** Sounds that carry no content and may be left out of a note. */
export function isFiller(norm: string): boolean {
  return FILLERS.has(norm);
}

const STOP = new Set(
  (
    'a an the and or but so if then than that this these those there here it its i me my mine we us our you your yours he him his she her ' +
    'hers they them their who whom which what when where why how is am are was were be been being do does did done doing have has had ' +
    'having will would shall should can could may might must to of in on at by for with from as into onto about over after before ' +
    'during through up down out off again further once just also too very really quite some any all each both more most other such ' +
    'own same well good now yeah yes yep no not nor okay ok uh um like know mean thing things stuff lot little bit kind sort get got ' +
    'getting go going gone went come came let see seen look looks looking want wants think thought say says said tell told make made ' +
    'take put much many still even right back because while until'
  ).split(' '),
);

/** Function words and the small change of conversation: they support nothing by themselves. */
export function isStopWord(norm: string): boolean {
  return STOP.has(norm) || norm.length === 1 || norm.startsWith('[');
}

const IRREGULAR = new Map<string, string>(
  (
    'felt feel feeling feel feelings feel took take taken take had have has have having have was be were be is be are be been be am be ' +
    'went go gone go came come gave give given give said say told tell children child feet foot teeth tooth knees knee men man women ' +
    'woman ran run running run saw see seen see lost lose losing lose broke break broken break began begin begun begin fell fall ' +
    'fallen fall got get gotten get did do done do does do drank drink drunk drink ate eat eaten eat slept sleep swollen swell ' +
    'hurts hurt hurting hurt worse bad worsen bad worsening bad worsened bad better improve best improve left left breathing breath ' +
    'breathe breath breaths breath bled bleed lying lie laying lie lay lie laid lie kept keep brought bring thought think bought buy ' +
    'threw throw thrown throw shook shake shaken shake stuck stick cut cut cutting cut diagnosed diagnos diagnosis diagnos diagnoses ' +
    'diagnos diagnostic diagnos metastatic metastas metastasis metastas metastases metastas stood stand standing stand sat sit ' +
    'sitting sit heard hear hearing hear worn wear wore wear written write wrote write grown grow grew grow knew know known know ' +
    'medicine medicat medicines medicat medication medicat medications medicat meds medicat med medicat allergies allerg allergy ' +
    'allerg allergic allerg anxious anxiet anxiety anxiet depressed depress depression depress depressive depress nauseous nausea ' +
    'nauseated nausea dizzy dizz dizziness dizz weak weak weakness weak numb numb numbing numb numbness numb tired tire tiredness tire ' +
    'painful pain pains pain painless painless sore sore soreness sore tender tender tenderness tender stiff stiff stiffness stiff ' +
    'diabetic diabet diabetes diabet asthmatic asthma constipated constip constipation constip congested congest congestion congest ' +
    'infected infect infection infect inflamed inflam inflammation inflam inflammatory inflam fractured fractur fracture fractur ' +
    'prescribed prescrib prescription prescrib prescribe prescrib prescriptions prescrib referral refer referred refer referring refer ' +
    'surgical surgery surgeries surgery surgery surgery abdominal abdomen muscular muscle spinal spine genetic gene genetics gene ' +
    'pregnant pregnan pregnancy pregnan menopausal menopaus menopause menopaus urinary urin urine urin urinating urin urinate urin ' +
    'urination urin vomited vomit vomiting vomit coughs cough coughing cough sneezing sneez swelling swell swells swell improving ' +
    'improve improved improve improvement improve healthy health emotional emotion cancerous cancer'
  )
    .split(' ')
    .reduce<[string, string][]>((pairs, word, i, all) => {
      if (i % 2 === 0) pairs.push([word, all[i + 1] ?? word]);
      return pairs;
    }, []),
);

/** A light stemmer: enough that "reports", "reported" and "reporting" meet, and no more than that. */
export function stem(norm: string): string {
  const known = IRREGULAR.get(norm);
  if (known !== undefined) return known;
  if (norm.length <= 3 || /\d/u.test(norm)) return norm;
  return cutEnd(cutSuffix(cutPlural(norm)));
}

function cutPlural(w: string): string {
  if (w.endsWith('ies') && w.length > 4) return `${w.slice(0, -3)}y`;
  if (/(?:ss|x|ch|sh)es$/u.test(w)) return w.slice(0, -2);
  return w.endsWith('s') && !/(?:ss|us|is)$/u.test(w) ? w.slice(0, -1) : w;
}

function cutSuffix(w: string): string {
  for (const [suffix, least] of [
    ['ing', 6],
    ['ed', 5],
    ['ness', 7],
    ['ment', 8],
    ['ally', 7],
    ['ly', 6],
    ['ion', 6],
  ] as const) {
    if (w.length >= least && w.endsWith(suffix)) {
      const cut = w.slice(0, -suffix.length);
      if (suffix === 'ion' && !/[ts]$/u.test(cut)) return w;
      return /([bdgmnprt])\1$/u.test(cut) && suffix !== 'ion' ? cut.slice(0, -1) : cut;
    }
  }
  return w;
}

function cutEnd(w: string): string {
  if (w.length > 4 && /[ey]$/u.test(w)) return w.slice(0, -1);
  return w;
}
