//! The rows that calls are about. Every call takes the next one, so that no way finds what another
//! has just read or changed.

use std::collections::BTreeMap;
use std::sync::Arc;

use sqlx::postgres::{PgConnectOptions, PgConnection};
use stellaops_db::schema::scheduler::GraphJobRepository;
use stellaops_db::{Config, Database, TenantId};
use uuid::Uuid;

use crate::Fault;
use crate::call::{Body, Call, PageStart};
use crate::document::Payload;
use crate::options::Options;
use crate::verb::{CHILDREN, LATER_PAGE, MANY, PAGE, Verb};
use crate::way::toolkit::newest;

/// `pending` in the database.
const PENDING: i16 = 0;
/// `completed` in the database; what is listed and counted.
pub(crate) const COMPLETED: i16 = 3;
/// `cancelled` in the database.
const CANCELLED: i16 = 5;
/// Jumps over the rows instead of walking along them; a prime, so that all are reached.
const STRIDE: usize = 7_919;

/// Rows of a page on the walk to the deep one.
const STEP: usize = 5_000;

/// A row's tenant and id.
type Place = (TenantId, Uuid);

/// What there is, and how much of it is used.
pub(crate) struct Stock {
    tenants: Vec<TenantId>,
    completed: Vec<Place>,
    pending: Vec<Place>,
    changed: Vec<Place>,
    deleted: Vec<Place>,
    schedules: Vec<Place>,
    /// Where the later page begins, for each tenant.
    starts: Vec<Arc<PageStart>>,
    /// Where the deep page begins.
    deep_start: Option<Arc<PageStart>>,
    /// How many calls of each verb were made.
    used: BTreeMap<Verb, usize>,
}

impl Stock {
    /// Reads what was filled in.
    pub(crate) async fn read(connection: &mut PgConnection, options: &Options) -> Result<Self, Fault> {
        let mut cancelled = places(connection, CANCELLED).await?;
        let deleted = cancelled.split_off(cancelled.len() / 2);
        let tenants = (0..options.tenants).map(|tenant| TenantId::new(format!("tenant-{tenant:03}")));
        let stock = Stock {
            tenants: tenants.collect::<Result<_, _>>()?,
            completed: places(connection, COMPLETED).await?,
            pending: places(connection, PENDING).await?,
            changed: cancelled,
            deleted,
            schedules: schedules(connection).await?,
            starts: Vec::new(),
            deep_start: None,
            used: BTreeMap::new(),
        };
        let needed = options.used_up();
        if stock.deleted.len() < needed || stock.completed.len() <= (LATER_PAGE + 1) * PAGE * options.tenants
        {
            let rows = (10 * needed).max(3 * (LATER_PAGE + 1) * PAGE * options.tenants);
            return Err(format!(
                "{} rows are too few for this run: it needs {rows}",
                options.rows()
            )
            .into());
        }
        Ok(stock)
    }

    /// Walks to where the later pages begin.
    pub(crate) async fn find_pages(
        &mut self,
        login: PgConnectOptions,
        options: &Options,
    ) -> Result<(), Fault> {
        let database = Database::connect(&Config::from_options(login)).await?;
        for tenant in &self.tenants {
            self.starts
                .push(walk(&database, tenant, LATER_PAGE * PAGE).await?);
        }
        let before = (options.deep_page() - 1) * PAGE;
        self.deep_start = Some(walk(&database, &many(), before).await?);
        database.close().await;
        Ok(())
    }

