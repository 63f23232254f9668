// Keys and approvals on the wire. Whatever changes a key needs two people (spec custody §1, §2).
import { z } from 'zod';
import { Count, IdParams, pageOf, pageQuery, Reason, Time } from './fields.ts';
import { Approval } from './ledger.ts';
import type { Route } from './route.ts';

export const KEY_LEVELS = ['root', 'tenant', 'erasure', 'signing'] as const;

/** The key inventory: counts and ages, never a key. */
export const KeyStatus = z
  .strictObject({
    root: z.strictObject({ backend: z.string(), version: z.number().int(), since: Time }),
    tenant: z.strictObject({ version: z.number().int(), since: Time }),
    erasure: z.strictObject({ live: Count, erased: Count }),
    escrow: z.strictObject({
      recipients: Count,
      writtenAt: Time.nullable(),
      triedAt: Time.nullable().meta({ description: 'When a restore with the escrow copy was last tried.' }),
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
