// `cordon deid …`: de-identification. It needs no server, but to transcribe a recording and to keep method records.
import { createEngine } from '@cordon/deid';
import { loadModel } from '@cordon/deid/model';
import type { Command } from 'commander';
import { declare, declareGroup, wholeNumber } from '#command.ts';
import { addMethods } from '#commands/methods.ts';
import { addRisk } from '#commands/risk.ts';
import type { Context } from '#context.ts';
import { deidTable } from '#show/deid.ts';
import { addDeidAudio } from './deid-audio.ts';
import { detecting, type KeepOptions, withKeeping } from './deid-options.ts';
import { addDeidRun } from './deid-run.ts';

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

export function addDeid(program: Command, context: Context): void {
  const group = declareGroup(program, 'deid', 'find and replace what identifies a person');
  addDeidRun(group, context);
  addDeidAudio(group, context);
  addEvaluate(group, context);
  addTrain(group, context);
  addRisk(group, context);
  addMethods(group, context);
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
