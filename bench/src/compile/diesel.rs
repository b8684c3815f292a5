//! Diesel: `table!`, one struct with the five derives, enums and documents as expressions.

use stellaops_db_spec::model::{Column, ColumnType, Enum, Schema, Storage, Table};

use crate::scaffolded::{IMPORTS, Item, Scaffolded, table_module};

/// The release that is measured: without a driver, so that nothing is linked.
pub(crate) const DEPENDENCY: &str = "diesel = { version = \"=2.3.14\", default-features = false, features = [\
    \"32-column-tables\", \"chrono\", \"postgres_backend\", \"serde_json\", \"uuid\", \"with-deprecated\"] }";

/// The module of a schema.
pub(crate) fn module(schema: &Schema, scaffolded: &Scaffolded) -> String {
    let mut text = String::from(IMPORTS);
    for (item, table) in scaffolded.tables.iter().zip(&schema.tables) {
        let code = format!("{}{}", declaration(item, table), row(scaffolded, item, table));
        text.push_str(&table_module(&table.name, &code));
    }
    for item in &scaffolded.enums {
        let declared = schema
            .enums
            .iter()
            .find(|declared| declared.qualified() == item.source);
        if let Some(declared) = declared {
            text.push_str(&enumeration(item, declared));
        }
    }
    let stored = scaffolded.stored_documents();
    for item in &scaffolded.documents {
        match stored.contains(&item.name) {
            true => text.push_str(&document(item)),
            false => text.push_str(&item.derived("")),
        }
    }
    text
}

fn declaration(item: &Item, table: &Table) -> String {
    let fields = item.fields();
    let name_of = |name: &str| {
        let position = table.fields().iter().position(|column| column.name == name);
        position.map_or(name.to_owned(), |position| {
            own_name(table, &fields[position].name)
        })
    };
    let key: Vec<String> = table.key.iter().map(|column| name_of(&column.name)).collect();
    let mut text = format!(
        "diesel::table! {{\n{}.{} ({}) {{\n",
        table.schema,
        table.name,
        key.join(", ")
    );
    for column in table.fields() {
        let name = name_of(&column.name);
        if name != column.name {
            text.push_str(&format!("#[sql_name = \"{}\"]\n", column.name));
        }
        text.push_str(&format!("{name} -> {},\n", nullable(column)));
    }
    text.push_str("}\n}\n");
    text
}

fn nullable(column: &Column) -> String {
    let kind = sql_type(&column.column_type);
    match column.nullable {
        true => format!("Nullable<{kind}>"),
        false => kind.into(),
    }
}

fn sql_type(column_type: &ColumnType) -> &'static str {
    match column_type {
        ColumnType::Uuid => "Uuid",
        ColumnType::Text => "Text",
        ColumnType::SmallInt => "SmallInt",
        ColumnType::Integer => "Integer",
        ColumnType::BigInt => "BigInt",
        ColumnType::Boolean => "Bool",
        ColumnType::TimestampTz => "Timestamptz",
        ColumnType::Date => "Date",
        ColumnType::Bytea => "Binary",
        ColumnType::TextArray => "Array<Text>",
        ColumnType::UuidArray => "Array<Uuid>",
        ColumnType::Enum(declared) => stored_as(declared),
        ColumnType::Json(_) => "Jsonb",
    }
}

fn stored_as(declared: &Enum) -> &'static str {
    match declared.storage {
        Storage::SmallInt => "SmallInt",
        Storage::Text => "Text",
    }
}

/// Diesel takes no column that is called as its table.
fn own_name(table: &Table, field: &str) -> String {
    match field == table.name {
        true => format!("{field}_"),
        false => field.to_owned(),
    }
}

fn row(scaffolded: &Scaffolded, item: &Item, table: &Table) -> String {
    let fields = item.fields();
    let in_key = |name: &str| table.key.iter().any(|key| key.name == name);
    let changes = match table.fields().iter().all(|column| in_key(&column.name)) {
        true => "",
        false => ", diesel::AsChangeset",
    };
    let key = table.fields().into_iter().zip(&fields);
    let key: Vec<String> = key
        .filter(|(column, _)| in_key(&column.name))
        .map(|(_, field)| own_name(table, &field.name))
        .collect();
    let mut text = format!(
        "{}#[derive(Debug, Clone, PartialEq, diesel::Queryable, diesel::Selectable, diesel::Insertable, \
         diesel::Identifiable{changes})]\n#[diesel(table_name = {}, primary_key({}))]\npub struct {} {{\n",
        item.docs(),
        table.name,
        key.join(", "),
        item.name,
    );
    for field in fields {
        let kind = scaffolded.seen_from_inside(&field.kind);
        let name = own_name(table, &field.name);
        text.push_str(&format!("/// {}\npub {name}: {kind},\n", field.doc));
    }
    text.push_str("}\n");
    text
}

