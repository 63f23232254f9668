// What the speech engine is doing, as screens and /readyz show it.
import type { ProblemCode } from '@cordon/contract';

export interface EngineState {
  readonly state: 'acquiring' | 'ready' | 'missing' | 'failed';
  /** `sherpa-onnx` or `pocketsphinx`; null until one is chosen. */
  readonly engine: string | null;
  /** Model id. */
  readonly model: string | null;
  /** Names the exact files of the model, for ledger entries; null for an engine whose files Debian keeps. */
  readonly digest: string | null;
  readonly accuracy: 'standard' | 'low' | null;
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
  progress: null,
  message: 'Looking for a speech engine.',
  problem: null,
};
