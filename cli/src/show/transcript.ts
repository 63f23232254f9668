// A transcript for a person at a terminal: who spoke when, uncertain words marked.
import type { Schemas } from '@cordon/sdk';
import { clock } from '#show/draft.ts';
import { type Terminal, wrap } from '#terminal/terminal.ts';

const LABEL_CELLS = 11;

/** Turns in order of time; `most` of them, and how many are left out. */
export function transcriptBlock(
  { transcription, speakers }: Schemas['Transcript'],
  terminal: Terminal,
  most: number,
): string {
  const labels = new Map(speakers.map(({ channel, label }) => [channel, label]));
  const shown = transcription.segments.slice(0, most).map(({ start, channel, speaker, text }) => {
    const heard = speaker === undefined ? `channel ${channel}` : `speaker ${speaker}`;
    // A label names a channel: it cannot say which of the voices on it somebody is.
    const label = ((speaker === undefined ? labels.get(channel) : undefined) ?? heard).padEnd(LABEL_CELLS);
    const head = `  ${terminal.style('dim', clock(start).padStart(6))} ${terminal.style('cyan', label)} `;
    const indent = ' '.repeat(10 + LABEL_CELLS);
    return `${head}${wrap(text, terminal.columns, indent).trimStart()}`;
  });
  const left = transcription.segments.length - shown.length;
  if (left > 0) shown.push(terminal.style('dim', `  … and ${left} more`));
  return shown.join('\n');
}
