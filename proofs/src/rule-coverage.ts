// Rule 4 of docs/formats/entry.md §4: what was disclosed, was disclosed under an agreement, attestation or method in force.
import type { Json, JsonObject } from './canonical.ts';
import { isObject } from './canonical.ts';

/** A call decided just before an end or a replacement was recorded may be recorded just after it. */
export const GRACE_MS = 60_000;

interface Terms {
  readonly services: ReadonlySet<string>;
  readonly from: number;
  until: number;
}

export interface Route {
  readonly basis: string;
  readonly service: string;
}

/** From when until when (exclusive) all of some routes are covered, as far as is known. */
export interface Window {
  readonly from: number;
  readonly until: number;
}

export class Coverage {
  /** Grows when something is recorded or ended: a window computed before is stale then. */
  revision = 0;
  readonly #terms = new Map<string, Terms>();
  /** Keys in #terms of the versions of one agreement. */
  readonly #versions = new Map<string, Set<string>>();

  record(type: string, detail: JsonObject, timeMs: number): void {
    const id = `${type}/${text(detail['id'])}`;
    this.#cutOff(id, timeMs);
    const key = `${id}/${whole(detail['version'])}`;
    const services = Array.isArray(detail['services']) ? detail['services'].map(text) : [];
    const until = detail['expires'] === null ? Infinity : Date.parse(text(detail['expires']));
    this.#terms.set(key, { services: new Set(services), from: Date.parse(text(detail['effective'])), until });
    this.#versions.set(id, (this.#versions.get(id) ?? new Set()).add(key));
    this.revision += 1;
  }

  end(type: string, detail: JsonObject, timeMs: number): void {
    this.#cutOff(`${type}/${text(detail['id'])}`, timeMs);
    this.revision += 1;
  }

  /** Null when one of the routes is not covered at that time; `unknown` when the record it names was never seen. */
  window(routes: readonly Route[], timeMs: number): Window | 'unknown' | null {
    let [from, until] = [-Infinity, Infinity];
    for (const route of routes) {
      const terms = this.#terms.get(route.basis);
      if (terms === undefined) return 'unknown';
      if (!terms.services.has(route.service)) return null;
      from = Math.max(from, terms.from);
      until = Math.min(until, terms.until);
    }
    return timeMs >= from && timeMs < until ? { from, until } : null;
  }

  #cutOff(id: string, timeMs: number): void {
    for (const key of this.#versions.get(id) ?? []) {
      const terms = this.#terms.get(key);
      if (terms !== undefined) terms.until = Math.min(terms.until, timeMs + GRACE_MS);
    }
  }
}

/** `{"id","type","version"}` of a route or disclosure, as the key under which records are kept. */
export function basisKey(basis: Json | undefined): string {
  return isObject(basis) ? `${text(basis['type'])}/${text(basis['id'])}/${whole(basis['version'])}` : '';
}

export function text(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}

export function whole(value: Json | undefined): string {
  return typeof value === 'number' ? String(value) : '';
}
