// Progress on standard error: a line drawn over itself on a terminal, one plain line per stage elsewhere, none with --json.
import { printable } from './printable.ts';
import type { Terminal } from './terminal.ts';

export interface Stage {
  /** 0 to 1, or null while it cannot be known. */
  update(fraction: number | null, note?: string): void;
  /** Ends the stage with its result in few words. */
  done(result?: string): void;
  /** Ends the stage without a result; the failure is told elsewhere. */
  abandon(): void;
}

const FRAME_MS = 120; // fast enough to look alive, slow enough for a serial line
const BAR_CELLS = 24;
const TITLE_CELLS = 26;
const SPINNER = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'] as const;
const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'] as const;

/** Begins a stage. Only one is under way at a time. */
export function beginStage(terminal: Terminal, title: string): Stage {
  if (terminal.json) return silent;
  if (!terminal.moving) return plain(terminal, title);
  return drawn(terminal, title);
}

const silent: Stage = { update: () => undefined, done: () => undefined, abandon: () => undefined };

function plain(terminal: Terminal, title: string): Stage {
  return {
    update: () => undefined,
    done: (result = '') => terminal.remark(`  ✓ ${title.padEnd(TITLE_CELLS)} ${result}`.trimEnd()),
    abandon: () => terminal.remark(`  ✗ ${title}`),
  };
}

function drawn(terminal: Terminal, title: string): Stage {
  const began = performance.now();
  let fraction: number | null = null;
  let note = '';
  let frame = 0;
  const draw = (): void => {
    frame += 1;
    const seconds = (performance.now() - began) / 1000;
    const figure = fraction === null ? `${seconds.toFixed(0)} s` : `${bar(fraction)} ${percent(fraction)}`;
    const line = `  ${SPINNER[frame % SPINNER.length]} ${title.padEnd(TITLE_CELLS)} ${figure} ${note}`;
    terminal.error(`\r\u001b[2K${printable(line).slice(0, terminal.columns - 1)}`);
  };
  const timer = setInterval(draw, FRAME_MS);
  timer.unref();
  draw();
  const end = (text: string): void => {
    clearInterval(timer);
    terminal.error(`\r\u001b[2K${text}\n`);
  };
  return {
    update: (next, words = '') => {
      fraction = next === null ? null : Math.min(1, Math.max(0, next));
      note = words;
    },
    done: (result = '') => end(`  ${terminal.style('green', '✓')} ${title.padEnd(TITLE_CELLS)} ${result}`.trimEnd()),
    abandon: () => end(`  ${terminal.style('red', '✗')} ${title}`),
  };
}

/** A bar of fixed width in eighths of a cell. */
export function bar(fraction: number, cells = BAR_CELLS): string {
  const eighths = Math.round(fraction * cells * 8);
  const full = Math.floor(eighths / 8);
  return `${'█'.repeat(full)}${EIGHTHS[eighths % 8] ?? ''}`.padEnd(cells, '·');
}

function percent(fraction: number): string {
  return `${Math.floor(fraction * 100)} %`.padStart(5);
}
