DO $$
BEGIN
  IF NOT has_database_privilege(current_database(), 'CREATE') THEN
    RAISE EXCEPTION USING
      ERRCODE = 'SD005',
      MESSAGE = format('%I may not create schemas in the database %I', current_user, current_database()),
      HINT    = format('Run this file once as a superuser, or let one run: GRANT CREATE ON DATABASE %I TO %I;', current_database(), current_user);
  END IF;
  IF to_regnamespace('stellaops') IS NULL THEN
    CREATE SCHEMA stellaops;
  END IF;
END $$;

-- Every function that knows a type or a table by name searches pg_temp last. Where it is not named it is searched
-- first, and a type of that name, made there by whoever calls, would run its checks with the rights of whoever the
-- function runs as: the owner, in a chain of hashes and in a cascade.

-- Makes a role, or gives an existing one the attributes that isolation rests on. Roles belong to the
-- cluster: a run in another database may make the same role at the same moment.
CREATE OR REPLACE PROCEDURE stellaops.ensure_role(role_name text, may_login boolean, bypasses_rls boolean, meaning text)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $procedure$
DECLARE
  statement text := concat_ws(' ', format('CREATE ROLE %I', role_name),
    CASE WHEN may_login THEN 'LOGIN' END, CASE WHEN bypasses_rls THEN 'BYPASSRLS' END);
  changes   text;
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role_name) THEN
    BEGIN
      EXECUTE statement;
    EXCEPTION WHEN duplicate_object OR unique_violation THEN
      NULL;  -- the run in the other database was faster
    END;
  END IF;

  SELECT concat_ws(' ',
      CASE WHEN rolcanlogin  <> may_login    THEN CASE WHEN may_login    THEN 'LOGIN'     ELSE 'NOLOGIN'     END END,
      CASE WHEN rolbypassrls <> bypasses_rls THEN CASE WHEN bypasses_rls THEN 'BYPASSRLS' ELSE 'NOBYPASSRLS' END END,
      CASE WHEN rolsuper       THEN 'NOSUPERUSER'   END,
      CASE WHEN rolreplication THEN 'NOREPLICATION' END)
    INTO changes FROM pg_roles WHERE rolname = role_name;
  IF changes <> '' THEN
    statement := format('ALTER ROLE %I %s', role_name, changes);
    EXECUTE statement;
    RAISE WARNING 'role % had other attributes and is now %', role_name, changes;
  END IF;

  IF shobj_description(to_regrole(quote_ident(role_name)), 'pg_authid') IS DISTINCT FROM meaning THEN
    BEGIN
      EXECUTE format('COMMENT ON ROLE %I IS %L', role_name, meaning);
    EXCEPTION WHEN insufficient_privilege OR unique_violation OR internal_error THEN
      NULL;  -- a comment stops nothing: who may not write it, or meets another run, leaves it
    END;
  END IF;
EXCEPTION WHEN insufficient_privilege THEN
  RAISE EXCEPTION USING
    ERRCODE = 'SD005',
    MESSAGE = format('role %I is missing or has other attributes, and %I may not change that: %s', role_name, current_user, SQLERRM),
    HINT    = format('Run this file once as a superuser, or let one run: %s;', statement);
END $procedure$;

-- Makes a role a member of another, if it is none yet.
CREATE OR REPLACE PROCEDURE stellaops.ensure_member(role_name text, member text)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $procedure$
BEGIN
  IF NOT pg_has_role(member, role_name, 'USAGE') THEN
    BEGIN
      EXECUTE format('GRANT %I TO %I', role_name, member);
    EXCEPTION WHEN unique_violation THEN
      NULL;  -- the run in another database was faster
    END;
  END IF;
EXCEPTION WHEN insufficient_privilege THEN
  RAISE EXCEPTION USING
    ERRCODE = 'SD005',
    MESSAGE = format('%I is no member of %I, and %I may not change that: %s', member, role_name, current_user, SQLERRM),
    HINT    = format('Run this file once as a superuser, or let one run: GRANT %I TO %I;', role_name, member);
END $procedure$;

CALL stellaops.ensure_role('stellaops_migrator', true, true,
  'Runs migrations. Bypasses row security, because validating a foreign key must see all rows; member of every owner.');
CALL stellaops.ensure_role('stellaops_system', true, true,
  'The system scope: the one login that reads and writes across tenants. Every use leaves a row in stellaops.system_access.');

DO $$
BEGIN
  IF NOT has_database_privilege('stellaops_migrator', current_database(), 'CREATE') THEN
    EXECUTE format('GRANT CREATE ON DATABASE %I TO stellaops_migrator', current_database());
  END IF;
END $$;

-- The tenant as a statement's parameter. Converting the parameter binds the tenant to the transaction,
-- once: a second, other tenant in the same transaction is refused. It is never the type of a column,
-- and it is never dropped: live connections hold its id.
DO $$
DECLARE
  rule constant text := $check$CHECK (
    VALUE <> ''
    AND coalesce(nullif(current_setting('app.tenant_id', true), ''), set_config('app.tenant_id', VALUE, true)) = VALUE
  )$check$;
  wanted text;
  stale  record;
