// The adapters against a stand-in of the native library that writes down what it is given, and answers as each family does.
import type { OfflineRecognizerConfig, OfflineResult } from 'sherpa-onnx-node';
import { describe, expect, it } from 'vitest';
import type { HotWords } from '../messages.ts';
import { loadOffline, piecesOf } from './offline-hearer.ts';
import type { OfflineNative } from './offline-hearer.ts';
import { offlineConfig } from './offline-config.ts';
import { spokenOf, UNKNOWN_CONFIDENCE, wordsOf } from './offline-words.ts';
import { diarizationConfig, embeddingConfig, punctuationConfig } from './companion-config.ts';
import { loadPunctuation } from './punctuation.ts';
import type { PunctuationNative } from './punctuation.ts';
import { loadDiarizer, loadVoicePrinter } from './speakers.ts';
import type { DiarizationNative, EmbeddingNative } from './speakers.ts';
import { standIn } from './stand-in.samples.ts';

const SECOND = 16_000;
const problem = (code: string, details: object): Error => expect.objectContaining({ code, details }) as Error;

interface Given {
  readonly configs: OfflineRecognizerConfig[];
  readonly phrases: (string | undefined)[];
  readonly sounds: Float32Array[];
}

function nativeThatSays(...results: readonly Partial<OfflineResult>[]): { native: OfflineNative; given: Given } {
  const given: Given = { configs: [], phrases: [], sounds: [] };
  class OfflineRecognizer {
    constructor(config: OfflineRecognizerConfig) {
      given.configs.push(config);
    }
    createStream(...args: readonly string[]) {
      given.phrases.push(args.length === 0 ? undefined : args[0]);
      return { acceptWaveform: ({ samples }: { samples: Float32Array }) => void given.sounds.push(samples) };
    }
    decodeAsync(): Promise<OfflineResult> {
      const result = results[given.sounds.length - 1] ?? {};
      return Promise.resolve({ text: '', tokens: [], timestamps: [], ...result });
    }
  }
  return { native: { OfflineRecognizer, version: '0.0.0' }, given };
}

const ONE = { language: null, threads: 1 };

