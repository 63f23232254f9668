// Which key signs which tree (docs/formats/checkpoint.md, Change of the signing key): from the first checkpoint that covers a
// `log.key-changed` entry on, the new key signs; before it the old one.
import { ProblemError } from '@cordon/contract';
import { keyChangeText, makeVkey, parseVkey, toBase64 } from '@cordon/proofs';
import type { NoteSigner, VerifierKey } from '@cordon/proofs';
import type { SigningKey } from '#custody/keys/installation.ts';
import type { TenantId } from '#kernel/ids.ts';
import type { Store } from '#platform/store/store.ts';
import { commitAtHead } from './batch.ts';
import type { PlacingParts } from './batch.ts';
import { draftEntry } from './draft.ts';
import type { DraftParts } from './draft.ts';
import { readStates, selectKeyChanges } from './read.queries.ts';

export interface Signing {
  /** The key that signs a tree of this size. Errors: `key_unavailable` while a change of key is under way. */
  signerAt(tenant: TenantId, size: number): Promise<NoteSigner>;
  /** The log's keys up to this size, oldest first. */
  vkeysAt(tenant: TenantId, size: number): Promise<readonly string[]>;
  /** Every key that may have signed for the tenant, also one whose entry was lost with a restore. */
  everyKey(tenant: TenantId): Promise<readonly VerifierKey[]>;
}

export function createSigning(store: Store, current: () => Promise<SigningKey>): Signing {
  async function vkeysAt(tenant: TenantId, size: number): Promise<readonly string[]> {
    const changes = await store.asLedger((tx) => selectKeyChanges(tx, tenant, size));
    const [first] = changes;
    if (first !== undefined) return [first.old, ...changes.map((change) => change.new)];
    // Before its first change a log has one key: the old one of a change that this size does not cover yet, or today's.
    const [later] = await store.asLedger((tx) => selectKeyChanges(tx, tenant, Number.MAX_SAFE_INTEGER));
    return [later?.old ?? noteSigner(await current()).vkey];
  }
  return {
    vkeysAt,
    signerAt: async (tenant, size) => {
      const signer = noteSigner(await current());
      const inForce = (await vkeysAt(tenant, size)).at(-1);
      if (signer.vkey !== inForce) throw new ProblemError('key_unavailable', { reason: 'signing_key_changing' });
      return signer;
    },
    everyKey: async (tenant) => {
      const held = await vkeysAt(tenant, Number.MAX_SAFE_INTEGER);
      return [...new Set([...held, noteSigner(await current()).vkey])].map(parseVkey);
    },
  };
}

export function noteSigner(key: SigningKey): NoteSigner {
  return { vkey: makeVkey(key.name, key.publicKey), sign: (message) => key.sign(message) };
}

/**
 * Step 2 of a change of the signing key: an entry in every log, signed by both keys. Call between `prepareSigningKey` and
 * `activateSigningKey`; repeatable after a crash. Until the key is activated, logs that have the entry publish nothing.
 * Errors: `ledger_read_only` when a tenant waits to be reopened, with nothing recorded: afterwards its old key could not sign
 * the change. A diverged log signs nothing any more and is passed over.
 */
export async function recordKeyChange(
  parts: DraftParts & PlacingParts,
  old: SigningKey,
  next: SigningKey,
): Promise<void> {
  const logs = await parts.store.asLedger(readStates);
  const waiting = logs.filter(({ state }) => state === 'read_only').length;
  if (waiting > 0) throw new ProblemError('ledger_read_only', { tenants: waiting });
  for (const { tenant, state } of logs) if (state === 'open') await recordInLog(parts, tenant, old, next);
}

async function recordInLog(
  parts: DraftParts & PlacingParts,
  tenant: TenantId,
  old: SigningKey,
  next: SigningKey,
): Promise<void> {
  const [oldVkey, newVkey] = [noteSigner(old).vkey, noteSigner(next).vkey];
  const changes = await parts.store.asLedger((tx) => selectKeyChanges(tx, tenant, Number.MAX_SAFE_INTEGER));
  if (changes.at(-1)?.new === newVkey) return;
  await commitAtHead(parts, tenant, async (head) => {
    if (head.state !== 'open')
      throw new ProblemError(head.state === 'diverged' ? 'ledger_diverged' : 'ledger_read_only');
    const text = Buffer.from(keyChangeText(parts.headers.log(tenant), head.size, oldVkey, newVkey));
    const draft = await draftEntry(parts, {
      tenant,
      kind: 'log.key-changed',
      actor: { type: 'system', id: 'keys' },
      detail: {
        old: oldVkey,
        new: newVkey,
        oldSignature: toBase64(old.sign(text)),
        newSignature: toBase64(next.sign(text)),
      },
    });
    return { draft, head };
  });
}
