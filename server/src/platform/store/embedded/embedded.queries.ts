// SQL of the embedded server.
import pg from 'pg';
import type { Client } from 'pg';

/** CREATE DATABASE has no IF NOT EXISTS and no parameters. */
export async function ensureDatabase(client: Client, database: string): Promise<void> {
  const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [database]);
  if (found.rowCount === 0) await client.query(`CREATE DATABASE ${pg.escapeIdentifier(database)}`);
}
