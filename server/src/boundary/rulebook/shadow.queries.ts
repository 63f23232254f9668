// Differences between the live policy and the one in its shadow. As cordon_app.
import type { Transaction } from '#platform/store/store.ts';

export interface DifferenceRow {
  readonly live: string;
  readonly shadow: string;
  readonly actor: string;
  readonly purpose: string;
  readonly live_code: string;
  /** Empty: refused. */
  readonly live_service: string;
  readonly shadow_code: string;
  readonly shadow_service: string;
  readonly count: number;
  readonly intent_id: string;
  readonly last_at: Date;
}

export async function addDifferences(tx: Transaction, rows: readonly DifferenceRow[]): Promise<void> {
  const column = <K extends keyof DifferenceRow>(name: K): DifferenceRow[K][] => rows.map((row) => row[name]);
  await tx.query(
    `INSERT INTO policy_shadow_difference AS held
       (tenant, live, shadow, actor, purpose, live_code, live_service, shadow_code, shadow_service, count, intent_id, last_at)
     SELECT current_setting('cordon.tenant')::uuid, * FROM unnest(
       $1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::bigint[], $10::uuid[],
       $11::timestamptz[])
     ON CONFLICT (tenant, shadow, live, actor, purpose, live_code, live_service, shadow_code, shadow_service)
       DO UPDATE SET count = held.count + excluded.count, intent_id = excluded.intent_id, last_at = excluded.last_at`,
    [
      column('live'),
      column('shadow'),
      column('actor'),
      column('purpose'),
      column('live_code'),
      column('live_service'),
      column('shadow_code'),
      column('shadow_service'),
      column('count'),
      column('intent_id'),
      column('last_at'),
    ],
  );
}

/** Of one policy in the shadow, most frequent first. */
export async function listDifferences(tx: Transaction, shadow: string, limit: number): Promise<DifferenceRow[]> {
  return tx.query<DifferenceRow>(
    'SELECT * FROM policy_shadow_difference WHERE shadow = $1 ORDER BY count DESC, last_at DESC LIMIT $2',
    [shadow, limit],
  );
}
