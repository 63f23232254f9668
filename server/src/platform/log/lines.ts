// Where log lines go: together, at the end of the turn of the event loop that wrote them. A line of its own costs a system call, and
// a busy server writes thousands a second.

export interface Lines {
  write(line: string): void;
  /** At once; for the end of the process. */
  flush(): void;
}

/** `write` takes any number of whole lines. */
export function linesTo(write: (lines: string) => void): Lines {
  let held = '';
  const flush = (): void => {
    const lines = held;
    held = '';
    if (lines !== '') write(lines);
  };
  return {
    write: (line) => {
      if (held === '') setImmediate(flush);
      held += line;
    },
    flush,
  };
}
