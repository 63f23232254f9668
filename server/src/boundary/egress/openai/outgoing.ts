// The request as it leaves for a service of OpenAI's shape: the caller's bytes with the service's own model, `store: false`, and the
// usage report asked for; nothing else is touched (spec boundary §1.1).
import type { ModelRequest } from '#boundary/egress/adapter.ts';
import { membersOf, type Members } from './members.ts';

const OPEN_OBJECT = 0x7b;

export interface Outgoing {
  readonly bytes: Uint8Array;
  /** The usage report was asked for by us: its event is not the caller's. */
  readonly usageIsOurs: boolean;
}

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly put: string | Uint8Array;
}

/** By name, the JSON that stands there when it leaves. */
type Exchanged = Record<string, string | Uint8Array>;

export interface Wishes {
  readonly model: string;
  /** Whether the service reports the usage of a stream when asked. */
  readonly reportsUsage: boolean;
}

/** Errors: `invalid_request`, of `membersOf`. */
export function outgoingOf(request: ModelRequest, wishes: Wishes): Outgoing {
  const bytes = request.bytes.reveal();
  const exchanged: Exchanged = { model: JSON.stringify(wishes.model) };
  if (request.api !== 'embeddings' && !(request.mayStore ?? false)) exchanged['store'] = 'false';
  const usageIsOurs = wishes.reportsUsage && asksForNoUsage(request);
  const members = membersOf(bytes);
  if (usageIsOurs) exchanged['stream_options'] = withUsage(bytes, members);
  return { bytes: edited(bytes, editsOf(members, exchanged)), usageIsOurs };
}

/** The caller's options as they were written, and the report. */
function withUsage(bytes: Uint8Array, { members }: Members): string | Uint8Array {
  const given = members.find(({ name }) => name === 'stream_options');
  if (given === undefined || bytes[given.start] !== OPEN_OBJECT) return '{"include_usage":true}';
  const options = bytes.subarray(given.start, given.end);
  return edited(options, editsOf(membersOf(options), { include_usage: 'true' }));
}

function editsOf({ members, close }: Members, exchanged: Exchanged): Edit[] {
  const edits: Edit[] = [];
  let joint = members.length === 0 ? '' : ',';
  for (const [name, put] of Object.entries(exchanged)) {
    const member = members.find((each) => each.name === name);
    if (member !== undefined) edits.push({ start: member.start, end: member.end, put });
    else {
      edits.push(
        { start: close, end: close, put: `${joint}${JSON.stringify(name)}:` },
        { start: close, end: close, put },
      );
      joint = ',';
    }
  }
  return edits;
}

/** `responses` reports usage with its last event anyway. */
function asksForNoUsage({ api, stream, parsed }: ModelRequest): boolean {
  return api === 'chat' && stream && objectOf(parsed.reveal()['stream_options'])['include_usage'] !== true;
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

function edited(bytes: Uint8Array, edits: readonly Edit[]): Uint8Array {
  const pieces: Uint8Array[] = [];
  let at = 0;
  for (const { start, end, put } of edits.toSorted((a, b) => a.start - b.start)) {
    pieces.push(bytes.subarray(at, start), typeof put === 'string' ? Buffer.from(put) : put);
    at = end;
  }
  pieces.push(bytes.subarray(at));
  return Buffer.concat(pieces);
}
