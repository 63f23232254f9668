// Text that others wrote (transcripts, file names, a server's words) must not steer the terminal that shows it.

/** C0 and C1 controls without newline and tab, and the marks that turn reading direction round (Trojan Source, CVE-2021-42574). */
const STEERING = /(?![\n\t])[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** `text` with every steering character replaced by U+FFFD. */
export function printable(text: string): string {
  return text.replace(STEERING, '\ufffd');
}

/** At most `length` characters of `text`, printable, on one line; what was cut is marked. */
export function brief(text: string, length = 120): string {
  const line = printable(text).replace(/\s+/g, ' ');
  return line.length <= length ? line : `${line.slice(0, length - 1)}…`;
}
