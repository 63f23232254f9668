// `cordon transcribe FILE`: what was said, as text, subtitles or the full form with word times.
import { TRANSCRIPTION_FORMATS, Transcription } from '@cordon/contract';
import { type Command, Option } from 'commander';
import { declare } from '#command.ts';
import { withServer } from '#connection/connect.ts';
import { engineReady } from '#connection/engine.ts';
import type { Context } from '#context.ts';
import { readableFile } from '#home/files.ts';
import { printable } from '#terminal/printable.ts';
import { transcribeInPassing } from '#visit/recording.ts';
import { withStage } from '#visit/visit.ts';

const FORMATS = TRANSCRIPTION_FORMATS.filter((format) => format !== 'cordon_json');
type Format = (typeof FORMATS)[number];

interface TranscribeOptions {
  readonly format: Format;
  readonly json?: true;
}

export function addTranscribe(program: Command, context: Context): void {
  declare(program, 'transcribe <file>', 'transcribe a recording', [
    'transcribe visit.wav',
    'transcribe visit.wav --json',
    'transcribe visit.wav --format srt > visit.srt',
  ])
    .addOption(
      new Option('--format <format>', 'form of the plain output; --json always gives the full form')
        .choices(FORMATS)
        .default('text'),
    )
    .action((file: string, options: TranscribeOptions) => transcribe(file, options, context));
}

async function transcribe(file: string, { format }: TranscribeOptions, context: Context): Promise<void> {
  await readableFile(file);
  const { terminal } = context;
  const text = await withServer(context, async (server) => {
    await engineReady(context, server.url);
    return withStage(context, 'Transcribing', async (stage) => {
      const result = await transcribeInPassing(context, server, file, terminal.json ? 'cordon_json' : format, stage);
      return { result, said: '' };
    });
  });
  if (terminal.json) terminal.document(Transcription.parse(JSON.parse(text)));
  else terminal.raw(ended(format === 'text' ? printable(text) : text));
}

function ended(text: string): string {
  return text.endsWith('\n') ? text : `${text}\n`;
}
