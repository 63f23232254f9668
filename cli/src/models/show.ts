// Models in lines for a person.
import type { Schemas } from '@cordon/sdk';
import { printable } from '#terminal/printable.ts';
import { type Terminal, wrap } from '#terminal/terminal.ts';

const MIB = 1024 ** 2;
const ID_CELLS = 36;
const INDENT = '      ';

export function modelLine(model: Schemas['Model'], terminal: Terminal): string {
  const { id, family, languages, bytes, accuracy, state, chosen, licence } = model;
  const mark = chosen ? terminal.style('green', '●') : ' ';
  const words = [id.padEnd(ID_CELLS), family.padEnd(18), languagesOf(languages).padEnd(6), size(bytes), state];
  return `  ${mark} ${printable(`${words.join('  ')}${accuracy === 'low' ? '  low accuracy' : ''}  ${licence}`)}`;
}

/** What it is, whether it is here, and what its publisher says of it. */
export function availableLines(model: Schemas['AvailableModel'], terminal: Terminal): string {
  const { id, family, languages, bytes, pinned, installed, licence, about, accuracy, speed } = model;
  const mark = installed ? terminal.style('green', '✓') : ' ';
  const words = [id.padEnd(ID_CELLS), family.padEnd(18), languagesOf(languages).padEnd(6), size(bytes)];
  const said = [...accuracy, ...speed].map(({ what, source }) => `${what} (${source})`);
  const lines = [about, licence, ...said, ...(pinned ? [] : ['No digest is published: --trust-first-use.'])];
  const indented = lines.map((line) => terminal.style('dim', wrap(line, terminal.columns, INDENT)));
  return [`  ${mark} ${printable(words.join('  '))}`, ...indented].join('\n');
}

/** What came, and what becomes of it. */
export function installedLines({ model, pinned, takesEffect }: Schemas['InstalledModel'], terminal: Terminal): string {
  const effect =
    takesEffect === 'now'
      ? 'There was no engine; this one is in use now.'
      : 'A running engine is not exchanged. It is considered at the next start; CORDON_SPEECH_MODEL names the one to use.';
  const trust = pinned ? [] : ['Nobody had said what its digests are: those of what came were recorded.'];
  return [modelLine(model, terminal), ...[...trust, effect].map((line) => wrap(line, terminal.columns, INDENT))].join(
    '\n',
  );
}

function languagesOf(languages: readonly string[]): string {
  return languages.length > 3 ? `${languages.length} langs` : languages.join(',');
}

function size(bytes: number): string {
  return `${(bytes / MIB).toFixed(1)} MiB`.padStart(11);
}
