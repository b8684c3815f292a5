//! One tenant's attempts on the other's rows, and what refused each.

use serde::Serialize;
use sqlx::Row as _;
use sqlx::postgres::Postgres;

use crate::demo::DemoError;
use crate::schema::scheduler::{GraphJob, GraphJobRepository, GraphJobStatus};
use crate::value::binder::TenantParameter;
use crate::{Database, Error, Id, TenantId};

/// What stands between one tenant and the rows of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Guard {
    /// The program does not compile.
    Types,
    /// The statement names the tenant.
    Predicate,
    /// Row-level security, and the binding of the transaction.
    Database,
}

/// An attempt, and what became of it.
#[derive(Debug, Clone, Serialize)]
pub struct Attempt {
    /// What refused it.
    pub guard: Guard,
    /// What was tried.
    pub what: String,
    /// What came back.
    pub answer: String,
    /// Whether it was refused.
    pub refused: bool,
}

impl Attempt {
    fn new(guard: Guard, what: impl Into<String>, refused: bool, answer: impl Into<String>) -> Self {
        Attempt {
            guard,
            what: what.into(),
            answer: answer.into(),
            refused,
        }
    }
}

/// Tries everything as the first tenant on a row of the second.
pub(super) async fn try_all(database: &Database, tenants: &[TenantId]) -> Result<Vec<Attempt>, DemoError> {
    let [own, other, ..] = tenants else {
        return Ok(Vec::new());
    };
    let others = database.tenant(other).repository::<GraphJobRepository>();
    let Some(target) = others.list(GraphJob::BY_NEWEST).limit(1).await?.rows.pop() else {
        return Ok(Vec::new());
    };
    let mut attempts = by_types();
    attempts.extend(by_predicate(database, own, target.id).await?);
    attempts.extend(by_database(database, own, other, &target).await?);
    let untouched = others.get(target.id).await? == Some(target);
    let answer = if untouched {
        "equal to what it was"
    } else {
        "CHANGED"
    };
    attempts.push(Attempt::new(
        Guard::Database,
        format!("afterwards {other} reads its row again"),
        untouched,
        answer,
    ));
    Ok(attempts)
}

/// What the compiler refuses cannot be run; these very lines are cases of the compile-fail tests.
fn by_types() -> Vec<Attempt> {
    let cases = [
        (
            "GraphJobRepository::new(&database)",
            "[SDB0701] a repository comes from a scope",
        ),
        (
            "system.repository::<GraphJobRepository>()",
            "[SDB0702] not reached without naming the tenant",
        ),
        (
            "system.across_tenants::<GraphJobRepository>().list(BY_NEWEST)",
            "[SDB0704] no order of `scope = \"system\"`",
        ),
    ];
    cases
        .into_iter()
        .map(|(what, answer)| Attempt::new(Guard::Types, what, true, answer))
        .collect()
}

async fn by_predicate(
    database: &Database,
    own: &TenantId,
    target: Id<GraphJob>,
) -> Result<Vec<Attempt>, DemoError> {
    let jobs = database.tenant(own).repository::<GraphJobRepository>();
    let step = GraphJob::STATUS
        .from(GraphJobStatus::Completed)
        .to(GraphJobStatus::Cancelled);
    let found = jobs.get(target).await?.is_some();
    let updated = match jobs.update(target, GraphJob::patch().failure_reason(None)).await {
        Err(Error::NotFound { .. }) => false,
        other => other.map(|_| true)?,
    };
    let swapped = jobs.compare_and_swap(target, step).await?.is_won();
    let deleted = jobs.delete(target).await?;
    let outcome = |what: &str, reached: bool, answer: &str| {
        let answer = if reached { "REACHED" } else { answer };
        Attempt::new(Guard::Predicate, format!("{own}: {what}"), !reached, answer)
    };
    Ok(vec![
        outcome("jobs.get(their id)", found, "no such row"),
        outcome("jobs.update(their id, …)", updated, "no such row"),
        outcome("jobs.compare_and_swap(their id, …)", swapped, "lost"),
        outcome("jobs.delete(their id)", deleted, "no such row"),
    ])
}

