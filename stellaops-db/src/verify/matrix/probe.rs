//! The statement of a verb for a table, with its values.

use sqlx::postgres::PgArguments;
use sqlx::query::Query;
use sqlx::{AssertSqlSafe, Postgres};
use stellaops_db_spec::model::{Column, ColumnRole, Table, quote_identifier};

use super::seed::{Seed, Tenants};
use super::verb::Verb;
use crate::verify::catalog::View;
use crate::verify::sample::{Sample, Text};

/// A statement that answers one row of four numbers: how many rows it reached of the first, the second and the third
/// tenant, and of nobody's.
#[derive(Debug, Clone)]
pub(super) struct Probe {
    pub(super) verb: Verb,
    pub(super) sql: String,
    pub(super) parameters: Vec<Text>,
}

/// The first three parameters of every probe.
const TENANTS: usize = 3;

/// The rows that are tried, of all tenants that were made up. A wrong or hostile program names them all.
const ALL: &str = "tenant_id = ANY (ARRAY[$1, $2, $3, '@global'])";

impl Probe {
    /// The query, with its values.
    pub(super) fn query(&self) -> Query<'_, Postgres, PgArguments> {
        bound(
            sqlx::query(AssertSqlSafe(self.sql.clone())),
            self.parameters.clone(),
        )
    }

    fn counting(verb: Verb, tenants: &Tenants, source: &str, values: Vec<Text>) -> Self {
        let of = |condition: &str| format!("count(*) FILTER (WHERE {condition})");
        let sql = format!(
            "/* {verb} */ WITH reached AS ({source}) SELECT {}, {}, {}, {} FROM reached",
            of("tenant_id = $1"),
            of("tenant_id = $2"),
            of("tenant_id = $3"),
            of("tenant_id = '@global'")
        );
        Probe::of(verb, tenants, sql, values)
    }

    fn of(verb: Verb, tenants: &Tenants, sql: String, values: Vec<Text>) -> Self {
        let names = [&tenants.first, &tenants.second, &tenants.third];
        let parameters = names.into_iter().cloned().map(Some).chain(values).collect();
        Probe {
            verb,
            sql,
            parameters,
        }
    }
}

/// Sends every value as a text, and leaves the type to the cast beside it.
pub(super) fn bound<'q>(
    query: Query<'q, Postgres, PgArguments>,
    values: Vec<Text>,
) -> Query<'q, Postgres, PgArguments> {
    values.into_iter().fold(query, Query::bind)
}

/// What an INSERT names.
pub(super) struct Inserted {
    pub(super) columns: String,
    pub(super) values: String,
    pub(super) parameters: Vec<Text>,
}

impl Inserted {
    /// The columns of a row with their values, whose parameters begin behind so many others.
    pub(super) fn of(table: &Table, row: &Sample, others: usize) -> Self {
        let columns: Vec<&Column> = table.inserted().into_iter().map(AsRef::as_ref).collect();
        let names: Vec<String> = columns.iter().map(|column| column.sql_name()).collect();
        let places = columns.iter().enumerate();
        let values: Vec<String> = places
            .map(|(place, column)| typed(column, others + place + 1))
            .collect();
        let parameters = columns
            .iter()
            .map(|column| row.get(&column.name).cloned().flatten());
        Inserted {
            columns: names.join(", "),
            values: values.join(", "),
            parameters: parameters.collect(),
        }
    }
}

fn typed(column: &Column, place: usize) -> String {
    format!("${place}::{}", column.column_type.sql())
}

/// `id = $4::uuid AND tenant_id = $1`: the first tenant's row, whoever asks.
fn own_key(table: &Table, row: &Sample) -> (String, Vec<Text>) {
    let key = table.own_key();
    let conditions = key
        .iter()
        .enumerate()
        .map(|(place, column)| format!("{} = {}", column.sql_name(), typed(column, TENANTS + place + 1)));
    let conditions: Vec<String> = conditions.chain(["tenant_id = $1".to_owned()]).collect();
    let values = key
        .iter()
        .map(|column| row.get(&column.name).cloned().flatten())
        .collect();
    (conditions.join(" AND "), values)
}

/// All probes of a table whose rows have a tenant.
pub(super) fn probes(table: &Table, seed: &Seed) -> Vec<Probe> {
    let mut all = reads(table, seed);
    all.extend(inserts(table, seed));
    all.extend(changes(table, seed));
    all
}

