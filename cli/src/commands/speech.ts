// `cordon speech evaluate MANIFEST`: how well this installation hears recordings whose words are known.
import { readFile } from 'node:fs/promises';
import { Transcription } from '@cordon/contract';
import { type Command, InvalidArgumentError } from 'commander';
import { declare, declareGroup } from '#command.ts';
import { answered, apiOf } from '#connection/api.ts';
import { type Server, withServer } from '#connection/connect.ts';
import { engineName, engineReady } from '#connection/engine.ts';
import type { Context } from '#context.ts';
import { type Clip, readManifest } from '#evaluate/manifest.ts';
import { clipFigures, type ClipResult, evaluate, measureClip, type TermForms } from '#evaluate/measures.ts';
import { Refusal } from '#failure.ts';
import { readSmallFile } from '#home/files.ts';
import { evaluationTable } from '#show/evaluation.ts';
import { brief, printable } from '#terminal/printable.ts';
import { transcribeInPassing } from '#visit/recording.ts';
import { withStage } from '#visit/visit.ts';

interface EvaluateOptions {
  readonly terms?: string;
  readonly most?: number;
}

export function addSpeech(program: Command, context: Context): void {
  const group = declareGroup(program, 'speech', 'measure how well recordings are heard');
  declare(group, 'evaluate', 'word error rate with its interval, and the terms that were heard; per condition', [
    'speech evaluate manifest.json',
    'speech evaluate manifest.json --terms terms.txt --json',
    'speech evaluate manifest.json --most 12',
  ])
    .argument('<manifest>', 'JSON array of { file, text, condition?, terms? }; files beside it')
    .option('--terms <file>', 'medical terms, one a line; without it those of the vocabulary')
    .option('--most <percent>', 'exit 1 when the word error rate over all is higher', percentage)
    .action((manifest: string, options: EvaluateOptions) => run(context, manifest, options));
}

function percentage(value: string): number {
  const number = Number(value);
  if (!/^\d{1,3}(\.\d{1,3})?$/.test(value) || number > 100)
    throw new InvalidArgumentError('A percentage is needed, 0 to 100.');
  return number;
}

async function run(context: Context, manifest: string, options: EvaluateOptions): Promise<void> {
  const { terminal } = context;
  const clips = await readManifest(manifest);
  const listed = options.terms === undefined ? null : await termsIn(options.terms);
  const { engine, results, terms } = await withServer(context, async (server) => {
    const speech = await engineReady(context, server.url);
    const forms = listed ?? (await vocabularyOf(server));
    return { engine: speech, results: await hearAll(context, server, clips, forms), terms: forms.length };
  });
  const evaluation = evaluate(results);
  if (terminal.json) {
    const { model, accuracy } = engine;
    const from = options.terms === undefined ? 'vocabulary' : 'file';
    terminal.document({
      engine: engine.engine,
      model,
      accuracy,
      terms: { from, count: terms },
      ...evaluation,
      clips: results.map(clipFigures),
    });
  } else {
    terminal.print(`  ${printable(engineName(engine))}, ${terms} terms\n\n${evaluationTable(evaluation, terminal)}`);
  }
  const rate = evaluation.all.wordErrorRate;
  if (options.most !== undefined && (rate === null || rate * 100 > options.most))
    throw new Refusal(
      'accuracy_insufficient',
      `${rate === null ? 'no words' : (rate * 100).toFixed(1)} % of ${options.most} %`,
    );
}

async function hearAll(
  context: Context,
  server: Server,
  clips: readonly Clip[],
  terms: readonly TermForms[],
): Promise<readonly ClipResult[]> {
  return withStage(context, 'Listening', async (stage) => {
    const results: ClipResult[] = [];
    for (const clip of clips) {
      stage.update(results.length / clips.length, brief(clip.file, 40));
      const quiet = { ...stage, update: () => undefined }; // one line for the whole run
      const heard = await transcribeInPassing(context, server, clip.path, 'cordon_json', quiet).catch(
        (error: unknown) => {
          context.terminal.remark(`  ${brief(clip.file)}`);
          throw error;
        },
      );
      results.push(measureClip(clip, Transcription.parse(JSON.parse(heard)), terms));
    }
    return { result: results, said: `${results.length} recordings` };
  });
}

/** One term a line; empty lines and lines that begin with # are none. */
async function termsIn(path: string): Promise<readonly TermForms[]> {
  await readSmallFile(path);
  const lines = (await readFile(path, 'utf8')).replace(/^\ufeff/, '').split(/\r?\n/);
  return lines
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => [line]);
}

async function vocabularyOf({ url, apiKey }: Server): Promise<readonly TermForms[]> {
  const { terms } = await answered(apiOf(url, apiKey).GET('/api/vocabulary'));
  return terms.map(({ term, spoken }) => [term, ...(spoken ?? [])]);
}