describe('an offline hearer', () => {
  it('gathers a stretch and decodes it whole, with times from the start of the recording', async () => {
    const { native, given } = nativeThatSays({
      tokens: [' He', 'llo', ',', ' Mrs', '.', ' O', "'", 'Hara', ' BP', ' 120', '/', '80', '.'],
      timestamps: [0.5, 0.6, 0.7, 1, 1.1, 1.4, 1.5, 1.5, 2, 2.4, 2.5, 2.6, 2.9],
      ys_log_probs: [-0.1, -0.1, -3, 0, 0, -0.2, 0, 0, 0, 0, 0, 0, 0],
    });
    const family = loadOffline(offlineConfig(standIn('nemo-transducer'), ONE), null, native);
    expect(family.engine).toBe('sherpa-onnx 0.0.0');
    const hearer = family.begin(10 * SECOND);
    const sound = new Float32Array(SECOND).fill(0.1);
    for (let fed = 0; fed < 4; fed++) expect(await hearer.feed(sound)).toEqual([]);
    sound.fill(9); // whoever gave it uses the memory again
    const [heard] = await hearer.finish(14 * SECOND, 13.5 * SECOND);
    expect(given.sounds.map(({ length }) => length)).toEqual([4 * SECOND]);
    expect(Math.max(...(given.sounds[0] ?? []))).toBeCloseTo(0.1);
    expect(heard?.resumeAt).toBe(13.5 * SECOND);
    expect(heard?.words).toEqual([
      { spoken: 'hello', written: 'Hello,', start: 10.5, end: 10.84, confidence: 0.905 },
      { spoken: 'mrs', written: 'Mrs.', start: 11, end: 11.24, confidence: 1 },
      { spoken: "o'hara", written: "O'Hara", start: 11.4, end: 11.74, confidence: 0.905 },
      { spoken: 'bp', start: 12, end: 12.24, confidence: 1 },
      { spoken: '120/80', written: '120/80.', start: 12.4, end: 12.84, confidence: 1 },
    ]);
  });

  it('of silence gives no words', async () => {
    const { native } = nativeThatSays({});
    const hearer = loadOffline(offlineConfig(standIn('whisper'), ONE), null, native).begin(0);
    await hearer.feed(new Float32Array(SECOND));
    expect(await hearer.finish(SECOND, SECOND)).toEqual([{ words: [], resumeAt: SECOND }]);
    const nothing = loadOffline(offlineConfig(standIn('whisper'), ONE), null, native).begin(5);
    expect(await nothing.finish(5, 5)).toEqual([{ words: [], resumeAt: 5 }]);
  });

  it('cuts what is longer than a model hears at a quiet place, and drops nothing', async () => {
    const samples = new Float32Array(70 * SECOND).fill(0.5);
    samples.fill(0.001, 27 * SECOND, 27.1 * SECOND);
    const pieces = piecesOf(samples);
    expect(pieces.reduce((sum, piece) => sum + piece.length, 0)).toBe(samples.length);
    expect(pieces.every((piece) => piece.length <= 29 * SECOND)).toBe(true);
    expect((pieces[0]?.length ?? 0) / SECOND).toBeCloseTo(27.05, 1);
    const { native, given } = nativeThatSays({ text: 'one' }, { text: 'two' }, { text: 'three' });
    const hearer = loadOffline(offlineConfig(standIn('whisper'), ONE), null, native).begin(0);
    await hearer.feed(samples);
    const [heard] = await hearer.finish(samples.length, samples.length);
    expect(given.sounds.length).toBe(3);
    const words = heard?.words ?? [];
    expect(words.map(({ spoken }) => spoken)).toEqual(['one', 'two', 'three']);
    expect(words[1]?.start).toBeCloseTo(27.05, 1);
    expect(words[2]?.end).toBe(70);
  });

  it('refuses a stretch that nobody can have meant, before memory does', async () => {
    const hearer = loadOffline(offlineConfig(standIn('whisper'), ONE), null, nativeThatSays().native).begin(0);
    const minute = new Float32Array(60 * SECOND);
    await hearer.feed(minute);
    await hearer.feed(minute);
    expect(() => hearer.feed(minute)).toThrow(problem('engine_failed', { reason: 'stretch_too_long' }));
  });

  it('gives hot words to each stream of a transducer, cleaned, and to no other family', async () => {
    const hotWords: HotWords = { lines: 'LISINOPRIL\nDR. O/HARA :9\n\n\u0000\n', score: 1.5 };
    const vocabulary = { bpeVocab: '/models/x/bpe.vocab' };
    const { native, given } = nativeThatSays();
    const biased = standIn('offline-transducer', { modelingUnit: 'bpe' }, vocabulary);
    loadOffline(offlineConfig(biased, ONE), hotWords, native).begin(0);
    const hearer = loadOffline(offlineConfig(biased, ONE), hotWords, native).begin(0);
    await hearer.feed(new Float32Array(10));
    await hearer.finish(10, 10);
    expect(given.phrases).toEqual(['LISINOPRIL/DR. O HARA']);
    expect(given.configs[0]).toMatchObject({ hotwordsScore: 1.5, decodingMethod: 'modified_beam_search' });
    const deaf = nativeThatSays();
    const whisper = loadOffline(offlineConfig(standIn('whisper'), ONE), hotWords, deaf.native).begin(0);
    await whisper.feed(new Float32Array(10));
    await whisper.finish(10, 10);
    expect(deaf.given.phrases).toEqual([undefined]);
    expect(JSON.stringify(deaf.given.configs)).not.toContain('hotwords');
  });
});

