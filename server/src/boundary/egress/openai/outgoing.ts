// The request as it leaves for a service of OpenAI's shape: the caller's bytes with the service's own model, `store: false`, and the
// usage report asked for; nothing else is touched (spec boundary §1.1).
import type { ModelRequest } from '#boundary/egress/adapter.ts';
import { membersOf, type Member } from './members.ts';

export interface Outgoing {
  readonly bytes: Uint8Array;
  /** The usage report was asked for by us: its event is not the caller's. */
  readonly usageIsOurs: boolean;
}

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

export interface Wishes {
  readonly model: string;
  /** Whether the service reports the usage of a stream when asked. */
  readonly reportsUsage: boolean;
}

/** Errors: `invalid_request`, of `membersOf`. */
export function outgoingOf(request: ModelRequest, wishes: Wishes): Outgoing {
  const bytes = request.bytes.reveal();
  const { members, close } = membersOf(bytes);
  const edits: Edit[] = [];
  const added: string[] = [];
  const put = (name: string, value: unknown): void => {
    const text = JSON.stringify(value);
    const member = members.find((each) => each.name === name);
    if (member === undefined) added.push(`${JSON.stringify(name)}:${text}`);
    else edits.push({ start: member.start, end: member.end, text });
  };
  put('model', wishes.model);
  if (request.api !== 'embeddings' && !(request.mayStore ?? false)) put('store', false);
  const usageIsOurs = wishes.reportsUsage && asksForNoUsage(request);
  if (usageIsOurs) {
    put('stream_options', { ...objectOf(request.parsed.reveal()['stream_options']), include_usage: true });
  }
  if (added.length > 0) edits.push({ start: close, end: close, text: joined(added, members) });
  return { bytes: edited(bytes, edits), usageIsOurs };
}

/** `responses` reports usage with its last event anyway. */
function asksForNoUsage({ api, stream, parsed }: ModelRequest): boolean {
  return api === 'chat' && stream && objectOf(parsed.reveal()['stream_options'])['include_usage'] !== true;
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

function joined(added: readonly string[], members: readonly Member[]): string {
  return `${members.length === 0 ? '' : ','}${added.join(',')}`;
}

function edited(bytes: Uint8Array, edits: readonly Edit[]): Uint8Array {
  const pieces: Uint8Array[] = [];
  let at = 0;
  for (const { start, end, text } of edits.toSorted((a, b) => a.start - b.start)) {
    pieces.push(bytes.subarray(at, start), Buffer.from(text));
    at = end;
  }
  pieces.push(bytes.subarray(at));
  return Buffer.concat(pieces);
}
