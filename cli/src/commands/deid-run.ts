// `cordon deid run`: texts on standard input, or a file or a tree of files into a directory.
import { stat } from 'node:fs/promises';
import { createEngine } from '@cordon/deid';
import { loadModel } from '@cordon/deid/model';
import type { Command } from 'commander';
import { declare } from '#command.ts';
import type { Context } from '#context.ts';
import { readKnown } from '#deid/known.ts';
import { runLines } from '#deid/run.ts';
import { runTree, type TreeOutcome } from '#deid/tree.ts';
import { Refusal } from '#failure.ts';
import { brief } from '#terminal/printable.ts';
import { withStage } from '#visit/visit.ts';
import { detecting, type ReplaceOptions, withKeeping, withMode } from './deid-options.ts';

interface RunOptions extends ReplaceOptions {
  readonly out?: string;
  readonly columns?: readonly string[];
  readonly known?: string;
}

/** Files named one by one; of more the journal in the output tells. */
const MOST_NAMED = 20;

export function addDeidRun(group: Command, context: Context): void {
  const run = declare(group, 'run', 'JSON Lines in, JSON Lines out: { id, text, known? } to { id, spans, text }', [
    'deid run < in.jsonl > out.jsonl',
    'deid run --mode surrogate --no-keep-years < in.jsonl > out.jsonl',
    'deid run notes --out notes-deid',
    'deid run visits.csv --columns note,comment --out deid',
  ])
    .argument('[path]', 'a file (.txt .md .jsonl .ndjson .csv .tsv) or a directory of them; it is only read')
    .option('--out <directory>', 'where the same files appear replaced; run it again to go on where it was')
    .option('--columns <names>', 'of tables: names or numbers of the columns to read, by commas (default: all)', listed)
    .option('--known <file>', 'JSON array of { type, value }: identifiers that are known, found in every disguise');
  withKeeping(withMode(run)).action(async (path: string | undefined, options: RunOptions) => {
    if (path === undefined && options.out !== undefined) throw new Refusal('usage', '--out needs a path to read');
    if (path === undefined) await streamed(options);
    else await tree(path, options, context);
  });
}

async function streamed(options: RunOptions): Promise<void> {
  const { refused } = await runLines(process.stdin, process.stdout, await settingsOf(options));
  if (refused > 0) throw new Refusal('lines_refused', `${refused} ${refused === 1 ? 'line' : 'lines'}`);
}

async function tree(path: string, options: RunOptions, context: Context): Promise<void> {
  const { terminal, signal } = context;
  const { out } = options;
  if (out === undefined) throw new Refusal('usage', '--out is needed: nothing is written over');
  const settings = {
    ...(await settingsOf(options)),
    columns: options.columns ?? null,
    knownFile: options.known === undefined ? null : await stampOf(options.known),
  };
  const outcome = await withStage(context, 'Replacing', async (stage) => {
    const onFile = (files: number, of: number): void => stage.update(files / of, `${files + 1} of ${of}`);
    const result = await runTree(path, out, settings, { signal, onFile });
    return { result, said: summary(result) };
  });
  for (const line of remarks(outcome)) terminal.remark(line);
  const { refused } = outcome;
  if (refused.length > 0) throw new Refusal('files_refused', `${refused.length} of ${filesOf(outcome)} files`);
  if (terminal.json) terminal.document(outcome);
}

async function settingsOf(options: RunOptions) {
  const known = options.known === undefined ? [] : await readKnown(options.known);
  return { engine: createEngine(loadModel()), mode: options.mode, options: detecting(options), known };
}

async function stampOf(path: string): Promise<string> {
  const { size, mtimeMs } = await stat(path);
  return `${size} ${mtimeMs}`;
}

function filesOf({ done, unchanged, refused }: TreeOutcome): number {
  return done + unchanged + refused.length;
}

function summary(outcome: TreeOutcome): string {
  const { done, unchanged, spans } = outcome;
  const before = unchanged === 0 ? '' : `, ${unchanged} done before`;
  return `${done} of ${filesOf(outcome)} files${before}, ${spans} replaced`;
}

function remarks({ refused, skipped, namesFound }: TreeOutcome): readonly string[] {
  const named = refused.slice(0, MOST_NAMED).map(({ path, code }) => `  ${brief(path)}: ${code}`);
  const others = refused.length > MOST_NAMED ? [`  and ${refused.length - MOST_NAMED} more`] : [];
  const passed = skipped.slice(0, MOST_NAMED).map((path) => `  not read: ${brief(path)}`);
  const more = skipped.length > MOST_NAMED ? [`  and ${skipped.length - MOST_NAMED} more not read`] : [];
  const names = namesFound > 0 ? [`  ${namesFound} names of files may identify somebody; names are kept`] : [];
  return [...named, ...others, ...passed, ...more, ...names];
}

function listed(value: string): readonly string[] {
  return value.split(',').map((name) => name.trim());
}
