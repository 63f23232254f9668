// `cordon deid run|evaluate|train`: de-identification on this machine alone; no server is needed.
import { createEngine, type Keeping, type Mode } from '@cordon/deid';
import { type Command, Option } from 'commander';
import { declare, declareGroup } from '#command.ts';
import type { Context } from '#context.ts';
import { runLines } from '#deid/run.ts';
import { Refusal } from '#failure.ts';

interface RunOptions {
  readonly mode: Mode;
  readonly keepAgesUnder90: boolean;
  readonly keepYears: boolean;
  readonly keepStates: boolean;
  readonly keepFacilities: boolean;
}

/** The modes of the command line; `generalise` is for programs. */
const COMMAND_MODES = ['placeholder', 'surrogate', 'redact'] as const satisfies readonly Mode[];

export function addDeid(program: Command, _context: Context): void {
  const group = declareGroup(program, 'deid', 'find and replace what identifies a person');
  const run = declare(group, 'run', 'JSON Lines in, JSON Lines out: { id, text, known? } to { id, spans, text }', [
    'deid run < in.jsonl > out.jsonl',
    'deid run --mode surrogate --no-keep-years < in.jsonl > out.jsonl',
  ]);
  withKeeping(run)
    .addOption(
      new Option('--mode <mode>', 'what stands in for what was found').choices(COMMAND_MODES).default('placeholder'),
    )
    .action(async (options: RunOptions) => {
      const settings = {
        engine: createEngine(),
        mode: options.mode,
        options: { keeping: keepingOf(options), year: new Date().getFullYear() },
      };
      const refused = await runLines(process.stdin, process.stdout, settings);
      if (refused > 0) throw new Refusal('lines_refused', `${refused} ${refused === 1 ? 'line' : 'lines'}`);
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

function keepingOf(options: RunOptions): Keeping {
  return {
    agesUnder90: options.keepAgesUnder90,
    years: options.keepYears,
    states: options.keepStates,
    facilities: options.keepFacilities,
  };
}
