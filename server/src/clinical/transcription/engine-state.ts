// What the speech engine is doing, as screens and /readyz show it.
import type { ProblemCode } from '@cordon/contract';
import { NO_COMPANION, type CompanionState } from './choose-companions.ts';

export interface EngineState {
  readonly state: 'acquiring' | 'ready' | 'missing' | 'failed';
  /** `sherpa-onnx` or `pocketsphinx`; null until one is chosen. */
  readonly engine: string | null;
  /** Model id. */
  readonly model: string | null;
  /** Names the exact files of the model, for ledger entries; null for an engine whose files Debian keeps. */
  readonly digest: string | null;
  readonly accuracy: 'standard' | 'low' | null;
  /** Models beside the recogniser. */
  readonly punctuation: CompanionState;
  readonly speakers: CompanionState;
  /** 0 to 1 while something is fetched. */
  readonly progress: number | null;
  /** One sentence for people. */
  readonly message: string;
  /** Why it is `missing` or `failed`. */
  readonly problem: ProblemCode | null;
}

export const ACQUIRING: EngineState = {
  state: 'acquiring',
  engine: null,
  model: null,
  digest: null,
  accuracy: null,
  punctuation: NO_COMPANION,
  speakers: NO_COMPANION,
  progress: null,
  message: 'Looking for a speech engine.',
  problem: null,
};
