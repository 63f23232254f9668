// What doctor says: one finding per question, red when something must be mended before the installation may be relied on.

export type Level = 'green' | 'yellow' | 'red';

export interface Finding {
  /** Stable name of the question: `keys-apart`, `escrow`… */
  readonly check: string;
  readonly level: Level;
  readonly says: string;
  /** What to do; null when there is nothing to do. */
  readonly remedy: string | null;
}

export function green(check: string, says: string): Finding {
  return { check, level: 'green', says, remedy: null };
}

export function yellow(check: string, says: string, remedy: string): Finding {
  return { check, level: 'yellow', says, remedy };
}

export function red(check: string, says: string, remedy: string): Finding {
  return { check, level: 'red', says, remedy };
}

/** The worst level decides. */
export function overall(findings: readonly Finding[]): Level {
  const levels = new Set(findings.map((finding) => finding.level));
  if (levels.has('red')) return 'red';
  return levels.has('yellow') ? 'yellow' : 'green';
}
