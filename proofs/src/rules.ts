// The rules between entries (docs/formats/entry.md §4), in one pass in index order over headers that a scanner has read.
import type { JsonObject } from './canonical.ts';
import { scannedDetail } from './entry.ts';
import { FormatError } from './fault.ts';
import type { HeaderScanner } from './header-scan.ts';
import type { Kind } from './kinds.ts';
import type { VerifierKey } from './note.ts';
import { Calls } from './rule-calls.ts';
import { basisKey, Coverage, text } from './rule-coverage.ts';
import { readKeyChange, readReopening } from './rule-log.ts';
import type { DeclaredGap } from './rule-log.ts';
import { isRecordKind, Records } from './rule-records.ts';

/** Clocks of the exporting machine and of the one that sequenced last may differ by this much. */
const CLOCK_TOLERANCE_MS = 5 * 60_000;

/** Entries that open or close what a route may rest on. */
const TERMS: ReadonlyMap<Kind, { readonly act: 'record' | 'end'; readonly type: string }> = new Map([
  ['agreement.recorded', { act: 'record', type: 'agreement' }],
  ['attestation.recorded', { act: 'record', type: 'attestation' }],
  ['method.recorded', { act: 'record', type: 'method' }],
  ['agreement.ended', { act: 'end', type: 'agreement' }],
  ['attestation.ended', { act: 'end', type: 'attestation' }],
  ['method.ended', { act: 'end', type: 'method' }],
]);

export interface RuleOptions {
  readonly log: string;
  /** Index of the first entry given, and how many there are. */
  readonly first: number;
  readonly count: number;
  /** The log's keys, oldest first. */
  readonly keys: readonly VerifierKey[];
  /** Unix milliseconds. */
  readonly exportedMs: number;
}

export class Rules {
  readonly gaps: DeclaredGap[] = [];
  readonly records = new Records();
  /** References that may lie in a declared gap. */
  intoGap = 0;
  epoch = 0;
  lastMs = -Infinity;
  /** Number of the key in force after the last entry read; for an export that begins later, -1 until a change names one. */
  keyNumber: number;
  /** Numbers of the keys that a change in these entries introduced. */
  readonly introduced = new Set<number>();
  readonly #options: RuleOptions;
  readonly #coverage = new Coverage();
  readonly #calls: Calls;
  #next: number;

  constructor(options: RuleOptions) {
    this.#options = options;
    this.#next = options.first;
    this.#calls = new Calls(options.first, options.count, this.#coverage);
    this.keyNumber = options.first === 0 ? 0 : -1;
  }

  /** Takes the header that the scanner has just read. Errors: the reasons of docs/formats/entry.md §4. */
  take(scanner: HeaderScanner): void {
    if (scanner.index !== this.#next) throw new FormatError('index_out_of_sequence');
    this.#time(scanner.timeMs);
    this.#calls.register(scanner);
    if (scanner.kind === 'ledger.reopened') this.#reopened(scanner);
    else if (scanner.epoch !== this.epoch) this.#otherEpoch(scanner);
    this.#next += 1;
    if (scanner.kind === 'call.outcome') {
      if (this.#calls.outcome(scanner)) this.#missing('outcome_without_intent');
      if (scanner.hasStream && scanner.bodyDigest >= 0) throw new FormatError('stream_misplaced');
      return;
    }
    if (scanner.hasStream) throw new FormatError('stream_misplaced');
    if (scanner.kind === 'call.intent') {
      if (this.#calls.intent(scanner)) this.#missing('no_agreement_in_force');
      return;
    }
    this.#other(scanner);
  }

  /** Intents left without outcome for longer than a call can take. */
  staleCalls(): number {
    return this.#calls.stale(this.lastMs);
  }

  #time(timeMs: number): void {
    if (timeMs < this.lastMs) throw new FormatError('time_goes_back');
    if (timeMs > this.#options.exportedMs + CLOCK_TOLERANCE_MS) throw new FormatError('time_after_export');
    this.lastMs = timeMs;
  }

  /** Only the first entry of an export that begins later may bring its epoch along. */
  #otherEpoch(scanner: HeaderScanner): void {
    if (scanner.index !== this.#options.first || scanner.index === 0) throw new FormatError('epoch_out_of_sequence');
    this.epoch = scanner.epoch;
  }

  #reopened(scanner: HeaderScanner): void {
    const { index, epoch } = scanner;
    if (epoch <= this.epoch) throw new FormatError('epoch_out_of_sequence');
    const gap = readReopening(scannedDetail(scanner), { log: this.#options.log, index, epoch }, this.#options.keys);
    this.gaps.push(gap);
    this.epoch = epoch;
  }

  #other(scanner: HeaderScanner): void {
    const { kind, timeMs, index, byPerson } = scanner;
    const terms = TERMS.get(kind);
    if (terms !== undefined) {
      this.#coverage[terms.act](terms.type, scannedDetail(scanner), timeMs);
    } else if (isRecordKind(kind)) {
      const missing = this.records.check({ kind, detail: scannedDetail(scanner), index, timeMs, byPerson });
      if (missing !== null) this.#missing(missing);
    } else if (kind === 'disclosure.made') {
      this.#disclosure(scanner);
    } else if (kind === 'log.key-changed') {
      this.#keyChanged(scannedDetail(scanner), index);
    }
  }

  #keyChanged(detail: JsonObject, index: number): void {
    const { keys, log } = this.#options;
    const number = this.keyNumber < 0 ? keys.findIndex(({ vkey }) => vkey === detail['old']) : this.keyNumber;
    const inForce = keys[number];
    if (inForce === undefined) throw new FormatError('key_change_invalid');
    const next = readKeyChange(detail, { log, index }, inForce);
    if (keys[number + 1]?.vkey !== next.vkey) throw new FormatError('key_change_invalid');
    this.keyNumber = number + 1;
    this.introduced.add(number + 1);
  }

  #disclosure(scanner: HeaderScanner): void {
    const detail = scannedDetail(scanner);
    if (detail['basis'] === null) return;
    const route = { basis: basisKey(detail['basis']), service: text(detail['recipient']) };
    const window = this.#coverage.window([route], scanner.timeMs);
    if (window === null) throw new FormatError('no_agreement_in_force');
    if (window === 'unknown') this.#missing('no_agreement_in_force');
  }

  /** An entry that should stand earlier was not found: a fault, unless it may be in a gap or before the export begins. */
  #missing(reason: string): void {
    if (this.#options.first > 0) return; // the report warns once that looking back is limited
    if (this.gaps.length === 0) throw new FormatError(reason);
    this.intoGap += 1;
  }
}
