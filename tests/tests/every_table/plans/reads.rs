//! Every read of a table that an index is to serve, by the repository itself: one row by each key, and each order's
//! first page, the page behind it, and back.

use std::marker::PhantomData;

use sqlx::{AssertSqlSafe, PgConnection, Row as _};
use stellaops_db::__private::{
    AcrossTenants, DecodeError, EncodeError, List, NamedRepository, OrderDescriptor, Parameter,
    ParameterType, Repository, RepositoryScope, Row, SystemReader, Table as Struct, Value, WithinTenant,
};
use stellaops_db::{Database, IndexOrder, Order, OrderOf, TenantId};
use stellaops_db_spec::model::{FinderTarget, Index, Scope, Table, Tenancy, quote_identifier};

use super::captured::{self, Plan};
use super::judged::{self, Expected};

/// Whose rows are read.
const TENANT: &str = "t12";
/// The rows of a page, where there are enough of them.
const LIMIT: i64 = 20;

/// A table that is full, and who reads it.
pub(super) struct Reads<'a> {
    pub(super) table: &'a Table,
    pub(super) superuser: PgConnection,
    pub(super) database: &'a Database,
}

/// The reads that were served otherwise than they should be.
pub(super) type Faults = Vec<String>;

/// A value that has its type from elsewhere.
#[derive(Clone)]
struct Given(Parameter);

impl Value for Given {
    fn null() -> Parameter {
        Parameter::Text(None)
    }

    fn to_parameter(&self) -> Result<Parameter, EncodeError> {
        Ok(self.0.clone())
    }

    fn from_row(_: &Row<'_>, _: usize) -> Result<Self, DecodeError> {
        panic!("it is sent and never read")
    }
}

/// What a system scope is asked for by.
struct Reader<T>(PhantomData<fn() -> T>);

impl<T: Struct> NamedRepository for Reader<T> {
    type Table = T;
    type AcrossTenants = SystemReader<T>;

    fn wrap(_: Repository<T>) -> Self {
        Reader(PhantomData)
    }
}

/// Reads the table in all ways; says how many statements ran, too.
pub(super) async fn all<T: Struct>(reads: &mut Reads<'_>) -> (usize, Faults) {
    let mut faults = Faults::new();
    captured::take();
    let mut number = keys::<T>(reads, &mut faults).await;
    for (position, order) in T::DESCRIPTOR.orders.iter().enumerate() {
        let index = reads.table.index(order.name).expect("an order has an index");
        number += match index.scope {
            Scope::Tenant => {
                let scope = reads.database.tenant(&tenant());
                let repository = scope.repository_of::<T>();
                let list = |pins: &[Parameter]| repository.list(ordered::<T, WithinTenant>(position, pins));
                pages(reads, index, order, &mut faults, list).await
            }
            Scope::System => {
                let system = reads.database.system("look at plans").await.expect("opens");
                captured::take();
                let reader = system.across_tenants::<Reader<T>>();
                let list = |pins: &[Parameter]| reader.list(ordered::<T, AcrossTenants>(position, pins));
                let number = pages(reads, index, order, &mut faults, list).await;
                system.close().await.expect("closes");
                captured::take();
                number
            }
        };
    }
    (number, faults)
}

fn tenant() -> TenantId {
    TenantId::new(TENANT).expect("a tenant")
}

/// One row by the primary key, whether it is there, and one by each unique key.
async fn keys<T: Struct>(reads: &mut Reads<'_>, faults: &mut Faults) -> usize {
    let table = reads.table;
    let scope = reads.database.tenant(&tenant());
    let repository = scope.repository_of::<T>();
    let row = one_row::<T>(reads).await;
    repository
        .get(row.key())
        .await
        .expect("reads")
        .expect("it is there");
    assert!(repository.exists(row.key()).await.expect("asks"));
    let mut plans = captured::take();
    assert_eq!(plans.len(), 2, "{}: {:?}", table.qualified(), plans.len());
    let expected = Expected::of_key(table);
    for plan in &plans {
        faults.extend(judged::fault(table, "by key", &expected, plan));
    }
    for (position, key) in table.unique_keys.iter().enumerate() {
        let columns = key
            .columns
            .iter()
            .map(|column| column.name.as_str())
            .collect::<Vec<_>>();
        let sought = Sought {
            condition: T::DESCRIPTOR.unique_keys[position].condition,
            is_own: true,
            with_marked: false,
        };
        let (values, _) = most_frequent::<T>(reads, &columns, &sought).await;
        let find = values
            .into_iter()
            .fold(repository.find_by(position), |find, value| find.by(Given(value)));
        find.await.expect("reads").expect("it is there");
        let found = captured::take();
        let expected = Expected::of_key(table);
        for plan in &found {
            faults.extend(judged::fault(table, &key.name, &expected, plan));
        }
        plans.extend(found);
    }
    plans.len()
}

