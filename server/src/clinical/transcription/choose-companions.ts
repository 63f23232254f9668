// Which models beside the recogniser are used: marks and capitals, and who speaks. They are helps, so what is wrong with one is said
// and costs nothing else; but what does not verify is not loaded either.
import { isProblem } from '@cordon/contract';
import type { ProblemCode } from '@cordon/contract';
import { diarizationConfig, punctuationConfig } from './engines/families/companion-config.ts';
import type { CompanionsConfig } from './engines/pool.ts';
import type { ModelFamily, ModelManifest } from './model-manifest.ts';
import { verifyModel } from './models.ts';
import type { ModelDirectory, VerifiedModel } from './models.ts';

/** One help as screens show it. */
export interface CompanionState {
  /** `unused`: models are there, but this recogniser needs or allows none, or one of a pair is missing. */
  readonly state: 'none' | 'used' | 'unused' | 'failed';
  /** Model ids. */
  readonly models: readonly string[];
  /** Why it `failed`. */
  readonly problem: ProblemCode | null;
}

export const NO_COMPANION: CompanionState = { state: 'none', models: [], problem: null };

export interface ChosenCompanions {
  readonly config: CompanionsConfig;
  readonly punctuation: CompanionState;
  readonly speakers: CompanionState;
  /** SHA-256 of the models in use, hex, in the order of their ids in the states; empty where none is. */
  readonly digests: { readonly punctuation: readonly string[]; readonly speakers: readonly string[] };
  /** Absolute paths of the models in use. */
  readonly directories: readonly string[];
}

export const NO_COMPANIONS: ChosenCompanions = {
  config: { voices: null, punctuation: null },
  punctuation: NO_COMPANION,
  speakers: NO_COMPANION,
  digests: { punctuation: [], speakers: [] },
  directories: [],
};

/** Families that write marks and capitals themselves, always. What others write is seen in their words. */
const WRITES_MARKS: ReadonlySet<ModelFamily> = new Set(['whisper', 'moonshine']);

const PUNCTUATION: ReadonlySet<ModelFamily> = new Set(['ct-punctuation', 'bilstm-punctuation']);

/**
 * 0 to 1: two voices are two people from this cosine distance on, and one below it; the value that the library and its published examples
 * use for voice models trained on VoxCeleb.
 */
const VOICES_APART = 0.5;

/** The first of each family in the order of the directories. */
export async function chooseCompanions(
  models: readonly ModelDirectory[],
  recogniser: ModelManifest,
): Promise<ChosenCompanions> {
  const punctuation = await choosePunctuation(models, recogniser);
  const speakers = await chooseSpeakers(models);
  return {
    config: { voices: speakers.config, punctuation: punctuation.config },
    punctuation: punctuation.state,
    speakers: speakers.state,
    digests: {
      punctuation: punctuation.verified.map((model) => model.digest),
      speakers: speakers.verified.map((model) => model.digest),
    },
    directories: [...punctuation.verified, ...speakers.verified].map((model) => model.path),
  };
}

interface Choice<Config> {
  readonly state: CompanionState;
  readonly config: Config | null;
  readonly verified: readonly VerifiedModel[];
}

async function choosePunctuation(
  models: readonly ModelDirectory[],
  recogniser: ModelManifest,
): Promise<Choice<NonNullable<CompanionsConfig['punctuation']>>> {
  const all = models.filter(({ manifest }) => manifest !== null && PUNCTUATION.has(manifest.family));
  const [any] = all;
  if (any === undefined) return none();
  const fitting = all.find(({ manifest }) => manifest !== null && speaks(manifest, recogniser));
  if (fitting === undefined || WRITES_MARKS.has(recogniser.family)) return unused([fitting ?? any]);
  return used([fitting], ([model]) => (model === undefined ? null : punctuationConfig(model)));
}

async function chooseSpeakers(
  models: readonly ModelDirectory[],
): Promise<Choice<NonNullable<CompanionsConfig['voices']>>> {
  const segmentation = models.find(({ manifest }) => manifest?.family === 'speaker-segmentation');
  const embedding = models.find(({ manifest }) => manifest?.family === 'speaker-embedding');
  if (segmentation === undefined && embedding === undefined) return none();
  if (segmentation === undefined || embedding === undefined)
    return unused([segmentation, embedding].filter((model) => model !== undefined));
  const settings = { speakers: null, threshold: VOICES_APART };
  return used([segmentation, embedding], ([first, second]) =>
    first === undefined || second === undefined ? null : diarizationConfig(first, second, settings),
  );
}

function none(): Choice<never> {
  return { state: NO_COMPANION, config: null, verified: [] };
}

function unused(models: readonly ModelDirectory[]): Choice<never> {
  return { state: { state: 'unused', models: idsOf(models), problem: null }, config: null, verified: [] };
}

/** Reads every file. */
async function used<Config>(
  models: readonly ModelDirectory[],
  configure: (verified: readonly VerifiedModel[]) => Config | null,
): Promise<Choice<Config>> {
  try {
    const verified: VerifiedModel[] = [];
    for (const model of models) verified.push(await verifyModel(model.path));
    const config = configure(verified);
    return { state: { state: 'used', models: idsOf(models), problem: null }, config, verified };
  } catch (error) {
    if (!isProblem(error)) throw error;
    return { state: { state: 'failed', models: idsOf(models), problem: error.code }, config: null, verified: [] };
  }
}

function idsOf(models: readonly ModelDirectory[]): readonly string[] {
  return models.flatMap(({ manifest }) => manifest?.id ?? []);
}

/** Whether a model knows every language that the recogniser may hear. */
function speaks({ languages }: ModelManifest, recogniser: ModelManifest): boolean {
  const known = new Set(languages.map(primary));
  return known.has('*') || recogniser.languages.every((language) => known.has(primary(language)));
}

/** BCP 47: `en-US` → `en`. */
function primary(language: string): string {
  return (language.split('-')[0] ?? '').toLowerCase();
}