fn reads(table: &Table, seed: &Seed) -> Vec<Probe> {
    let relation = table.sql_name();
    let (by_key, key) = own_key(table, &seed.row);
    let order: Vec<String> = table.key.iter().map(|column| column.sql_name()).collect();
    let counts = ["$1", "$2", "$3", "'@global'"]
        .map(|tenant| format!("(SELECT count(*) FROM {relation} WHERE tenant_id = {tenant})"));
    let counting = |verb, source: String, values| Probe::counting(verb, &seed.tenants, &source, values);
    vec![
        counting(
            Verb::Read,
            format!("SELECT tenant_id FROM {relation} WHERE {by_key}"),
            key,
        ),
        counting(
            Verb::List,
            format!(
                "SELECT tenant_id FROM {relation} WHERE {ALL} ORDER BY {} LIMIT 100",
                order.join(", ")
            ),
            Vec::new(),
        ),
        Probe::of(
            Verb::Count,
            &seed.tenants,
            format!("/* count */ SELECT {}", counts.join(", ")),
            Vec::new(),
        ),
        counting(Verb::Join, joined(table, seed), Vec::new()),
        counting(
            Verb::Claim,
            format!("SELECT tenant_id FROM {relation} WHERE {ALL} LIMIT 100 FOR UPDATE SKIP LOCKED"),
            Vec::new(),
        ),
    ]
}

/// With the first parent that the row has, else with itself. Whose rows come together is told of both sides; nobody's
/// parents are everybody's.
fn joined(table: &Table, seed: &Seed) -> String {
    let relation = table.sql_name();
    let all = ALL.replace("tenant_id", "child.tenant_id");
    let of_both = |parent: &str, has_tenant: bool, on: &str| {
        let tenants = match has_tenant {
            true => "unnest(ARRAY[child.tenant_id, nullif(parent.tenant_id, '@global')])",
            false => "child.tenant_id",
        };
        format!(
            "SELECT DISTINCT {tenants} AS tenant_id FROM {relation} AS child JOIN {parent} AS parent ON {on} WHERE {all}"
        )
    };
    let has_parent = table.references.iter().find(|reference| {
        let is_filled =
            |column: &std::sync::Arc<Column>| seed.row.get(&column.name).is_some_and(Option::is_some);
        seed.parents.contains_key(&reference.parent) && reference.columns.iter().all(is_filled)
    });
    let Some(reference) = has_parent else {
        return of_both(&relation, true, "parent.tenant_id = child.tenant_id");
    };
    let pairs = reference.columns.iter().zip(&reference.parent_columns);
    let on: Vec<String> = pairs
        .map(|(own, parent)| format!("parent.{} = child.{}", quote_identifier(parent), own.sql_name()))
        .collect();
    let parent = format!(
        "{}.{}",
        quote_identifier(&reference.parent_schema),
        quote_identifier(&reference.parent)
    );
    of_both(&parent, reference.parent_tenancy.has_tenant(), &on.join(" AND "))
}

fn inserts(table: &Table, seed: &Seed) -> Vec<Probe> {
    let insert = |verb, row: &Sample, conflict: &str| {
        let inserted = Inserted::of(table, row, TENANTS);
        let source = format!(
            "INSERT INTO {} ({}) VALUES ({}){conflict} RETURNING tenant_id",
            table.sql_name(),
            inserted.columns,
            inserted.values
        );
        Probe::counting(verb, &seed.tenants, &source, inserted.parameters)
    };
    let target: Vec<String> = table.key.iter().map(|column| column.sql_name()).collect();
    let or_update = format!(
        " ON CONFLICT ({}) DO UPDATE SET tenant_id = EXCLUDED.tenant_id",
        target.join(", ")
    );
    let mut all = vec![
        insert(Verb::Insert, &seed.new, ""),
        insert(Verb::Upsert, &seed.new, &or_update),
        many(table, seed),
    ];
    if table.own_key().iter().any(|column| column.is_inserted()) {
        let mut taken = seed.new.clone();
        let references = table.references.iter();
        let pointing =
            references.flat_map(|reference| reference.columns.iter().chain(&reference.parent_tenant));
        let pointing: Vec<&str> = pointing.map(|column| column.name.as_str()).collect();
        let unique = table.unique_keys.iter().flat_map(|key| &key.columns);
        for column in table.own_key().into_iter().chain(unique) {
            if column.is_inserted() && !pointing.contains(&column.name.as_str()) {
                taken.insert(column.name.clone(), seed.row.get(&column.name).cloned().flatten());
            }
        }
        all.push(insert(Verb::InsertTakenKey, &taken, " ON CONFLICT DO NOTHING"));
    }
    if let Some(misled) = &seed.misled {
        all.push(insert(Verb::InsertUnderForeignParent, misled, ""));
    }
    all
}

