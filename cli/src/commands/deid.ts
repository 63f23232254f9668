// `cordon deid …`: de-identification. Running, evaluating, training and measuring risk need no server; method records do.
import { createEngine, type Keeping, type Mode } from '@cordon/deid';
import { loadModel } from '@cordon/deid/model';
import { type Command, Option } from 'commander';
import { declare, declareGroup, wholeNumber } from '#command.ts';
import { addMethods } from '#commands/methods.ts';
import { addRisk } from '#commands/risk.ts';
import type { Context } from '#context.ts';
import { runLines } from '#deid/run.ts';
import { Refusal } from '#failure.ts';
import { deidTable } from '#show/deid.ts';

interface KeepOptions {
  readonly keepAgesUnder90: boolean;
  readonly keepYears: boolean;
  readonly keepStates: boolean;
  readonly keepFacilities: boolean;
}

interface RunOptions extends KeepOptions {
  readonly mode: Mode;
}

interface EvaluateOptions extends KeepOptions {
  readonly peers?: true;
  readonly all?: true;
}

interface TrainCommandOptions {
  readonly out: string;
  readonly seed: number;
  readonly documents: number;
  readonly epochs: number;
}

/** The modes of the command line; `generalise` is for programs. */
const COMMAND_MODES = ['placeholder', 'surrogate', 'redact'] as const satisfies readonly Mode[];

export function addDeid(program: Command, context: Context): void {
  const group = declareGroup(program, 'deid', 'find and replace what identifies a person');
  addRun(group);
  addEvaluate(group, context);
  addTrain(group, context);
  addRisk(group, context);
  addMethods(group, context);
}

function addRun(group: Command): void {
  const run = declare(group, 'run', 'JSON Lines in, JSON Lines out: { id, text, known? } to { id, spans, text }', [
    'deid run < in.jsonl > out.jsonl',
    'deid run --mode surrogate --no-keep-years < in.jsonl > out.jsonl',
  ]);
  withKeeping(run)
    .addOption(
      new Option('--mode <mode>', 'what stands in for what was found').choices(COMMAND_MODES).default('placeholder'),
    )
    .action(async (options: RunOptions) => {
      const settings = { engine: createEngine(loadModel()), mode: options.mode, options: detecting(options) };
      const refused = await runLines(process.stdin, process.stdout, settings);
      if (refused > 0) throw new Refusal('lines_refused', `${refused} ${refused === 1 ? 'line' : 'lines'}`);
    });
}

function addEvaluate(group: Command, { terminal }: Context): void {
  const evaluate = declare(
    group,
    'evaluate',
    'recall, precision and over-redaction on texts with gold spans, with n and intervals',
    ['deid evaluate gold.jsonl', 'deid evaluate gold.jsonl --peers --json'],
  ).argument('<file>', 'JSON Lines of { id, text, spans: [{ start, end, type }] }');
  withKeeping(evaluate)
    .option('--peers', 'other packages on the same texts, where they are installed')
    .option('--all', 'count what Safe Harbor lets stay too')
    .action(async (file: string, options: EvaluateOptions) => {
      const { evaluate: measure, readGold } = await import('#deid/evaluate.ts');
      const documents = await readGold(file);
      const rows = await measure(createEngine(loadModel()), documents, {
        options: detecting(options),
        peers: options.peers === true,
        all: options.all === true,
        facilities: options.keepFacilities,
      });
      if (terminal.json) terminal.document(rows);
      else terminal.print(deidTable(rows, terminal));
    });
}

const DEFAULT_DOCUMENTS = 80_000; // an epoch; three take minutes on one core
const DEFAULT_EPOCHS = 3;

function addTrain(group: Command, { terminal }: Context): void {
  declare(group, 'train', 'make the model anew from the lists and generators of the checkout', [
    'deid train --out model',
    'deid train --out model --seed 7 --documents 10000 --epochs 2',
  ])
    .requiredOption('--out <directory>', 'where lexicon.bin and tagger.bin are written')
    .option('--seed <n>', 'the same seed gives the same bytes', wholeNumber(0, 2 ** 31), 11)
    .option('--documents <n>', 'generated documents an epoch', wholeNumber(1, 10_000_000), DEFAULT_DOCUMENTS)
    .option('--epochs <n>', 'passes, each over new documents', wholeNumber(1, 100), DEFAULT_EPOCHS)
    .action(async ({ out, ...options }: TrainCommandOptions) => {
      const { trainInto } = await import('#deid/train.ts');
      const onEpoch = (epoch: number, loss: number): void =>
        terminal.remark(`  epoch ${epoch + 1}: ${loss.toFixed(5)} nats a token`);
      const files = await trainInto(out, { ...options, onEpoch });
      if (terminal.json) terminal.document(files);
      else
        terminal.print(`  ${files.bytes} bytes\n  lexicon  ${files.lexiconSha256}\n  tagger   ${files.taggerSha256}`);
    });
}

/** What Safe Harbor lets stay is kept unless told otherwise; facilities go unless told otherwise. */
function withKeeping(command: Command): Command {
  return command
    .option('--keep-ages-under-90', 'ages of 89 and less stay (default)', true)
    .option('--no-keep-ages-under-90', 'every age goes')
    .option('--keep-years', 'years alone stay (default)', true)
    .option('--no-keep-years', 'years go too')
    .option('--keep-states', 'States of the USA alone stay (default)', true)
    .option('--no-keep-states', 'States go too')
    .option('--keep-facilities', 'names of hospitals and clinics stay', false)
    .option('--no-keep-facilities', 'names of hospitals and clinics go (default)');
}

function detecting(options: KeepOptions): { readonly keeping: Keeping; readonly year: number } {
  const keeping = {
    agesUnder90: options.keepAgesUnder90,
    years: options.keepYears,
    states: options.keepStates,
    facilities: options.keepFacilities,
  };
  return { keeping, year: new Date().getFullYear() };
}
