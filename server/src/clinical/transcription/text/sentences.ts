// Sentence case and punctuation for engines that give neither: a full stop or question mark at a pause where a sentence can end.
// A wrong full stop misleads more than a missing one, so nothing is put where the words speak against it, and no commas are guessed.

/** One written word with the times of the speech that it stands for. Seconds. */
export interface TimedWord {
  readonly text: string;
  readonly spoken: string;
  readonly start: number;
  readonly end: number;
  /** What was dictated after the word: the end of a sentence, of a line or paragraph, or another mark, after which none is guessed. */
  readonly closes?: 'sentence' | 'line' | 'paragraph' | 'mark';
}

/** Seconds of pause that end a sentence when the words allow it. */
const LONG_PAUSE = 0.7;

/** Seconds after which the speaker has stopped, whatever the last word was. */
export const SURE_PAUSE = 1.5;

/** Seconds that end one when the next word also begins sentences. In the dictations measured such pauses come out as 0.28 s to 0.56 s. */
const SHORT_PAUSE = 0.25;

/** After these something must follow. */
const OPEN_WORDS: ReadonlySet<string> = new Set(
  (
    'a an the and or but nor so because if when while although though that which who whose whom where than as of to in on at by for from with ' +
    'without into onto over under between through during before after about against per via my your his her its our their this these those ' +
    'is are was were be been being am has have had do does did will would shall should can could may might must not no very quite rather ' +
    'i you he she we they mr mrs ms dr doctor every each some any approximately current left right um uh'
  ).split(' '),
);

/** Words that begin sentences far more often than they continue one. */
const OPENERS: ReadonlySet<string> = new Set(
  (
    'he she i we they it there this that these the his her my our your patient okay yes no well now at please ' +
    'do does did are is have has can could would how what when where why any currently today on in also'
  ).split(' '),
);

/** First two words that make a question whatever follows. "What", "when" and "which" alone do not: they also begin clauses. */
const QUESTION_STARTS =
  /^(?:(?:do|did|are|were|have|can|could|would|will|should) (?:you|we|they|i|your|the|there|any)|(?:does|is|was|has) (?:he|she|it|that|there|the|this|your|any)|how (?:are|is|was|were|long|often|much|many|old|have|has|do|does|did|about)|what (?:brings|is|are|was|were|about|do|does|did|kind|medications|medicines|happened|time|seems)|when (?:did|do|does|was|is|were)|where (?:is|are|do|does|did|was)|why (?:is|are|do|does|did|don't)|who (?:is|are|was)|any (?:other|allergies|pain|fever|chest|shortness|history|questions|problems|trouble|nausea))\b/;

const ALWAYS_CAPITAL: ReadonlyMap<string, string> = new Map([
  ...[
    'monday',
    'tuesday',
    'wednesday',
    'thursday',
    'friday',
    'saturday',
    'sunday',
    'english',
    'spanish',
    'american',
  ].map((word): [string, string] => [word, word.charAt(0).toUpperCase() + word.slice(1)]),
  ['i', 'I'],
  ["i'm", "I'm"],
  ["i've", "I've"],
  ["i'll", "I'll"],
  ["i'd", "I'd"],
  ['mr', 'Mr.'],
  ['mrs', 'Mrs.'],
  ['ms', 'Ms.'],
  ['dr', 'Dr.'],
]);

/** A name follows these. */
const TITLES: ReadonlySet<string> = new Set(['mr', 'mrs', 'ms', 'dr', 'doctor']);

export function isTitle(word: string): boolean {
  return TITLES.has(word);
}

export interface Sentence<Word extends TimedWord> {
  readonly words: readonly Word[];
}

/** Words of one channel, in order, to sentences: capitals and end marks are in the words' texts. */
export function writeSentences<Word extends TimedWord>(words: readonly Word[]): readonly Sentence<Word>[] {
  return splitAtEnds(words).map((sentence) => ({ words: finish(sentence) }));
}

function splitAtEnds<Word extends TimedWord>(words: readonly Word[]): Word[][] {
  const sentences: Word[][] = [];
  let current: Word[] = [];
  for (const [index, word] of words.entries()) {
    current.push(word);
    const next = words[index + 1];
    if (next === undefined || endsBetween(word, next)) {
      sentences.push(current);
      current = [];
    }
  }
  return sentences;
}

function endsBetween(word: TimedWord, next: TimedWord): boolean {
  if (word.closes !== undefined) return word.closes !== 'mark';
  const pause = next.start - word.end;
  if (pause >= SURE_PAUSE) return true;
  if (pause < SHORT_PAUSE || OPEN_WORDS.has(lastOf(word.spoken))) return false;
  return pause >= LONG_PAUSE || OPENERS.has(firstOf(next.spoken));
}

function finish<Word extends TimedWord>(words: readonly Word[]): readonly Word[] {
  const spoken = words.map((word) => word.spoken).join(' ');
  const mark = QUESTION_STARTS.test(spoken) ? '?' : '.';
  return words.map((word, index) => {
    const cased = withCapital(word.text);
    const named = TITLES.has(words[index - 1]?.spoken ?? '');
    const begun = index === 0 || named ? capitalised(cased) : cased;
    const ended = index === words.length - 1 && !/[.?!,:;]$/.test(withoutStop(begun, word));
    return { ...word, text: ended ? `${withoutStop(begun, word)}${mark}` : begun };
  });
}

/** Also before a mark that an engine wrote. "mr." has its stop already. */
function withCapital(text: string): string {
  const [, bare = text, mark = ''] = /^(.*?)([.?!,:;]*)$/.exec(text) ?? [];
  const capital = ALWAYS_CAPITAL.get(bare);
  if (capital === undefined) return text;
  return capital.endsWith('.') && mark.startsWith('.') ? capital + mark.slice(1) : capital + mark;
}

/** "a.m." needs no second full stop; one that was dictated stays. */
function withoutStop(text: string, { closes }: TimedWord): string {
  return closes === undefined ? text.replace(/\.$/, '') : text;
}

/** The first letter, also behind a dictated parenthesis. */
function capitalised(text: string): string {
  return text.replace(/^\(?\p{Ll}/u, (start) => start.toUpperCase());
}

function firstOf(spoken: string): string {
  return spoken.split(' ')[0] ?? '';
}

function lastOf(spoken: string): string {
  return spoken.split(' ').at(-1) ?? '';
}
