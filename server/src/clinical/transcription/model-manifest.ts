// model.json: what a model directory says of itself, read and checked before anything native is told of it (docs/operate/models.md).
import { ProblemError } from '@cordon/contract';

/** Roles that the engine of a family cannot do without; its keys are the families that can be listed, pulled and imported. */
export const REQUIRED_FILES = {
  'online-transducer': ['encoder', 'decoder', 'joiner', 'tokens'],
  'offline-transducer': ['encoder', 'decoder', 'joiner', 'tokens'],
  'nemo-transducer': ['encoder', 'decoder', 'joiner', 'tokens'],
  'nemo-ctc': ['model', 'tokens'],
  'zipformer-ctc': ['model', 'tokens'],
  whisper: ['encoder', 'decoder', 'tokens'],
  moonshine: ['preprocessor', 'encoder', 'uncachedDecoder', 'cachedDecoder', 'tokens'],
  'sense-voice': ['model', 'tokens'],
  vad: ['model'],
  'ct-punctuation': ['model'],
  'bilstm-punctuation': ['model', 'bpeVocab'],
  'speaker-segmentation': ['model'],
  'speaker-embedding': ['model'],
  pocketsphinx: [],
} as const satisfies Record<string, readonly string[]>;
export type ModelFamily = keyof typeof REQUIRED_FILES;

const RECOGNISERS: ReadonlySet<ModelFamily> = new Set([
  'online-transducer',
  'offline-transducer',
  'nemo-transducer',
  'nemo-ctc',
  'zipformer-ctc',
  'whisper',
  'moonshine',
  'sense-voice',
]);

/** Whether the family turns speech into words. */
export function isRecogniser(family: ModelFamily): boolean {
  return RECOGNISERS.has(family);
}

/** How a transducer's vocabulary was cut; hot words are cut the same way. */
const MODELING_UNITS = ['bpe', 'bbpe', 'cjkchar', 'cjkchar+bpe'] as const;
export type ModelingUnit = (typeof MODELING_UNITS)[number];

export interface ModelManifest {
  readonly id: string;
  readonly family: ModelFamily;
  /** BCP 47; `*` where language does not matter. */
  readonly languages: readonly string[];
  readonly sampleRate: number;
  /** Role → file name inside the directory. */
  readonly files: Readonly<Record<string, string>>;
  readonly licence: string;
  /** Null: the model takes no hot words. */
  readonly modelingUnit: ModelingUnit | null;
  /** Bins of the filter bank; native code asks the models that know it themselves. */
  readonly featureDim: number;
  /** Whisper: frames (10 ms) of silence after the sound, for the model to notice its end. Null: what native code does by itself. */
  readonly tailPaddings: number | null;
}

/** Bytes. A manifest is a page of text. */
export const MAX_MANIFEST_BYTES = 64 * 1024;

/** Plain names only: a manifest may come from anywhere and must not reach outside its directory. */
export const FILE_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$/;
const MODEL_ID = /^[a-z0-9][a-z0-9._-]{0,99}$/;
const LANGUAGE = /^(\*|[a-z]{2,3}(-[A-Za-z0-9]{2,8})*)$/;

/** Hz. What the engines here are fed with. */
const SAMPLE_RATE = 16_000;

/** Bins. Icefall and FunASR train on 80, GigaAM on 64, large NeMo and Whisper models on 128. */
const FEATURE_DIMS: readonly unknown[] = [64, 80, 128];
const FEATURE_DIM = 80;

/** Frames. Whisper's window has 3,000 and half of it is the most that leaves room for speech. */
const MAX_TAIL_PADDINGS = 1_500;

/** Errors: `model_invalid` {reason}. */
export function parseManifest(text: string): ModelManifest {
  const raw = asRecord(parseJson(text), 'not_an_object');
  const { id, family } = raw;
  if (typeof id !== 'string' || !MODEL_ID.test(id)) throw invalid('id');
  if (!isFamily(family)) throw invalid('family');
  const sampleRate = raw['sampleRateHz'] ?? SAMPLE_RATE;
  if (sampleRate !== SAMPLE_RATE) throw invalid('sample_rate');
  const licence = raw['licence'];
  if (typeof licence !== 'string' || licence === '') throw invalid('licence');
  const files = filesOf(raw, family);
  return { id, family, languages: languagesOf(raw), sampleRate, files, licence, ...nativeOptions(raw) };
}

function nativeOptions(
  raw: Record<string, unknown>,
): Pick<ModelManifest, 'modelingUnit' | 'featureDim' | 'tailPaddings'> {
  const modelingUnit = raw['modelingUnit'] ?? null;
  if (modelingUnit !== null && !isModelingUnit(modelingUnit)) throw invalid('modeling_unit');
  const featureDim = raw['featureDim'] ?? FEATURE_DIM;
  if (typeof featureDim !== 'number' || !FEATURE_DIMS.includes(featureDim)) throw invalid('feature_dim');
  const tailPaddings = raw['tailPaddings'] ?? null;
  if (tailPaddings !== null && !isCountUpTo(tailPaddings, MAX_TAIL_PADDINGS)) throw invalid('tail_paddings');
  return { modelingUnit, featureDim, tailPaddings };
}

function isModelingUnit(value: unknown): value is ModelingUnit {
  return MODELING_UNITS.some((unit) => unit === value);
}

function isCountUpTo(value: unknown, most: number): value is number {
  return Number.isInteger(value) && Number(value) >= 1 && Number(value) <= most;
}

function languagesOf(raw: Record<string, unknown>): readonly string[] {
  const given = raw['languages'] ?? (raw['language'] === undefined ? ['*'] : [raw['language']]);
  if (!Array.isArray(given) || given.length === 0) throw invalid('languages');
  return given.map((language) => {
    if (typeof language !== 'string' || !LANGUAGE.test(language)) throw invalid('languages');
    return language;
  });
}

function filesOf(raw: Record<string, unknown>, family: ModelFamily): Readonly<Record<string, string>> {
  const files: Record<string, string> = {};
  for (const [role, name] of Object.entries(asRecord(raw['files'] ?? {}, 'files'))) {
    if (typeof name !== 'string' || !FILE_NAME.test(name)) throw invalid('file_name');
    files[role] = name;
  }
  for (const role of REQUIRED_FILES[family]) {
    if (!Object.hasOwn(files, role)) throw invalid(`file_missing_in_manifest:${role}`);
  }
  return files;
}

function isFamily(value: unknown): value is ModelFamily {
  return typeof value === 'string' && Object.hasOwn(REQUIRED_FILES, value);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalid('not_json');
  }
}

function asRecord(value: unknown, reason: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid(reason);
  return value as Record<string, unknown>;
}

function invalid(reason: string): ProblemError {
  return new ProblemError('model_invalid', { reason });
}