describe('words', () => {
  const extent = { start: 100, end: 104 };
  const text = (said: string) => wordsOf({ text: said, tokens: ['x'], timestamps: [] }, extent);

  it('of an engine without times share the stretch by their letters, and are marked so', () => {
    const words = text(' Take 81 mg daily.');
    expect(words.map(({ spoken, written }) => [spoken, written])).toEqual([
      ['take', 'Take'],
      ['81', undefined],
      ['mg', undefined],
      ['daily', 'daily.'],
    ]);
    expect(words[0]?.start).toBe(100);
    expect(words.at(-1)?.end).toBe(104);
    for (const [index, word] of words.entries()) {
      expect(word.spread).toBe(true);
      expect(word.confidence).toBe(UNKNOWN_CONFIDENCE);
      expect(word.end).toBeGreaterThan(word.start);
      if (index > 0) expect(word.start).toBe(words[index - 1]?.end);
    }
  });

  it.each(['[BLANK_AUDIO]', '(coughs)', '♪ ♪', '*music*', ' ... ', '', '\u2014'])('are none in %j', (said) => {
    expect(text(said)).toEqual([]);
  });

  it('are doubted when they go in circles or come faster than anybody speaks', () => {
    const doubted = (said: string): boolean => text(said).every(({ confidence }) => confidence < 0.4);
    expect(doubted('thank you for watching '.repeat(6))).toBe(true);
    expect(doubted(Array.from({ length: 60 }, (_, index) => `word${index}`).join(' '))).toBe(true);
    expect(doubted('no no no, the pain is in the left leg')).toBe(false);
  });

  it('of a model that knows durations end where it says', () => {
    const result = { text: '', tokens: [' long', ' er'], timestamps: [0, 1], durations: [0.8, 0.4] };
    expect(wordsOf(result, extent).map(({ start, end }) => [start, end])).toEqual([
      [100, 100.8],
      [101, 101.4],
    ]);
  });

  it('of a model in capitals are written as they are spoken', () => {
    const result = { text: '', tokens: ['\u2581THE', '\u2581PAIN', 'S'], timestamps: [0, 1, 1.2] };
    expect(wordsOf(result, extent)).toEqual([
      { spoken: 'the', start: 100, end: 100.24, confidence: UNKNOWN_CONFIDENCE },
      { spoken: 'pains', start: 101, end: 101.44, confidence: UNKNOWN_CONFIDENCE },
    ]);
  });

  it('of a language without spaces are its signs', () => {
    const result = { text: '', tokens: ['你', '好', '，', ' ok'], timestamps: [0, 0.2, 0.4, 0.6] };
    expect(wordsOf(result, extent).map(({ spoken, written }) => [spoken, written])).toEqual([
      ['你', undefined],
      ['好', '好，'],
      ['ok', undefined],
    ]);
  });

  it('never outlast the sound', () => {
    const result = { text: '', tokens: [' late'], timestamps: [9] };
    expect(wordsOf(result, extent)).toMatchObject([{ start: 104, end: 104 }]);
  });

  it.each([
    ['10%', '10%'],
    ['10%.', '10%'],
    ['$5,', '$5'],
    ['“Yes?”', 'yes'],
    ['x-ray', 'x-ray'],
    ['—', ''],
  ])('%s is spoken as %s', (written, spoken) => {
    expect(spokenOf(written)).toBe(spoken);
  });
});

