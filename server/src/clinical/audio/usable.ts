// The answers every reader gives alike: what no engine can use, and what cannot be read.
import { ProblemError } from '@cordon/contract';
import type { Container } from './container.ts';
import { MAX_CHANNELS, MAX_SAMPLE_RATE, MIN_SAMPLE_RATE } from './limits.ts';

/** Throws `audio_unusable` {reason: 'too_many_channels' | 'sample_rate', …}. */
export function refuseUnusable(channels: number, sampleRate: number): void {
  if (channels > MAX_CHANNELS) {
    throw new ProblemError('audio_unusable', { reason: 'too_many_channels', channels, limit: MAX_CHANNELS });
  }
  if (sampleRate < MIN_SAMPLE_RATE || sampleRate > MAX_SAMPLE_RATE) {
    throw new ProblemError('audio_unusable', {
      reason: 'sample_rate',
      sampleRate,
      least: MIN_SAMPLE_RATE,
      most: MAX_SAMPLE_RATE,
    });
  }
}

/** Why a file cannot be read, as `docs/formats/audio.md` lists it. */
export type Unreadable =
  | 'empty'
  | 'unknown_container'
  | 'truncated'
  /** Bytes that are not what must stand there, or fail their check sum. */
  | 'damaged'
  | 'header_invalid'
  /** Something whose size is beyond what this kind of file has. */
  | 'too_large'
  | 'no_audio'
  /** Sample rate or number of channels is another from here on. */
  | 'format_changes'
  /** The decoder gave up without saying where. */
  | 'undecodable'
  | 'stalled'
  /** An MP4 whose index comes last, from a source that can be read once only. */
  | 'index_at_end';

/** `offset`: of the first bad byte, in the file. */
export function unreadable(container: Container, reason: Unreadable, offset: number, codec?: string): ProblemError {
  const details = { reason, container, offset };
  return new ProblemError('audio_unreadable', codec === undefined ? details : { ...details, codec });
}

export function decoderMissing(container: Container, codec?: string): ProblemError {
  const details = { package: 'ffmpeg', container };
  return new ProblemError('decoder_missing', codec === undefined ? details : { ...details, codec });
}
