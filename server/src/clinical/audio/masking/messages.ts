// What the masking child is told and what it says (docs/formats/deid.md, Audio): JSON, one object a line, on descriptors of their own.
// The recording is its standard input, a file that it may read from any place; what it writes goes to its standard output, a file too.
import type { ProblemDetails } from '@cordon/contract';
import type { Container } from '#clinical/audio/container.ts';
import type { Fill, MaskedStretch } from './masker.ts';
import type { Written } from './sound-file.ts';

export const JOB_FD = 3;
export const MESSAGES_FD = 4;

/** One line; it lives as long as the descriptor that brought it stays open. */
export type MaskingJob =
  | { readonly how: 'measure' }
  | { readonly how: 'mask'; readonly stretches: readonly MaskedStretch[]; readonly fill: Fill };

export type MaskingMessage =
  /** Bytes of the recording read. */
  | { readonly type: 'progress'; readonly bytes: number }
  | {
      readonly type: 'measured';
      readonly container: Container;
      readonly encoding: string;
      readonly sampleRate: number;
      readonly channels: number;
      /** Seconds. */
      readonly duration: number;
      /** Per channel, where it is louder than the room. */
      readonly loud: readonly (readonly MaskedStretch[])[];
    }
  | {
      readonly type: 'masked';
      readonly written: Written;
      /** Whether samples outside of the stretches are those that were decoded, bit by bit. */
      readonly exact: boolean;
      /** Of the file. */
      readonly bytes: number;
    }
  | { readonly type: 'problem'; readonly code: string; readonly details: ProblemDetails };
