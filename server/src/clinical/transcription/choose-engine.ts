// Which engine a set of verified models makes, and what its native code is told. A better engine is never passed over silently:
// a recogniser that is there but does not verify is an error, not a reason to take PocketSphinx.
import { readFile } from 'node:fs/promises';
import { ProblemError } from '@cordon/contract';
import { readPieces, type Pieces } from '#clinical/vocabulary/pieces.ts';
import { chooseCompanions } from './choose-companions.ts';
import type { ChosenCompanions } from './choose-companions.ts';
import { offlineConfig, pathOf } from './engines/families/offline-config.ts';
import type { FamilyConfig } from './engines/messages.ts';
import type { EngineConfig } from './engines/pool.ts';
import { isRecogniser } from './model-manifest.ts';
import { listModels, verifyModel } from './models.ts';
import type { ModelDirectory, VerifiedModel } from './models.ts';

export interface ChosenEngine {
  readonly config: EngineConfig;
  /** `sherpa-onnx` or `pocketsphinx`. */
  readonly engine: string;
  /** Model id for transcripts. */
  readonly model: string;
  /** SHA-256 over the digests of the model's files, hex. */
  readonly digest: string;
  readonly accuracy: 'standard' | 'low';
  /** The pieces that the model writes words with; null where it takes no hot words. */
  readonly pieces: Pieces | null;
  /** Models beside the recogniser, and what became of them. */
  readonly companions: ChosenCompanions;
  /** Absolute paths of the models it is made of; none for an engine whose files Debian keeps. */
  readonly directories: readonly string[];
}

/** A recogniser uses one thread: two were measured slower for a small model, and recordings run side by side. */
const THREADS = 1;

/**
 * The first recogniser of these directories (or the preferred one) with a voice detector; null when there is none.
 * Errors: `model_unverified`, `model_invalid` for the one that would be chosen; `engine_missing` {preferred} when that is not there.
 */
export async function chooseNeuralEngine(
  directories: readonly string[],
  preferred: string | null,
): Promise<ChosenEngine | null> {
  const models = await listModels(directories);
  const recogniser = pickRecogniser(models, preferred);
  if (recogniser === null) return null;
  const detector = models.find((model) => model.manifest?.family === 'vad');
  if (detector === undefined) throw new ProblemError('model_invalid', { reason: 'no_voice_detector' });
  const verified = await verifyModel(recogniser.path);
  const companions = await chooseCompanions(models, verified.manifest);
  return neuralEngine(verified, await verifyModel(detector.path), companions);
}

function pickRecogniser(models: readonly ModelDirectory[], preferred: string | null): ModelDirectory | null {
  const recognisers = models.filter((model) => model.manifest !== null && isRecogniser(model.manifest.family));
  const wanted = preferred === null ? recognisers[0] : recognisers.find((model) => model.manifest?.id === preferred);
  if (preferred !== null && wanted === undefined) throw new ProblemError('engine_missing', { preferred });
  if (wanted !== undefined) return wanted;
  // A directory that wanted to be a model but cannot be read must not be mistaken for none.
  const broken = models.find((model) => model.manifest === null);
  if (broken !== undefined) throw new ProblemError('model_invalid', { reason: 'no_usable_model' });
  return null;
}

/** Errors: `model_invalid` {model, reason}. */
async function neuralEngine(
  recogniser: VerifiedModel,
  detector: VerifiedModel,
  companions: ChosenCompanions,
): Promise<ChosenEngine> {
  const bpeVocab = recogniser.paths['bpeVocab'];
  return {
    config: {
      family: familyOf(recogniser),
      cut: { how: 'pauses', vad: pathOf(detector, 'model') },
      companions: companions.config,
    },
    engine: 'sherpa-onnx',
    model: recogniser.manifest.id,
    digest: recogniser.digest,
    accuracy: 'standard',
    pieces: bpeVocab === undefined ? null : readPieces(await readFile(bpeVocab, 'utf8')),
    companions,
    directories: [recogniser.path, detector.path, ...companions.directories],
  };
}

function familyOf(model: VerifiedModel): FamilyConfig {
  if (model.manifest.family !== 'online-transducer') return offlineConfig(model, { language: null, threads: THREADS });
  return {
    family: 'online-transducer',
    encoder: pathOf(model, 'encoder'),
    decoder: pathOf(model, 'decoder'),
    joiner: pathOf(model, 'joiner'),
    tokens: pathOf(model, 'tokens'),
    bpeVocab: model.paths['bpeVocab'] ?? null,
    sampleRate: model.manifest.sampleRate,
    threads: THREADS,
  };
}
