// Google Cloud Speech-to-Text v2, `recognize` (docs/formats/adapters.md): Chirp. The batch API reads from buckets and the streaming one
// speaks gRPC, so that a recording goes in stretches below the minute that `recognize` takes, cut where it is quietest.
import type { Door, HeardText, HeardWord, SpeechAdapter, SpeechRequest, Target } from '#boundary/egress/adapter.ts';
import type { Clock } from '#kernel/clock.ts';
import { Phi } from '#kernel/phi.ts';
import { endpointOf, unusable } from './aws.ts';
import { GoogleTokens } from './google-token.ts';
import { askJson, boundsOf, certaintyIn, exactly, inOrder, listIn, type Said, saidIn, textIn } from './heard.ts';
import { locationOf } from './vertex.ts';
import { type PcmStream, pcmOf } from './wav-stream.ts';

/** Milliseconds of sound in a request: the service takes 60 s and, in base64, 10 MB. */
const MOST_MS = 50_000;
/** Milliseconds before that in which the quietest moment is looked for. */
const SEARCH_MS = 15_000;
/** Milliseconds of a piece whose loudness is judged: shorter than the pause between two words. */
const PIECE_MS = 50;
const PIECES = MOST_MS / PIECE_MS;
const SEARCHED = SEARCH_MS / PIECE_MS;
/** Terms that the service takes with a request. */
const MAX_HINTS = 500;

/** Holds access tokens until they end, and nothing else. */
export function vertexSpeechAdapter(clock: Clock): SpeechAdapter {
  const tokens = new GoogleTokens(clock);
  return {
    async transcribe(door, target, request, signal) {
      const secret = await door.secret(target);
      const pcm = await pcmOf(exactly(request));
      const words: HeardWord[] = [];
      let billedMs: number | null = 0;
      for await (const { startMs, sound } of stretchesOf(pcm)) {
        const authorization = `Bearer ${await tokens.token(door, target, secret, signal)}`;
        const said = await recognise({ door, target, pcm, request, authorization, signal }, sound);
        words.push(...wordsOf(said, startMs / 1000, pcm.channels));
        billedMs = added(billedMs, said);
      }
      const usage = {
        inputTokens: null,
        cachedInputTokens: null,
        outputTokens: null,
        audioMs: billedMs ?? request.durationMs,
      };
      return { words: Phi.of(inOrder(words)), usage, model: target.service.model } satisfies HeardText;
    },
  };
}

interface Stretch {
  readonly startMs: number;
  readonly sound: Buffer;
}

/** Stretches of at most `MOST_MS`, each cut at the quietest piece of its last `SEARCH_MS`. One is held at a time. */
async function* stretchesOf(pcm: PcmStream): AsyncGenerator<Stretch> {
  let held: Buffer[] = [];
  let startMs = 0;
  for await (const piece of pcm.pieces(PIECE_MS)) {
    held.push(Buffer.from(piece));
    if (held.length < PIECES) continue;
    const cut = quietest(held);
    yield { startMs, sound: Buffer.concat(held.slice(0, cut)) };
    held = held.slice(cut);
    startMs += cut * PIECE_MS;
  }
  if (held.length > 0) yield { startMs, sound: Buffer.concat(held) };
}

/** How many pieces go before the cut, which lies at the end of the quietest. */
function quietest(pieces: readonly Buffer[]): number {
  const first = pieces.length - SEARCHED;
  let best = pieces.length;
  let least = Infinity;
  for (const [index, piece] of pieces.slice(first).entries()) {
    const loudness = energyOf(piece);
    // Of equally quiet moments the last: fewer requests.
    if (loudness <= least) [best, least] = [first + index + 1, loudness];
  }
  return best;
}

function energyOf(piece: Buffer): number {
  let sum = 0;
  for (let at = 0; at + 1 < piece.length; at += 2) sum += piece.readInt16LE(at) ** 2;
  return sum;
}

interface Call {
  readonly door: Door;
  readonly target: Target;
  readonly pcm: PcmStream;
  readonly request: SpeechRequest;
  readonly authorization: string;
  readonly signal: AbortSignal;
}

function recognise({ door, target, pcm, request, authorization, signal }: Call, sound: Buffer): Promise<Said> {
  const { service } = target;
  if (service.account === null || !/^[a-z0-9][a-z0-9:.-]{0,62}$/.test(service.account)) throw unusable('account');
  // The row's endpoint is this service's own: `https://us-central1-speech.googleapis.com`.
  endpointOf(service);
  const path = `/v2/projects/${service.account}/locations/${locationOf(service)}/recognizers/_:recognize`;
  const body = Buffer.from(JSON.stringify(orderOf(service.model, pcm, request, sound)));
  const headers = { authorization, 'content-type': 'application/json', accept: 'application/json' };
  return askJson(door, target, { method: 'POST', path, headers, body }, signal);
}

function orderOf(model: string, { sampleRate, channels }: PcmStream, request: SpeechRequest, sound: Buffer): object {
  const phrases = request.hints
    .reveal()
    .slice(0, MAX_HINTS)
    .map((value) => ({ value }));
  return {
    config: {
      model,
      languageCodes: [request.language],
      explicitDecodingConfig: { encoding: 'LINEAR16', sampleRateHertz: sampleRate, audioChannelCount: channels },
      features: {
        enableWordTimeOffsets: true,
        enableWordConfidence: true,
        enableAutomaticPunctuation: true,
        ...(channels > 1 ? { multiChannelMode: 'SEPARATE_RECOGNITION_PER_CHANNEL' } : {}),
      },
      ...(phrases.length > 0 ? { adaptation: { phraseSets: [{ inlinePhraseSet: { phrases } }] } } : {}),
    },
    content: sound.toString('base64'),
  };
}

function wordsOf(said: Said, offset: number, channels: number): HeardWord[] {
  return listIn(said['results']).flatMap((result) => {
    const tag = Number(result['channelTag']);
    const channel = channels > 1 && (tag === 1 || tag === 2) ? tag - 1 : null;
    return listIn(listIn(result['alternatives'])[0]?.['words']).map((word): HeardWord => {
      // A zero is left out of Google's JSON.
      const { start, end } = boundsOf(secondsIn(word['startOffset'] ?? '0s'), secondsIn(word['endOffset']));
      const speaker = textIn(word['speakerLabel']);
      return {
        text: textIn(word['word']),
        start: start + offset,
        end: end + offset,
        confidence: certaintyIn(word['confidence']),
        channel,
        speaker: speaker === '' ? null : speaker,
      };
    });
  });
}

/** `1.200s` (google.protobuf.Duration in JSON). */
function secondsIn(value: unknown): number | null {
  const text = /^(-?\d+(?:\.\d+)?)s$/.exec(textIn(value))?.[1];
  return text === undefined ? null : Number(text);
}

function added(sum: number | null, said: Said): number | null {
  const seconds = secondsIn(saidIn(said['metadata'])['totalBilledDuration']);
  return sum === null || seconds === null ? null : sum + Math.round(seconds * 1000);
}
