// Speech made readable by rules that cannot change what was said: sounds dropped, numbers written, persons turned.
// Where no rule is certain the words are quoted as they are.
import { quantities, type Quantity } from '#clinical/language/numbers.ts';
import { isFiller, tokenize } from '#clinical/language/tokens.ts';
import { turnPersons, type Voice } from './persons.ts';

/** Formatted words of a transcript as plain text, cleaned of hesitation. Punctuation within is kept, at the ends it is not. */
export function clean(words: readonly string[]): string {
  const whole = words
    .map((word) => word.trim())
    .filter((word, i) => !isNoise(word) && !isStutter(word, words[i + 1] ?? ''));
  const kept = dropRepeats(dropHedges(whole.map((word) => word.replace(/-$/u, ''))));
  return dropLeads(kept)
    .join(' ')
    .replaceAll(/\s+([,.;?!])/gu, '$1')
    .replaceAll(/,(?:\s*,)+/gu, ',')
    .replace(/^[\s,.;?!-]+/u, '')
    .replace(/[\s,.;?!-]+$/u, '');
}

function bare(word: string): string {
  return word.toLowerCase().replaceAll(/^[^a-z0-9%]+|[^a-z0-9%]+$/gu, '');
}

function isNoise(word: string): boolean {
  const plain = bare(word);
  if (plain === '') return !/^[,.;?!]$/u.test(word);
  return isFiller(plain) || plain === 'mm-hmm' || plain === 'uh-huh' || word.startsWith('<');
}

// "sh- short": a broken-off word begun again; a single broken letter always.
function isStutter(word: string, next: string): boolean {
  const broken = /^([a-z']+)-$/iu.exec(word)?.[1]?.toLowerCase();
  return broken !== undefined && (broken.length < 2 || next.toLowerCase().startsWith(broken));
}

const HEDGES = ['you know', 'i mean', 'you know what', 'sort of like', 'kind of like', 'i guess', "let's see"].map(
  (hedge) => hedge.split(' '),
);

function dropHedges(words: readonly string[]): string[] {
  const out: string[] = [];
  for (let i = 0; i < words.length;) {
    const hedge = HEDGES.find((parts) => parts.every((part, k) => bare(words[i + k] ?? '') === part));
    // "do you know …" and "you know that …" are talk, not a hedge.
    const real =
      hedge !== undefined &&
      (/^(?:do|did|if|as|let|that)$/u.test(bare(words[i - 1] ?? '')) ||
        /^(?:that|if|what|how|where|when)$/u.test(bare(words[i + hedge.length] ?? '')));
    if (hedge !== undefined && !real) i += hedge.length;
    else {
      out.push(words[i] ?? '');
      i += 1;
    }
  }
  return out;
}

// "i , i have have" → "i have": a word, or a run of two or three, said again at once.
function dropRepeats(words: readonly string[]): string[] {
  const out: string[] = [];
  for (const word of words) {
    out.push(word);
    for (const size of [3, 2, 1]) {
      const real = out
        .map((w, i) => ({ plain: bare(w), i }))
        .filter(({ plain }) => plain !== '')
        .slice(-2 * size);
      const [first, second] = [real.slice(0, size), real.slice(size)];
      if (second.length < size || !first.every(({ plain }, k) => plain === second[k]?.plain && !/\d/u.test(plain)))
        continue;
      out.splice(first[0]?.i ?? out.length, (second[0]?.i ?? out.length) - (first[0]?.i ?? out.length));
      break;
    }
  }
  return out;
}

const LEADS = new Set(
  'okay ok alright so well now yeah yes yep right and but then great good awesome perfect basically actually like hey dragon because also'.split(
    ' ',
  ),
);

function dropLeads(words: readonly string[]): string[] {
  let i = 0;
  while (
    i < words.length - 1 &&
    (LEADS.has(bare(words[i] ?? '')) || bare(words[i] ?? '') === '' || isAllRight(words, i) || answersNo(words, i))
  ) {
    i += isAllRight(words, i) ? 2 : 1;
  }
  return words.slice(i);
}

// "no i've been sleeping": the "no" answered a question and denies nothing of what follows.
function answersNo(words: readonly string[], i: number): boolean {
  return (
    bare(words[i] ?? '') === 'no' &&
    /^(?:i|it|he|she|we|they|there|so|but|i'm|i've|it's|that's|you)$/u.test(bare(words[i + 1] ?? ''))
  );
}

function isAllRight(words: readonly string[], i: number): boolean {
  return bare(words[i] ?? '') === 'all' && bare(words[i + 1] ?? '') === 'right';
}

const PLURAL = new Set(
  'day week month year hour minute second tablet puff drop pack mile block drink cigarette unit degree'.split(' '),
);

/** Numbers with a unit, ratios and decimals in figures: "five hundred milligrams" → "500 mg". Others stay as spoken. */
export function writeNumbers(text: string): string {
  const tokens = tokenize(text);
  let [out, last] = ['', 0];
  for (const quantity of quantities(tokens)) {
    const first = tokens[quantity.from];
    const figure = figureOf(quantity, first?.norm ?? '');
    const end = tokens[(figure?.withUnit === true ? quantity.to : quantity.numberTo) - 1];
    if (figure === null || first === undefined || end === undefined) continue;
    out += text.slice(last, first.start) + figure.text;
    last = end.end;
  }
  return out + text.slice(last);
}

const LOOSE_COUNT = /^(?:a|an|half|couple|last|next|once|twice|thrice)$/u;

// How a quantity is written, or null when it stays as spoken: a bare count, or a number with two readings.
function figureOf(quantity: Quantity, first: string): { text: string; withUnit: boolean } | null {
  const value = quantity.values[0] ?? '';
  const ratio = /^\d+(?:\.\d+|\/\d+)$/u.test(value);
  const unit = quantity.unit;
  if (quantity.loose || LOOSE_COUNT.test(first) || (!ratio && (unit === null || unit === 'times'))) return null;
  if (quantity.values.length > 1 && unit === null && quantity.attribute === null) return null;
  if (unit === null) return quantity.spoken ? { text: value, withUnit: false } : null;
  if (unit === 'age') return { text: `${value}-year-old`, withUnit: true };
  if (unit === 'age-months') return { text: `${value}-month-old`, withUnit: true };
  return { text: unit === '%' ? `${value}%` : `${value} ${unitText(unit, value)}`, withUnit: true };
}

function unitText(unit: string, value: string): string {
  return PLURAL.has(unit) && value !== '1' ? `${unit}s` : unit;
}

/** A sentence of a note from cleaned words: numbers written, persons turned, or null when no rule is certain. */
export function narrate(text: string, voice: Voice): string | null {
  const turned = turnPersons(text, voice);
  return turned === null ? null : sentence(writeNumbers(turned));
}

/** Capital letter and full stop; inner "i" as "I". */
export function sentence(text: string): string {
  const trimmed = text.replace(/[\s,.;-]+$/u, '').replaceAll(/\bi\b(?='|\s|$)/gu, 'I');
  if (trimmed === '') return '';
  return `${trimmed.charAt(0).toUpperCase()}${trimmed.slice(1)}${/[?!"]$/u.test(trimmed) ? '' : '.'}`;
}
