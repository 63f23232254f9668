// A transcript cut into utterances: stretches of one speaker short enough to be one sentence of a note.
// Speech recognition often gives no punctuation, so cuts also fall at pauses and where a new clause plainly begins.
import { tokenize, type Token } from './tokens.ts';
import type { Transcript, TranscriptWord } from '#clinical/transcription/transcript.ts';

/** Who is thought to speak, judged by what is said; never by channel labels alone. */
export type Role = 'clinician' | 'patient';

/** Words `indexes` of the transcript, in order, all of one channel and one segment. */
export interface Utterance {
  readonly indexes: readonly number[];
  readonly words: readonly TranscriptWord[];
  readonly start: number;
  readonly end: number;
  readonly channel: number;
  readonly segment: number;
  readonly text: string;
  readonly tokens: readonly Token[];
  readonly question: boolean;
}

/** A pause this long (seconds) inside a segment ends a sentence when the piece so far can stand alone. */
const PAUSE = 0.7;
/** A piece shorter than this many words is cut only at a sentence mark: it is likely an interjection. */
const LEAST_WORDS = 4;

/** In order of time. Empty for silence. */
export function utterances(transcript: Transcript): Utterance[] {
  return segmentWords(transcript).flatMap((indexes, segment) =>
    cut(indexes, transcript.words).map((piece) => toUtterance(piece, transcript.words, segment)),
  );
}

/** The given words (indexes in order, of one channel) as utterances: for reading a citation by itself. */
export function utterancesOf(indexes: readonly number[], words: readonly TranscriptWord[]): Utterance[] {
  return cut(indexes, words).map((piece) => toUtterance(piece, words, 0));
}

// Each word belongs to the first segment of its channel that has not ended before the word's middle.
function segmentWords(transcript: Transcript): number[][] {
  const groups = transcript.segments.map((): number[] => []);
  const byChannel = new Map<number, number[]>();
  transcript.segments.forEach((segment, i) =>
    byChannel.set(segment.channel, [...(byChannel.get(segment.channel) ?? []), i]),
  );
  const at = new Map<number, number>();
  transcript.words.forEach((word, index) => {
    const own = byChannel.get(word.channel) ?? [];
    let place = at.get(word.channel) ?? 0;
    while (place < own.length - 1 && (transcript.segments[own[place] ?? 0]?.end ?? 0) < (word.start + word.end) / 2)
      place += 1;
    at.set(word.channel, place);
    groups[own[place] ?? -1]?.push(index);
  });
  return groups.filter((group) => group.length > 0);
}

function cut(indexes: readonly number[], words: readonly TranscriptWord[]): number[][] {
  const pieces: number[][] = [];
  let piece: number[] = [];
  let open = 0;
  indexes.forEach((index, at) => {
    const boundary = piece.length === 0 ? 'none' : boundaryBefore(indexes, at, words);
    if (boundary === 'clause' && open > 0) open -= 1;
    else if (boundary === 'end' || (boundary !== 'none' && piece.length >= LEAST_WORDS)) {
      pieces.push(piece);
      piece = [];
    }
    piece.push(index);
    if (piece.length === 1 || isOnlyLeads(piece, words)) open = awaited(bare(words[index]?.text));
  });
  if (piece.length > 0) pieces.push(piece);
  return pieces;
}

/** `end`: a sentence mark; `pause`: silence or a discourse word; `clause`: a subject with its verb begins. */
type Boundary = 'end' | 'pause' | 'clause' | 'none';

