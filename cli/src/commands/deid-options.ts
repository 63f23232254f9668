// What the commands of `cordon deid` have in common: what stands in, and what may stay.
import type { Keeping, Mode } from '@cordon/deid';
import { type Command, Option } from 'commander';

export interface KeepOptions {
  readonly keepAgesUnder90: boolean;
  readonly keepYears: boolean;
  readonly keepStates: boolean;
  readonly keepFacilities: boolean;
}

export interface ReplaceOptions extends KeepOptions {
  readonly mode: Mode;
}

/** The modes of the command line; `generalise` is for programs. */
const COMMAND_MODES = ['placeholder', 'surrogate', 'redact'] as const satisfies readonly Mode[];

export function withMode(command: Command): Command {
  return command.addOption(
    new Option('--mode <mode>', 'what stands in for what was found').choices(COMMAND_MODES).default('placeholder'),
  );
}

/** What Safe Harbor lets stay is kept unless told otherwise; facilities go unless told otherwise. */
export function withKeeping(command: Command): Command {
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

export function detecting(options: KeepOptions): { readonly keeping: Keeping; readonly year: number } {
  const keeping = {
    agesUnder90: options.keepAgesUnder90,
    years: options.keepYears,
    states: options.keepStates,
    facilities: options.keepFacilities,
  };
  return { keeping, year: new Date().getFullYear() };
}