/// The first pages of the order and one of the way back; where the spec says so, of what is due.
async fn pages<T: Struct, S: Send + 'static>(
    reads: &mut Reads<'_>,
    index: &Index,
    order: &OrderDescriptor,
    faults: &mut Faults,
    list: impl Fn(&[Parameter]) -> List<T, S>,
) -> usize {
    let table = reads.table;
    let columns = order
        .pinned
        .iter()
        .map(|column| T::DESCRIPTOR.column_name(*column));
    let columns: Vec<_> = columns.collect();
    let sought = Sought {
        condition: order.condition,
        is_own: index.scope == Scope::Tenant,
        with_marked: holds_marked(table, order),
    };
    let (pins, rows) = most_frequent::<T>(reads, &columns, &sought).await;
    let limit = u32::try_from((rows / 8).clamp(1, LIMIT)).expect("a small number");
    let list = || match sought.with_marked {
        true => list(&pins).with_deleted().limit(limit),
        false => list(&pins).limit(limit),
    };
    let is_due = |target: &FinderTarget| matches!(target, FinderTarget::Index { name, due: true } if *name == index.name);
    walk(list, table.finders.iter().any(|finder| is_due(&finder.target))).await;
    let plans = captured::take();
    // Of a pin that a unique key leaves to one row there is one page.
    if plans.len() < 3 && rows >= 3 {
        let (table, pages) = (table.qualified(), plans.len());
        faults.push(format!("{table} {}: {pages} pages of {rows} rows", index.name));
    }
    let expected = Expected::of_order(table, index, limit);
    let told = |plan: &Plan| judged::fault(table, &index.name, &expected, plan);
    faults.extend(plans.iter().filter_map(told));
    plans.len()
}

/// Reads pages forward, one backward, and what is due.
async fn walk<T: Struct, S: Send + 'static>(list: impl Fn() -> List<T, S>, with_due: bool) {
    let mut page = list().await.expect("the first page");
    for _ in 0..4 {
        if let Some(next) = page.next {
            page = list().at(next).await.expect("the page behind it");
        }
    }
    if let Some(previous) = page.previous {
        list().at(previous).await.expect("the page before it");
    }
    if with_due {
        list().due().await.expect("what is due");
    }
}

/// Whether the order's index holds rows that are marked as deleted, so that it serves lists of these too.
fn holds_marked(table: &Table, order: &OrderDescriptor) -> bool {
    let Some(mark) = &table.soft_delete else {
        return false;
    };
    let without = format!("{} IS NULL", mark.sql_name());
    !order
        .condition
        .is_some_and(|condition| condition.contains(&without))
}

/// Which rows are looked for.
struct Sought {
    condition: Option<&'static str>,
    is_own: bool,
    with_marked: bool,
}

fn ordered<T: Struct, S>(position: usize, pins: &[Parameter]) -> Order<T, S> {
    let given = |pin: usize| Given(pins[pin].clone());
    let marker = PhantomData;
    match pins.len() {
        0 => OrderOf::<T, S>::into_order(IndexOrder::<T, (), S>(position, marker)),
        1 => IndexOrder::<T, (Given,), S>(position, PhantomData).of(given(0)),
        2 => IndexOrder::<T, (Given, Given), S>(position, PhantomData).of(given(0), given(1)),
        3 => {
            IndexOrder::<T, (Given, Given, Given), S>(position, PhantomData).of(given(0), given(1), given(2))
        }
        more => panic!("an order has {more} pins"),
    }
}

