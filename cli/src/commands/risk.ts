// `cordon deid risk`: how likely records of a dataset are linked to people; no server is needed.
import { type QuasiColumn, type RiskOptions, USUAL_THRESHOLD } from '@cordon/deid';
import { type Command, InvalidArgumentError } from 'commander';
import { declare } from '#command.ts';
import type { Context } from '#context.ts';
import { measureFile, quasiColumns } from '#deid/risk.ts';
import { riskTable } from '#show/risk.ts';

export interface RiskCommandOptions {
  readonly quasi: readonly QuasiColumn[];
  readonly threshold: number;
  readonly fraction?: number;
  readonly target?: number;
  readonly suppress: number;
}

export function addRisk(group: Command, { terminal, signal }: Context): void {
  const risk = declare(group, 'risk <file>', 'risk of re-identification of a dataset, CSV or JSON Lines', [
    'deid risk visits.csv --quasi age:age,zip:zip,admitted:date,sex',
    'deid risk visits.csv --quasi age:age,zip:zip,sex --fraction 0.05 --target 0.09',
    'deid risk notes.jsonl --quasi text.age:age,text.zip3,text.sex',
  ]);
  withRiskOptions(risk).action(async (file: string, options: RiskCommandOptions) => {
    const report = await measureFile(file, { columns: options.quasi, options: riskOptions(options), signal });
    if (terminal.json) terminal.document(report);
    else terminal.print(riskTable(report, terminal));
  });
}

export function withRiskOptions(command: Command): Command {
  return command
    .requiredOption('--quasi <columns>', 'quasi-identifiers, name:kind separated by commas', quasiColumns)
    .option('--threshold <share>', 'a record above it counts as at risk', share(false), USUAL_THRESHOLD)
    .option('--fraction <share>', 'share of the population that is in the dataset', share(true))
    .option('--target <share>', 'suggest levels at which no record has a higher risk', share(false))
    .option('--suppress <share>', 'share of records that may be left out to reach it', suppressed, 0);
}

export function riskOptions({ threshold, fraction, target, suppress }: RiskCommandOptions): RiskOptions {
  return { threshold, fraction: fraction ?? null, target: target ?? null, suppression: suppress };
}

function share(orAll: boolean): (value: string) => number {
  return (value) => {
    const number = Number(value);
    if (number > 0 && (number < 1 || (orAll && number === 1))) return number;
    throw new InvalidArgumentError(`A number above 0 and ${orAll ? 'up to' : 'below'} 1 is needed.`);
  };
}

function suppressed(value: string): number {
  return value === '0' ? 0 : share(false)(value);
}
