// One header, read and checked in one pass (docs/formats/entry.md §1, §3). What the rules need stays in fields.
import { utf8 } from './bytes.ts';
import { originOf, parseOrigin } from './checkpoint.ts';
import { KINDS } from './kinds.ts';
import type { Kind } from './kinds.ts';
import { typeReader } from './scan-types.ts';
import type { TypeReader } from './scan-types.ts';
import { literal, Scanner } from './scanner.ts';
import type { Fixed } from './scanner.ts';

/** References that one entry may make. */
const MAX_OBJECTS = 64;

export interface KindPlan {
  readonly kind: Kind;
  /** With the closing quote. */
  readonly text: Fixed;
  readonly members: readonly { readonly name: Fixed; readonly read: TypeReader }[];
}

const PLANS: readonly KindPlan[] = Object.entries(KINDS).map(([kind, members]) => ({
  kind: kind as Kind,
  text: literal(`${kind}"`),
  members: Object.entries(members).map(([name, type]) => ({ name: literal(name), read: typeReader(type) })),
}));

/** Kinds by a cheap hash of their bytes: two or three share a place at most. */
const PLACES = 256;
const BY_PLACE: readonly (readonly KindPlan[])[] = Array.from({ length: PLACES }, (_, place) =>
  PLANS.filter(({ kind }) => placeOf(utf8(kind), 0, kind.length) === place),
);

const ACTOR = literal('{"actor":{"id":"');
const ON_BEHALF_OF = literal('","onBehalfOf":{"id":"');
const PROVEN_TRUE = literal('","proven":true},"type":"');
const PROVEN_FALSE = literal('","proven":false},"type":"');
const ACTOR_TYPE = literal('","type":"');
const ACTOR_TYPES = ['key', 'person', 'system'].map((type) => literal(`${type}"},"`));
const PERSON = 1;
const BODY = literal('body":{"bytes":');
const DIGEST = literal(',"digest":"');
const BODY_END = literal('"},"');
const DETAIL = literal('detail":');
const EPOCH = literal(',"epoch":');
const FACTS = literal(',"facts":"');
const FACTS_END = literal('","id":"');
const ID = literal(',"id":"');
const INDEX = literal('","index":');
const KIND = literal(',"kind":"');
const LOG = literal(',"log":"');
const OBJECTS = literal('","objects":[');
const OBJECT_ID = literal('{"id":"');
const OBJECT_TYPE = literal('","type":"');
const OBJECT_VERSION = literal('","version":');
const OBJECT_END = literal('"}');
const STREAM = literal(',"stream":{"bytes":');
const FRAMES = literal('","frames":');
const STREAM_ID = literal(',"id":"');
const STREAM_END = literal('"}');
const TIME = literal(',"time":"');
const END = literal('","v":1}');
const [COMMA, CLOSE_ARRAY, QUOTE, CLOSE_OBJECT] = [literal(','), literal(']'), 0x22, literal('}')];

export class HeaderScanner extends Scanner {
  index = 0;
  epoch = 0;
  /** Unix milliseconds. */
  timeMs = 0;
  kind: Kind = 'access.read';
  byPerson = false;
  hasStream = false;
  /** Ranges in `bytes`; -1 when the member is left out. Digests are their hex digits. */
  bodyDigest = -1;
  bodyBytes = 0;
  factsDigest = -1;
  streamDigest = -1;
  streamBytes = 0;
  streamFrames = 0;
  detailStart = 0;
  detailEnd = 0;
  /** Where each required member's value begins, in the order of KINDS. */
  readonly required = new Int32Array(16);
  id0 = 0;
  id1 = 0;
  id2 = 0;
  id3 = 0;
  readonly #log: Fixed;

  /** `log`: the name every entry must carry. Errors: `origin_malformed`. */
  constructor(log: string) {
    super();
    parseOrigin(originOf(log, 0));
    this.#log = literal(log);
  }

