//! 08xx: what the database enforces, through what the generated SQL makes.

use super::rules;

rules! { Ddl;
    ROW_SECURITY_FORCED = "SDB0801", "row-level security is on, and forced, for every table whose rows have a tenant";
    reason "A query that forgets its WHERE gives the rows of one tenant all the same. Forced means that the policies hold for the table's owner too, who would otherwise see everything.";
    wrong r#"SELECT count(*) FROM scheduler.graph_jobs;   -- bound to acme: counts the jobs of acme alone"#;
    right r#"SELECT count(*) FROM scheduler.graph_jobs WHERE tenant_id = $1::text;   -- $1 is a stellaops.tenant"#;

    POLICY_RESTRICTIVE = "SDB0802", "a policy that is added by hand widens nothing";
    reason "Permissive policies add up: one `USING (true)` for a report would open the table. The restrictive policy stands in front of them all, for everybody, and each permissive one carries the same condition.";
    wrong r#"CREATE POLICY report ON scheduler.graph_jobs FOR SELECT TO scheduler_app USING (true);   -- opens nothing"#;
    right r#"-- reports across tenants belong to a system scope
SET ROLE stellaops_system;"#;

    TENANT_BOUND = "SDB0803", "a statement that looks at a tenant's rows has a tenant bound";
    reason "An empty answer would look like an empty table, and the mistake would be found by a customer. The policies raise SQLSTATE SD001 instead, for every role that they hold for.";
    wrong r#"SELECT * FROM scheduler.graph_jobs;   -- ERROR: no tenant is bound"#;
    right r#"SELECT * FROM scheduler.graph_jobs WHERE tenant_id = $1::text;   -- $1 is a stellaops.tenant"#;

    ONE_TENANT = "SDB0804", "a transaction serves one tenant";
    reason "The first parameter of the type `stellaops.tenant` binds the transaction; a second, other one is refused by the domain's own check. Without it, one statement of a transaction could read what the next one writes for somebody else.";
    wrong r#"BEGIN;
SELECT $1::text;   -- the stellaops.tenant acme
SELECT $1::text;   -- the stellaops.tenant other: violates one_tenant_per_transaction"#;
    right r#"BEGIN; SELECT $1::text; COMMIT;   -- acme
BEGIN; SELECT $1::text; COMMIT;   -- other"#;

    GRANTS_EXACT = "SDB0805", "a role has the privileges that it needs, and no others";
    reason "TRUNCATE ignores row-level security, REFERENCES and TRIGGER let a role ask for other tenants' values, and a table of one's own in the schema could be taken for one of the specs. The roles of applications have none of these, and PUBLIC has nothing.";
    wrong r#"TRUNCATE scheduler.graph_jobs;   -- ERROR: permission denied"#;
    right r#"DELETE FROM scheduler.graph_jobs WHERE tenant_id = $1::text;"#;

    FACTS_STAY = "SDB0806", "rows of an append-only table are not changed, whoever asks";
    reason "Evidence that its owner can change proves nothing. A trigger refuses UPDATE, DELETE and TRUNCATE with SQLSTATE SD003, the owner's and a superuser's too.";
    wrong r#"UPDATE scheduler.graph_job_events SET status = 3;   -- ERROR: … is append-only"#;
    right r#"INSERT INTO scheduler.graph_job_events (…) VALUES (…);   -- a new fact corrects the old one"#;

    STEPS_LEGAL = "SDB0807", "a status takes the steps that its enum allows";
    reason "A terminal state that changes, or a step that was skipped, is a defect that is found weeks later in a report. A trigger refuses it with SQLSTATE SD002, also where somebody mends rows by hand.";
    wrong r#"UPDATE scheduler.graph_jobs SET status = 2;   -- ERROR: status does not go from pending to running"#;
    right r#"UPDATE scheduler.graph_jobs SET status = 1;   -- pending -> queued"#;

    RETIRED_STAYS_OLD = "SDB0808", "no row gets a retired value";
    reason "Stored rows keep the value, so the CHECK allows it; a new row with it would bring back what was ended. A trigger refuses the value with SQLSTATE SD020 where it is new.";
    wrong r#"INSERT INTO post.parcels (…, size) VALUES (…, 1);   -- ERROR: medium is retired"#;
    right r#"INSERT INTO post.parcels (…, size) VALUES (…, 2);"#;

    REFERENCE_OWN_TENANT = "SDB0809", "a row points at rows of its own tenant";
    reason "The foreign key holds the tenant on both sides, so that the id of another tenant's row, guessed or leaked, is no row at all.";
    wrong r#"INSERT INTO scheduler.runs (tenant_id, schedule_id, …) VALUES ('acme', :id_of_another_tenant, …);   -- violates fk_runs_schedule_id"#;
    right r#"FOREIGN KEY (tenant_id, schedule_id) REFERENCES scheduler.schedules (tenant_id, id)"#;

    GLOBAL_BY_SYSTEM = "SDB0810", "a global table is read by all and written by the system";
    reason "What every tenant reads, no tenant may change. The application's roles have SELECT on it and nothing else.";
    wrong r#"INSERT INTO vuln.sources (…) VALUES (…);   -- as vuln_app: permission denied"#;
    right r#"INSERT INTO vuln.sources (…) VALUES (…);   -- as stellaops_system"#;

    GLOBAL_ROWS_BY_SYSTEM = "SDB0811", "rows of all tenants are read, and not changed, by a tenant";
    reason "A `tenant_or_global` table holds rows of the literal tenant `@global` beside each tenant's own. The policies let everybody see them, and let nobody write them who is bound to a tenant.";
    wrong r#"UPDATE issuer.issuers SET name = 'mine' WHERE tenant_id = '@global';   -- changes no row"#;
    right r#"INSERT INTO issuer.issuers (tenant_id, …) VALUES ($1::text, …);   -- a row of one's own"#;

    TENANT_TYPE_NO_COLUMN = "SDB0812", "the type `stellaops.tenant` is a parameter's, and never a column's";
    reason "Its check binds the tenant as a side effect. As a column's type it would bind whatever a row holds, while the row is read. USAGE on the type is revoked from everybody, which forbids it as a column's type and not as a parameter's.";
    wrong r#"CREATE TABLE notes (tenant_id stellaops.tenant);   -- ERROR: permission denied"#;
    right r#"CREATE TABLE notes (tenant_id text COLLATE "C" NOT NULL);"#;

    APPLIED_UNBOUND = "SDB0813", "a schema file is applied by a session without a tenant";
    reason "Such a session sees the rows of one tenant and would validate new constraints against those alone. The file begins with the question and stops with SQLSTATE SD006.";
    wrong r#"SET app.tenant_id = 'acme';
\i generated/schemas/scheduler.sql"#;
    right r#"RESET app.tenant_id;
\i generated/schemas/scheduler.sql"#;

    SHAPE_AS_SPECIFIED = "SDB0814", "a table that exists already has the specified shape";
    reason "`CREATE TABLE IF NOT EXISTS` would pass over a table with other columns and say nothing. The file makes the tables once more, compares, and stops with SQLSTATE SD004 and a line for each difference.";
    wrong r#"ALTER TABLE scheduler.runs DROP COLUMN state;
\i generated/schemas/scheduler.sql   -- ERROR: column state is missing"#;
    right r#"-- migrate the table to the spec, or the spec to the table
\i generated/schemas/scheduler.sql"#;

    ROLES_AS_SPECIFIED = "SDB0815", "the roles have the attributes that isolation rests on";
    reason "One superuser or BYPASSRLS among the application's roles undoes every policy. The file corrects the attributes, or stops with SQLSTATE SD005 and the command for whoever may.";
    wrong r#"ALTER ROLE scheduler_app BYPASSRLS;"#;
    right r#"ALTER ROLE scheduler_app NOBYPASSRLS;"#;

    GUARDS_PUT_BACK = "SDB0816", "policies and triggers are those of the specs";
    reason "A guard that somebody changed in a night of trouble stays changed. Each run compares them with the specs, puts them back and says so.";
    wrong r#"ALTER POLICY graph_jobs_app ON scheduler.graph_jobs USING (true);"#;
    right r#"\i generated/schemas/scheduler.sql   -- WARNING: policy graph_jobs_app was changed by hand and is put back"#;

    DOCUMENT_CHECKED = "SDB0817", "a stored document is one of its shape";
    reason "Readers of any language rely on the members. The CHECK of the column holds version, members, their types and bounds, also for rows that come from elsewhere than this toolkit.";
    wrong r#"UPDATE scheduler.graph_jobs SET payload = '{"sbomId": 7}';   -- violates ck_graph_jobs_payload"#;
    right r#"UPDATE scheduler.graph_jobs SET payload = '{"schemaVersion": "scheduler.graph-build-job@1", …}';"#;

    VALUES_CHECKED = "SDB0818", "a value is within the bounds of its column";
    reason "Bounds, patterns and values of an enum are CHECKs with names, so that an error says which rule it is about, and no writer can pass them by.";
    wrong r#"UPDATE scheduler.policy_jobs SET attempts = -1;   -- violates ck_policy_jobs_attempts"#;
    right r#"UPDATE scheduler.policy_jobs SET attempts = 0;"#;

    TOUCHED_ALWAYS = "SDB0819", "a change moves the time of change";
    reason "The client sends the time; a trigger sets it for statements that leave it alone, so that rows mended by hand are found too. The lease of a queue that its holder makes longer is no change of the row.";
    wrong r#"UPDATE scheduler.schedules SET enabled = false;   -- leaves updated_at alone, and the trigger sets it"#;
    right r#"UPDATE scheduler.schedules SET enabled = false, updated_at = :now;   -- the supplied time stays"#;

    KEPT_ROWS_STAY = "SDB0820", "rows that are never deleted are deleted by nobody";
    reason "A table says `deletable = false` where its rows explain others, or prove something. A trigger refuses DELETE and TRUNCATE with SQLSTATE SD010, the owner's and a superuser's too; the rows can still be changed.";
    wrong r#"DELETE FROM issuer.issuer_keys;   -- ERROR: rows are never deleted"#;
    right r#"UPDATE issuer.issuer_keys SET retired_at = now() WHERE tenant_id = $1::text AND id = $2;"#;

    FACTS_KEPT_FOR_RETENTION = "SDB0821", "facts are kept for as long as their retention says";
    reason "The only way to be rid of a row of an append-only table is its age. A trigger refuses to delete younger ones with SQLSTATE SD011, by the database's clock, whoever asks.";
    wrong r#"DELETE FROM scheduler.execution_logs;   -- ERROR: some are younger than their retention"#;
    right r#"-- the purge of a system scope deletes what is past its retention"#;

    NOTHING_OF_A_SESSION_CALLED = "SDB0822", "what a session makes for itself is not run with an owner's rights";
    reason "Where a function does not say so, PostgreSQL looks for a type in the session's own schema first. A domain named `bytea` there, with a check that calls a function of the session's, would be checked with the rights of the owner in a chain of hashes, and of a table's owner in a cascade. Every generated function names `pg_temp` behind `pg_catalog`, or the schema of each name.";
    wrong r#"CREATE FUNCTION audit.chain_events() … SECURITY DEFINER SET search_path = ''   -- pg_temp is searched first"#;
    right r#"CREATE FUNCTION audit.chain_events() … SECURITY DEFINER SET search_path = pg_catalog, pg_temp"#;
}