describe('punctuation', () => {
  const words = ['how', 'are', 'you', 'fine'].map((spoken, at) => ({
    spoken,
    start: at,
    end: at + 1,
    confidence: 0.9,
  }));

  function nativeThatWrites(answer: (text: string) => string): { native: PunctuationNative; configs: object[] } {
    const configs: object[] = [];
    class Model {
      constructor(config: object) {
        configs.push(config);
      }
      addPunct(text: string): string {
        return answer(text);
      }
    }
    return { native: { OfflinePunctuation: Model, OnlinePunctuation: Model }, configs };
  }

  it.each(['ct-punctuation', 'bilstm-punctuation'] as const)(
    'of %s adds marks and capitals and nothing else',
    (family) => {
      const { native, configs } = nativeThatWrites(() => 'How are you? Fine.');
      const punctuator = loadPunctuation(punctuationConfig(standIn(family)), native);
      const written = punctuator.punctuate(words);
      expect(written.map(({ written: text }) => text)).toEqual(['How', undefined, 'you?', 'Fine.']);
      expect(written.map(({ spoken, start }) => [spoken, start])).toEqual(
        words.map(({ spoken, start }) => [spoken, start]),
      );
      expect(JSON.stringify(configs)).toContain('/models/x/model.bin');
    },
  );

  it.each(['How are you? Very fine.', 'How are you?', 'How art thou? Fine.', ''])(
    'takes no other words: %j',
    (answer) => {
      const { native } = nativeThatWrites(() => answer);
      const punctuator = loadPunctuation(punctuationConfig(standIn('ct-punctuation')), native);
      expect(punctuator.punctuate(words)).toEqual(words);
    },
  );

  it('gives a long text in portions', () => {
    const lengths: number[] = [];
    const { native } = nativeThatWrites((text) => (lengths.push(text.split(' ').length), text));
    const punctuator = loadPunctuation(punctuationConfig(standIn('ct-punctuation')), native);
    const many = Array.from({ length: 450 }, () => ({ spoken: 'word', start: 0, end: 1, confidence: 1 }));
    expect(punctuator.punctuate(many)).toEqual(many);
    expect(lengths).toEqual([200, 200, 50]);
  });
});

describe('speakers', () => {
  const config = diarizationConfig(standIn('speaker-segmentation'), standIn('speaker-embedding'), {
    speakers: null,
    threshold: 0.5,
  });
  const nativeAt = (sampleRate: number): DiarizationNative => ({
    OfflineSpeakerDiarization: class {
      sampleRate = sampleRate;
      process() {
        return [
          { start: 2, end: 3, speaker: 7 },
          { start: 0, end: 2, speaker: 4 },
          { start: 3, end: 4, speaker: 4 },
        ];
      }
    },
  });

  it('are numbered as they are heard', () => {
    expect(config.clustering.numClusters).toBe(-1);
    expect(loadDiarizer(config, nativeAt(SECOND)).turns(new Float32Array(SECOND))).toEqual([
      { start: 0, end: 2, speaker: 0 },
      { start: 2, end: 3, speaker: 1 },
      { start: 3, end: 4, speaker: 0 },
    ]);
    expect(loadDiarizer(config, nativeAt(SECOND)).turns(new Float32Array(0))).toEqual([]);
  });

  it('are not sought at another rate, nor in more than a model may hold', () => {
    expect(() => loadDiarizer(config, nativeAt(8_000))).toThrow(problem('model_invalid', { reason: 'sample_rate' }));
    const endless = { length: 3 * 3600 * SECOND } as Float32Array;
    expect(() => loadDiarizer(config, nativeAt(SECOND)).turns(endless)).toThrow(
      problem('audio_unusable', { reason: 'too_long' }),
    );
  });

  it('have voices of unit length, once there is enough of them', () => {
    const native = (ready: boolean): EmbeddingNative => ({
      SpeakerEmbeddingExtractor: class {
        dim = 2;
        createStream() {
          return { acceptWaveform: () => undefined, inputFinished: () => undefined };
        }
        isReady() {
          return ready;
        }
        compute(_stream: unknown, external: boolean) {
          expect(external).toBe(false);
          return new Float32Array([3, 4]);
        }
      },
    });
    const voices = embeddingConfig(standIn('speaker-embedding'));
    const print = loadVoicePrinter(voices, native(true)).print(new Float32Array(SECOND));
    expect([...print].map((value) => Math.round(value * 10))).toEqual([6, 8]);
    expect(() => loadVoicePrinter(voices, native(false)).print(new Float32Array(1))).toThrow(
      problem('audio_unusable', { reason: 'too_short' }),
    );
  });
});