function boundaryBefore(indexes: readonly number[], at: number, words: readonly TranscriptWord[]): Boundary {
  const word = words[indexes[at] ?? -1];
  const previous = words[indexes[at - 1] ?? -1];
  if (word === undefined || previous === undefined) return 'none';
  if (/[.?!]["')]?$/u.test(previous.text) && !/^(?:dr|mr|mrs|ms|st|vs)\.$/iu.test(previous.text)) return 'end';
  const near = (k: number): string => bare(words[indexes[at + k] ?? -1]?.text);
  const [a, b, c] = [near(0), near(1), near(2)];
  if (holds(near(-2), near(-1))) return 'none';
  if (word.start - previous.end >= PAUSE || opensTalk(a, b)) return 'pause';
  if (a === 'but' || (a === 'and' && (isSubjectStart(b, c) || asks(b, c) || b === 'any' || b === 'then')))
    return 'pause';
  return startsClause(a, b, c) ? 'clause' : 'none';
}

// A word after which a clause goes on; but in "several weeks before that" it has ended.
function holds(before: string, word: string): boolean {
  return HOLDS.has(word) && !(word === 'that' && /^(?:before|after)$/u.test(before));
}

// "okay", and "well", "so", "now" where a clause follows ("doing well", "so much" go on).
function opensTalk(a: string, b: string): boolean {
  if (!OPENERS.has(a)) return false;
  return (
    /^(?:okay|ok|alright|yeah|yes|anyway)$/u.test(a) ||
    SUBJECTS.has(b) ||
    OPENERS.has(b) ||
    QUESTION_HEADS.has(b) ||
    /^(?:the|for|in|on|if|when|let's|just|as|with|you)$/u.test(b)
  );
}

function bare(text: string | undefined): string {
  return (text ?? '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9'/.%-]/gu, '')
    .replace(/\.$/u, '');
}

function isOnlyLeads(piece: readonly number[], words: readonly TranscriptWord[]): boolean {
  return piece.slice(0, -1).every((index) => LEADS.has(bare(words[index]?.text)));
}

// A piece that opens with "on your heart exam" still awaits its clause; one that opens with "if you …" awaits two.
function awaited(first: string): number {
  if (/^(?:if|when|since|because|while|although|though|whenever|once|unless)$/u.test(first)) return 2;
  return /^(?:on|in|for|with|as|after|before|at|from|during|regarding|again|given|based)$/u.test(first) ? 1 : 0;
}

const SUBJECTS = new Set(
  "i you he she they we it there this that these i'm you're he's she's they're we're it's there's i've you've we've i'll we'll you'll that's i'd don't".split(
    ' ',
  ),
);
const VERBS = new Set(
  (
    'am is are was were have has had do does did will would can could should may might feel felt think want went got get took take ' +
    "don't didn't haven't hasn't hadn't wasn't isn't aren't just really also never usually still recently underwent denies " +
    'reports states noticed need gon wan going started stopped tried use used saw came hurt appreciate recommend guess looks takes feels'
  ).split(' '),
);
const OPENERS = new Set('okay ok alright so now well yeah yes anyway'.split(' '));
const QUESTION_HEADS = new Set(
  'do does did are is was were have has had can could would will how what when where why which any'.split(' '),
);
const HOLDS = new Set(
  (
    'that because if when whenever which who whom where as than while since until what how why whether think know feel like said say says ' +
    'sure see and or but so of to with for from the a an my your his her their our is are was were be been not think thought guess hope ' +
    "wish mean believe after before though although unless once every time do did does have has had can could would will should don't didn't"
  ).split(' '),
);

// "do you …", "how long …"; not "was later …".
function asks(a: string, b: string): boolean {
  return QUESTION_HEADS.has(a) && QUESTION_TURNS.has(b);
}

function startsClause(a: string, b: string, c: string): boolean {
  if (isSubjectStart(a, b) || (a === 'the' && b === 'patient')) return true;
  if (asks(a, b)) return true;
  return (
    (a === 'my' && b === 'impression') ||
    (a === 'on' && (c === 'exam' || b === 'exam')) ||
    (a === 'at' && b === 'this' && c === 'time')
  );
}

const QUESTION_TURNS = new Set('you your there it long often about'.split(' '));

function isSubjectStart(a: string, b: string): boolean {
  if (a === 'his' || a === 'her')
    return /^(?:current|hemoglobin|blood|creatinine|temperature|vital|past|medications|allergies|lungs|heart)$/u.test(
      b,
    );
  return SUBJECTS.has(a) && (a.includes("'") || VERBS.has(b));
}

function toUtterance(indexes: readonly number[], all: readonly TranscriptWord[], segment: number): Utterance {
  const words = indexes.flatMap((index) => all[index] ?? []);
  const text = words.map((word) => word.text).join(' ');
  const tokens = tokenize(text);
  return {
    indexes,
    words,
    start: words[0]?.start ?? 0,
    end: words.at(-1)?.end ?? 0,
    channel: words[0]?.channel ?? 0,
    segment,
    text,
    tokens,
    question: isQuestion(text, tokens),
  };
}

const LEADS = new Set('okay ok alright and so now well um uh but or all right good great then'.split(' '));

// Asked by its mark, or by its first words: an auxiliary and its subject turned round, a question word, a bare "any …".
function isQuestion(text: string, tokens: readonly Token[]): boolean {
  if (/\?["')]?\s*$/u.test(text)) return true;
  // A full stop may be the recogniser's guess: it outweighs a question word, not an inversion.
  const stopped = /[.!]["')]?\s*$/u.test(text);
  let i = 0;
  while (LEADS.has(tokens[i]?.norm ?? '')) i += 1;
  const [a = '', b = ''] = [tokens[i]?.norm, tokens[i + 1]?.norm];
  if (!stopped && (/^(?:how|what|where|why|which)$/u.test(a) || (a === 'when' && /^(?:did|was|do|were|is)$/u.test(b))))
    return true;
  if (/^(?:do|does|did|am|are|is|was|were|have|has|had|can|could|would|will|should)$/u.test(a))
    return /^(?:you|your|it|there|that|this|they|he|she|the|i|we)$/u.test(b);
  return a === 'any' || (!stopped && asksLate(tokens));
}

// "when i push here does that hurt", "after the injury did you get ice": the question comes late in the clause.
function asksLate(tokens: readonly Token[]): boolean {
  return tokens.some((token, i) => {
    const [before, next, after] = [tokens[i - 1]?.norm ?? '', tokens[i + 1]?.norm ?? '', tokens[i + 2]?.norm];
    if (i === 0 || !/^(?:you|that|it|this|they|your)$/u.test(next) || after === undefined || after === 'not')
      return false;
    if (/^(?:what|how|where|why|when)$/u.test(before)) return INVERTS.test(token.norm);
    return /^(?:do|does|did)$/u.test(token.norm) && !/^(?:that|which|and|i|you|they|we|who)$/u.test(before);
  });
}

const INVERTS = /^(?:do|does|did|are|is|was|were|have|has|would|can|could|will)$/u;
