// model.json: what a model directory says of itself, read and checked before anything native is told of it (docs/operate/models.md).
import { ProblemError } from '@cordon/contract';

/** The families whose models can be listed and imported; `RUNNABLE` says which of them an engine here runs. */
const FAMILIES = ['online-transducer', 'vad', 'pocketsphinx'] as const;
export type ModelFamily = (typeof FAMILIES)[number];

export interface ModelManifest {
  readonly id: string;
  readonly family: ModelFamily;
  /** BCP 47; `*` where language does not matter. */
  readonly languages: readonly string[];
  readonly sampleRate: number;
  /** Role → file name inside the directory. */
  readonly files: Readonly<Record<string, string>>;
  readonly licence: string;
}

/** Roles that the engine of a family cannot do without. */
export const REQUIRED_FILES: Readonly<Record<ModelFamily, readonly string[]>> = {
  'online-transducer': ['encoder', 'decoder', 'joiner', 'tokens'],
  vad: ['model'],
  pocketsphinx: [],
};

/** Bytes. A manifest is a page of text. */
export const MAX_MANIFEST_BYTES = 64 * 1024;

/** Plain names only: a manifest may come from anywhere and must not reach outside its directory. */
const FILE_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$/;
const MODEL_ID = /^[a-z0-9][a-z0-9._-]{0,99}$/;
const LANGUAGE = /^(\*|[a-z]{2,3}(-[A-Za-z0-9]{2,8})*)$/;

/** Hz. What the engines here are fed with. */
const SAMPLE_RATE = 16_000;

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
  return { id, family, languages: languagesOf(raw), sampleRate, files: filesOf(raw, family), licence };
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
  return FAMILIES.some((family) => family === value);
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

/** Lines of a tokens file: a garbage one loads without complaint and then gives garbage words, so it is read here first. */
const MAX_TOKENS = 200_000;

/** `token id` per line, ids from 0 upwards without gaps, the blank among them. Errors: `model_invalid` {reason: 'tokens'}. */
export function checkTokens(text: string): void {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  if (lines.length < 2 || lines.length > MAX_TOKENS) throw invalid('tokens');
  const ids = new Set<number>();
  for (const line of lines) {
    const match = /^(\S+|\s\S*)\s+(\d+)\s*$/.exec(line);
    if (match === null) throw invalid('tokens');
    ids.add(Number(match[2]));
  }
  if (ids.size !== lines.length || !ids.has(0) || !ids.has(lines.length - 1)) throw invalid('tokens');
  if (!/^<(blk|blank|eps)>\s/m.test(text)) throw invalid('tokens');
}
