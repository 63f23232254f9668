// Many small values as one parameter: `pg` would send a bytea[] as hex text, twice the bytes, and look at each character of each element
// of any array, which took longer than all the rest of an append.

/** Parts one after the other, and where they are. */
export class Packed {
  readonly #parts: Uint8Array[] = [];
  #next = 1;

  /** Where the next part will begin, counted from 1 as SQL does. */
  get next(): number {
    return this.#next;
  }

  /** Gives the length; 0 for null. */
  push(part: Uint8Array | null): number {
    if (part === null) return 0;
    this.#parts.push(part);
    this.#next += part.length;
    return part.length;
  }

  bytes(): Buffer {
    return Buffer.concat(this.#parts, this.#next - 1);
  }
}

/** Where each of the parts begins in their concatenation, counted from 1 as SQL does. */
export function offsets(lengths: readonly number[]): number[] {
  let at = 1;
  return lengths.map((length) => {
    const here = at;
    at += length;
    return here;
  });
}

/** A PostgreSQL array of values that need no quotes (numbers, UUIDs, times, kinds), as text. */
export function arrayText(values: readonly (number | string)[]): string {
  return `{${values.join()}}`;
}