/// A row in the midst of the tenant's.
async fn one_row<T: Struct>(reads: &mut Reads<'_>) -> T {
    let fields: Vec<String> = reads
        .table
        .fields()
        .iter()
        .map(|column| column.sql_name())
        .collect();
    let own = Sought {
        condition: None,
        is_own: true,
        with_marked: false,
    };
    let sql = format!(
        "SELECT {} FROM {} WHERE {} LIMIT 1",
        fields.join(", "),
        reads.table.sql_name(),
        visible(reads.table, &own)
    );
    let row = fetch(&mut reads.superuser, sql).await;
    T::decode(&Row::new(&row)).expect("the row is one of the table")
}

/// Of some columns the values that most rows have, and how many these are.
async fn most_frequent<T: Struct>(
    reads: &mut Reads<'_>,
    columns: &[&str],
    sought: &Sought,
) -> (Vec<Parameter>, i64) {
    let names: Vec<_> = columns.iter().map(|column| quote_identifier(column)).collect();
    let known = names.iter().map(|name| format!(" AND {name} IS NOT NULL"));
    let texts: String = names.iter().map(|name| format!(", {name}::text")).collect();
    let groups: Vec<_> = (0..names.len()).map(|number| (number + 2).to_string()).collect();
    let grouped = match groups.is_empty() {
        true => String::new(),
        false => format!(" GROUP BY {}", groups.join(", ")),
    };
    let sql = format!(
        "SELECT count(*){texts} FROM {} WHERE {} AND ({}){}{grouped} ORDER BY 1 DESC LIMIT 1",
        reads.table.sql_name(),
        visible(reads.table, sought),
        sought.condition.unwrap_or("true"),
        known.collect::<String>()
    );
    let row = fetch(&mut reads.superuser, sql).await;
    let position = |column: &&str| T::DESCRIPTOR.columns.iter().position(|known| known == column);
    let values = columns.iter().enumerate().map(|(number, column)| {
        let kind = T::DESCRIPTOR.types[position(column).expect("a column of the table")];
        parameter(kind, row.get(number + 1))
    });
    (values.collect(), row.get(0))
}

async fn fetch(superuser: &mut PgConnection, sql: String) -> sqlx::postgres::PgRow {
    let query = sqlx::query(AssertSqlSafe(sql.clone())).persistent(false);
    let row = query.fetch_one(superuser).await;
    row.unwrap_or_else(|error| panic!("{sql}: {error}"))
}

/// The condition of the rows that a read of the tenant's, or of all, sees.
fn visible(table: &Table, sought: &Sought) -> String {
    let own = match table.tenancy {
        Tenancy::Global => "true".to_owned(),
        _ if !sought.is_own => "true".into(),
        _ => format!("tenant_id = '{TENANT}'"),
    };
    let mark = table.soft_delete.iter().filter(|_| !sought.with_marked);
    let mark = mark.map(|column| format!(" AND {} IS NULL", column.sql_name()));
    own + &mark.collect::<String>()
}

fn parameter(kind: ParameterType, text: String) -> Parameter {
    match kind {
        ParameterType::Uuid => Parameter::Uuid(Some(text.parse().expect("a UUID"))),
        ParameterType::Text => Parameter::Text(Some(text)),
        ParameterType::SmallInt => Parameter::SmallInt(Some(text.parse().expect("a number"))),
        ParameterType::Integer => Parameter::Integer(Some(text.parse().expect("a number"))),
        ParameterType::BigInt => Parameter::BigInt(Some(text.parse().expect("a number"))),
        ParameterType::Boolean => Parameter::Boolean(Some(text.starts_with('t'))),
        ParameterType::Date => Parameter::Date(Some(text.parse().expect("a day"))),
        ParameterType::TimestampTz => {
            let at: stellaops_db::Timestamp = text
                .replace(' ', "T")
                .replace("+00", "Z")
                .parse()
                .expect("a time");
            Parameter::TimestampTz(Some(at.utc()))
        }
        other => panic!("no key has a {other:?}"),
    }
}
