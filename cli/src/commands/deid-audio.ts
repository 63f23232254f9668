// `cordon deid audio`: a recording without what was said that identifies somebody.
import { createEngine } from '@cordon/deid';
import { loadModel } from '@cordon/deid/model';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { declare } from '#command.ts';
import { withServer } from '#connection/connect.ts';
import { engineReady } from '#connection/engine.ts';
import type { Context } from '#context.ts';
import { audioFilesUsable, type AudioFiles, deidentifyAudio } from '#deid/audio.ts';
import type { AudioReport } from '#deid/audio-report.ts';
import { readKnown } from '#deid/known.ts';
import { type BroughtTranscript, readTranscript, transcriptOf } from '#deid/transcript.ts';
import { Refusal } from '#failure.ts';
import { transcribeInPassing } from '#visit/recording.ts';
import { duration, withStage } from '#visit/visit.ts';
import { detecting, type ReplaceOptions, withMode, withKeeping } from './deid-options.ts';

interface AudioCommandOptions extends ReplaceOptions {
  readonly transcript?: string;
  readonly transcribe?: true;
  readonly out: string;
  readonly outTranscript?: string;
  readonly report?: string;
  readonly fill: 'silence' | 'tone';
  readonly padBefore: number;
  readonly padAfter: number;
  readonly doubtful: 'keep' | 'silence';
  readonly known?: string;
}

/** Seconds, measured by hearing the output again (docs/decisions/0129): recognisers tell a word's beginning late and its end early. */
const DEFAULT_PAD_BEFORE = 0.25;
const DEFAULT_PAD_AFTER = 0.25;

/** Seconds. More than a breath on either side silences sentences. */
const MOST_PAD = 5;

export function addDeidAudio(group: Command, context: Context): void {
  const audio = declare(group, 'audio', 'silence what was said that identifies somebody, by the times of its words', [
    'deid audio visit.wav --transcribe --out visit-deid.wav',
    'deid audio visit.wav --transcript visit.json --out visit-deid.wav --fill tone',
  ])
    .argument('<file>', 'the recording; it is only read')
    .requiredOption('--out <file>', 'the recording without them, as WAV')
    .option('--transcript <file>', 'its transcript with times: `cordon transcribe --json`, or OpenAI’s verbose_json')
    .option('--transcribe', 'have it transcribed first, by the server')
    .option('--out-transcript <file>', 'the transcript without them (default: beside the output, .transcript.json)')
    .option('--report <file>', 'what was silenced and what could not be aligned (default: .report.json)')
    .addOption(new Option('--fill <fill>', 'what is heard instead').choices(['silence', 'tone']).default('silence'))
    .option('--pad-before <seconds>', 'silenced before the first word', padding, DEFAULT_PAD_BEFORE)
    .option('--pad-after <seconds>', 'silenced after the last word', padding, DEFAULT_PAD_AFTER)
    .addOption(
      new Option('--doubtful <what>', 'words heard uncertainly, and sound without words')
        .choices(['keep', 'silence'])
        .default('keep'),
    )
    .option('--known <file>', 'JSON array of { type, value }: identifiers that are known, found in every disguise');
  withKeeping(withMode(audio)).action((file: string, options: AudioCommandOptions) => run(file, options, context));
}

async function run(input: string, options: AudioCommandOptions, context: Context): Promise<void> {
  const { terminal, signal } = context;
  if ((options.transcript === undefined) === (options.transcribe === undefined))
    throw new Refusal('usage', 'one of --transcript and --transcribe is needed');
  const files = filesOf(input, options);
  const bytes = await audioFilesUsable(files);
  const known = options.known === undefined ? [] : await readKnown(options.known);
  const transcript =
    options.transcript === undefined ? await transcribed(input, context) : await readTranscript(options.transcript);
  const report = await withStage(context, 'Silencing', async (stage) => {
    const settings = {
      engine: createEngine(loadModel()),
      mode: options.mode,
      detecting: { ...detecting(options), known },
      fill: options.fill,
      padBefore: options.padBefore,
      padAfter: options.padAfter,
      doubtful: options.doubtful === 'silence',
    };
    const result = await deidentifyAudio(files, transcript, settings, { stage, bytes, signal });
    return { result, said: summary(result) };
  });
  if (terminal.json) terminal.document(report);
  else terminal.print(remarks(report).join('\n'));
}

function filesOf(input: string, { out, outTranscript, report }: AudioCommandOptions): AudioFiles {
  const base = out.replace(/\.[^./\\]*$/, '');
  return {
    input,
    out,
    transcript: outTranscript ?? `${base}.transcript.json`,
    report: report ?? `${base}.report.json`,
  };
}

async function transcribed(file: string, context: Context): Promise<BroughtTranscript> {
  return withServer(context, async (server) => {
    await engineReady(context, server.url);
    return withStage(context, 'Transcribing', async (stage) => {
      const heard = await transcribeInPassing(context, server, file, 'cordon_json', stage);
      const result = transcriptOf(JSON.parse(heard));
      return { result, said: `${result.words.length} words` };
    });
  });
}

function summary({ silenced, silencedSeconds, audio }: AudioReport): string {
  return `${silenced.length} stretches, ${duration(silencedSeconds)} of ${duration(audio.duration)}`;
}

function remarks(report: AudioReport): readonly string[] {
  const { counts, notAligned, transcript } = report;
  const { placedAround, unsure, soundWithoutWords, wordsDrowned } = notAligned;
  const kinds = Object.entries(counts).map(([type, count]) => `${count} ${type}`);
  const told: readonly (readonly [boolean, string])[] = [
    [true, kinds.length === 0 ? '  nothing was found' : `  ${kinds.join(', ')}`],
    [placedAround.length > 0, `  ${placedAround.length} without times of their own: silenced between the words around`],
    [wordsDrowned > 0, `  ${wordsDrowned} other words are silenced with their neighbours`],
    [unsure.length > 0, `  ${unsure.length} places were heard uncertainly`],
    [soundWithoutWords.length > 0, `  ${soundWithoutWords.length} places have sound and no words: listen to them`],
    [transcript.lowAccuracy, '  The transcript is of low accuracy: names may have been heard as other words.'],
    [true, '  minimised-phi: a voice identifies its speaker (45 CFR 164.514(b)(2)(i)(P)).'],
  ];
  return told.filter(([holds]) => holds).map(([, line]) => line);
}

function padding(value: string): number {
  const seconds = Number(value);
  if (!/^\d{1,2}(\.\d{1,4})?$/.test(value) || seconds > MOST_PAD)
    throw new InvalidArgumentError(`Seconds are needed, 0 to ${MOST_PAD}.`);
  return seconds;
}
