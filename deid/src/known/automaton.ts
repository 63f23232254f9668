// Many strings found in one pass over a stream of characters (Aho and Corasick, 1975).

export interface Hit {
  readonly pattern: number;
  /** Position in the stream of the last character, inclusive. */
  readonly last: number;
}

interface State {
  readonly next: Map<number, number>;
  fail: number;
  readonly ends: number[];
}

export class Automaton {
  private readonly states: State[] = [{ next: new Map(), fail: 0, ends: [] }];
  private readonly lengths: number[] = [];

  constructor(patterns: readonly string[]) {
    for (const pattern of patterns) this.add(pattern);
    this.link();
  }

  private add(pattern: string): void {
    const index = this.lengths.push(pattern.length) - 1;
    let at = 0;
    for (let position = 0; position < pattern.length; position += 1) {
      const code = pattern.charCodeAt(position);
      const known = this.states[at]?.next.get(code);
      const next = known ?? this.states.push({ next: new Map(), fail: 0, ends: [] }) - 1;
      if (known === undefined) this.states[at]?.next.set(code, next);
      at = next;
    }
    if (pattern.length > 0) this.states[at]?.ends.push(index);
  }

  private link(): void {
    const queue = [...(this.states[0]?.next.values() ?? [])];
    for (const at of queue) {
      const state = this.states[at] as State;
      for (const [code, next] of state.next) {
        queue.push(next);
        const target = this.states[next] as State;
        target.fail = this.step(state.fail, code);
        target.ends.push(...((this.states[target.fail] as State).ends ?? []));
      }
    }
  }

  private step(from: number, code: number): number {
    let at = from;
    for (;;) {
      const next = (this.states[at] as State).next.get(code);
      if (next !== undefined) return next;
      if (at === 0) return 0;
      at = (this.states[at] as State).fail;
    }
  }

  /** Every occurrence, overlapping ones too, in order of their ends. */
  search(stream: Uint16Array, length: number): readonly Hit[] {
    const hits: Hit[] = [];
    let at = 0;
    for (let position = 0; position < length; position += 1) {
      at = this.step(at, stream[position] as number);
      for (const pattern of (this.states[at] as State).ends) hits.push({ pattern, last: position });
    }
    return hits;
  }

  lengthOf(pattern: number): number {
    return this.lengths[pattern] ?? 0;
  }
}
