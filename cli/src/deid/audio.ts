// `cordon deid audio`: what a transcript says that identifies somebody, silenced where it is heard (docs/formats/deid.md, Audio).
import { randomInt } from 'node:crypto';
import { link, open, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type AudioPlan, type DetectOptions, ENGINE_VERSION, type Engine, type Mode, planAudio } from '@cordon/deid';
import { Refusal } from '#failure.ts';
import { mustNotExist, readableFile, reason } from '#home/files.ts';
import { brief } from '#terminal/printable.ts';
import type { Stage } from '#terminal/progress.ts';
import { type AudioReport, reportOf } from './audio-report.ts';
import { maskSound, measureSound, type Masked, type Measured } from './sound.ts';
import type { BroughtTranscript } from './transcript.ts';
import { asTranscription } from './transcription.ts';

export interface AudioFiles {
  readonly input: string;
  readonly out: string;
  readonly transcript: string;
  readonly report: string;
}

export interface AudioSettings {
  readonly engine: Engine;
  readonly mode: Mode;
  readonly detecting: DetectOptions;
  readonly fill: 'silence' | 'tone';
  /** Seconds. */
  readonly padBefore: number;
  readonly padAfter: number;
  readonly doubtful: boolean;
}

/** Words that the recogniser is less sure of than this are told: what Cordon's transcripts mark as uncertain (docs/decisions/0044). */
const UNSURE_BELOW = 0.4;

/** Share of words that may lie beyond the end before the transcript is taken for another recording's. */
const MOST_OUTSIDE = 0.02;

/** Looked at before any work. Errors: `file_unreadable`, `output_unsafe`. */
export async function audioFilesUsable({ input, ...outputs }: AudioFiles): Promise<number> {
  const bytes = await readableFile(input);
  const paths = Object.values(outputs).map((path) => resolve(path));
  if (new Set([...paths, resolve(input)]).size <= paths.length) throw new Refusal('output_unsafe');
  for (const path of paths) await mustNotExist(path);
  return bytes;
}

/**
 * Sound, transcript and report appear whole or not at all, and never over something that is there. Memory is that of the transcript.
 * Errors: those of `measureSound` and `maskSound`; `transcript_mismatch`, `file_unreadable`.
 */
export async function deidentifyAudio(
  files: AudioFiles,
  transcript: BroughtTranscript,
  settings: AudioSettings,
  { stage, bytes, signal }: { readonly stage: Stage; readonly bytes: number; readonly signal: AbortSignal },
): Promise<AudioReport> {
  const input = await opened(files.input, 'r');
  const partial = `${files.out}.partial-${process.pid}`;
  try {
    const reading = (from: number) => (read: number) => stage.update(from + read / Math.max(1, bytes) / 2);
    const sound = await measureSound({ input: input.fd, output: null, onBytes: reading(0), signal });
    const plan = planned(transcript, sound, settings);
    const output = await opened(partial, 'wx');
    let masked: Masked;
    try {
      masked = await maskSound(plan.silenced, settings.fill, {
        input: input.fd,
        output: output.fd,
        onBytes: reading(0.5),
        signal,
      });
      await output.sync();
    } finally {
      await output.close();
    }
    const report = reportOf(transcript, sound, masked, plan, {
      ...settings,
      version: ENGINE_VERSION,
      unsureBelow: UNSURE_BELOW,
    });
    await publish(files, partial, { transcript: asTranscription(transcript, plan.words, sound.duration), report });
    return report;
  } finally {
    await input.close();
    await rm(partial, { force: true });
  }
}

function planned(transcript: BroughtTranscript, sound: Measured, settings: AudioSettings): AudioPlan {
  const { engine, mode, detecting, padBefore, padAfter, doubtful } = settings;
  const plan = planAudio(engine, transcript, sound, {
    ...detecting,
    mode,
    salt: randomInt(2 ** 32),
    padBefore,
    padAfter,
    doubtful,
    unsureBelow: UNSURE_BELOW,
  });
  if (plan.removedOutside > 0 || plan.outside > transcript.words.length * MOST_OUTSIDE) {
    const words = `${plan.outside} of ${transcript.words.length} words lie beyond the end`;
    throw new Refusal('transcript_mismatch', `${words} at ${sound.duration.toFixed(1)} s`);
  }
  return plan;
}

/** The sound comes last: who finds it finds what belongs to it. */
async function publish(
  files: AudioFiles,
  partial: string,
  { transcript, report }: { readonly transcript: object; readonly report: object },
): Promise<void> {
  const made: string[] = [];
  try {
    for (const [path, content] of [
      [files.transcript, transcript],
      [files.report, report],
    ] as const) {
      const file = await opened(path, 'wx');
      made.push(path);
      try {
        await file.writeFile(`${JSON.stringify(content, null, 2)}\n`);
      } finally {
        await file.close();
      }
    }
    // Not a rename, which would replace what somebody put there meanwhile.
    await link(partial, files.out);
  } catch (error) {
    for (const path of made) await rm(path, { force: true });
    throw error instanceof Refusal ? error : new Refusal('file_unreadable', `${brief(files.out)}: ${reason(error)}`);
  }
}

async function opened(path: string, flags: 'r' | 'wx') {
  try {
    return await open(path, flags, 0o600);
  } catch (error) {
    throw new Refusal('file_unreadable', `${brief(path)}: ${reason(error)}`);
  }
}