BEGIN
  IF to_regtype('stellaops.tenant') IS NULL THEN
    EXECUTE 'CREATE DOMAIN stellaops.tenant AS text NOT NULL CONSTRAINT one_tenant_per_transaction ' || rule;
    RETURN;
  END IF;
  IF NOT EXISTS (SELECT FROM pg_type WHERE oid = 'stellaops.tenant'::regtype AND typtype = 'd' AND typbasetype = 'text'::regtype) THEN
    RAISE EXCEPTION USING
      ERRCODE = 'SD004',
      MESSAGE = 'stellaops.tenant exists and is no domain over text',
      HINT    = 'Rename it with ALTER TYPE or ALTER DOMAIN and run this file again; do not drop it while connections use it.';
  END IF;

  -- The server's own spelling of the rule, to compare with what is there.
  EXECUTE 'CREATE DOMAIN stellaops.tenant_as_specified AS text CONSTRAINT one_tenant_per_transaction ' || rule;
  SELECT pg_get_constraintdef(oid) INTO STRICT wanted FROM pg_constraint
    WHERE contypid = 'stellaops.tenant_as_specified'::regtype AND contype = 'c';
  DROP DOMAIN stellaops.tenant_as_specified;

  FOR stale IN
    SELECT conname FROM pg_constraint
    WHERE contypid = 'stellaops.tenant'::regtype AND contype = 'c'
      AND (conname, pg_get_constraintdef(oid)) IS DISTINCT FROM ('one_tenant_per_transaction'::name, wanted)
  LOOP
    EXECUTE format('ALTER DOMAIN stellaops.tenant DROP CONSTRAINT %I', stale.conname);
  END LOOP;
  IF NOT EXISTS (SELECT FROM pg_constraint WHERE contypid = 'stellaops.tenant'::regtype AND contype = 'c') THEN
    EXECUTE 'ALTER DOMAIN stellaops.tenant ADD CONSTRAINT one_tenant_per_transaction ' || rule;
  END IF;
  IF NOT (SELECT typnotnull FROM pg_type WHERE oid = 'stellaops.tenant'::regtype) THEN
    ALTER DOMAIN stellaops.tenant SET NOT NULL;
  END IF;
END $$;

-- What a policy answers when no tenant is bound. STABLE, because an immutable function would be folded
-- into cached plans and leak; PARALLEL SAFE, because anything else makes every query serial.
CREATE OR REPLACE FUNCTION stellaops.no_tenant_bound() RETURNS text
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $function$
BEGIN
  RAISE EXCEPTION USING
    ERRCODE = 'SD001',
    MESSAGE = 'no tenant is bound',
    HINT    = 'Pass the tenant as a parameter of type stellaops.tenant; work across tenants belongs to stellaops_system.';
END $function$;

-- Sets the column named by the trigger to the time of the transaction. The trigger's condition calls it
-- only when the statement left the column alone.
CREATE OR REPLACE FUNCTION stellaops.touch() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $function$
BEGIN
  RETURN jsonb_populate_record(NEW, jsonb_build_object(TG_ARGV[0], now()));
END $function$;

-- Refuses a step of a status. The trigger's condition lists the legal steps and calls this for any other;
-- its arguments are the column and, for a status stored as a number, the names of the numbers.
CREATE OR REPLACE FUNCTION stellaops.refuse_transition() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $function$
DECLARE
  names constant jsonb := coalesce(TG_ARGV[1], '{}')::jsonb;
  was   constant text  := to_jsonb(OLD) ->> TG_ARGV[0];
  next  constant text  := to_jsonb(NEW) ->> TG_ARGV[0];
BEGIN
  RAISE EXCEPTION USING
    ERRCODE    = 'SD002',
    MESSAGE    = format('%I.%I: %I does not go from %s to %s', TG_TABLE_SCHEMA, TG_TABLE_NAME, TG_ARGV[0],
                        coalesce(names ->> was, was, 'NULL'), coalesce(names ->> next, next, 'NULL')),
    HINT       = 'The legal steps are those of the trigger''s condition.',
    SCHEMA     = TG_TABLE_SCHEMA,
    TABLE      = TG_TABLE_NAME,
    COLUMN     = TG_ARGV[0],
    CONSTRAINT = TG_NAME;
END $function$;

-- Refuses a retired value where it is new; a row that has it already keeps it. The trigger's condition calls
-- this for retired values only; its arguments are the column and, for numbers, their names.
CREATE OR REPLACE FUNCTION stellaops.refuse_retired() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $function$
DECLARE
  names constant jsonb := coalesce(TG_ARGV[1], '{}')::jsonb;
  next  constant text  := to_jsonb(NEW) ->> TG_ARGV[0];
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF to_jsonb(OLD) ->> TG_ARGV[0] = next THEN
      RETURN NEW;
    END IF;
  END IF;
  RAISE EXCEPTION USING
    ERRCODE    = 'SD020',
    MESSAGE    = format('%I.%I: %s is retired, and no row gets it as its %I', TG_TABLE_SCHEMA, TG_TABLE_NAME,
                        coalesce(names ->> next, next), TG_ARGV[0]),
    HINT       = 'Rows that hold it keep it; write one of the values that are in use.',
    SCHEMA     = TG_TABLE_SCHEMA,
    TABLE      = TG_TABLE_NAME,
    COLUMN     = TG_ARGV[0],
    CONSTRAINT = TG_NAME;
END $function$;

