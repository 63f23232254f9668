// The ledger on the wire: entries, proofs, checkpoints, tiles, export (spec custody §3, docs/formats).
import { z } from 'zod';
import { Count, HashBase64, Id, LedgerIndex, pageOf, pageQuery, Reason, Time } from './fields.ts';
import { MAX_LEDGER_INDEX, MAX_WORD_CHARS } from './limits.ts';
import type { Route } from './route.ts';

const IndexParams = z.strictObject({ index: z.coerce.number().int().min(0).max(MAX_LEDGER_INDEX) });
const size = z.coerce.number().int().min(0).max(MAX_LEDGER_INDEX);
const Kind = z
  .string()
  .max(MAX_WORD_CHARS)
  .regex(/^[a-z_]+(\.[a-z_]+)+$/);

/** `header` is the canonical JSON that the leaf hash is made of (docs/formats/entry.md), as text, byte for byte. */
export const LedgerEntry = z
  .strictObject({
    index: LedgerIndex,
    entryId: Id,
    time: Time,
    kind: z.string(),
    header: z.string(),
    leafHash: HashBase64,
    sealed: z.enum(['none', 'present', 'destroyed']).meta({ description: 'What became of the sealed body.' }),
  })
  .meta({ id: 'LedgerEntry' });
export type LedgerEntry = z.infer<typeof LedgerEntry>;

/** Hashes of RFC 6962 §2.1.1 from the leaf's sibling upward; `checkpoint` is the signed note text of size `treeSize`. */
export const InclusionProof = z
  .strictObject({
    index: LedgerIndex,
    treeSize: Count,
    leafHash: HashBase64,
    hashes: z.array(HashBase64),
    checkpoint: z.string(),
  })
  .meta({ id: 'InclusionProof' });
export type InclusionProof = z.infer<typeof InclusionProof>;

/** RFC 6962 §2.1.2. */
export const ConsistencyProof = z
  .strictObject({ from: Count, to: Count, hashes: z.array(HashBase64), checkpoint: z.string() })
  .meta({ id: 'ConsistencyProof' });
export type ConsistencyProof = z.infer<typeof ConsistencyProof>;

/** An act that needs a second, different person (spec custody §1). */
export const Approval = z
  .strictObject({
    id: Id,
    act: z.string(),
    requestedBy: Id,
    requestedAt: Time,
    expiresAt: Time,
    state: z.enum(['waiting', 'approved', 'refused', 'expired', 'done']),
    decidedBy: Id.nullable(),
  })
  .meta({ id: 'Approval' });
export type Approval = z.infer<typeof Approval>;

/** What exactly was asked for, in the words of whoever asked: what the second person reads before deciding. */
export const ApprovalRequest = Approval.extend({
  reason: z.string(),
  parameters: z.strictObject({
    level: z.string().exactOptional(),
    erasureKey: z.string().exactOptional(),
    policy: z.string().exactOptional(),
    policyVersion: z.number().int().exactOptional(),
    recipients: z.array(z.string()).exactOptional(),
    from: LedgerIndex.exactOptional(),
    to: LedgerIndex.exactOptional(),
    withFacts: z.boolean().exactOptional(),
    withContent: z.boolean().exactOptional(),
  }),
}).meta({ id: 'ApprovalRequest' });
export type ApprovalRequest = z.infer<typeof ApprovalRequest>;

const plain = (description: string, contentType: string) =>
  ({ status: 200, description, content: [{ kind: 'text', contentType }] }) as const;

