// Risk of re-identification on the terminal.
import type { RiskSummary } from '@cordon/deid';
import type { Terminal } from '#terminal/terminal.ts';
import { printable } from '#terminal/printable.ts';

const NAME_CELLS = 14;

type Risk = RiskSummary['prosecutor'];

export function riskTable(report: RiskSummary, terminal: Terminal): string {
  const { records, classes, k, unique, threshold, fraction, prosecutor, journalist, marketer } = report;
  const head = (text: string): string => terminal.style('bold', text);
  const lines = [
    `  ${records} records, ${classes} classes over ${report.columns.map(({ name }) => name).join(', ')}`,
    `  k = ${k}; ${unique.records} records alone in their class (${percent(unique.share)})`,
    '',
    head(`  ${''.padEnd(NAME_CELLS)} highest     mean  above ${percent(threshold)}`),
    riskLine('prosecutor', prosecutor),
    ...(journalist === null ? [] : [riskLine('journalist', journalist)]),
    `  ${'marketer'.padEnd(NAME_CELLS)}         ${percent(marketer.population ?? marketer.dataset).padStart(8)}`,
  ];
  if (fraction === null)
    lines.push('', '  Without --fraction nothing is said of the population: these are the highest figures.');
  const { populationUniques } = report;
  if (populationUniques !== null)
    lines.push(
      '',
      `  Of the records that are alone here ${percent(populationUniques.byModel)} are alone in the population (Zayatz: ${percent(populationUniques.byZayatz)}).`,
    );
  return [...lines, ...suggestionLines(report)].map(printable).join('\n');
}

function riskLine(name: string, { max, mean, above }: Risk): string {
  const cells = [max, mean, above].map((share) => percent(share).padStart(8));
  return `  ${name.padEnd(NAME_CELLS)}${cells.join(' ')}`;
}

function suggestionLines({ suggestion }: RiskSummary): string[] {
  if (suggestion === null) return [];
  const { target, found, best, lookedAt, nodes } = suggestion;
  const wanted = `for a risk of ${percent(target.risk)} at most (classes of ${target.k})`;
  if (found === null) return ['', `  No level of these columns will do ${wanted}.`];
  const { steps, loss, suppressed, measured } = found;
  return [
    '',
    `  ${wanted}, at the least loss (${loss.toFixed(2)}):`,
    ...steps.map(
      ({ column, level, of, means }) => `    ${column.padEnd(NAME_CELLS)} level ${level} of ${of}  ${means}`,
    ),
    `    ${suppressed} records left out; then k = ${measured.k}, mean ${percent(measured.prosecutor.mean)}`,
    best
      ? `    ${lookedAt} of ${nodes} combinations were looked at; the others are ruled out.`
      : `    The search was cut after ${lookedAt} of ${nodes} combinations: a better one may exist.`,
  ];
}

function percent(share: number): string {
  return `${(share * 100).toFixed(share > 0 && share < 0.001 ? 4 : 1)} %`;
}
