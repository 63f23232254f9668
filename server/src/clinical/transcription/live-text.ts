// The written text of a turn while it is being spoken: only what no further word can change is told (docs/decisions/0091).
// Pure. Rather than knowing every rule of writing, it tries how the text could go on and tells what all continuations agree on.
import { segmentsOf } from './assemble.ts';
import type { SpokenWord } from './engines/messages.ts';

/** Seconds between words: within a breath, at a pause where a sentence can end, at one where it ends. */
const GAPS = { breath: 0.05, pause: 0.4, stop: 2 } as const;

/** How speech could go on, one for each way in which later words change how earlier ones are written (text/write-numbers.ts, text/sentences.ts). */
const CONTINUATIONS: readonly (readonly [gap: keyof typeof GAPS, words: string])[] = [
  ['breath', 'carefully'],
  ['pause', 'he'],
  ['pause', 'carefully'],
  ['stop', 'he'],
  ['breath', 'one'],
  ['breath', 'twenty'],
  ['breath', 'twenty five'],
  ['breath', 'fifteen milligrams'],
  ['breath', 'five over eighty'],
  ['breath', 'twenty over eighty'],
  ['breath', 'over eighty'],
  ['breath', 'eighty'],
  ['breath', 'eighty five'],
  ['breath', 'hundred'],
  ['breath', 'hundred and five milligrams'],
  ['breath', 'thousand'],
  ['breath', 'thousand five hundred'],
  ['breath', 'million'],
  ['breath', 'and five'],
  ['breath', 'and five milligrams'],
  ['breath', 'point five'],
  ['breath', 'five point two percent'],
  ['breath', 'oh five'],
  ['breath', 'oh five milligrams'],
  ['breath', 'year old'],
  ['breath', 'years old'],
  ['breath', 'old'],
  ['breath', 'out of ten'],
  ['breath', 'of ten'],
  ['breath', 'ten'],
  ['breath', 'to ten milligrams'],
  ['breath', 'or ten milligrams'],
  ['breath', 'ten milligrams'],
  ['breath', 'ten percent'],
  ['breath', 'milligrams'],
  ['breath', 'milligrams per deciliter'],
  ['breath', 'per deciliter'],
  ['breath', 'per minute'],
  ['breath', 'percent'],
  ['breath', 'degrees fahrenheit'],
  ['breath', 'fahrenheit'],
  ['breath', 'of mercury'],
  ['breath', 'beats per minute'],
  ['breath', 'mercury'],
  ['breath', 'a minute'],
  ['breath', 'times a day'],
  ['breath', 'third'],
  ['breath', 'the third'],
  ['breath', 'third twenty twenty four'],
  ['breath', 'twenty twenty four'],
  ['breath', 'of twenty twenty four'],
  ['breath', 'ninety eight'],
  ['breath', 'one c'],
  ['breath', 'c'],
  ['breath', 'twelve'],
  ['breath', 'five six seven eight nine'],
  ['breath', 'nine eight seven six five four'],
];

/** Characters after which a word can end in the middle of a text. */
const AFTER_WORD = new Set([undefined, ' ', '.', '?', ',']);

/** A word that may still become a longer one: its beginning, and when it began. */
export interface WordUnderWay {
  readonly spoken: string;
  readonly start: number;
}

/** Words that can change how those before them are written: any of them stands for all continuations. */
const CHANGING: readonly string[] = [
  ...new Set(CONTINUATIONS.flatMap(([gap, more]) => (gap === 'breath' ? more.split(' ').slice(0, 1) : []))),
  ...(
    'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen ' +
    'twenty thirty forty fifty sixty seventy eighty ninety o first second third fourth fifth sixth seventh eighth ninth tenth eleventh ' +
    'twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth thirtieth day week month year ' +
    'microgram gram kilogram milliliter deciliter liter milliequivalent millimole millimeter centimeter unit tablet capsule puff drop ' +
    'pound inch beat breath degree pill kilo celsius'
  ).split(' '),
];

/** How speech can go on when the next word begins like this. Whether it begins a sentence stays open. */
function waysOn({ spoken: begun }: WordUnderWay): readonly string[] {
  const harmless = ['he', 'carefully', begun];
  if (!CHANGING.some((word) => word.startsWith(begun) || begun.startsWith(word))) return harmless;
  return [...harmless, ...CONTINUATIONS.flatMap(([gap, more]) => (gap === 'breath' ? [more] : []))];
}

export class GrowingText {
  /** What was told so far. */
  #told: string;

  /** `told`: what an earlier listener told of the same turn. */
  constructor(told: string) {
    this.#told = told;
  }

  /** What may be appended now. `words`: all of the turn so far; none of them changes any more. `next`: the word under way, if one is. */
  grow(words: readonly SpokenWord[], next: WordUnderWay | null): string {
    const last = words.at(-1);
    if (last === undefined) return '';
    const texts =
      next === null
        ? [
            written(words),
            ...CONTINUATIONS.map(([gap, more]) => written([...words, ...spoken(last.end + GAPS[gap], more)])),
          ]
        : waysOn(next).map((more) => written([...words, ...spoken(next.start, more)]));
    return this.#tell(agreed(texts));
  }

  /** What is still to be told when the turn is over: afterwards all that was told is the turn's text. */
  end(words: readonly SpokenWord[]): string {
    const whole = written(words);
    if (whole.startsWith(this.#told)) return this.#tell(whole);
    // A way of going on that was not foreseen: what was told stays, what is missing is told as it was spoken.
    return this.#tell(this.#told + spokenRest(this.#told, words));
  }

  #tell(text: string): string {
    if (text.length <= this.#told.length || !text.startsWith(this.#told)) return '';
    const delta = text.slice(this.#told.length);
    this.#told = text;
    return delta;
  }
}

function written(words: readonly SpokenWord[]): string {
  return segmentsOf(0, [{ channel: 0, words, resumeAt: 0 }])
    .map(({ segment }) => segment.text)
    .join(' ');
}

function spoken(from: number, words: string): readonly SpokenWord[] {
  return words.split(' ').map((word, index) => {
    const start = from + index * 0.3;
    return { spoken: word, start, end: start + 0.25, confidence: 1 };
  });
}

/** The longest common beginning that ends where a word ends in all of them. */
function agreed(texts: readonly string[]): string {
  const [first = ''] = texts;
  let length = first.length;
  for (const text of texts) {
    let same = 0;
    while (same < length && text[same] === first[same]) same += 1;
    length = same;
  }
  while (length > 0 && !isWordEnd(texts, length)) length -= 1;
  return first.slice(0, length);
}

function isWordEnd(texts: readonly string[], length: number): boolean {
  const last = texts[0]?.[length - 1];
  return !AFTER_WORD.has(last) && texts.every((text) => AFTER_WORD.has(text[length]));
}

/** Spoken words after as many as the told text has. */
function spokenRest(told: string, words: readonly SpokenWord[]): string {
  const count = told.split(' ').filter((word) => word !== '').length;
  const rest = words.slice(count).map((word) => word.spoken);
  return rest.length === 0 ? '' : ` ${rest.join(' ')}`;
}
