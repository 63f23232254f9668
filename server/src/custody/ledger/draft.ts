// From a request to an entry that lacks only its place: ids given, body sealed, facts salted, header compiled.
// All of it happens before the head is locked.
import { hash } from 'node:crypto';
import { ProblemError } from '@cordon/contract';
import { canonicalText, isKind, toBase64 } from '@cordon/proofs';
import type { Json } from '@cordon/proofs';
import { isUuid, newId } from '#kernel/ids.ts';
import type { TenantId } from '#kernel/ids.ts';
import type { Phi } from '#kernel/phi.ts';
import type { RandomSource } from '#kernel/random.ts';
import type { Binding, Keys, RetentionClass, Sealed } from '#custody/keys/sealer.ts';
import type { ClosedStream } from './frames.queries.ts';
import type { HeaderAt, HeaderCompiler, HeaderMembers } from './header.ts';
import type { AppendRequest } from './ledger.ts';

export interface EntryDraft {
  readonly tenant: TenantId;
  readonly entryId: string;
  readonly kind: string;
  readonly members: HeaderMembers;
  readonly headerAt: HeaderAt;
  readonly facts: SaltedFacts | null;
  readonly sealed: Sealed | null;
  /** The id may stand already: it came from the caller, or an earlier attempt has an unknown fate. */
  readonly repeated: boolean;
  /** Of a call.outcome: the intent that it closes. */
  readonly intentId: string | null;
  /** Frames that become final with this entry. */
  readonly stream: ClosedStream | null;
}

export interface SaltedFacts {
  /** Canonical JSON of the facts alone. */
  readonly json: string;
  readonly salt: Buffer;
  /** Of the facts document. */
  readonly digest: string;
}

export interface DraftParts {
  readonly keys: Keys;
  readonly headers: HeaderCompiler;
  /** For facts (docs/formats/entry.md §2). */
  readonly salts: RandomSource;
}

const MAX_FACTS_BYTES = 65_535; // entry.md §2: the length field of a facts file is 16 bits
// One append must not hold up a batch that others wait for; larger content is a blob with a digest.
const MAX_BODY_BYTES = 16 * 1024 * 1024;

/** Errors: `invalid_request`, `key_unavailable`. */
export async function draftEntry(
  parts: DraftParts,
  request: AppendRequest,
  stream: ClosedStream | null = null,
): Promise<EntryDraft> {
  const entryId = request.entryId ?? newId();
  if (!isUuid(entryId)) throw new ProblemError('invalid_request', { field: 'entryId' });
  const sealed = request.body === undefined ? null : await sealBody(parts.keys, request, request.body, entryId);
  const facts = request.facts === undefined ? null : saltFacts(request.facts, parts.salts());
  const members = headerMembers(parts.headers.log(request.tenant), request, entryId, sealed, facts, stream);
  return {
    tenant: request.tenant,
    entryId,
    kind: request.kind,
    members,
    headerAt: parts.headers.compile(request.tenant, members),
    facts,
    sealed,
    repeated: request.entryId !== undefined && request.fresh !== true,
    intentId: closedIntent(request),
    stream,
  };
}

/** The binding of an entry's sealed body (docs/formats/envelope.md §2). */
export function bodyBinding(tenant: TenantId, entryId: string): Binding {
  return { tenant, kind: 'entry', id: entryId, version: 1 };
}

/** Bodies of calls live as long as calls do; all others as long as the ledger's own rule says. */
function retentionOf(kind: string): RetentionClass {
  return kind.startsWith('call.') ? 'call' : 'ledger';
}

async function sealBody(keys: Keys, request: AppendRequest, body: Phi<Uint8Array>, entryId: string): Promise<Sealed> {
  const plaintext = body.reveal();
  if (plaintext.length > MAX_BODY_BYTES) throw new ProblemError('payload_too_large', { field: 'body' });
  const sealer = await keys.forTenant(request.tenant);
  return sealer.seal(bodyBinding(request.tenant, entryId), retentionOf(request.kind), plaintext, request.bodyKey);
}

function saltFacts(facts: NonNullable<AppendRequest['facts']>, salt: Buffer): SaltedFacts {
  const json = canonical(facts, 'facts');
  // jsonb cannot hold U+0000; canonical JSON writes it in this one way, and a literal backslash before it is doubled.
  const hasNull = json.includes('u0000') && /(^|[^\\])(\\\\)*\\u0000/.test(json);
  if (hasNull) throw new ProblemError('invalid_request', { field: 'facts' });
  const document = factsDocument(json, salt);
  if (Buffer.byteLength(document) > MAX_FACTS_BYTES) throw new ProblemError('invalid_request', { field: 'facts' });
  return { json, salt, digest: hash('sha256', document, 'hex') };
}

function canonical(value: unknown, field: string): string {
  try {
    return canonicalText(value as Json);
  } catch (error) {
    throw new ProblemError('invalid_request', { field }, error);
  }
}

/** The facts document whose SHA-256 stands in the header (entry.md §2). */
export function factsDocument(json: string, salt: Uint8Array): string {
  return `{"facts":${json},"salt":"${toBase64(salt)}"}`;
}

function headerMembers(
  log: string,
  request: AppendRequest,
  id: string,
  sealed: Sealed | null,
  facts: SaltedFacts | null,
  stream: ClosedStream | null,
): HeaderMembers {
  if (!isKind(request.kind)) throw new ProblemError('invalid_request', { field: 'kind' });
  return {
    actor: request.onBehalfOf === undefined ? request.actor : { ...request.actor, onBehalfOf: request.onBehalfOf },
    ...(sealed === null ? {} : { body: { bytes: sealed.ciphertext.length, digest: sha256(sealed.ciphertext) } }),
    detail: request.detail ?? {},
    ...(facts === null ? {} : { facts: facts.digest }),
    id,
    kind: request.kind,
    log,
    objects: request.objects ?? [],
    ...(stream === null ? {} : { stream: stream.summary }),
  };
}

function closedIntent(request: AppendRequest): string | null {
  if (request.kind !== 'call.outcome') return null;
  const intent = request.detail?.['intent'];
  if (typeof intent !== 'string' || !isUuid(intent)) throw new ProblemError('invalid_request', { field: 'intent' });
  return intent;
}

function sha256(bytes: Uint8Array): string {
  return hash('sha256', bytes, 'hex');
}
