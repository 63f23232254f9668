// Which column to make how coarse, so that no class is smaller than asked for at the least loss (docs/decisions/0128). Loss is Sweeney's
// precision metric (2002): the mean over columns of level / highest level. Coarser levels only ever join classes, so a node of the lattice
// that fails takes all finer ones with it, and one that does is better than all coarser ones: few nodes need to be looked at.
import type { Classes } from './classes.ts';
import { RiskError } from './fault.ts';
import { heightOf, meaningOf } from './levels.ts';
import type { QuasiColumn, RiskTable } from './table.ts';

export interface Target {
  /** Records that every class shall have at least. */
  readonly k: number;
  /** Share of records, those of smaller classes, that may be left out instead. */
  readonly suppression: number;
}

export interface SearchLimits {
  /** Nodes of the lattice at most; columns beyond are searched by single steps alone. */
  readonly nodes: number;
  /** Classes that are read at most, over all nodes that are looked at: the time it takes. */
  readonly classes: number;
}

export const SEARCH: SearchLimits = { nodes: 100_000, classes: 60_000_000 };

export interface Step {
  readonly column: string;
  readonly level: number;
  readonly of: number;
  readonly means: string;
}

export interface Suggestion {
  readonly target: Target;
  /** Null: not even leaving out every column's value reaches it. */
  readonly found: {
    readonly steps: readonly Step[];
    /** 0: nothing lost, 1: everything. */
    readonly loss: number;
    readonly classes: Classes;
    /** Records of classes that are still smaller, to be left out. */
    readonly suppressed: number;
  } | null;
  /** Whether every node of less loss was ruled out; false: the search was cut at its limits, and a better one may exist. */
  readonly best: boolean;
  readonly lookedAt: number;
  readonly nodes: number;
}

type Node = readonly number[];

interface Passed {
  readonly node: Node;
  readonly classes: Classes;
  readonly suppressed: number;
}

/** Yields while it works; its result is what it returns. Errors: `RiskError`. */
export function* suggest(
  table: RiskTable,
  target: Target,
  limits: SearchLimits = SEARCH,
): Generator<undefined, Suggestion, undefined> {
  const { k, suppression } = target;
  if (!Number.isSafeInteger(k) || k < 1 || !(suppression >= 0 && suppression < 1))
    throw new RiskError('options_unusable');
  if (table.classes.records === 0) throw new RiskError('no_records');
  const search = new Search(table, target, limits);
  return yield* search.run();
}

class Search {
  readonly #table: RiskTable;
  readonly #target: Target;
  readonly #limits: SearchLimits;
  readonly #heights: readonly number[];
  /** None lies below another. */
  #failed: Node[] = [];
  #lookedAt = 0;
  #read = 0;

  constructor(table: RiskTable, target: Target, limits: SearchLimits) {
    this.#table = table;
    this.#target = target;
    this.#limits = limits;
    this.#heights = table.columns.map(({ kind }) => heightOf(kind));
  }

  *run(): Generator<undefined, Suggestion, undefined> {
    const nodes = this.#heights.reduce((product, height) => product * (height + 1), 1);
    const top = yield* this.#look(this.#heights);
    if (top === null) return this.#told(null, true, nodes);
    let best = yield* this.#descend(top);
    if (nodes > this.#limits.nodes) return this.#told(best, false, nodes);
    // From the dearest below the best downwards: what fails there rules out the most.
    const cheaper = this.#lattice().filter((node) => this.#lossOf(node) < this.#lossOf(best.node) - EPSILON);
    for (const node of cheaper.toSorted((a, b) => this.#lossOf(b) - this.#lossOf(a))) {
      if (this.#lossOf(node) >= this.#lossOf(best.node) - EPSILON || this.#isRuledOut(node)) continue;
      if (this.#read >= this.#limits.classes) return this.#told(best, false, nodes);
      const passed = yield* this.#look(node);
      if (passed !== null) best = yield* this.#descend(passed);
    }
    return this.#told(best, true, nodes);
  }

  /** One step at a time to what is finer and still does; the step that saves most first. */
  *#descend(from: Passed): Generator<undefined, Passed, undefined> {
    let at = from;
    for (;;) {
      const finer = at.node
        .flatMap((level, column) => (level === 0 ? [] : [at.node.with(column, level - 1)]))
        .toSorted((a, b) => this.#lossOf(a) - this.#lossOf(b));
      let next: Passed | null = null;
      for (const node of finer) {
        if (this.#isRuledOut(node) || this.#read >= this.#limits.classes) continue;
        next = yield* this.#look(node);
        if (next !== null) break;
      }
      if (next === null) return at;
      at = next;
    }
  }

  /** Null: it fails, and is remembered. */
  *#look(node: Node): Generator<undefined, Passed | null, undefined> {
    this.#lookedAt += 1;
    this.#read += this.#table.classes.count;
    const classes = yield* this.#table.atLevels(node);
    const suppressed = recordsBelow(classes, this.#target.k);
    if (suppressed <= this.#target.suppression * classes.records) return { node, classes, suppressed };
    this.#failed = [...this.#failed.filter((known) => !liesBelow(known, node)), node];
    return null;
  }

  #isRuledOut(node: Node): boolean {
    return this.#failed.some((failed) => liesBelow(node, failed));
  }

  #lossOf(node: Node): number {
    return node.reduce((sum, level, column) => sum + level / (this.#heights[column] as number), 0) / node.length;
  }

  #lattice(): Node[] {
    return this.#heights.reduce<Node[]>(
      (nodes, height) => nodes.flatMap((node) => Array.from({ length: height + 1 }, (_, level) => [...node, level])),
      [[]],
    );
  }

  #told(passed: Passed | null, best: boolean, nodes: number): Suggestion {
    const { columns } = this.#table;
    return {
      target: this.#target,
      found:
        passed === null
          ? null
          : {
              steps: stepsOf(columns, passed.node, this.#heights),
              loss: this.#lossOf(passed.node),
              classes: passed.classes,
              suppressed: passed.suppressed,
            },
      best,
      lookedAt: this.#lookedAt,
      nodes,
    };
  }
}

/** Sums of thirds and quarters in another order are the same loss. */
const EPSILON = 1e-12;

function recordsBelow({ sizes, count }: Classes, k: number): number {
  let records = 0;
  for (let at = 0; at < count; at += 1) {
    const size = sizes[at] as number;
    if (size < k) records += size;
  }
  return records;
}

/** Whether `node` is as fine as `other` in every column, or finer. */
function liesBelow(node: Node, other: Node): boolean {
  return node.every((level, column) => level <= (other[column] as number));
}

function stepsOf(columns: readonly QuasiColumn[], node: Node, heights: readonly number[]): readonly Step[] {
  return columns.map(({ name, kind }, column) => {
    const level = node[column] as number;
    return { column: name, level, of: heights[column] as number, means: meaningOf(kind, level) };
  });
}