-- Refuses to change a table of facts, whoever asks.
CREATE OR REPLACE FUNCTION stellaops.refuse_change() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $function$
BEGIN
  RAISE EXCEPTION USING
    ERRCODE    = 'SD003',
    MESSAGE    = format('%I.%I is append-only: %s is refused', TG_TABLE_SCHEMA, TG_TABLE_NAME, TG_OP),
    HINT       = 'Write a new row that corrects the old one.',
    SCHEMA     = TG_TABLE_SCHEMA,
    TABLE      = TG_TABLE_NAME,
    CONSTRAINT = TG_NAME;
END $function$;

-- Refuses to delete from a table that keeps its rows, whoever asks.
CREATE OR REPLACE FUNCTION stellaops.refuse_deletion() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $function$
BEGIN
  RAISE EXCEPTION USING
    ERRCODE    = 'SD010',
    MESSAGE    = format('rows of %I.%I are not deleted: %s is refused', TG_TABLE_SCHEMA, TG_TABLE_NAME, TG_OP),
    HINT       = 'Change the row to say that it no longer counts.',
    SCHEMA     = TG_TABLE_SCHEMA,
    TABLE      = TG_TABLE_NAME,
    CONSTRAINT = TG_NAME;
END $function$;

-- Refuses to delete a row within its retention. The trigger's condition asks for the age and calls this for
-- a row that is too young; its argument is the number of days.
CREATE OR REPLACE FUNCTION stellaops.refuse_early_deletion() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $function$
BEGIN
  RAISE EXCEPTION USING
    ERRCODE    = 'SD011',
    MESSAGE    = format('rows of %I.%I are kept for %s days: DELETE is refused', TG_TABLE_SCHEMA, TG_TABLE_NAME, TG_ARGV[0]),
    HINT       = 'Delete older rows only, as the purge of a system scope does.',
    SCHEMA     = TG_TABLE_SCHEMA,
    TABLE      = TG_TABLE_NAME,
    CONSTRAINT = TG_NAME;
END $function$;

-- What the CHECKs of JSONB columns ask about the values inside a document, wherever the path leads; a CHECK
-- has no sub-select to ask it itself. None of them raises. PL/pgSQL, because its plans stay for the session:
-- an SQL function would be planned in every statement. Without SET, which would cost as much as the rest;
-- every name, operator and collation says that it is pg_catalog's.

