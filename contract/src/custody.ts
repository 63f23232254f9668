// Keys and approvals on the wire. Whatever changes a key needs two people (spec custody §1, §2).
import { z } from 'zod';
import { Count, Id, IdParams, pageOf, pageQuery, Reason, Time } from './fields.ts';
import { Approval, ApprovalRequest } from './ledger.ts';
import { MAX_JSON_BYTES } from './limits.ts';
import type { Route } from './route.ts';

export const KEY_LEVELS = ['root', 'tenant', 'erasure', 'signing'] as const;

/** The key inventory: counts and ages, never a key. */
export const KeyStatus = z
  .strictObject({
    root: z.strictObject({ backend: z.string(), id: z.string(), rotationUnderWay: z.boolean() }),
    tenant: z.strictObject({ version: z.number().int(), since: Time }),
    erasure: z.strictObject({ live: Count, erased: Count }),
    signing: z.strictObject({ id: z.string(), name: z.string() }),
    copies: z.strictObject({ live: Count, lastExpires: Time.nullable() }),
    escrow: z.strictObject({
      recipients: Count,
      writtenAt: Time.nullable(),
      covered: z.boolean().meta({ description: 'The copy holds the root key of today.' }),
      tried: z.boolean().meta({ description: 'Opening it and reading the keys with it was tried, and worked.' }),
    }),
  })
  .meta({ id: 'KeyStatus' });
export type KeyStatus = z.infer<typeof KeyStatus>;

const waits = {
  status: 202,
  description: 'Waits for a second person.',
  content: [{ kind: 'json', schema: Approval }],
} as const;
const DUAL = ['reauthentication_required', 'conflict', 'key_unavailable'] as const;

export const custodyRoutes = {
  getKeyStatus: {
    method: 'GET',
    path: '/api/keys',
    summary: 'The key inventory and the state of escrow',
    tag: 'custody',
    audience: 'person',
    permission: 'keys.read',
    replies: [{ status: 200, description: 'The inventory.', content: [{ kind: 'json', schema: KeyStatus }] }],
    errors: ['key_unavailable'],
    ledger: { none: 'Counts and dates, no key material.' },
  },
  rotateKey: {
    method: 'POST',
    path: '/api/keys/rotate',
    summary: 'Ask for the rotation of a key; a second person approves',
    tag: 'custody',
    audience: 'person',
    permission: 'keys.rotate',
    body: { kind: 'json', schema: z.strictObject({ level: z.enum(KEY_LEVELS), reason: Reason }) },
    replies: [waits],
    errors: DUAL,
    ledger: { kind: 'approval.requested' },
  },
  rewrapKeys: {
    method: 'POST',
    path: '/api/keys/rewrap',
    summary: 'Ask for data keys to be re-wrapped under a new erasure key; a second person approves',
    tag: 'custody',
    audience: 'person',
    permission: 'keys.rewrap',
    body: {
      kind: 'json',
      schema: z.strictObject({ erasureKey: z.string().min(1).max(128), reason: Reason }),
    },
    replies: [waits],
    errors: DUAL,
    ledger: { kind: 'approval.requested' },
  },
  escrowKeys: {
    method: 'POST',
    path: '/api/keys/escrow',
    summary: 'Write an escrow copy of the root key, sealed to age recipients',
    tag: 'custody',
    audience: 'person',
    permission: 'keys.escrow',
    body: {
      kind: 'json',
      schema: z.strictObject({
        recipients: z.array(z.string().min(1).max(200)).min(1).max(20),
        reason: Reason.exactOptional().meta({ description: 'Needed for every copy after the first.' }),
        approval: Id.exactOptional().meta({
          description: 'The approval of a second person, for every copy after the first.',
        }),
      }),
    },
    replies: [
      {
        status: 200,
        description: 'The sealed copy (age v1, base64), to be kept away from this machine.',
        content: [{ kind: 'json', schema: z.strictObject({ sealed: z.string() }) }],
      },
      { ...waits, description: 'A copy exists already: another one waits for a second person.' },
    ],
    errors: ['reauthentication_required', 'second_person_required', 'key_unavailable'],
    ledger: { kind: 'key.escrowed' },
  },
  tryEscrow: {
    method: 'POST',
    path: '/api/keys/escrow/try',
    summary: 'Open an escrow copy and read this installation’s keys with it, to know that it would help',
    tag: 'custody',
    audience: 'person',
    permission: 'keys.escrow',
    body: {
      kind: 'json',
      schema: z.strictObject({
        sealed: z.base64().max(MAX_JSON_BYTES / 2),
        identity: z
          .string()
          .min(1)
          .max(200)
          .meta({ description: 'The age identity (AGE-SECRET-KEY-…); used once, not kept.' }),
      }),
    },
    replies: [{ status: 200, description: 'It opens.', content: [{ kind: 'json', schema: KeyStatus }] }],
    errors: ['reauthentication_required', 'key_unavailable'],
    ledger: { none: 'Nothing leaves and nothing is changed; the trial is kept in the key store.' },
  },
  listApprovals: {
    method: 'GET',
    path: '/api/approvals',
    summary: 'List acts that wait for, or had, a second person',
    tag: 'custody',
    audience: 'person',
    permission: 'approval.read',
    query: z.strictObject(pageQuery),
    replies: [{ status: 200, description: 'A page.', content: [{ kind: 'json', schema: pageOf(Approval) }] }],
    errors: [],
    ledger: { none: 'Acts and people’s ids, no patient content.' },
  },
  getApproval: {
    method: 'GET',
    path: '/api/approvals/{id}',
    summary: 'Read what exactly is asked for and why, before deciding',
    tag: 'custody',
    audience: 'person',
    permission: 'approval.read',
    params: IdParams,
    replies: [{ status: 200, description: 'The request.', content: [{ kind: 'json', schema: ApprovalRequest }] }],
    errors: ['content_destroyed', 'sealed_object_invalid', 'key_unavailable'],
    ledger: { none: 'Ids and an act of administration; the reason is that of a colleague.' },
  },
  decideApproval: {
    method: 'POST',
    path: '/api/approvals/{id}/decide',
    summary: 'Approve or refuse the act of another person; an approved act is carried out at once',
    tag: 'custody',
    audience: 'person',
    permission: 'approval.decide',
    params: IdParams,
    body: {
      kind: 'json',
      schema: z.strictObject({ decision: z.enum(['approve', 'refuse']), reason: Reason.exactOptional() }),
    },
    replies: [{ status: 200, description: 'The approval.', content: [{ kind: 'json', schema: Approval }] }],
    errors: [...DUAL, 'second_person_required'],
    ledger: { kind: 'approval.decided' },
  },
} as const satisfies Record<string, Route>;
