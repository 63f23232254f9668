// `cordon doctor`: is this installation sound, and what is to be done where it is not.
import type { Command } from 'commander';
import { declare } from '#command.ts';
import { withServer } from '#connection/connect.ts';
import type { Context } from '#context.ts';
import { type Finding, type Level, overall, red } from '#doctor/finding.ts';
import { installationFindings } from '#doctor/installation.ts';
import { machineFindings } from '#doctor/machine.ts';
import { failureOf, Refusal } from '#failure.ts';
import { printable } from '#terminal/printable.ts';
import { type Style, type Terminal, wrap } from '#terminal/terminal.ts';

const MARKS: Readonly<Record<Level, readonly [string, Style]>> = {
  green: ['✓', 'green'],
  yellow: ['!', 'yellow'],
  red: ['✗', 'red'],
};
const CHECK_CELLS = 20;

export function addDoctor(program: Command, context: Context): void {
  declare(program, 'doctor', 'check the installation and say what to do; exit 1 when something is red', [
    'doctor',
    'doctor --json',
  ]).action(() => doctor(context));
}

async function doctor(context: Context): Promise<void> {
  const { env, terminal } = context;
  const findings = [...(env.url === null ? await machineFindings(env) : []), ...(await serverFindings(context))];
  const result = overall(findings);
  if (terminal.json) terminal.document({ result, findings });
  else for (const finding of findings) terminal.print(line(finding, terminal));
  const reds = findings.filter((finding) => finding.level === 'red').map((finding) => finding.check);
  if (result === 'red') throw new Refusal('installation_unsound', reds.join(', '));
}

async function serverFindings(context: Context): Promise<readonly Finding[]> {
  try {
    return await withServer(context, (server) => installationFindings(context, server));
  } catch (error) {
    context.signal.throwIfAborted();
    const { code, message, remedy, particulars } = failureOf(error);
    return [red('server', [`${message} (${code})`, ...particulars].join(' '), remedy)];
  }
}

function line({ check, level, says, remedy }: Finding, terminal: Terminal): string {
  const [mark, colour] = MARKS[level];
  const indent = ' '.repeat(CHECK_CELLS + 4);
  const head = `  ${terminal.style(colour, mark)} ${check.padEnd(CHECK_CELLS)}`;
  const text = wrap(printable(says), terminal.columns, indent).trimStart();
  const advice = remedy === null ? '' : `\n${terminal.style('dim', wrap(`→ ${remedy}`, terminal.columns, indent))}`;
  return `${head}${text}${advice}`;
}
