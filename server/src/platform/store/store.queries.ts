// SQL of the store itself.
import type { Client, ClientBase } from 'pg';
import type { TenantId } from '#kernel/ids.ts';

export interface ServerSettings {
  readonly versionNumber: number;
  readonly fsync: string;
  readonly fullPageWrites: string;
  readonly synchronousCommit: string;
}

export function begin(client: ClientBase): Promise<unknown> {
  return client.query('BEGIN');
}

/** The command tag that PostgreSQL answers: `ROLLBACK` when a statement of the transaction had failed. */
export async function commit(client: ClientBase): Promise<string> {
  return (await client.query('COMMIT')).command;
}

/** False when the connection is no longer fit for use. */
export async function rollback(client: ClientBase): Promise<boolean> {
  return client.query('ROLLBACK').then(
    () => true,
    () => false,
  );
}

/** Valid until the end of the transaction (third argument): nothing stays on the connection for its next user. */
export function setTenant(client: ClientBase, tenant: TenantId): Promise<unknown> {
  return client.query({
    name: 'set_tenant',
    text: `SELECT set_config('cordon.tenant', $1, true)`,
    values: [tenant],
  });
}

export async function readServerSettings(client: Client): Promise<ServerSettings> {
  const { rows } = await client.query<ServerSettings>(
    `SELECT current_setting('server_version_num')::int AS "versionNumber",
            current_setting('fsync') AS fsync,
            current_setting('full_page_writes') AS "fullPageWrites",
            current_setting('synchronous_commit') AS "synchronousCommit"`,
  );
  const [row] = rows;
  if (row === undefined) throw new TypeError('PostgreSQL told no settings');
  return row;
}
