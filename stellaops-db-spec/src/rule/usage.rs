//! 07xx: how scopes and repositories are used.

use super::rules;

rules! { CompileError;
    WITHOUT_SCOPE = "SDB0701", "a repository comes from a scope";
    reason "The scope holds the tenant and binds it with every statement. A repository that could be made without one would be a way to the database without a tenant.";
    wrong r#"let jobs = GraphJobRepository::new(&database);"#;
    right r#"let jobs = database.tenant(&acme).repository::<GraphJobRepository>();"#;

    TENANT_TABLE_IN_SYSTEM = "SDB0702", "a system scope reaches a tenant's table only by naming the tenant";
    reason "The system's login bypasses row-level security. A statement on a tenant's table that names no tenant would read or change the rows of all of them.";
    wrong r#"let system = database.system("repair").await?;
let jobs = system.repository::<GraphJobRepository>();"#;
    right r#"let system = database.system("repair").await?;
let jobs = system.tenant(&acme).repository::<GraphJobRepository>();"#;

    GLOBAL_WRITE = "SDB0703", "a global table is written by a system scope only";
    reason "Its rows are read by every tenant. A tenant that could write them would change what all others see.";
    wrong r#"database.tenant(&acme).repository::<AdvisoryRepository>().insert(advisory).await?;"#;
    right r#"database.system("feed import").await?.repository::<AdvisoryRepository>().insert(advisory).await?;"#;

    ORDER_WITHOUT_INDEX = "SDB0704", "a list is in the order of an index";
    reason "Without an index in the same order the database sorts all rows of the tenant for every page. Orders are therefore constants that come from the spec's indexes, not columns.";
    wrong r#"jobs.list(GraphJob::CORRELATION_ID)"#;
    right r#"jobs.list(GraphJob::BY_STATUS_NEWEST.of(GraphJobStatus::Queued))"#;

    ORDER_ELSEWHERE = "SDB0705", "an order is used with its own table and in its own scope";
    reason "An order names the columns of one index of one table. That of another table means other columns; one for the system's reads has no tenant in front, so a tenant's query could not use its index.";
    wrong r#"jobs.list(Schedule::BY_NAME)"#;
    right r#"schedules.list(Schedule::BY_NAME)"#;

    PATCH_KEY = "SDB0706", "a patch leaves the key alone";
    reason "The key is the row's identity: references, cursors and caches hold it. A row with another key is another row.";
    wrong r#"GraphJob::patch().id(other)"#;
    right r#"jobs.insert(GraphJob::new_row(kind, payload)).await?;"#;

    PATCH_STATUS = "SDB0707", "a patch leaves the status alone";
    reason "A status with transitions changes by compare-and-swap only: the caller names the status it expects, and learns whether it won. A blind write would lose another worker's step.";
    wrong r#"jobs.update(id, GraphJob::patch().status(GraphJobStatus::Running)).await?;"#;
    right r#"jobs.compare_and_swap(id, GraphJob::STATUS.from(GraphJobStatus::Queued).to(GraphJobStatus::Running)).await?;"#;

    PATCH_GENERATED = "SDB0708", "a patch leaves generated columns alone";
    reason "The database computes them from a JSONB path and refuses any value that is sent. Change the document instead.";
    wrong r#"GraphJob::patch().sbom_digest(digest)"#;
    right r#"GraphJob::patch().payload(payload)"#;

    PATCH_MANAGED = "SDB0709", "a patch leaves managed columns alone";
    reason "Immutable columns never change; the row version and the time of the last change are set by every update, a soft delete and a lease by verbs of their own. A patch that wrote them could undo what those guarantee.";
    wrong r#"GraphJob::patch().updated_at(now)"#;
    right r#"GraphJob::patch().payload(payload)   // sets updated_at by itself"#;

    CLAIM_WITHOUT_QUEUE = "SDB0710", "only a table with a queue is claimed from";
    reason "A claim needs a status, a lease and an order. Only `[queue]` in the spec says which columns those are.";
    wrong r#"schedules.claim("worker-1", 10, lease)"#;
    right r#"# specs/scheduler/graph_jobs.toml
[queue]
status = "status""#;

    APPEND_ONLY_VERB = "SDB0711", "rows of an append-only table are neither changed nor deleted";
    reason "They are facts and evidence; the database refuses UPDATE and DELETE. A verb that always fails should not compile.";
    wrong r#"snapshots.delete(id).await?;"#;
    right r#"snapshots.insert(ImpactSnapshot::new_row(run_id, selector)).await?;   // supersedes the old one"#;

    SOFT_DELETE_UNDECLARED = "SDB0712", "soft delete and restore need `soft_delete` in the spec";
    reason "They set and clear one column. Without it there is nowhere to write that a row is deleted.";
    wrong r#"jobs.soft_delete(id).await?;"#;
    right r#"# specs/scheduler/graph_jobs.toml
soft_delete = "deleted_at""#;

    SWAP_UNDECLARED = "SDB0713", "compare-and-swap changes columns that the spec allows it for";
    reason "A swappable column is one that several workers decide about. It is a status with transitions, or says `compare_and_swap = true`, so that a reviewer sees where workers compete.";
    wrong r#"jobs.compare_and_swap(id, GraphJob::NAME.from(old).to(new)).await?;"#;
    right r#"# specs/scheduler/graph_jobs.toml
[columns.name]
type = "text"
compare_and_swap = true"#;

    ROW_VERSION_UNDECLARED = "SDB0714", "an expected row version needs `row_version` in the spec";
    reason "The update compares the version that the caller has read with the one in the row. Without the column there is nothing to compare with, and a lost update would go unseen.";
    wrong r#"jobs.update_expecting(id, 3, patch).await?;"#;
    right r#"# specs/scheduler/graph_jobs.toml
row_version = "row_version""#;

    FILTER_TYPE = "SDB0715", "a filter compares a column with a value of its own type";
    reason "A value of another type would be cast by the database, which may fail at run time, and keeps the index from being used.";
    wrong r#"GraphJob::CREATED_AT.ge("2026-01-01")"#;
    right r#"GraphJob::CREATED_AT.ge(since)   // since: Timestamp"#;

    DELETE_KEPT = "SDB0716", "rows of a table with `deletable = false` are not deleted";
    reason "Others rely on them being there: an exception that was granted, the head of a chain. The database refuses DELETE; a verb that always fails should not compile. The row can be changed to say that it no longer counts.";
    wrong r#"exceptions.delete(id).await?;"#;
    right r#"exceptions.update(id, Exception::patch().superseded_by(Some(other))).await?;"#;

    SEARCH_UNDECLARED = "SDB0717", "only a table with a search is searched";
    reason "A full-text search needs a column of words and an index of them. Only `[search]` in the spec says from which texts they are made; without it every search would read the whole table.";
    wrong r#"countries.search("upper austria").await?;"#;
    right r#"# specs/vuln/advisories.toml
[search]
column = "words"
fields = [{ column = "title", weight = "A" }]
why = "people look for advisories by the words of their titles""#;

    NO_ROW = "SDB0718", "the rows of a query are read into a `QueryRow`";
    reason "A result is read by the names of its columns into a struct that derives `QueryRow`, or by position into a tuple of values. Any other type says nothing of the columns that it wants.";
    wrong r#"let number = scope.query("SELECT count(*) FROM scheduler.graph_jobs").one::<i64>().await?;"#;
    right r#"let (number,) = scope.query("SELECT count(*) FROM scheduler.graph_jobs").one::<(i64,)>().await?;"#;

    NO_PROJECTION = "SDB0719", "some columns of a table are read into a `Projection` of it";
    reason "A list or a look-up reads the columns that the projection names, and a struct of another table would name others.";
    wrong r#"jobs.list(GraphJob::BY_NEWEST).project::<PolicyJob>().await?"#;
    right r##"#[derive(Projection)]
#[projection("scheduler.graph_jobs", of = "GraphJob")]
struct JobLine { id: Id<GraphJob>, status: GraphJobStatus }

jobs.list(GraphJob::BY_NEWEST).project::<JobLine>().await?"##;

    LIFETIME_UNDECLARED = "SDB0720", "what ends the life of rows is declared in the spec";
    reason "A purge, the partitions of months and the proof of a hash chain follow from `[retention]`, `[partition]` and `[hash_chain]`. Without the declaration there is no column to go by, and no reason that a reviewer could read.";
    wrong r#"system.across_tenants::<GraphJobRepository>().purge(1_000).await?;"#;
    right r##"# specs/scheduler/execution_logs.toml
[retention]
column = "created_at"
days   = 30
why    = "logs of a month help to find what went wrong""##;

    NO_RELATION = "SDB0721", "what is read beside a row is its parent or its children, along a declared reference";
    reason "A column that points says whose key it holds by the type of its field, and an order of children is pinned by such a column alone: then one statement reads all of them through an index. Anything else would be a statement for each row, or a scan.";
    wrong r#"runs.list(Run::BY_NEWEST).with(Run::STATE).await?"#;
    right r#"runs.list(Run::BY_NEWEST).with(Run::SCHEDULE_ID).await?
schedules.list(Schedule::BY_NAME).with(Run::BY_SCHEDULE_NEWEST.children(5)).await?"#;

    NO_DOCUMENT = "SDB0722", "a path begins with a document of its column";
    reason "The names of the members are those of that document. In another one they mean something else, or nothing.";
    wrong r#"GraphJob::PAYLOAD.at(path!(ImageSelector: scope))"#;
    right r#"GraphJob::PAYLOAD.at(path!(GraphBuildJob: sbom_id))"#;

    NO_END = "SDB0723", "rows of a recurring queue are never done";
    reason "A recurring queue has no status: its rows are due again and again, and to be through with one is to say when it is due next. What has an end names it: `[queue]` with a `status` and its values `ready`, `running` and `done`.";
    wrong r#"triggers.complete(&trigger).await?;"#;
    right r#"triggers.reschedule(&trigger, next).await?;"#;

    NO_OUTBOX = "SDB0724", "events are delivered from a table that is declared an outbox";
    reason "A relay reads the rows of all tenants in the order of their numbers, and remembers the number up to which a consumer has them. Rows that can change, or that the database does not number, cannot be delivered so; `[outbox]` says which column numbers them, and who follows.";
    wrong r#"Relay::new("search").run(&database, reason, stop, async |job: Event<GraphJob>| Ok(())).await?;"#;
    right r##"# specs/vex/linkset_events.toml
[outbox]
number = "id"
why    = "the search index follows""##;
}
