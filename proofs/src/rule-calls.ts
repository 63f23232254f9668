// Rules 3 and 4 of docs/formats/entry.md §4 for model calls: outcomes answer intents, and go only where the decision said.
import { binary } from './bytes.ts';
import type { Json, JsonObject } from './canonical.ts';
import { FormatError } from './fault.ts';
import type { HeaderScanner } from './header-scan.ts';
import { IdTable } from './id-table.ts';
import { basisKey, text } from './rule-coverage.ts';
import type { Coverage, Route } from './rule-coverage.ts';
import { literal } from './scanner.ts';
import type { Fixed } from './scanner.ts';

// Places of the required members, ascending by name as in kinds.ts.
const INTENT = { decision: 2, routes: 6 } as const;
const OUTCOME = { intent: 1, service: 2, status: 3 } as const;

const REFUSE = literal('"refuse"');
const REFUSED = literal('"refused"');
const NULL = literal('null');
/** Intents that old at the end of a log are worth a warning; recovery closes what a crash left open. */
const STALE_MS = 24 * 3_600_000;

/** Lists of routes that are tried by their bytes before the map is asked. */
const FEW = 12;

interface RouteSet {
  readonly number: number;
  /** The JSON array of routes. */
  readonly text: Fixed;
  readonly routes: readonly Route[];
  readonly services: readonly Fixed[];
  from: number;
  until: number;
  revision: number;
}

/** What became of an entry as a call: 0 is no intent, n an open intent with route set n − 1, -1 one with its outcome. */
const DONE = -1;

export class Calls {
  readonly #first: number;
  readonly #ids: IdTable;
  readonly #state: Int32Array;
  readonly #times: Float64Array;
  readonly #coverage: Coverage;
  readonly #byText = new Map<string, RouteSet>();
  readonly #sets: RouteSet[] = [];

  /** For entries [first, first + count). */
  constructor(first: number, count: number, coverage: Coverage) {
    this.#first = first;
    this.#ids = new IdTable(count);
    this.#state = new Int32Array(count);
    this.#times = new Float64Array(count);
    this.#coverage = coverage;
  }

  /** Every entry's id, once. Errors: `id_repeated`. */
  register(scanner: HeaderScanner): void {
    const { id0, id1, id2, id3, index } = scanner;
    if (!this.#ids.add(id0, id1, id2, id3, index - this.#first)) throw new FormatError('id_repeated');
  }

  /** Errors: `no_agreement_in_force`, `outcome_not_as_decided`. True when a route names a record that was never seen. */
  intent(scanner: HeaderScanner): boolean {
    const refused = scanner.matches(REFUSE, scanner.required[INTENT.decision] ?? 0);
    const set = this.#routeSet(scanner);
    if (refused !== (set.routes.length === 0)) throw new FormatError('outcome_not_as_decided');
    this.#state[scanner.index - this.#first] = set.number + 1;
    const { timeMs } = scanner;
    this.#times[scanner.index - this.#first] = timeMs;
    if (set.revision === this.#coverage.revision && timeMs >= set.from && timeMs < set.until) return false;
    const window = this.#coverage.window(set.routes, timeMs);
    if (window === null) throw new FormatError('no_agreement_in_force');
    if (window === 'unknown') return true;
    Object.assign(set, window, { revision: this.#coverage.revision });
    return false;
  }

  /** Errors: `second_outcome`, `outcome_not_as_decided`. True when the intent was never seen. */
  outcome(scanner: HeaderScanner): boolean {
    scanner.at = (scanner.required[OUTCOME.intent] ?? 0) + 1;
    scanner.uuid();
    const place = this.#ids.find(scanner.word0, scanner.word1, scanner.word2, scanner.word3);
    if (place < 0) return true;
    const state = this.#state[place] ?? 0;
    if (state === 0) throw new FormatError('outcome_without_intent');
    if (state === DONE) throw new FormatError('second_outcome');
    this.#state[place] = DONE;
    this.#asDecided(scanner, this.#sets[state - 1]);
    return false;
  }

  /** How many intents without an outcome are stale at that time. */
  stale(nowMs: number): number {
    return this.#state.reduce((count, state, at) => {
      const open = state > 0 && nowMs - (this.#times[at] ?? nowMs) > STALE_MS;
      return open ? count + 1 : count;
    }, 0);
  }

  #asDecided(scanner: HeaderScanner, set: RouteSet | undefined): void {
    const service = scanner.required[OUTCOME.service] ?? 0;
    const none = scanner.matches(NULL, service);
    const refused = scanner.matches(REFUSED, scanner.required[OUTCOME.status] ?? 0);
    const wasRefused = set === undefined || set.routes.length === 0;
    if (wasRefused ? !(refused && none) : !none && !set.services.some((text) => scanner.matches(text, service))) {
      throw new FormatError('outcome_not_as_decided');
    }
  }

  /** Calls come with few different lists of routes: each is read once, and most are found again by their bytes. */
  #routeSet(scanner: HeaderScanner): RouteSet {
    const start = scanner.required[INTENT.routes] ?? 0;
    for (let at = 0; at < this.#sets.length && at < FEW; at += 1) {
      const set = this.#sets[at];
      if (set !== undefined && scanner.matches(set.text, start)) return set;
    }
    const json = binary(scanner.bytes, start, routesEnd(scanner, start));
    const known = this.#byText.get(json);
    if (known !== undefined) return known;
    const routes = (JSON.parse(json) as readonly JsonObject[]).map(toRoute);
    const services = routes.map((route) => literal(`"${route.service}"`));
    const number = this.#sets.length;
    const set = { number, text: literal(json), routes, services, from: 0, until: 0, revision: -1 };
    this.#byText.set(json, set);
    this.#sets.push(set);
    return set;
  }
}

function routesEnd(scanner: HeaderScanner, start: number): number {
  scanner.at = start;
  scanner.value(1);
  return scanner.at;
}

function toRoute(route: JsonObject): Route {
  const basis: Json | undefined = route['basis'];
  return { basis: basisKey(basis), service: text(route['service']) };
}
