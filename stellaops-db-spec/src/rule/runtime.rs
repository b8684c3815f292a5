//! 09xx: what is checked while a program runs.

use super::rules;

rules! { Runtime;
    SAFE_LOGIN = "SDB0901", "the application's login is held by row-level security";
    reason "A superuser, a role with BYPASSRLS, an owner of tables, or a member of one of these sees the rows of all tenants. `Database::connect` asks the server and refuses such a login, before the first query runs.";
    wrong r#"Config::from_url("postgres://postgres@localhost/stellaops")?"#;
    right r#"Config::from_url("postgres://scheduler_service@localhost/stellaops")?   // a member of scheduler_app"#;

    PROVISIONED = "SDB0902", "the schema `stellaops` is there before a program connects";
    reason "Every statement sends the tenant as the type `stellaops.tenant`. Without it each of them would fail with an error about a type; `Database::connect` says what is missing instead.";
    wrong r#"Database::connect(&config_of_an_empty_database).await?"#;
    right r#"// psql -f generated/schemas/stellaops.sql, and the files of the schemas
Database::connect(&config).await?"#;

    TENANT_FORM = "SDB0903", "a tenant's id is a text of 1 to 255 bytes, without NUL, that does not begin with `@`";
    reason "The empty text means that no tenant is bound, texts of PostgreSQL hold no NUL, and `@global` owns the rows that every tenant may read: whoever could name it could write them.";
    wrong r#"TenantId::new("@global")?"#;
    right r#"TenantId::new("acme")?"#;

    CURSOR_FOREIGN = "SDB0904", "a cursor serves the query and the tenant that it was made for";
    reason "It holds the values of the last row in one order. Under other filters or another tenant the next page would begin anywhere, and its values would be another tenant's.";
    wrong r#"other_tenants_jobs.list(order).at(cursor_of_acme)"#;
    right r#"jobs_of_acme.list(order).at(cursor_of_acme)"#;

    CURSOR_FORM = "SDB0905", "a cursor is what a page gave out";
    reason "It comes back from a client and may be anything by then. What cannot be read is refused, and its values are sent as parameters, never as text.";
    wrong r#"jobs.list(order).at(Cursor::from_text("page=2"))"#;
    right r#"if let Some(next) = page.next { jobs.list(order).at(next) }"#;

    NUMBER_RANGE = "SDB0906", "a call asks for a sensible number of rows, or a sensible time";
    reason "A page of a million rows fills the memory of the service, a lease of ten years is never given back. Pages have 1 to 10,000 rows, leases a millisecond to a year.";
    wrong r#"jobs.list(order).limit(1_000_000)"#;
    right r#"jobs.list(order).limit(500)   // and the next page by its cursor"#;

    VERSION_EXPECTED = "SDB0907", "an update that names a version finds that version";
    reason "Two people edit one row: the second has not seen the change of the first. The update changes nothing and names both versions, so that the second can look again.";
    wrong r#"schedules.update_expecting(id, 3, patch).await?   // the row has version 4"#;
    right r#"let read = schedules.get(id).await?.expect("it was listed");
schedules.update_expecting(id, read.row_version, patch).await?"#;

    SYSTEM_LOGIN = "SDB0908", "a system scope has a login of its own";
    reason "Work across tenants runs as `stellaops_system`, whose every use leaves evidence. A program that is not configured for it cannot leave the tenants' walls by mistake. BYPASSRLS is not inherited: a member of that role would see every table empty, so `connect` refuses it.";
    wrong r#"database.system("repair").await?   // no system_url in the configuration"#;
    right r#"// STELLAOPS_DB_SYSTEM_URL=postgres://stellaops_system@localhost/stellaops
database.system("repair").await?"#;

    TRANSACTION_OPEN = "SDB0909", "a repository of a transaction is used while the transaction is open";
    reason "After commit or rollback there is nothing that a statement could belong to. Running it by itself would look like part of what was committed.";
    wrong r#"let jobs = transaction.repository::<GraphJobRepository>();
transaction.commit().await?;
jobs.get(id).await?"#;
    right r#"let jobs = transaction.repository::<GraphJobRepository>();
jobs.get(id).await?;
transaction.commit().await?"#;

    TRANSACTION_WHOLE = "SDB0910", "a transaction is committed whole or not at all";
    reason "PostgreSQL answers COMMIT after a failed statement with a silent ROLLBACK. A commit that did nothing is an error here.";
    wrong r#"let _ = jobs.insert(row).await;   // fails
transaction.commit().await?"#;
    right r#"jobs.insert(row).await?;
transaction.commit().await?"#;

    NO_NUL = "SDB0911", "no text holds a NUL character";
    reason "PostgreSQL stores none. The value is refused before it is sent, so that the transaction it belongs to stays whole.";
    wrong r#"note: "a\0b".into()"#;
    right r#"note: "ab".into()"#;

    DOCUMENT_READABLE = "SDB0912", "a document that is read is one of its shape";
    reason "A document of another version may use the same members for something else. It is refused with the version that was found; nothing is guessed and nothing is dropped.";
    wrong r#"{ "schemaVersion": "scheduler.graph-build-job@2", … }"#;
    right r#"{ "schemaVersion": "scheduler.graph-build-job@1", … }"#;

    SWAP_EXPECTED = "SDB0913", "a compare-and-swap changes the value that it expects";
    reason "Of many workers that want the same step one wins, and each is told. The comparison is part of the one statement, so there is no moment between looking and writing.";
    wrong r#"if job.status == Queued { jobs.update(id, patch_to_running).await?; }   // does not compile"#;
    right r#"if jobs.compare_and_swap(id, GraphJob::STATUS.from(Queued).to(Running)).await?.is_won() { /* … */ }"#;

    CLAIMED_ONCE = "SDB0914", "a row of a queue is claimed by one worker at a time";
    reason "Work that is done twice is paid twice. Locked rows are passed over, the lease ends by the database's clock, and a client whose clock is wrong neither steals nor loses a row.";
    wrong r#"jobs.list(GraphJob::BY_STATUS_OLDEST.of(Queued))   // and every worker begins with the first"#;
    right r#"jobs.claim("worker-1", 10, Duration::from_secs(60)).await?"#;

    STATEMENT_TIME = "SDB0915", "a statement ends within the time limit of its session";
    reason "A query that runs for an hour holds a connection, locks and the vacuum. Every connection has a limit, 30 seconds unless the configuration says otherwise; zero is none.";
    wrong r#"config.with_statement_timeout(Duration::ZERO)"#;
    right r#"config.with_statement_timeout(Duration::from_secs(30))"#;

    DELETED_HIDDEN = "SDB0916", "a row that is marked as deleted is not read until it is restored";
    reason "Every verb passes over marked rows, so that no caller has to remember the condition. A list shows them where it is asked to: `with_deleted`.";
    wrong r#"schedules.soft_delete(id).await?;
schedules.get(id).await?   // None"#;
    right r#"schedules.restore(id).await?;
schedules.get(id).await?"#;

    QUERY_UNDER_POLICIES = "SDB0917", "SQL of one's own runs under row-level security";
    reason "The system's login sees through row-level security. A text that names no tenant would read or change the rows of all of them there, also in the scope of one tenant. It is refused before anything is sent.";
    wrong r#"system.tenant(&acme).query("SELECT count(*) FROM scheduler.graph_jobs").one::<(i64,)>().await?"#;
    right r#"database.tenant(&acme).query("SELECT count(*) FROM scheduler.graph_jobs").one::<(i64,)>().await?"#;

    QUERY_STATEMENT = "SDB0918", "a query is one statement on data, with a value for each of its parameters";
    reason "A `BEGIN` or a `SET` would stay on the connection and meet whoever uses it next; a `COMMIT` would end a transaction behind its back. The tenant is sent as one more parameter, so that a value that was forgotten would be the tenant instead.";
    wrong r#"scope.query("SELECT id FROM scheduler.graph_jobs WHERE kind = $1 AND created_at > $2").bind(kind)"#;
    right r#"scope.query("SELECT id FROM scheduler.graph_jobs WHERE kind = $1 AND created_at > $2").bind(kind).bind(since)"#;

    RESULT_FITS = "SDB0919", "a result has the columns that its row reads, and values of their types";
    reason "A text of one's own is seen by no compiler. A column that is missing, has another type, is there twice, or holds a NULL where the field is no `Option`, is told by its name; nothing is guessed and no default is put in.";
    wrong r#"scope.query("SELECT status, count(*) FROM scheduler.graph_jobs GROUP BY status").all::<StatusCount>()"#;
    right r#"scope.query("SELECT status, count(*) AS number FROM scheduler.graph_jobs GROUP BY status").all::<StatusCount>()"#;

    CURSOR_SIGNED = "SDB0920", "a cursor is signed by a key of the configuration";
    reason "A client that knows the form of cursors could make one up and begin a page anywhere among its tenant's rows. With `cursor_keys` set, only what a page gave out is taken. Two keys are valid at once, so that a key is changed without refusing the cursors that are on their way.";
    wrong r#"cursor_keys = ["<the new key>"]                  # cursors of the old one are refused at once"#;
    right r#"cursor_keys = ["<the new key>", "<the old key>"]   # until they have come back"#;

    LOCK_IN_TRANSACTION = "SDB0921", "a row is locked within a transaction";
    reason "A lock lasts as long as its transaction. Outside of one it would be gone with its own statement, and protect nothing.";
    wrong r#"scope.repository::<GraphJobRepository>().get(id).lock(Lock::UPDATE).await?"#;
    right r#"let transaction = scope.begin().await?;
let job = transaction.repository::<GraphJobRepository>().get(id).lock(Lock::UPDATE).await?;"#;

    LEASE_HELD = "SDB0922", "only the holder of a lease ends the work";
    reason "A worker that was away for too long does not know that another one has taken its row over. So every statement of a lease names the worker and the number of the claim, which only grows; one that lost its lease finds no row and changes nothing. Workers have names of their own, therefore, no two the same, and none begins with `@`, which is how the toolkit marks rows that nobody holds.";
    wrong r#"jobs.compare_and_swap(job.id, GraphJob::STATUS.from(Running).to(Completed)).await?   // whoever holds it now"#;
    right r#"jobs.complete(&job).await?"#;

    TABLES_WALLED = "SDB0923", "every table that a login can use is walled off when a program connects";
    reason "A program that runs for weeks on a table without row-level security leaks all that time. `Database::connect` looks at every table of tenants that its login can use, before the first query: row-level security is forced, a restrictive policy for everybody asks for the bound tenant, and no partition can be reached past its table.";
    wrong r#"Database::connect(&config).await?   // after: ALTER TABLE scheduler.graph_jobs NO FORCE ROW LEVEL SECURITY"#;
    right r#"// apply the generated SQL again, which puts it back; or, where it has to be, and visibly:
Database::connect(&config.without_boot_guard("the restore of 27 November")).await?"#;

    SCHEMA_FITS = "SDB0924", "the database has the tables that a program was compiled against";
    reason "A column that is missing, or has another type, is found by the first statement that meets it, in the middle of something. A program that says which tables it expects is refused when it starts, with every difference.";
    wrong r#"Database::connect(&config).await?   // and the first insert finds that a column is missing"#;
    right r#"Database::connect(&config.expecting(scheduler::TABLES.iter().copied())).await?"#;
}
