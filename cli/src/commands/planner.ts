// `cordon planner`: what the deployment patterns cost, what drives it, and which one fits.
import { PlannerRequest } from '@cordon/contract';
import type { Schemas } from '@cordon/sdk';
import type { Command } from 'commander';
import { parseDocument } from 'yaml';
import { declare } from '#command.ts';
import { answered, apiOf } from '#connection/api.ts';
import { withServer } from '#connection/connect.ts';
import type { Context } from '#context.ts';
import { Refusal } from '#failure.ts';
import { readSmallFile } from '#home/files.ts';
import { brief, printable } from '#terminal/printable.ts';
import type { Terminal } from '#terminal/terminal.ts';

type Report = Schemas['PlannerReport'];

const DRIVERS_SHOWN = 3;
const PATTERN_CELLS = 12;
const MONEY_CELLS = 14;

export function addPlanner(program: Command, context: Context): void {
  declare(
    program,
    'planner',
    'compare what the deployment patterns cost a year and an encounter, and ask which one fits',
    ['planner', 'planner examples/registry/planner.yaml', 'planner clinic.yaml --json'],
  )
    .argument('[file]', 'YAML with `inputs` and `advisor`; everything left out is measured or assumed')
    .action((file: string | undefined) => plan(context, file));
}

async function plan(context: Context, file: string | undefined): Promise<void> {
  const { terminal } = context;
  const body = file === undefined ? PlannerRequest.parse({}) : await readQuestions(file);
  const report = await withServer(context, ({ url, apiKey }) =>
    answered(apiOf(url, apiKey).POST('/api/planner', { body })),
  );
  if (terminal.json) terminal.document(report);
  else show(report, terminal);
}

/** Errors: `file_unreadable`, `file_invalid` with every fault. */
async function readQuestions(file: string): Promise<PlannerRequest> {
  const document = parseDocument((await readSmallFile(file)).toString(), { schema: 'core', prettyErrors: false });
  const faults = document.errors.map(({ code }) => `${brief(file)}: ${code}`);
  if (faults.length > 0) throw new Refusal('file_invalid', ...faults);
  const parsed = PlannerRequest.safeParse(document.toJS({ maxAliasCount: 100 }) ?? {});
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map((issue) => {
    const named = issue.code === 'unrecognized_keys' ? issue.keys.join(', ') : issue.path.map(String).join('.');
    return `${brief(file)}: ${brief(named)}: ${issue.code}`;
  });
  throw new Refusal('file_invalid', ...lines);
}

function show(report: Report, terminal: Terminal): void {
  const { low, base, high } = report.encountersPerYear;
  terminal.print(`  ${base} encounters a year (${low} to ${high})`);
  terminal.print(terminal.style('dim', `  ${cells(['pattern', 'low $/year', 'likely', 'high', '$/encounter'])}`));
  for (const { pattern, perYear, perEncounter, drivers, flags } of report.patterns) {
    terminal.print(`  ${cells([pattern, perYear.low, perYear.base, perYear.high, perEncounter.base])}`);
    const shown = drivers.slice(0, DRIVERS_SHOWN).map(({ input, swing }) => `${input} (±${swing})`);
    if (shown.length > 0) terminal.print(terminal.style('dim', `    driven by ${shown.join(', ')}`));
    for (const flag of flags) terminal.print(terminal.style('yellow', `    ${flag.replaceAll('_', ' ')}: look again`));
  }
  const assumed = report.inputs.filter(({ from }) => from === 'assumed').length;
  terminal.print(
    terminal.style('dim', `  ${assumed} of ${report.inputs.length} inputs are assumed; --json names them`),
  );
  for (const { service, perYear } of report.services)
    terminal.print(
      `  ${printable(service)}: ${perYear === null ? 'not priced' : `${perYear} a year at its own prices`}`,
    );
  terminal.print(terminal.style('bold', '  The worked example of the literature'));
  for (const { step, stated, right, verdict, factor } of report.literature) {
    const off = verdict === 'holds' ? 'holds' : `off${factor === null ? '' : ` by ${factor}`}`;
    terminal.print(`    ${step}: ${stated}; ${off}; ${right}`);
  }
  if (report.advice !== null) advise(report.advice, terminal);
}

function advise({ ranking }: NonNullable<Report['advice']>, terminal: Terminal): void {
  terminal.print(terminal.style('bold', '  Which pattern fits'));
  for (const { pattern, fits, reasons, tradeOffs } of ranking) {
    terminal.print(`    ${terminal.style(fits ? 'green' : 'red', pattern)}${fits ? '' : ' does not fit'}`);
    for (const reason of reasons) terminal.print(`      ${reason}`);
    if (fits) for (const tradeOff of tradeOffs) terminal.print(terminal.style('dim', `      but: ${tradeOff}`));
  }
}

function cells([first = '', ...others]: readonly string[]): string {
  return [first.padEnd(PATTERN_CELLS), ...others.map((text) => text.padStart(MONEY_CELLS))].join(' ');
}