-- Whether the texts there match a pattern and have a length; a rule that is NULL asks for nothing.
CREATE OR REPLACE FUNCTION stellaops.texts_fit(
  document jsonb, path jsonpath, pattern text DEFAULT NULL, shortest integer DEFAULT NULL, longest integer DEFAULT NULL
) RETURNS boolean LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $function$
BEGIN
  RETURN NOT EXISTS (
    SELECT FROM pg_catalog.jsonb_path_query(document, path, silent => true) AS found(value)
    WHERE (value OPERATOR(pg_catalog.#>>) '{}') COLLATE pg_catalog."C" OPERATOR(pg_catalog.!~) pattern
      OR pg_catalog.char_length(value OPERATOR(pg_catalog.#>>) '{}') OPERATOR(pg_catalog.<) shortest
      OR pg_catalog.char_length(value OPERATOR(pg_catalog.#>>) '{}') OPERATOR(pg_catalog.>) longest
  );
END $function$;

-- Whether each list of texts there is sorted by bytes, without duplicates.
CREATE OR REPLACE FUNCTION stellaops.are_sets(document jsonb, path jsonpath) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $function$
BEGIN
  RETURN NOT EXISTS (
    SELECT FROM pg_catalog.jsonb_path_query(document, path, silent => true) AS found(list)
    WHERE CASE WHEN pg_catalog.jsonb_typeof(list) OPERATOR(pg_catalog.=) 'array' THEN EXISTS (
      SELECT FROM pg_catalog.generate_series(1, pg_catalog.jsonb_array_length(list) OPERATOR(pg_catalog.-) 1) AS position
      WHERE (list OPERATOR(pg_catalog.->>) position) COLLATE pg_catalog."C"
        OPERATOR(pg_catalog.<=) (list OPERATOR(pg_catalog.->>) (position OPERATOR(pg_catalog.-) 1))
    ) ELSE true END
  );
END $function$;

-- Whether the objects there have no other members than these.
CREATE OR REPLACE FUNCTION stellaops.has_only(document jsonb, path jsonpath, names text[]) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $function$
BEGIN
  RETURN NOT EXISTS (
    SELECT FROM pg_catalog.jsonb_path_query(document, path, silent => true) AS found(object)
    WHERE CASE WHEN pg_catalog.jsonb_typeof(object) OPERATOR(pg_catalog.=) 'object'
      THEN (object OPERATOR(pg_catalog.-) names) OPERATOR(pg_catalog.<>) '{}' ELSE true END
  );
END $function$;

-- Whether a relation has an index, policy or trigger of that name.
CREATE OR REPLACE FUNCTION stellaops.has(relation text, kind text, name text) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $function$
  SELECT CASE kind
    WHEN 'index'   THEN EXISTS (SELECT FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
                                WHERE indrelid = relation::regclass AND relname = name)
    WHEN 'policy'  THEN EXISTS (SELECT FROM pg_policy  WHERE polrelid = relation::regclass AND polname = name)
    WHEN 'trigger' THEN EXISTS (SELECT FROM pg_trigger WHERE tgrelid = relation::regclass AND tgname = name AND NOT tgisinternal)
  END
$function$;

-- Everything about a relation that a statement can meet: its kind, columns, constraints and indexes.
CREATE OR REPLACE FUNCTION stellaops.shape(relation oid) RETURNS TABLE (kind text, name text, definition text)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $function$
  SELECT 'relation', '',
         concat_ws(' ', CASE relpersistence WHEN 'u' THEN 'unlogged' WHEN 't' THEN 'temporary' END,
                   CASE relkind WHEN 'r' THEN 'table' WHEN 'p' THEN 'partitioned table' WHEN 'v' THEN 'view'
                                WHEN 'm' THEN 'materialized view' WHEN 'f' THEN 'foreign table' ELSE relkind::text END,
                   'by ' || pg_get_partkeydef(oid))
    FROM pg_class WHERE oid = relation
  UNION ALL
  SELECT 'column', attname::text,
         concat_ws(' ', format_type(atttypid, atttypmod),
                   CASE WHEN attcollation <> 0 THEN 'COLLATE ' || (SELECT quote_ident(collname) FROM pg_collation WHERE oid = attcollation) END,
                   CASE WHEN attnotnull THEN 'NOT NULL' END,
                   CASE attidentity WHEN 'a' THEN 'GENERATED ALWAYS AS IDENTITY' WHEN 'd' THEN 'GENERATED BY DEFAULT AS IDENTITY' END,
                   CASE attgenerated WHEN '' THEN 'DEFAULT ' ELSE 'GENERATED ALWAYS AS ' END || pg_get_expr(adbin, adrelid))
    FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
    WHERE attrelid = relation AND attnum > 0 AND NOT attisdropped
  UNION ALL
  SELECT 'constraint', conname::text, pg_get_constraintdef(oid)
    FROM pg_constraint WHERE conrelid = relation AND contype NOT IN ('n', 't')
  UNION ALL
  SELECT 'index', relname::text, pg_get_indexdef(indexrelid) || CASE WHEN indisvalid THEN '' ELSE ' (invalid)' END
    FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
    WHERE indrelid = relation AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid AND conrelid = relation)
$function$;

-- Makes what is specified and printed differently again, from its own print. PostgreSQL reads what it prints in
-- another way at times: `(a AND b) AND c` comes back as `a AND b AND c`. Tables that were restored from a dump
-- went that way once; now both have.
CREATE OR REPLACE PROCEDURE stellaops.reprint(specified text, existing text)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $procedure$
DECLARE
  wanted_schema constant regnamespace := to_regnamespace(quote_ident(specified));
  there_schema  constant regnamespace := to_regnamespace(quote_ident(existing));
  again         record;
BEGIN
  FOR again IN
    WITH printed AS (
      SELECT conrelid AS relation, 'constraint' AS kind, conname AS name, pg_get_constraintdef(oid) AS definition,
             '' AS visible, '' AS writable
        FROM pg_constraint WHERE contype = 'c' AND connamespace IN (wanted_schema, there_schema)
      UNION ALL
      SELECT indrelid, 'index', relname, pg_get_indexdef(indexrelid), '', ''
        FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
        WHERE indpred IS NOT NULL AND relnamespace IN (wanted_schema, there_schema)
      UNION ALL
      SELECT tgrelid, 'trigger', tgname, pg_get_triggerdef(pg_trigger.oid), '', ''
        FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
        WHERE tgqual IS NOT NULL AND NOT tgisinternal AND relnamespace IN (wanted_schema, there_schema)
      UNION ALL
      SELECT polrelid, 'policy', polname, '', coalesce(pg_get_expr(polqual, polrelid), ''), coalesce(pg_get_expr(polwithcheck, polrelid), '')
        FROM pg_policy JOIN pg_class ON pg_class.oid = polrelid WHERE relnamespace IN (wanted_schema, there_schema)
    )
    SELECT wanted.*
    FROM printed AS wanted
    JOIN pg_class AS specified_table ON specified_table.oid = wanted.relation AND specified_table.relnamespace = wanted_schema
    JOIN pg_class AS found_table ON found_table.relname = specified_table.relname AND found_table.relnamespace = there_schema
    JOIN printed AS there ON there.relation = found_table.oid AND there.kind = wanted.kind AND there.name = wanted.name
    WHERE (replace(wanted.definition, quote_ident(specified) || '.', quote_ident(existing) || '.'), wanted.visible, wanted.writable)
      IS DISTINCT FROM (there.definition, there.visible, there.writable)
  LOOP
    CASE again.kind
      WHEN 'constraint' THEN
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I, ADD CONSTRAINT %2$I %s', again.relation::regclass, again.name, again.definition);
      WHEN 'index' THEN
        EXECUTE format('DROP INDEX %I.%I', specified, again.name);
        EXECUTE again.definition;
      WHEN 'trigger' THEN
        EXECUTE format('DROP TRIGGER %I ON %s', again.name, again.relation::regclass);
        EXECUTE again.definition;
      WHEN 'policy' THEN
        EXECUTE concat_ws(' ', format('ALTER POLICY %I ON %s', again.name, again.relation::regclass),
          'USING (' || nullif(again.visible, '') || ')', 'WITH CHECK (' || nullif(again.writable, '') || ')');
    END CASE;
  END LOOP;
END $procedure$;

-- What differs between the tables of one schema, as specified, and those of the same names in another, as
-- found: one line a difference. Further indexes that are not unique change no result, and are let be.
CREATE OR REPLACE FUNCTION stellaops.shape_differences(specified text, existing text) RETURNS SETOF text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $function$
  WITH pair AS (
    SELECT wanted.relname, wanted.oid AS wanted, there.oid AS there
    FROM pg_class AS wanted JOIN pg_class AS there USING (relname)
    WHERE wanted.relnamespace = to_regnamespace(quote_ident(specified)) AND wanted.relkind IN ('r', 'p')
      AND there.relnamespace = to_regnamespace(quote_ident(existing))
  ), should AS (
    SELECT relname, shape.kind, shape.name,
           replace(shape.definition, quote_ident(specified) || '.', quote_ident(existing) || '.') AS definition
    FROM pair, stellaops.shape(pair.wanted) AS shape
  ), actual AS (
    SELECT relname, shape.kind, shape.name, shape.definition FROM pair, stellaops.shape(pair.there) AS shape
  )
  SELECT difference FROM (
    SELECT relname, array_position(ARRAY['relation', 'column', 'constraint', 'index'], kind) AS place, name,
           format('%I.%I: %s is %s, should be %s', existing, relname, concat_ws(' ', kind, nullif(quote_ident(name), '""')),
                  coalesce(actual.definition, 'missing'), coalesce(should.definition, 'absent')) AS difference
    FROM should FULL JOIN actual USING (relname, kind, name)
    WHERE should.definition IS DISTINCT FROM actual.definition
      AND NOT (should.definition IS NULL AND kind = 'index' AND actual.definition NOT LIKE 'CREATE UNIQUE%')
    UNION ALL
    SELECT partition.relname, 5, '', format('%I.%I: this partition is %s, should be closed', existing, partition.relname,
             CASE WHEN relrowsecurity AND relforcerowsecurity THEN 'granted to others' ELSE 'without forced row security' END)
    FROM pair JOIN pg_inherits ON inhparent = pair.there JOIN pg_class AS partition ON partition.oid = inhrelid
    WHERE NOT (relrowsecurity AND relforcerowsecurity)
       OR EXISTS (SELECT FROM aclexplode(relacl) AS granted WHERE granted.grantee <> relowner)
  ) AS differences
  ORDER BY relname COLLATE "C", place, name COLLATE "C"
$function$;

-- Puts back the policies of existing tables that somebody changed, and takes away changed triggers, which
-- are then made anew. Nobody sees the moment between: both hold the table's lock to the end of the run.
CREATE OR REPLACE PROCEDURE stellaops.restore_guards(specified text, existing text)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $procedure$
DECLARE
  changed record;
BEGIN
  FOR changed IN
    SELECT there.polrelid::regclass AS relation, there.polname AS name,
           pg_get_expr(wanted.polqual, wanted.polrelid) AS visible, pg_get_expr(wanted.polwithcheck, wanted.polrelid) AS writable,
           (SELECT string_agg(CASE role WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(role)) END, ', ')
              FROM unnest(wanted.polroles) AS role) AS roles,
           (wanted.polcmd, wanted.polpermissive, wanted.polqual IS NULL, wanted.polwithcheck IS NULL)
             = (there.polcmd, there.polpermissive, there.polqual IS NULL, there.polwithcheck IS NULL) AS same_kind
    FROM pg_policy AS wanted
    JOIN pg_class AS specified_table ON specified_table.oid = wanted.polrelid
    JOIN pg_class AS found_table USING (relname)
    JOIN pg_policy AS there ON there.polrelid = found_table.oid AND there.polname = wanted.polname
    WHERE specified_table.relnamespace = to_regnamespace(quote_ident(specified))
      AND found_table.relnamespace = to_regnamespace(quote_ident(existing))
      AND (wanted.polcmd, wanted.polpermissive, wanted.polroles,
           pg_get_expr(wanted.polqual, wanted.polrelid), pg_get_expr(wanted.polwithcheck, wanted.polrelid))
        IS DISTINCT FROM (there.polcmd, there.polpermissive, there.polroles,
           pg_get_expr(there.polqual, there.polrelid), pg_get_expr(there.polwithcheck, there.polrelid))
    ORDER BY 1, 2
  LOOP
    IF changed.same_kind THEN
      EXECUTE concat_ws(' ', format('ALTER POLICY %I ON %s TO %s', changed.name, changed.relation, changed.roles),
        'USING (' || changed.visible || ')', 'WITH CHECK (' || changed.writable || ')');
    ELSE
      EXECUTE format('DROP POLICY %I ON %s', changed.name, changed.relation);
    END IF;
    RAISE WARNING 'policy % on % was changed by hand and is put back', changed.name, changed.relation;
  END LOOP;

  FOR changed IN
    SELECT there.tgrelid::regclass AS relation, there.tgname AS name
    FROM pg_trigger AS wanted
    JOIN pg_class AS specified_table ON specified_table.oid = wanted.tgrelid
    JOIN pg_class AS found_table USING (relname)
    JOIN pg_trigger AS there ON there.tgrelid = found_table.oid AND there.tgname = wanted.tgname
    WHERE NOT wanted.tgisinternal
      AND specified_table.relnamespace = to_regnamespace(quote_ident(specified))
      AND found_table.relnamespace = to_regnamespace(quote_ident(existing))
      AND (replace(pg_get_triggerdef(wanted.oid), quote_ident(specified) || '.', quote_ident(existing) || '.'), wanted.tgenabled)
        IS DISTINCT FROM (pg_get_triggerdef(there.oid), there.tgenabled)
    ORDER BY 1, 2
  LOOP
    EXECUTE format('DROP TRIGGER %I ON %s', changed.name, changed.relation);
    RAISE WARNING 'trigger % on % was changed by hand and is put back', changed.name, changed.relation;
  END LOOP;
END $procedure$;

-- Makes the partitions of the current month and of further ones, by UTC, and detaches those whose last row is
-- past the retention, if there is one. A procedure of the table's schema calls it as the table's owner. A
-- partition is made beside the table and attached when it is whole, which no writer waits for; it has forced
-- row security without a policy and no grant, so that its rows are reached through the table alone.
CREATE OR REPLACE PROCEDURE stellaops.maintain_partitions(parent text, ahead integer, days integer)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $procedure$
DECLARE
  whole   constant regclass  := parent;
  current constant timestamp := date_trunc('month', now() AT TIME ZONE 'UTC');
  month   record;
  guard   record;
BEGIN
  -- Runs of this and of a schema's file wait for each other.
  PERFORM pg_advisory_xact_lock(8319385928009346928);

  FOR month IN
    SELECT format('%I.%I', nspname, relname || to_char(begins, '"_y"YYYY"m"MM')) AS name, to_char(begins, 'YYYY-MM') AS in_words,
           format('FROM (%L) TO (%L)', to_char(begins, 'YYYY-MM-DD"T00:00:00Z"'),
                  to_char(begins + interval '1 month', 'YYYY-MM-DD"T00:00:00Z"')) AS bounds
    FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
    CROSS JOIN generate_series(current, current + ahead * interval '1 month', interval '1 month') AS begins
    WHERE pg_class.oid = whole
    ORDER BY begins
  LOOP
    CONTINUE WHEN EXISTS (SELECT FROM pg_inherits WHERE inhparent = whole AND inhrelid = to_regclass(month.name));
    EXECUTE format('CREATE TABLE %s (LIKE %s INCLUDING ALL EXCLUDING IDENTITY)', month.name, whole);
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', month.name);
    EXECUTE format('COMMENT ON TABLE %s IS %L', month.name, format('The rows of %s of the month %s, by UTC.', whole, month.in_words));
    -- Triggers for rows come with the partition's place; those for statements watch what is named in the statement.
    FOR guard IN
      SELECT tgname AS name, tgfoid::regproc AS function,
             concat_ws(' OR ', CASE WHEN tgtype & 16 > 0 THEN 'UPDATE' END, CASE WHEN tgtype & 8 > 0 THEN 'DELETE' END,
                       CASE WHEN tgtype & 32 > 0 THEN 'TRUNCATE' END) AS events
      FROM pg_trigger WHERE tgrelid = whole AND NOT tgisinternal AND tgtype & 1 = 0
      ORDER BY tgname
    LOOP
      EXECUTE format('CREATE TRIGGER %I BEFORE %s ON %s FOR EACH STATEMENT EXECUTE FUNCTION %s()',
                     guard.name, guard.events, month.name, guard.function);
    END LOOP;
    EXECUTE format('ALTER TABLE %s ATTACH PARTITION %s FOR VALUES %s', whole, month.name, month.bounds);
  END LOOP;

  FOR month IN
    SELECT oid::regclass AS name
    FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
    WHERE inhparent = whole AND days IS NOT NULL
      AND substring(pg_get_expr(relpartbound, oid) FROM $$TO \('([^']+)'\)$$)::timestamptz <= now() - days * interval '24 hours'
    ORDER BY relname
  LOOP
    EXECUTE format('ALTER TABLE %s DETACH PARTITION %s', whole, month.name);
    EXECUTE format('COMMENT ON TABLE %s IS %L', month.name,
      format('Detached from %s on %s, when its last row was past the retention of %s days. Archive it, then drop it.',
             whole, to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD'), days));
  END LOOP;
END $procedure$;

-- The hash of a row in a chain: SHA-256 of the names and texts of its columns, each with its length in bytes before
-- it, and of the hash of the row before. NULL is left out: a column that is added later changes no older hash.
CREATE OR REPLACE FUNCTION stellaops.chain_hash(names text[], texts text[], previous bytea) RETURNS bytea
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $function$
  SELECT sha256(convert_to(coalesce(string_agg(
           format('%s:%s%s:%s', octet_length(convert_to(name, 'UTF8')), name, octet_length(convert_to(value, 'UTF8')), value),
           '' ORDER BY place), ''), 'UTF8') || previous)
  FROM unnest(names, texts) WITH ORDINALITY AS item (name, value, place)
  WHERE value IS NOT NULL
$function$;

-- The evidence of every system scope: who reached across tenants, why and for how long.
CREATE TABLE IF NOT EXISTS stellaops.system_access (
  id               uuid                     NOT NULL DEFAULT gen_random_uuid(),
  who              text        COLLATE "C"  NOT NULL DEFAULT session_user,
  reason           text        COLLATE "C"  NOT NULL,
  application_name text        COLLATE "C"  NOT NULL DEFAULT current_setting('application_name'),
  started_at       timestamptz              NOT NULL DEFAULT now(),
  ended_at         timestamptz,
  statements       bigint                   NOT NULL DEFAULT 0,
  CONSTRAINT pk_system_access PRIMARY KEY (id),
  CONSTRAINT ck_system_access_reason CHECK (btrim(reason) <> ''),
  CONSTRAINT ck_system_access_period CHECK (ended_at IS NULL OR ended_at >= started_at),
  CONSTRAINT ck_system_access_statements CHECK (statements >= 0)
);

DO $$
BEGIN
  IF NOT stellaops.has('stellaops.system_access', 'index', 'idx_system_access_started_at') THEN
    CREATE INDEX idx_system_access_started_at ON stellaops.system_access (started_at DESC, id DESC);
  END IF;
END $$;

-- How far each consumer of an outbox is: it was given every event up to `position`, but for those of tenants that are held.
CREATE TABLE IF NOT EXISTS stellaops.outbox_consumers (
  relation         text        COLLATE "C"  NOT NULL,
  consumer         text        COLLATE "C"  NOT NULL,
  position         bigint                   NOT NULL,
  epoch            bigint                   NOT NULL DEFAULT 0,
  moved_at         timestamptz              NOT NULL DEFAULT now(),
  CONSTRAINT pk_outbox_consumers PRIMARY KEY (relation, consumer),
  CONSTRAINT ck_outbox_consumers_consumer CHECK (btrim(consumer) <> '' AND length(consumer) <= 200),
  CONSTRAINT ck_outbox_consumers_position CHECK (position >= 0)
);

-- The tenants whose next event a consumer could not take: theirs wait, in their order, and nobody else's.
CREATE TABLE IF NOT EXISTS stellaops.outbox_held_tenants (
  relation         text        COLLATE "C"  NOT NULL,
  consumer         text        COLLATE "C"  NOT NULL,
  tenant_id        text        COLLATE "C"  NOT NULL,
  position         bigint                   NOT NULL,
  failures         integer                  NOT NULL,
  reason           text        COLLATE "C"  NOT NULL,
  held_since       timestamptz              NOT NULL DEFAULT now(),
  try_again_at     timestamptz,
  CONSTRAINT pk_outbox_held_tenants PRIMARY KEY (relation, consumer, tenant_id),
  CONSTRAINT fk_outbox_held_tenants_consumer FOREIGN KEY (relation, consumer)
    REFERENCES stellaops.outbox_consumers (relation, consumer) ON DELETE CASCADE,
  CONSTRAINT ck_outbox_held_tenants_failures CHECK (failures >= 1)
);

-- Whoever runs this, the objects belong to the migrator.
DO $$
DECLARE
  statement text;
BEGIN
  FOR statement IN
    SELECT format('ALTER SCHEMA %I OWNER TO stellaops_migrator', nspname)
      FROM pg_namespace WHERE nspname = 'stellaops' AND pg_get_userbyid(nspowner) <> 'stellaops_migrator'
    UNION ALL
    SELECT format('ALTER ROUTINE %s OWNER TO stellaops_migrator', oid::regprocedure)
      FROM pg_proc WHERE pronamespace = 'stellaops'::regnamespace AND pg_get_userbyid(proowner) <> 'stellaops_migrator'
    UNION ALL
    SELECT 'ALTER DOMAIN stellaops.tenant OWNER TO stellaops_migrator'
      FROM pg_type WHERE oid = 'stellaops.tenant'::regtype AND pg_get_userbyid(typowner) <> 'stellaops_migrator'
    UNION ALL
    SELECT format('ALTER TABLE %s OWNER TO stellaops_migrator', oid::regclass)
      FROM pg_class WHERE oid IN ('stellaops.system_access'::regclass, 'stellaops.outbox_consumers'::regclass, 'stellaops.outbox_held_tenants'::regclass)
        AND pg_get_userbyid(relowner) <> 'stellaops_migrator'
  LOOP
    EXECUTE statement;
  END LOOP;
END $$;

COMMENT ON SCHEMA stellaops IS 'Shared by all schemas of the database: the tenant''s type, what policies and triggers call, and the evidence of system access.';
COMMENT ON DOMAIN stellaops.tenant IS 'A parameter of this type binds its tenant to the transaction. Never the type of a column, never dropped.';
COMMENT ON FUNCTION stellaops.no_tenant_bound() IS 'Raises SD001; called by every policy when no tenant is bound.';
COMMENT ON FUNCTION stellaops.touch() IS 'Trigger: sets a time of change for statements that leave it alone.';
COMMENT ON FUNCTION stellaops.refuse_transition() IS 'Trigger: raises SD002 for an illegal step of a status.';
COMMENT ON FUNCTION stellaops.refuse_retired() IS 'Trigger: raises SD020 for a retired value of an enum.';
COMMENT ON FUNCTION stellaops.refuse_change() IS 'Trigger: raises SD003 for a change of an append-only table.';
COMMENT ON FUNCTION stellaops.refuse_deletion() IS 'Trigger: raises SD010 for a deletion from a table that keeps its rows.';
COMMENT ON FUNCTION stellaops.refuse_early_deletion() IS 'Trigger: raises SD011 for the deletion of a row within its retention.';
COMMENT ON FUNCTION stellaops.texts_fit(jsonb, jsonpath, text, integer, integer) IS 'Whether the texts in a document match a pattern and have a length.';
COMMENT ON FUNCTION stellaops.are_sets(jsonb, jsonpath) IS 'Whether the lists in a document are sorted by bytes, without duplicates.';
COMMENT ON FUNCTION stellaops.has_only(jsonb, jsonpath, text[]) IS 'Whether the objects in a document have no other members.';
COMMENT ON FUNCTION stellaops.has(text, text, text) IS 'Whether a relation has an index, policy or trigger of that name.';
COMMENT ON FUNCTION stellaops.shape(oid) IS 'The kind, columns, constraints and indexes of a relation.';
COMMENT ON FUNCTION stellaops.shape_differences(text, text) IS 'The differences between the tables of two schemas, one line each.';
COMMENT ON PROCEDURE stellaops.ensure_role(text, boolean, boolean, text) IS 'Makes a role, or corrects its attributes.';
COMMENT ON PROCEDURE stellaops.ensure_member(text, text) IS 'Makes a role a member of another.';
COMMENT ON PROCEDURE stellaops.reprint(text, text) IS 'Makes again from its own print what a restored table may show in another way.';
COMMENT ON PROCEDURE stellaops.restore_guards(text, text) IS 'Puts back policies and triggers that were changed by hand.';
COMMENT ON PROCEDURE stellaops.maintain_partitions(text, integer, integer) IS 'Makes the partitions of the next months of a table and detaches those past its retention.';
COMMENT ON FUNCTION stellaops.chain_hash(text[], text[], bytea) IS 'The hash of a row in a chain, from the names and texts of its columns and the hash of the row before.';
COMMENT ON TABLE stellaops.system_access IS 'One row for each use of the system scope.';
COMMENT ON COLUMN stellaops.system_access.id IS 'Made by the client, UUIDv7; random for a row written by hand.';
COMMENT ON COLUMN stellaops.system_access.who IS 'The login.';
COMMENT ON COLUMN stellaops.system_access.reason IS 'Why tenants'' boundaries were crossed, in words.';
COMMENT ON COLUMN stellaops.system_access.application_name IS 'The application, as its connection named itself.';
COMMENT ON COLUMN stellaops.system_access.started_at IS 'When the scope began.';
COMMENT ON COLUMN stellaops.system_access.ended_at IS 'When it ended; NULL: it runs, or its process died.';
COMMENT ON COLUMN stellaops.system_access.statements IS 'How many statements it ran.';
COMMENT ON TABLE stellaops.outbox_consumers IS 'How far each consumer of an outbox is.';
COMMENT ON COLUMN stellaops.outbox_consumers.relation IS 'The table of the events, schema and name.';
COMMENT ON COLUMN stellaops.outbox_consumers.consumer IS 'The consumer.';
COMMENT ON COLUMN stellaops.outbox_consumers.position IS 'It was given every event up to this number, but for those of tenants that are held.';
COMMENT ON COLUMN stellaops.outbox_consumers.epoch IS 'Grows with each change of hands: whoever delivered before changes nothing any more.';
COMMENT ON COLUMN stellaops.outbox_consumers.moved_at IS 'When the position was written last.';
COMMENT ON TABLE stellaops.outbox_held_tenants IS 'The tenants whose next event a consumer of an outbox could not take.';
COMMENT ON COLUMN stellaops.outbox_held_tenants.relation IS 'The table of the events, schema and name.';
COMMENT ON COLUMN stellaops.outbox_held_tenants.consumer IS 'The consumer.';
COMMENT ON COLUMN stellaops.outbox_held_tenants.tenant_id IS 'The tenant.';
COMMENT ON COLUMN stellaops.outbox_held_tenants.position IS 'The consumer was given the tenant''s events up to this number.';
COMMENT ON COLUMN stellaops.outbox_held_tenants.failures IS 'How often the next one failed.';
COMMENT ON COLUMN stellaops.outbox_held_tenants.reason IS 'Why it failed last, for a person.';
COMMENT ON COLUMN stellaops.outbox_held_tenants.held_since IS 'When it failed first.';
COMMENT ON COLUMN stellaops.outbox_held_tenants.try_again_at IS 'From when on it is tried again; NULL: when somebody says so.';

-- Nobody gets more than this. The type's name can be looked up, and bound, without USAGE on the type;
-- without it, the type cannot become a column's.
REVOKE ALL ON SCHEMA stellaops FROM PUBLIC;
REVOKE ALL ON TABLE stellaops.system_access, stellaops.outbox_consumers, stellaops.outbox_held_tenants FROM PUBLIC, stellaops_system;
REVOKE ALL ON ALL ROUTINES IN SCHEMA stellaops FROM PUBLIC;
REVOKE USAGE ON TYPE stellaops.tenant FROM PUBLIC;
GRANT EXECUTE ON FUNCTION stellaops.no_tenant_bound(), stellaops.texts_fit(jsonb, jsonpath, text, integer, integer),
  stellaops.are_sets(jsonb, jsonpath), stellaops.has_only(jsonb, jsonpath, text[]) TO PUBLIC;
GRANT USAGE ON SCHEMA stellaops TO stellaops_system;
GRANT SELECT, INSERT, UPDATE (ended_at, statements) ON TABLE stellaops.system_access TO stellaops_system;
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE stellaops.outbox_consumers, stellaops.outbox_held_tenants TO stellaops_system;
