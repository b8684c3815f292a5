//! 10xx: what `stellaops-db verify` looks for in a database.

use super::rules;

rules! { Verify;
    TABLES_THERE = "SDB1001", "every table of a schema is in the database, in the shape of its spec";
    reason "What is compiled against one shape and runs on another fails late, and in the middle of something. A column, key, check, default or index that is missing, or says something else under the same name, is told here with its name; the shared tables too. So is a check that the specs do not have, or an index that calls somebody's function: it runs for every row that is written, with the rights of whoever writes.";
    wrong r#"ALTER TABLE scheduler.graph_jobs DROP CONSTRAINT ck_graph_jobs_status;"#;
    right r#"-- apply generated/schemas/scheduler.sql, which names every difference, and migrate"#;

    SECURITY_FORCED = "SDB1002", "row-level security is enabled and forced on every table whose rows have a tenant";
    reason "FORCE alone shows everything, and ENABLE alone shows everything to the owner: only both hold for everybody. A table that was restored, or changed by hand, has lost one of them without a word.";
    wrong r#"ALTER TABLE scheduler.graph_jobs NO FORCE ROW LEVEL SECURITY;"#;
    right r#"ALTER TABLE scheduler.graph_jobs ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;"#;

    POLICIES_EXACT = "SDB1003", "a table has the policies of its spec, and no others";
    reason "A condition with `OR true`, a missing WITH CHECK, or a permissive policy where the restrictive one is gone opens the table. Each policy is compared with the generated one: kind, command, role and both conditions.";
    wrong r#"ALTER POLICY graph_jobs_tenant_isolation ON scheduler.graph_jobs USING (true);"#;
    right r#"-- apply generated/schemas/scheduler.sql again: it puts changed policies back
DROP POLICY report ON scheduler.graph_jobs;   -- one that the specs do not have"#;

    ROUTINES_EXACT = "SDB1004", "the generated functions are as they were generated";
    reason "Policies and triggers are as good as the functions they call. One that a policy calls must be STABLE, since an IMMUTABLE one is folded into a cached plan, which then answers another tenant with the first one's rows; and PARALLEL SAFE, or every query on the table is serial.";
    wrong r#"ALTER FUNCTION stellaops.no_tenant_bound() IMMUTABLE;"#;
    right r#"-- apply generated/schemas/stellaops.sql again"#;

    OWNERS_RIGHT = "SDB1005", "every object belongs to the owner of its schema";
    reason "An owner may switch row-level security off. The roles that own tables cannot log in and nobody but the migrator is a member of them; a table that belongs to a service's login is that service's to open.";
    wrong r#"ALTER TABLE scheduler.graph_jobs OWNER TO scheduler_service;"#;
    right r#"ALTER TABLE scheduler.graph_jobs OWNER TO scheduler_owner;"#;

    ROLES_BOUND = "SDB1006", "the roles of the schemas have no attribute that passes row-level security";
    reason "SUPERUSER and BYPASSRLS pass every policy, REPLICATION reads every page, CREATEROLE can give itself any role. The system's login and the migrator have BYPASSRLS, which they need, and nothing else.";
    wrong r#"ALTER ROLE scheduler_app BYPASSRLS;"#;
    right r#"ALTER ROLE scheduler_app NOBYPASSRLS;"#;

    MEMBERS_BOUND = "SDB1007", "nobody but the migrator is a member of an owner, and nobody of the system's login or the migrator";
    reason "`SET ROLE` is all that lies between a member and the role. A login that may become the owner or the system is as dangerous as these are, and one that may make itself a member, by the ADMIN option, is one grant away from it.";
    wrong r#"GRANT scheduler_owner TO scheduler_service;"#;
    right r#"REVOKE scheduler_owner FROM scheduler_service;"#;

    LOGINS_BOUND = "SDB1008", "an application's login is held by row-level security";
    reason "Whatever policies say, a login that is a superuser, has BYPASSRLS, owns a table, makes roles or reads the server's files is not held by them. Every login that is a member of an application's role is looked at, with all roles it could become.";
    wrong r#"CREATE ROLE scheduler_service LOGIN BYPASSRLS IN ROLE scheduler_app;"#;
    right r#"CREATE ROLE scheduler_service LOGIN IN ROLE scheduler_app;"#;

    PRIVILEGES_EXACT = "SDB1009", "each role has the privileges that the specs give it, and no others";
    reason "TRUNCATE ignores row-level security, REFERENCES and TRIGGER ask for other tenants' values, a grant to PUBLIC is one to every login of the cluster, and a privilege on one column or a sequence is easily overlooked. An application that may make schemas in the database owns what is in them. Statistics of the server hold values of all tenants' rows, and some functions of PostgreSQL read files: what it keeps from everybody stays kept. Default privileges give all of that to tables that are made tomorrow.";
    wrong r#"GRANT ALL ON scheduler.graph_jobs TO PUBLIC;"#;
    right r#"REVOKE ALL ON scheduler.graph_jobs FROM PUBLIC;"#;

    DOMAIN_BINDS_ONCE = "SDB1010", "the domain `stellaops.tenant` binds one tenant a transaction, and is no column's type";
    reason "Without its rule the last parameter wins: a statement that is pipelined behind another reads with the other's tenant. As the type of a column it would bind whenever a row is read.";
    wrong r#"ALTER DOMAIN stellaops.tenant DROP CONSTRAINT one_tenant_per_transaction;"#;
    right r#"-- apply generated/schemas/stellaops.sql again: it puts the rule back"#;

    SETTINGS_CLEAN = "SDB1011", "no role, database or function sets the tenant, switches triggers off, or searches a schema that an application writes to";
    reason "`app.tenant_id` in the settings of a role binds every session of it to one tenant, silently, and `session_replication_role = replica` switches off the triggers that keep facts and statuses. A function or operator in a schema that is searched takes the place of another one, and runs as whoever searches it: where an application may make one, it is the application's to choose what. A parameter that superusers set may name a program that the server runs.";
    wrong r#"ALTER ROLE scheduler_service SET app.tenant_id = 'acme';"#;
    right r#"ALTER ROLE scheduler_service RESET app.tenant_id;"#;

    VIEWS_INVOKED = "SDB1012", "a view of a tenant's table is read with the reader's rights";
    reason "A view reads with the rights of its owner: one that a superuser made shows the rows of all tenants to whoever may read it. A materialized view is a copy, under no policy at all.";
    wrong r#"CREATE VIEW report.jobs AS SELECT * FROM scheduler.graph_jobs;"#;
    right r#"CREATE VIEW report.jobs WITH (security_invoker = true) AS SELECT * FROM scheduler.graph_jobs;"#;

    DEFINERS_KNOWN = "SDB1013", "no function reads around the policies for whoever calls it";
    reason "A SECURITY DEFINER function runs as its owner. Where the owner passes row-level security, the function is a door in the wall, and its own WHERE is all that is left. One whose search_path is not fixed does what its caller's schemas say. One of a language that only superusers write in, as `c` and `internal`, is held by no privilege at all.";
    wrong r#"CREATE FUNCTION report.count_jobs() RETURNS bigint SECURITY DEFINER …   -- owned by postgres"#;
    right r#"CREATE FUNCTION report.count_jobs() RETURNS bigint SECURITY INVOKER …"#;

    PARTITIONS_CLOSED = "SDB1014", "a partition is reached through its table alone";
    reason "Partitions inherit neither row-level security nor policies nor grants: each one is a table of its own with the rows of all tenants. They have forced row-level security, no policy and no grant.";
    wrong r#"ALTER TABLE audit.events_y2026m11 NO FORCE ROW LEVEL SECURITY;"#;
    right r#"ALTER TABLE audit.events_y2026m11 ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;"#;

    REFERENCES_TRUE = "SDB1015", "every foreign key is validated, and true";
    reason "An owner under row-level security sees no rows: what it validates is marked as valid over rows that violate it, and the catalog shows nothing of it. The rows themselves are asked, as a login that sees them all. One whose triggers are off is looked at by nobody.";
    wrong r#"SET ROLE scheduler_owner; ALTER TABLE scheduler.runs ADD FOREIGN KEY …;   -- valid, says the catalog"#;
    right r#"-- as stellaops_migrator, which sees all rows: ALTER TABLE scheduler.runs ADD CONSTRAINT fk_runs_schedule_id …"#;

    KEYS_HOLD_TENANT = "SDB1016", "every unique key of a tenant's table holds the tenant";
    reason "A key without it is unique across tenants: that a value is taken tells a tenant that another one has it, and ON CONFLICT meets another tenant's row.";
    wrong r#"CREATE UNIQUE INDEX ON scheduler.schedules (name);"#;
    right r#"CREATE UNIQUE INDEX ON scheduler.schedules (tenant_id, name);"#;

    TRIGGERS_ON = "SDB1017", "the triggers of the specs are there and on, and no others";
    reason "That facts stay, that a status takes legal steps only and that rows are kept for their time are triggers. One that is disabled, or whose condition is another one, keeps nothing, and one that somebody added runs on every row, in cascades as the owner. An event trigger runs as whoever changes a schema, a superuser among them.";
    wrong r#"ALTER TABLE scheduler.graph_job_events DISABLE TRIGGER ALL;"#;
    right r#"ALTER TABLE scheduler.graph_job_events ENABLE TRIGGER ALL;"#;

    CHAINS_WHOLE = "SDB1018", "every hash chain is whole";
    reason "Whoever changes, removes or reorders a row of evidence, behind the database's back too, leaves a link that does not fit. The rows are hashed again, without the database's help.";
    wrong r#"SET session_replication_role = replica; UPDATE audit.events SET actor = 'eve' WHERE …;"#;
    right r#"-- stellaops-db verify-chain URL --tenant acme: which row, and what is wrong with it"#;

    INDEXES_USED = "SDB1019", "every index of a tenant's table is one that row-level security lets a query use";
    reason "Ahead of a policy only leakproof operators may look into an index. One that is invalid, or whose operators are not leakproof, costs every write and serves no read of the application's.";
    wrong r#"CREATE INDEX ON scheduler.graph_jobs USING gin (payload);"#;
    right r#"-- a promoted path: a stored column of the spec, and an index on (tenant_id, that column)"#;

    ROWS_COPIED_NOWHERE = "SDB1020", "no rule, child or publication carries a tenant's rows past the policies";
    reason "A table that inherits from another one, a rewrite rule and a publication of logical replication hand rows on under policies of their own, or none. A foreign key into a table without tenants that cascades changes the rows of all, as the owner.";
    wrong r#"CREATE PUBLICATION everything FOR ALL TABLES;"#;
    right r#"CREATE PUBLICATION reference FOR TABLE vuln.advisories;   -- no tenant's rows"#;

    VALUES_UNLOGGED = "SDB1021", "the server's log holds no values of parameters";
    reason "Tenants' values are parameters, and a log is read by people and programs that no policy binds.";
    wrong r#"ALTER SYSTEM SET log_min_duration_statement = 0;   -- with log_parameter_max_length = -1"#;
    right r#"ALTER SYSTEM SET log_parameter_max_length = 0;"#;

    MATRIX_AS_SPECIFIED = "SDB1022", "every verb of every table answers every role and tenant as the specs say";
    reason "All other rules look at what is declared. This one tries: each verb without the help of a WHERE, as each role and login, bound to the row's tenant, to another, to none; and holds what happens against what the specs say.";
    wrong r#"count of scheduler.graph_jobs, as scheduler_app bound to another tenant: 1 row of the first one"#;
    right r#"count of scheduler.graph_jobs, as scheduler_app bound to another tenant: its own rows alone"#;

    SERVERS_CLOSED = "SDB1023", "no foreign server takes an application in as somebody else";
    reason "A user mapping of a foreign server is a login: on another server, or on this one as a role that no policy holds. Whoever may use the server, or a foreign table of it, and is mapped to a user of it, reads what that user may read; so does who reads a view whose owner is mapped. Some wrappers, as that of files, ask for no mapping at all.";
    wrong r#"CREATE USER MAPPING FOR scheduler_app SERVER itself OPTIONS (user 'postgres', …);"#;
    right r#"DROP USER MAPPING FOR scheduler_app SERVER itself;"#;
}
