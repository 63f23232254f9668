// Placeholders back to their values: only what is certain by category, number and check characters together.
import { partsOf, type ReplacementEntry } from '../replace/placeholder.ts';
import type { Category } from '../span.ts';
import { escapedFor, JsonDepth } from './depth.ts';
import type { Restorer, RestoreReport } from './forms.ts';
import { Scanner } from './scan.ts';
import type { Shape } from './shape.ts';

interface Held {
  readonly check: string;
  readonly value: string;
}

/**
 * What a shape is, if it is anything: `certain` when it can be no other token than the one it says, provided that this is given;
 * `token` when it was meant as a token; `mention` when it is one only if its number is given.
 */
export function meantBy(shape: Shape): 'certain' | 'token' | 'mention' | null {
  if (shape.bracket !== 'none' && !shape.closed) return null; // what stands in it is read by itself
  if (shape.type === null || shape.number === null) return isMaimed(shape) ? 'token' : null;
  return shape.check === null ? uncheckedMeaning(shape) : checkedMeaning(shape);
}

/** Its category is none, or its number is lost, and the rest is a token's. */
function isMaimed({ type, number, check, closed, hyphen, dot, capitals }: Shape): boolean {
  if (check === null) return false;
  return type === null ? closed && dot && (hyphen || number === null) : closed || capitals;
}

function checkedMeaning({ closed, hyphen, dot, capitals }: Shape): 'certain' | 'mention' | null {
  if (closed || (hyphen && dot)) return 'certain';
  return hyphen && capitals ? 'mention' : null;
}

function uncheckedMeaning({ bracket, hyphen, dot, capitals }: Shape): 'token' | 'mention' | null {
  if (bracket === 'square') return capitals ? 'token' : 'mention';
  return hyphen && (capitals || dot) ? 'mention' : null;
}

export class PlaceholderRestorer implements Restorer {
  private readonly held = new Map<string, Held>();
  private readonly scanner: Scanner;
  private readonly json: JsonDepth | null;
  private readonly isPlain: boolean;
  private followed = 0; // offset in `waiting` up to which the depth was followed
  private waiting = '';
  private readonly counts = { restored: 0, bent: 0, unknown: 0, leftover: 0 };

  /** Tokens of `entries` are placeholders, no two alike. */
  constructor(entries: readonly ReplacementEntry[], json: boolean) {
    for (const { token, value } of entries) {
      const parts = partsOf(token);
      if (parts !== null) this.held.set(idOf(parts.type, parts.number), { check: parts.check, value });
    }
    this.isPlain = entries.every(({ value }) => escapedFor(value, 1) === value);
    this.json = json ? new JsonDepth() : null;
    this.scanner = new Scanner(json, (shape, start) => this.restored(shape, start));
  }

  get report(): RestoreReport {
    return { ...this.counts };
  }

  push(text: string): string {
    return this.read(text, false);
  }

  end(): string {
    return this.read('', true);
  }

  private read(more: string, final: boolean): string {
    const text = this.waiting + more;
    this.waiting = text;
    this.followed = 0;
    let out = '';
    let kept = this.scanner.read(text, final, (from, to, instead) => {
      out += text.slice(from, to) + instead;
    });
    if (!final && kept === text.length && isHighSurrogate(text.charCodeAt(kept - 1))) {
      out = out.slice(0, -1);
      kept -= 1;
    }
    this.follow(kept);
    this.waiting = text.slice(kept);
    return out;
  }

  private restored(shape: Shape, start: number): { readonly instead: string } | 'leave' | null {
    const meant = meantBy(shape);
    if (meant === null) return null;
    const held =
      shape.type === null || shape.number === null ? undefined : this.held.get(idOf(shape.type, shape.number));
    if (meant === 'certain' && held !== undefined && held.check === shape.check) {
      this.counts.restored += 1;
      return { instead: this.escaped(held.value, start) };
    }
    if (meant === 'certain' && shape.bracket === 'other' && !(shape.hyphen && shape.dot)) return null; // `(age 45 y2)`
    if (meant === 'mention' && held === undefined) return null;
    this.counts[held === undefined ? 'unknown' : 'bent'] += 1;
    return 'leave';
  }

  private escaped(value: string, start: number): string {
    if (this.json === null || this.isPlain) return value;
    this.follow(start);
    return escapedFor(value, this.json.depth);
  }

  /** What was read as JSON up to here; nothing of it is read twice. */
  private follow(to: number): void {
    if (this.json === null || this.isPlain || to <= this.followed) return;
    this.json.read(this.waiting, this.followed, to);
    this.followed = to;
  }
}

const idOf = (type: Category, number: number): string => `${type}-${number}`;

const isHighSurrogate = (code: number): boolean => code >= 0xd800 && code <= 0xdbff;