/// SQL written by hand, as the application's own login, with nothing but the policies in its way.
async fn by_database(
    database: &Database,
    own: &TenantId,
    other: &TenantId,
    target: &GraphJob,
) -> Result<Vec<Attempt>, DemoError> {
    let id = target.id.uuid();
    let bound = |sql: &'static str| sqlx::query::<Postgres>(sql).bind(TenantParameter(own.clone()));
    let read = "SELECT id FROM scheduler.graph_jobs WHERE $1::text <> '' AND tenant_id = $2";
    let update = "UPDATE scheduler.graph_jobs SET correlation_id = 'mine' WHERE $1::text <> '' AND id = $2 RETURNING id";
    let delete = "DELETE FROM scheduler.graph_jobs WHERE $1::text <> '' AND id = $2 RETURNING id";
    let insert = "INSERT INTO scheduler.graph_job_events (tenant_id, job_id, status, payload) \
        SELECT $3, $2, 1, '{\"schemaVersion\": \"scheduler.graph-job-event@1\"}' WHERE $1::text <> '' RETURNING id";
    let steal = "UPDATE scheduler.graph_jobs SET tenant_id = $2 WHERE tenant_id = $1::text RETURNING id";
    let both = "SELECT count(*) FROM scheduler.graph_jobs WHERE tenant_id IN ($1::text, $2::text)";
    let unbound = "SELECT count(*) FROM scheduler.graph_jobs";
    let pool = database.unscoped();
    let mut attempts = Vec::new();
    for (what, query) in [
        (
            "SELECT … WHERE tenant_id = theirs",
            bound(read).bind(other.as_str()),
        ),
        ("UPDATE … WHERE id = theirs", bound(update).bind(id)),
        ("DELETE … WHERE id = theirs", bound(delete).bind(id)),
        (
            "INSERT … VALUES (their tenant, …)",
            bound(insert).bind(id).bind(other.as_str()),
        ),
        (
            "UPDATE … SET tenant_id = theirs",
            bound(steal).bind(other.as_str()),
        ),
        (
            "a statement that binds both tenants",
            bound(both).bind(TenantParameter(other.clone())),
        ),
        ("a statement that binds no tenant", sqlx::query(unbound)),
    ] {
        attempts.push(judge(own, what, query.fetch_all(pool).await)?);
    }
    attempts.push(without_predicate(database, own).await?);
    Ok(attempts)
}

/// Without any predicate in the text, the policies alone decide what is counted.
async fn without_predicate(database: &Database, own: &TenantId) -> Result<Attempt, DemoError> {
    let own_rows = database
        .tenant(own)
        .repository::<GraphJobRepository>()
        .count([])
        .await?;
    let count = "SELECT count(*) FROM scheduler.graph_jobs WHERE $1::text <> ''";
    let query = sqlx::query::<Postgres>(count).bind(TenantParameter(own.clone()));
    let seen: i64 = query.fetch_one(database.unscoped()).await?.try_get(0)?;
    let refused = u64::try_from(seen) == Ok(own_rows);
    let answer = format!("{seen} rows; its own are {own_rows}");
    let what = format!("{own}, SQL by hand: SELECT count(*) without a predicate");
    Ok(Attempt::new(Guard::Database, what, refused, answer))
}

fn judge(
    own: &TenantId,
    what: &str,
    result: Result<Vec<sqlx::postgres::PgRow>, sqlx::Error>,
) -> Result<Attempt, DemoError> {
    let what = format!("{own}, SQL by hand: {what}");
    Ok(match result {
        Ok(rows) if rows.is_empty() => Attempt::new(Guard::Database, what, true, "no row is seen"),
        Ok(rows) => Attempt::new(
            Guard::Database,
            what,
            false,
            format!("REACHED {} rows", rows.len()),
        ),
        Err(sqlx::Error::Database(refusal)) => Attempt::new(Guard::Database, what, true, refusal.message()),
        Err(error) => return Err(error.into()),
    })
}
