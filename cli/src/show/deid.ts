// The table of `cordon deid evaluate`: shares with n and 95 % intervals.
import type { Report, Share } from '@cordon/deid';
import type { Measured } from '#deid/evaluate.ts';
import type { Terminal } from '#terminal/terminal.ts';

const MEASURES: readonly (readonly [string, (report: Report) => Share])[] = [
  ['spans covered whole', ({ full }) => full],
  ['spans met at all', ({ any }) => any],
  ['character recall', ({ characterRecall }) => characterRecall],
  ['character precision', ({ characterPrecision }) => characterPrecision],
  ['token recall', ({ tokenRecall }) => tokenRecall],
  ['token precision', ({ tokenPrecision }) => tokenPrecision],
  ['strict extent', ({ strict }) => strict],
  ['relaxed extent', ({ relaxed }) => relaxed],
  ['right category, of those met', ({ typed }) => typed],
  ['leak-free documents', ({ leakFree }) => leakFree],
  ['PHI-free texts touched', ({ overRedaction }) => overRedaction],
];
const NAME_WIDTH = 30;

export function deidTable(rows: readonly Measured[], terminal: Terminal): string {
  return rows.map((row) => one(row, terminal)).join('\n\n');
}

function one({ name, report, groups, megabytesPerSecond }: Measured, terminal: Terminal): string {
  const head = `  ${terminal.style('bold', name)}  ${report.documents} documents, ${megabytesPerSecond.toFixed(2)} MB/s`;
  const measures = MEASURES.map(([title, of]) => `    ${title.padEnd(NAME_WIDTH)}${shown(of(report))}`);
  const categories = report.categories.map(({ type, full }) => `    ${type.padEnd(NAME_WIDTH)}${shown(full)}`);
  const grouped = groups.flatMap((group, index) => [
    ...(groups[index - 1]?.by === group.by ? [] : ['', `    ${TITLES[group.by]}`]),
    `    ${group.name.padEnd(NAME_WIDTH)}${groupShown(group.report)}`,
  ]);
  return [head, ...measures, ...(name === 'cordon' ? ['', ...categories, ...grouped] : [])].join('\n');
}

const TITLES = { style: 'by style, spans covered whole', culture: 'by culture, names covered whole' } as const;

/** Of texts without identifiers: how many were touched. */
function groupShown({ full, overRedaction }: Report): string {
  return full.value === null && overRedaction.value !== null
    ? `${shown(overRedaction)}, PHI-free, touched`
    : shown(full);
}

function shown({ value, found, of, low, high }: Share): string {
  if (value === null) return 'nothing to count';
  const percent = (share: number): string => (share * 100).toFixed(2);
  return `${percent(value).padStart(6)} %  ${percent(low)}–${percent(high)}  n = ${found} of ${of}`;
}