const AS_EXPRESSION: &str = ", diesel::expression::AsExpression, diesel::deserialize::FromSqlRow";

fn with_sql_type(item: &Item, kind: &str) -> String {
    let declared = item.derived(AS_EXPRESSION);
    let attribute = format!("#[diesel(sql_type = diesel::sql_types::{kind})]\npub ");
    declared.replacen("pub ", &attribute, 1)
}

/// A document by way of a JSON value, as Diesel's guides do it.
fn document(item: &Item) -> String {
    let name = &item.name;
    let declared = with_sql_type(item, "Jsonb");
    format!(
        "{declared}
impl diesel::deserialize::FromSql<diesel::sql_types::Jsonb, diesel::pg::Pg> for {name} {{
    fn from_sql(bytes: diesel::pg::PgValue<'_>) -> diesel::deserialize::Result<Self> {{
        let value = <serde_json::Value as diesel::deserialize::FromSql<diesel::sql_types::Jsonb, diesel::pg::Pg>>::from_sql(bytes)?;
        Ok(serde_json::from_value(value)?)
    }}
}}
impl diesel::serialize::ToSql<diesel::sql_types::Jsonb, diesel::pg::Pg> for {name} {{
    fn to_sql<'b>(&'b self, out: &mut diesel::serialize::Output<'b, '_, diesel::pg::Pg>) -> diesel::serialize::Result {{
        let value = serde_json::to_value(self)?;
        <serde_json::Value as diesel::serialize::ToSql<diesel::sql_types::Jsonb, diesel::pg::Pg>>::to_sql(&value, &mut out.reborrow())
    }}
}}
"
    )
}

fn enumeration(item: &Item, declared: &Enum) -> String {
    let name = &item.name;
    let kind = stored_as(declared);
    let (stored, receive, given) = match declared.storage {
        Storage::SmallInt => ("i16", "i16", "*stored"),
        Storage::Text => ("str", "String", "stored"),
    };
    let mut to = String::new();
    let mut from = String::new();
    for (variant, value) in item.variants().iter().zip(&declared.values) {
        let literal = match declared.storage {
            Storage::SmallInt => value.code.to_string(),
            Storage::Text => format!("{:?}", value.name),
        };
        let reference = if declared.storage == Storage::SmallInt {
            "&"
        } else {
            ""
        };
        to.push_str(&format!(
            "            {name}::{variant} => {reference}{literal},\n"
        ));
        from.push_str(&format!("            {literal} => Ok({name}::{variant}),\n"));
    }
    let matched = if given == "stored" {
        "stored.as_str()"
    } else {
        "stored"
    };
    // A key's type is hashed by Diesel's associations.
    let declared = with_sql_type(item, kind).replacen("Eq, ", "Eq, Hash, ", 1);
    format!(
        "{declared}
impl diesel::deserialize::FromSql<diesel::sql_types::{kind}, diesel::pg::Pg> for {name} {{
    fn from_sql(bytes: diesel::pg::PgValue<'_>) -> diesel::deserialize::Result<Self> {{
        let stored = <{receive} as diesel::deserialize::FromSql<diesel::sql_types::{kind}, diesel::pg::Pg>>::from_sql(bytes)?;
        match {matched} {{
{from}            _ => Err(\"no such value\".into()),
        }}
    }}
}}
impl diesel::serialize::ToSql<diesel::sql_types::{kind}, diesel::pg::Pg> for {name} {{
    fn to_sql<'b>(&'b self, out: &mut diesel::serialize::Output<'b, '_, diesel::pg::Pg>) -> diesel::serialize::Result {{
        let stored: &'static {stored} = match self {{
{to}        }};
        <{stored} as diesel::serialize::ToSql<diesel::sql_types::{kind}, diesel::pg::Pg>>::to_sql(stored, out)
    }}
}}
"
    )
}
