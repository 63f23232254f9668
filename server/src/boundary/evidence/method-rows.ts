// Method records between their stored form and what is shown: words opened, state and what is missing computed at the moment of reading.
import type { Agreement, MethodRecord as ShownMethod } from '@cordon/contract';
import { openJson, sealJson } from '#custody/keys/sealed-json.ts';
import type { Binding, Sealer } from '#custody/keys/sealer.ts';
import type { TenantId } from '#kernel/ids.ts';
import type { Transaction } from '#platform/store/store.ts';
import { insertMethod, type StoredMethod } from './methods.queries.ts';
import type { MethodRow, MethodWords } from './rows.ts';
import { missingOf, stateOf } from './standing.ts';

/** A record with its words opened. */
export interface HeldMethod {
  readonly row: MethodRow;
  readonly words: MethodWords;
  readonly recordedAt: Date;
}

/** Errors: `sealed_object_invalid`, `content_destroyed`. */
export async function openMethod(sealer: Sealer, tenant: TenantId, stored: StoredMethod): Promise<HeldMethod> {
  const { id, version, row, recorded_at: recordedAt } = stored;
  return { row, words: await openJson<MethodWords>(sealer, bindingOf(tenant, id, version), stored), recordedAt };
}

export async function insertVersionOf(
  tx: Transaction,
  sealer: Sealer,
  tenant: TenantId,
  row: MethodRow,
  words: MethodWords,
): Promise<void> {
  await insertMethod(tx, row, sealJson(sealer, bindingOf(tenant, row.id, row.version), 'configuration', words));
}

export function showMethod(
  { row, words, recordedAt }: HeldMethod,
  now: Date,
  running: string,
  agreement: Agreement | null,
): ShownMethod {
  const { id, version, document, effective, expires, ended } = row;
  const { terms, engine, measurement, review, risk, statement, sha256 } = words;
  const standing = { now, running, agreement };
  return {
    id,
    version,
    recordedAt: recordedAt.toISOString(),
    terms,
    state: stateOf(row, words, standing),
    missing: missingOf(row, words, standing),
    engine,
    measurement,
    review,
    document: document === null ? null : { ...document, sha256: sha256 ?? '' },
    risk,
    statement,
    effective,
    expires,
    ended,
  };
}

function bindingOf(tenant: TenantId, id: string, version: number): Binding {
  return { tenant, kind: 'registry', id: `method.${id}`, version };
}