export const ledgerRoutes = {
  listLedgerEntries: {
    method: 'GET',
    path: '/api/ledger/entries',
    summary: 'List entries, newest first, without content',
    tag: 'ledger',
    audience: 'both',
    permission: 'ledger.read',
    query: z.strictObject({
      ...pageQuery,
      kind: Kind.exactOptional(),
      actor: Id.exactOptional(),
      object: Id.exactOptional(),
      from: Time.exactOptional(),
      to: Time.exactOptional(),
      order: z.enum(['newest', 'oldest']).default('newest'),
    }),
    replies: [{ status: 200, description: 'A page.', content: [{ kind: 'json', schema: pageOf(LedgerEntry) }] }],
    errors: ['ledger_diverged'],
    ledger: { kind: 'access.read' },
  },
  getLedgerEntry: {
    method: 'GET',
    path: '/api/ledger/entries/{index}',
    summary: 'Read one entry without content',
    tag: 'ledger',
    audience: 'both',
    permission: 'ledger.read',
    params: IndexParams,
    replies: [{ status: 200, description: 'The entry.', content: [{ kind: 'json', schema: LedgerEntry }] }],
    errors: ['ledger_diverged'],
    ledger: { kind: 'access.read' },
  },
  readLedgerContent: {
    method: 'GET',
    path: '/api/ledger/entries/{index}/content',
    summary: 'Read the sealed content of one entry; that it was read is itself recorded',
    tag: 'ledger',
    audience: 'person',
    permission: 'ledger.content',
    params: IndexParams,
    replies: [
      {
        status: 200,
        description: 'The content as it was sealed, base64; for a streamed outcome all its frames in order.',
        content: [
          {
            kind: 'json',
            schema: z.strictObject({ index: LedgerIndex, entryId: Id, kind: z.string(), content: z.base64() }),
          },
        ],
      },
    ],
    errors: [
      'reauthentication_required',
      'content_destroyed',
      'sealed_object_invalid',
      'key_unavailable',
      'ledger_diverged',
    ],
    ledger: { kind: 'access.read' },
  },
  proveInclusion: {
    method: 'GET',
    path: '/api/ledger/entries/{index}/proof',
    summary: 'Prove that an entry is in the tree of a signed checkpoint',
    tag: 'ledger',
    audience: 'both',
    permission: 'ledger.prove',
    params: IndexParams,
    replies: [{ status: 200, description: 'The proof.', content: [{ kind: 'json', schema: InclusionProof }] }],
    errors: ['ledger_diverged'],
    ledger: { none: 'Hashes and a signed checkpoint only.' },
  },
  proveConsistency: {
    method: 'GET',
    path: '/api/ledger/consistency',
    summary: 'Prove that the tree only grew between two sizes',
    tag: 'ledger',
    audience: 'both',
    permission: 'ledger.prove',
    query: z.strictObject({ from: size, to: size.exactOptional() }),
    replies: [{ status: 200, description: 'The proof.', content: [{ kind: 'json', schema: ConsistencyProof }] }],
    errors: ['not_found', 'ledger_diverged'],
    ledger: { none: 'Hashes and a signed checkpoint only.' },
  },
  getCheckpoint: {
    method: 'GET',
    path: '/api/ledger/checkpoint',
    summary: 'The newest checkpoint: a C2SP signed note',
    tag: 'ledger',
    audience: 'both',
    permission: 'ledger.prove',
    replies: [plain('Signed note.', 'text/plain; charset=utf-8')],
    errors: ['not_found', 'ledger_diverged'],
    ledger: { none: 'A signed tree head only.' },
  },
  getLedgerKey: {
    method: 'GET',
    path: '/api/ledger/vkey',
    summary: 'The key that checkpoints are verified with, in C2SP vkey form',
    tag: 'ledger',
    audience: 'both',
    permission: 'ledger.prove',
    replies: [plain('Verifier key.', 'text/plain; charset=utf-8')],
    errors: [],
    ledger: { none: 'A public key.' },
  },
  getTile: {
    method: 'GET',
    path: '/api/ledger/tile/{level}/{path+}',
    summary: 'A tile of the tree (C2SP tlog-tiles): 32-byte hashes',
    tag: 'ledger',
    audience: 'both',
    permission: 'ledger.prove',
    params: z.strictObject({
      level: z.coerce.number().int().min(0).max(63),
      path: z.string().regex(/^(x\d{3}\/){0,6}\d{3}(\.p\/([1-9]\d{0,2}))?$/),
    }),
    replies: [
      { status: 200, description: 'The tile.', content: [{ kind: 'stream', contentType: 'application/octet-stream' }] },
    ],
    errors: ['ledger_diverged'],
    ledger: { none: 'Hashes only.' },
  },
  exportLedger: {
    method: 'POST',
    path: '/api/ledger/export',
    summary: 'Export a bundle that `cordon verify` reads (docs/formats/bundle.md); headers only by default',
    tag: 'ledger',
    audience: 'both',
    permission: 'ledger.export',
    body: {
      kind: 'json',
      schema: z.strictObject({
        from: LedgerIndex.exactOptional(),
        to: LedgerIndex.exactOptional(),
        withFacts: z.boolean().exactOptional(),
        withContent: z.boolean().exactOptional(),
        reason: Reason.exactOptional().meta({ description: 'Why facts or content are needed; sealed.' }),
        approval: Id.exactOptional().meta({
          description: 'Needed with facts or content: the approval of a second person.',
        }),
      }),
    },
    replies: [
      {
        status: 200,
        description: 'The bundle’s files as a tar stream (POSIX ustar).',
        content: [{ kind: 'stream', contentType: 'application/x-tar' }],
      },
      {
        status: 202,
        description: 'Facts or content were asked for without an approval: it now waits for a second person.',
        content: [{ kind: 'json', schema: Approval }],
      },
    ],
    errors: ['person_required', 'reauthentication_required', 'second_person_required', 'ledger_diverged'],
    ledger: { kind: 'export.made' },
  },
  reopenLedger: {
    method: 'POST',
    path: '/api/ledger/reopen',
    summary: 'Ask for a new epoch after a lawful restore; a second person approves',
    tag: 'ledger',
    audience: 'person',
    permission: 'ledger.reopen',
    body: { kind: 'json', schema: z.strictObject({ reason: Reason }) },
    replies: [
      { status: 202, description: 'Waits for a second person.', content: [{ kind: 'json', schema: Approval }] },
    ],
    errors: ['reauthentication_required', 'conflict'],
    ledger: { none: 'The ledger is read-only; the new epoch’s first entry names who asked and who approved.' },
  },
} as const satisfies Record<string, Route>;