  /**
   * Reads the header in [start, end) of the bytes. Errors (FormatError, offset in `bytes`): `header_malformed`,
   * `header_name`, `header_order`, `kind_unknown`, `detail_incomplete`, `detail_member`, `wrong_log`.
   */
  scan(bytes: Uint8Array, start: number, end: number): void {
    this.load(bytes);
    this.at = start;
    this.#actor();
    this.#body();
    this.expect(DETAIL);
    this.detailStart = this.at;
    this.members();
    this.detailEnd = this.at;
    this.expect(EPOCH);
    this.epoch = this.int();
    this.#factsAndId();
    this.expect(INDEX);
    this.index = this.int();
    this.expect(KIND);
    const plan = this.#kind();
    this.expect(LOG);
    if (!this.skip(this.#log)) this.fail('wrong_log');
    this.expect(OBJECTS);
    this.#objects();
    this.#stream();
    this.expect(TIME);
    this.timeMs = this.time();
    this.expect(END);
    const after = this.at;
    if (after !== end) this.fail();
    this.#detail(plan);
    this.at = after;
  }

  #actor(): void {
    this.expect(ACTOR);
    this.token();
    if (this.skip(ON_BEHALF_OF)) {
      this.token();
      if (!this.skip(PROVEN_TRUE) && !this.skip(PROVEN_FALSE)) this.fail();
    } else {
      this.expect(ACTOR_TYPE);
    }
    const type = ACTOR_TYPES.findIndex((text) => this.skip(text));
    if (type < 0) this.fail();
    this.byPerson = type === PERSON;
  }

  #body(): void {
    this.bodyDigest = -1;
    if (!this.skip(BODY)) return;
    this.bodyBytes = this.int();
    this.expect(DIGEST);
    this.bodyDigest = this.at;
    this.digest();
    this.expect(BODY_END);
  }

  #factsAndId(): void {
    this.factsDigest = -1;
    if (this.skip(FACTS)) {
      this.factsDigest = this.at;
      this.digest();
      this.expect(FACTS_END);
    } else {
      this.expect(ID);
    }
    this.uuid();
    this.id0 = this.word0;
    this.id1 = this.word1;
    this.id2 = this.word2;
    this.id3 = this.word3;
  }

  #kind(): KindPlan {
    const start = this.at;
    this.token();
    for (const plan of BY_PLACE[placeOf(this.bytes, start, this.at)] ?? []) {
      if (plan.text.length === this.at - start + 1 && this.matches(plan.text, start)) {
        this.at += 1;
        this.kind = plan.kind;
        return plan;
      }
    }
    this.at = start;
    return this.fail('kind_unknown');
  }

  #objects(): void {
    if (this.skip(CLOSE_ARRAY)) return;
    for (let count = 1; ; count += 1) {
      this.expect(OBJECT_ID);
      this.uuid();
      this.expect(OBJECT_TYPE);
      this.#noun();
      if (this.skip(OBJECT_VERSION)) {
        if (this.int() === 0) this.fail();
        this.expect(CLOSE_OBJECT);
      } else {
        this.expect(OBJECT_END);
      }
      if (this.skip(CLOSE_ARRAY)) return;
      this.expect(COMMA);
      if (count === MAX_OBJECTS) this.fail();
    }
  }

  /** `[a-z][a-z0-9-]*` up to the quote. */
  #noun(): void {
    const { bytes, at: start } = this;
    let at = start;
    for (let byte = bytes[at] ?? 0; byte !== QUOTE; byte = bytes[at] ?? 0) {
      const letter = byte >= 0x61 && byte <= 0x7a;
      const later = (byte >= 0x30 && byte <= 0x39) || byte === 0x2d;
      if (!letter && !(later && at > start)) this.fail();
      at += 1;
    }
    if (at === start) this.fail();
    this.at = at;
  }

  #stream(): void {
    this.hasStream = this.skip(STREAM);
    this.streamDigest = -1;
    if (!this.hasStream) return;
    this.streamBytes = this.int();
    this.expect(DIGEST);
    this.streamDigest = this.at;
    this.digest();
    this.expect(FRAMES);
    this.streamFrames = this.int();
    this.expect(STREAM_ID);
    this.uuid();
    this.expect(STREAM_END);
  }

  /** Finds the required members among those read, both in ascending order, and reads each as its type. */
  #detail(plan: KindPlan): void {
    let found = 0;
    for (let member = 0; member < this.memberCount && found < plan.members.length; member += 1) {
      const wanted = plan.members[found];
      const start = this.nameStart[member] ?? 0;
      const length = (this.nameEnd[member] ?? 0) - start;
      if (wanted !== undefined && wanted.name.length === length && this.matches(wanted.name, start)) {
        const valueStart = this.valueStart[member] ?? 0;
        this.required[found] = valueStart;
        this.#member(wanted.read, valueStart, this.valueEnd[member] ?? 0);
        found += 1;
      }
    }
    this.at = this.detailStart;
    if (found < plan.members.length) this.fail('detail_incomplete');
  }

  #member(read: TypeReader, start: number, end: number): void {
    this.at = start;
    read(this);
    if (this.at !== end) this.fail('detail_member');
  }
}

function placeOf(bytes: Uint8Array, start: number, end: number): number {
  const [first, middle, last] = [bytes[start] ?? 0, bytes[(start + end) >> 1] ?? 0, bytes[end - 1] ?? 0];
  return (first * 31 + middle * 7 + last * 3 + (end - start) * 13) % PLACES;
}
