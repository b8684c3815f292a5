//! The built-in structs: one for every table, and what is read into one is what the row holds.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};
use sqlx::postgres::PgRow;
use sqlx::{AssertSqlSafe, ConnectOptions, Row as _};
use stellaops_db::__private::{Parameter, Row, Table as Struct};
use stellaops_db::Expected;

use crate::client::Client;
use crate::fixture::{SYSTEM, database, specs};
use crate::given;

/// A struct, without its type.
struct Typed {
    table: &'static str,
    /// Reads a row into the struct and answers what is in its fields.
    fields: fn(&PgRow) -> Result<Map<String, Value>, String>,
}

macro_rules! structs {
    ($($schema:ident: $($name:ident),+);+) => {
        const STRUCTS: &[Typed] = &[$($(Typed {
            table: <stellaops_db::schema::$schema::$name as Struct>::DESCRIPTOR.qualified,
            fields: fields::<stellaops_db::schema::$schema::$name>,
        }),+),+];

        /// The lists that programs hold against their database.
        const LISTED: &[&[Expected]] = &[$(stellaops_db::schema::$schema::TABLES),+];
    };
}

every_struct!(structs);

#[test]
fn every_table_has_one_struct() {
    let specs = specs();
    let mut tables: Vec<String> = specs.tables().map(|table| table.qualified()).collect();
    let mut structs: Vec<&str> = STRUCTS.iter().map(|typed| typed.table).collect();
    tables.sort();
    structs.sort_unstable();
    assert_eq!(structs, tables);
}

#[test]
fn every_table_is_in_the_list_of_its_schema() {
    let listed: Vec<&str> = LISTED.iter().copied().flatten().map(Expected::table).collect();
    let mut tables: Vec<String> = specs().tables().map(|table| table.qualified()).collect();
    tables.sort();
    assert_eq!(listed, tables);
}

#[tokio::test]
async fn a_struct_holds_what_the_row_holds() {
    let specs = specs();
    let database = database(&specs).await;
    let system = Client::connect(&database, SYSTEM).await;
    for schema in &specs.schemas {
        given::fill(&system, schema, "acme").await;
    }
    let options = database.connect_options_as(SYSTEM);
    let mut connection = options.connect().await.expect("the system connects");
    for typed in STRUCTS {
        let table = specs.table(typed.table).expect("every struct has a table");
        let fields: Vec<String> = table.fields().iter().map(|column| column.sql_name()).collect();
        let sql = format!(
            "SELECT {}, to_jsonb(t)::text FROM {} AS t",
            fields.join(", "),
            table.sql_name()
        );
        let row = sqlx::query(AssertSqlSafe(sql))
            .fetch_one(&mut connection)
            .await
            .expect("the row is there");
        let stored: String = row.get(fields.len());
        let stored: Value = serde_json::from_str(&stored).expect("it is JSON");
        let read = (typed.fields)(&row).unwrap_or_else(|fault| panic!("{}: {fault}", typed.table));
        for column in table.fields() {
            let (read, stored) = (&read[&column.name], &stored[&column.name]);
            assert_eq!(plain(read), plain(stored), "{}.{}", typed.table, column.name);
        }
    }
}

fn fields<T: Struct>(row: &PgRow) -> Result<Map<String, Value>, String> {
    let read = T::decode(&Row::new(row)).map_err(|error| error.to_string())?;
    let descriptor = T::DESCRIPTOR;
    let mut fields = Map::new();
    for (position, column) in descriptor.columns[..descriptor.fields].iter().enumerate() {
        let parameter = read.parameter(position).map_err(|error| error.to_string())?;
        fields.insert((*column).into(), value(parameter));
    }
    Ok(fields)
}

/// A parameter as `to_jsonb` shows a column that holds it.
fn value(parameter: Parameter) -> Value {
    match parameter {
        Parameter::Tenant(tenant) => json!(tenant.as_str()),
        Parameter::Uuid(value) => json!(value),
        Parameter::Text(value) => json!(value),
        Parameter::SmallInt(value) => json!(value),
        Parameter::Integer(value) => json!(value),
        Parameter::BigInt(value) => json!(value),
        Parameter::Boolean(value) => json!(value),
        Parameter::TimestampTz(value) => json!(value.map(|at| at.to_rfc3339())),
        Parameter::Date(value) => json!(value),
        Parameter::Bytea(value) => json!(value.map(|bytes| format!("\\x{}", hexadecimal(&bytes)))),
        Parameter::TextArray(value) => json!(value),
        Parameter::UuidArray(value) => json!(value),
        Parameter::BooleanArray(value) => json!(value),
        Parameter::Json(None) => Value::Null,
        Parameter::Json(Some(text)) => serde_json::from_str(&text).expect("a document is JSON"),
        other => panic!("{other:?} is none of the parameters that a field can be"),
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// One spelling for a point in time, whoever wrote it, inside documents too.
fn plain(value: &Value) -> Value {
    match value {
        Value::String(text) => match text.parse::<DateTime<Utc>>() {
            Ok(at) => json!(at.timestamp_micros()),
            Err(_) => value.clone(),
        },
        Value::Array(items) => items.iter().map(plain).collect(),
        Value::Object(members) => {
            let plain = |(name, member): (&String, &Value)| (name.clone(), plain(member));
            Value::Object(members.iter().map(plain).collect())
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
    }
}
