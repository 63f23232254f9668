// The store against a real PostgreSQL: transactions, walls, failures.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newTenantId } from '#kernel/ids.ts';
import { createTestDatabase } from '#test/database.ts';
import type { TestDatabase } from '#test/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  await database.admin(`
    CREATE TABLE cordon.thing (tenant uuid NOT NULL, id uuid NOT NULL, word text, PRIMARY KEY (tenant, id));
    ALTER TABLE cordon.thing ENABLE ROW LEVEL SECURITY;
    ALTER TABLE cordon.thing FORCE ROW LEVEL SECURITY;
    CREATE POLICY tenant ON cordon.thing TO cordon_app USING (tenant = current_setting('cordon.tenant')::uuid)
      WITH CHECK (tenant = current_setting('cordon.tenant')::uuid);
    GRANT SELECT, INSERT, UPDATE, DELETE ON cordon.thing TO cordon_app;`);
});
afterAll(async () => {
  await database.close();
});

test('a tenant sees its rows', async () => {
  const tenant = newTenantId();
  await database.store.asTenant(tenant, (tx) => tx.query('INSERT INTO thing VALUES ($1, $1, $2)', [tenant, 'x']));
  const rows = await database.store.asTenant(tenant, (tx) => tx.query('SELECT word FROM thing'));
  expect(rows).toEqual([{ word: 'x' }]);
});