    /// The next call of a verb.
    pub(crate) fn next(&mut self, verb: Verb) -> Call {
        let used = self.used.entry(verb).or_default();
        let number = *used;
        *used += 1;
        let any = self.completed[number * STRIDE % self.completed.len()].clone();
        let tenant_number = number % self.tenants.len();
        let payload = |offset: usize| Payload::numbered(number * MANY + offset);
        let of_tenant = |body: Body| (self.tenants[tenant_number].clone(), body);
        let of_row = |(tenant, id): Place, body: fn(Uuid) -> Body| (tenant, body(id));
        let (tenant, body) = match verb {
            Verb::Get => of_row(any, Body::Get),
            Verb::Exists => of_row(any, Body::Exists),
            Verb::GetByUnique => of_tenant(Body::GetByUnique(format!("worker-{}", number % 100))),
            Verb::Insert => of_tenant(Body::Insert(payload(0))),
            Verb::InsertMany => of_tenant(Body::InsertMany((0..MANY).map(payload).collect())),
            Verb::Upsert => {
                let (tenant, id) = self.changed[number % self.changed.len()].clone();
                (tenant, Body::Upsert(id, payload(0)))
            }
            Verb::Update => {
                let (tenant, id) = self.changed[number % self.changed.len()].clone();
                (
                    tenant,
                    Body::Update(id, format!("called off by request {number}")),
                )
            }
            Verb::CompareAndSwap => of_row(self.pending[number].clone(), Body::CompareAndSwap),
            Verb::Delete => of_row(self.deleted[number].clone(), Body::Delete),
            Verb::FirstPage => of_tenant(Body::FirstPage),
            Verb::LaterPage => of_tenant(Body::LaterPage(self.starts[tenant_number].clone())),
            Verb::PageOne => (many(), Body::FirstPage),
            Verb::DeepPage => {
                let start = self.deep_start.clone();
                (many(), start.map_or(Body::FirstPage, Body::LaterPage))
            }
            Verb::Family => {
                let (tenant, id) = self.schedules[number * STRIDE % self.schedules.len()].clone();
                (tenant, Body::Family(id))
            }
            Verb::Count => of_tenant(Body::Count),
            Verb::Claim => of_tenant(Body::Claim),
        };
        Call { tenant, body }
    }

    /// How many rows each answer to the verb is about; none where it depends on the tenant.
    pub(crate) fn expected(verb: Verb) -> Option<usize> {
        match verb {
            Verb::InsertMany => Some(MANY),
            Verb::FirstPage | Verb::LaterPage | Verb::PageOne | Verb::DeepPage => Some(PAGE),
            Verb::Family => Some(1 + CHILDREN),
            Verb::Count => None,
            _ => Some(1),
        }
    }
}

/// The tenant with many rows.
pub(crate) fn many() -> TenantId {
    TenantId::new("tenant-of-many").expect("it is not empty")
}

/// Where the page behind so many rows begins.
async fn walk(database: &Database, tenant: &TenantId, mut rows: usize) -> Result<Arc<PageStart>, Fault> {
    let jobs = database.tenant(tenant).repository::<GraphJobRepository>();
    let mut next = None;
    loop {
        let step = rows.min(STEP);
        let list = jobs.list(newest()).limit(step as u32);
        let page = match next.take() {
            None => list.await?,
            Some(cursor) => list.at(cursor).await?,
        };
        rows -= step;
        let cursor = page.next.ok_or("no later page")?;
        if rows == 0 {
            let last = page.rows.last().ok_or("an empty page")?;
            return Ok(Arc::new(PageStart {
                created_at: last.created_at.utc(),
                id: last.id.uuid(),
                cursor,
            }));
        }
        next = Some(cursor);
    }
}

async fn places(connection: &mut PgConnection, status: i16) -> Result<Vec<Place>, Fault> {
    let sql = "SELECT tenant_id, id FROM scheduler.graph_jobs \
               WHERE status = $1 AND tenant_id <> 'tenant-of-many' ORDER BY created_at, id";
    placed(sqlx::query_as(sql).bind(status).fetch_all(connection).await?)
}

async fn schedules(connection: &mut PgConnection) -> Result<Vec<Place>, Fault> {
    let sql = "SELECT tenant_id, id FROM scheduler.schedules ORDER BY id";
    placed(sqlx::query_as(sql).fetch_all(connection).await?)
}

fn placed(rows: Vec<(String, Uuid)>) -> Result<Vec<Place>, Fault> {
    let rows = rows.into_iter();
    rows.map(|(tenant, id)| Ok((TenantId::new(tenant)?, id)))
        .collect()
}