/// A row of the third tenant, and the same one as the first tenant's.
fn many(table: &Table, seed: &Seed) -> Probe {
    let inserted = Inserted::of(table, &seed.new, TENANTS);
    let tenant = table
        .tenant_column()
        .map(|column| column.sql_name())
        .unwrap_or_default();
    let columns: Vec<String> = table
        .inserted()
        .into_iter()
        .map(|column| match column.role {
            ColumnRole::Tenant => "whose.tenant_id".to_owned(),
            _ => format!("made.{}", column.sql_name()),
        })
        .collect();
    let source = format!(
        "INSERT INTO {relation} ({names}) SELECT {} FROM (VALUES ({})) AS made ({names}) CROSS JOIN (VALUES ($3), ($1)) AS whose ({tenant}) RETURNING tenant_id",
        columns.join(", "),
        inserted.values,
        relation = table.sql_name(),
        names = inserted.columns,
    );
    Probe::counting(Verb::InsertMany, &seed.tenants, &source, inserted.parameters)
}

fn changes(table: &Table, seed: &Seed) -> Vec<Probe> {
    let relation = table.sql_name();
    let (by_key, key) = own_key(table, &seed.row);
    let counting = |verb, source: String, values: &[Text]| {
        Probe::counting(verb, &seed.tenants, &source, values.to_vec())
    };
    let update = |set: &str, rows: &str| {
        format!("UPDATE {relation} SET tenant_id = {set} WHERE {rows} RETURNING tenant_id")
    };
    vec![
        counting(Verb::Update, update("tenant_id", &by_key), &key),
        counting(Verb::UpdateReturning, update("tenant_id", ALL), &[]),
        counting(Verb::Move, update("$2", &by_key), &key),
        counting(
            Verb::MoveBindingAgain,
            update("$2::text::stellaops.tenant::text", &by_key),
            &key,
        ),
        counting(
            Verb::Delete,
            format!("DELETE FROM {relation} WHERE {by_key} RETURNING tenant_id"),
            &key,
        ),
        counting(
            Verb::DeleteReturning,
            format!("DELETE FROM {relation} WHERE {ALL} RETURNING tenant_id"),
            &[],
        ),
    ]
}

/// Reads a relation that has the tenant's column: a partition, or a view.
pub(super) fn read(verb: Verb, seed: &Seed, relation: &str) -> Probe {
    let source = format!("SELECT tenant_id FROM {relation} WHERE {ALL}");
    Probe::counting(verb, &seed.tenants, &source, Vec::new())
}

/// The relation of a view.
pub(super) fn view(view: &View) -> String {
    format!(
        "{}.{}",
        quote_identifier(&view.schema),
        quote_identifier(&view.name)
    )
}

/// All probes of a table without tenants: its one row, by its key.
pub(super) fn global_probes(table: &Table, seed: &Seed) -> Vec<Probe> {
    let relation = table.sql_name();
    let key: Vec<&Column> = table.key.iter().map(AsRef::as_ref).collect();
    let conditions: Vec<String> = key
        .iter()
        .enumerate()
        .map(|(place, column)| format!("{} = {}", column.sql_name(), typed(column, place + 1)))
        .collect();
    let is_row = conditions.join(" AND ");
    let values: Vec<Text> = key
        .iter()
        .map(|column| seed.row.get(&column.name).cloned().flatten())
        .collect();
    let nobodys = |verb: Verb, source: String, parameters: Vec<Text>| Probe {
        verb,
        sql: format!(
            "/* {verb} */ WITH reached AS ({source}) SELECT 0::bigint, 0::bigint, 0::bigint, count(*) FROM reached"
        ),
        parameters,
    };
    let written = table
        .inserted()
        .first()
        .map(|column| column.sql_name())
        .unwrap_or_default();
    let inserted = Inserted::of(table, &seed.new, 0);
    let insert = format!(
        "INSERT INTO {relation} ({}) VALUES ({}) ON CONFLICT DO NOTHING RETURNING true",
        inserted.columns, inserted.values
    );
    vec![
        nobodys(
            Verb::Read,
            format!("SELECT FROM {relation} WHERE {is_row}"),
            values.clone(),
        ),
        nobodys(Verb::Insert, insert, inserted.parameters),
        nobodys(
            Verb::Update,
            format!("UPDATE {relation} SET {written} = {written} WHERE {is_row} RETURNING true"),
            values.clone(),
        ),
        nobodys(
            Verb::Delete,
            format!("DELETE FROM {relation} WHERE {is_row} RETURNING true"),
            values,
        ),
    ]
}
