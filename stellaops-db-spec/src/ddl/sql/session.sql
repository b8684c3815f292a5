-- Two runs in one database wait for each other.
DO $$ BEGIN PERFORM pg_catalog.pg_advisory_xact_lock(8319385928009346928); END $$;

SET LOCAL client_min_messages = warning;
SET LOCAL standard_conforming_strings = on;
SET LOCAL search_path = '';      -- every name below says its schema
SET LOCAL row_security = off;    -- what row security would hide becomes an error
SET LOCAL lock_timeout = '5s';   -- a busy table is no reason to queue everybody else behind this run

DO $$
BEGIN
  IF coalesce(current_setting('app.tenant_id', true), '') <> '' THEN
    RAISE EXCEPTION USING
      ERRCODE = 'SD006',
      MESSAGE = format('this session is bound to the tenant %L', current_setting('app.tenant_id', true)),
      HINT    = 'Schema changes see all rows or none: RESET app.tenant_id, and find out who set it for the session, role or database.';
  END IF;
END $$;
