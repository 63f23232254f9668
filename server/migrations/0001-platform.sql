-- Roles, schema and the closed door: nobody has any right that is not granted by name.
--
-- Group roles carry rights and cannot log in; the login roles of each database are made by the migration runner.
--   cordon_app     row-level security forced, one tenant per transaction
--   cordon_ledger  ledger tables of all tenants
--   cordon_access  installation-wide locators: credential digest -> tenant, list of tenants
--   cordon_jobs    schema pgboss
-- Roles belong to the whole server: another database may have made them, even at this moment.
DO $$
DECLARE
  role text;
BEGIN
  FOREACH role IN ARRAY ARRAY['cordon_app', 'cordon_ledger', 'cordon_access', 'cordon_jobs'] LOOP
    BEGIN
      EXECUTE format('CREATE ROLE %I NOLOGIN NOINHERIT', role);
    EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
    END;
  END LOOP;
END $$;

DO $$
BEGIN
  EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
END $$;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
REVOKE ALL ON SCHEMA cordon FROM PUBLIC;

-- What later migrations create is closed too. Functions are open to PUBLIC unless this is said without a schema.
ALTER DEFAULT PRIVILEGES REVOKE ALL ON TABLES FROM PUBLIC;
ALTER DEFAULT PRIVILEGES REVOKE ALL ON SEQUENCES FROM PUBLIC;
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
ALTER DEFAULT PRIVILEGES REVOKE USAGE ON TYPES FROM PUBLIC;

GRANT USAGE ON SCHEMA cordon TO cordon_app, cordon_ledger, cordon_access;

-- pg-boss makes its own tables, as cordon_jobs. A server older than 16 lets only a member hand a schema to a role.
DO $$
BEGIN
  IF NOT pg_has_role(current_user, 'cordon_jobs', 'SET') THEN
    EXECUTE format('GRANT cordon_jobs TO %I', current_user);
  END IF;
EXCEPTION WHEN invalid_parameter_value THEN -- PostgreSQL 15 does not know the privilege SET
  IF NOT pg_has_role(current_user, 'cordon_jobs', 'MEMBER') THEN
    EXECUTE format('GRANT cordon_jobs TO %I', current_user);
  END IF;
END $$;
CREATE SCHEMA pgboss AUTHORIZATION cordon_jobs;
REVOKE ALL ON SCHEMA pgboss FROM PUBLIC;
