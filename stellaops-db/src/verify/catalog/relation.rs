//! Relations, and what is tied to them by name: columns, policies, triggers.

use std::collections::BTreeMap;

use serde::Deserialize;
use sqlx::PgConnection;
use stellaops_db_spec::ddl::expected::{TriggerForm, condition_of};

use super::{Name, calls, ours, rows, superusers_part};

/// A table, partition, view or sequence.
#[derive(Debug, Clone, Deserialize)]
pub(in crate::verify) struct Relation {
    pub(in crate::verify) schema: String,
    pub(in crate::verify) name: String,
    /// `pg_class.relkind`
    pub(in crate::verify) kind: String,
    pub(in crate::verify) owner: String,
    pub(in crate::verify) row_security: bool,
    pub(in crate::verify) forced: bool,
    /// `pg_class.relpersistence`
    pub(in crate::verify) persistence: String,
    /// `pg_get_partkeydef`, of a partitioned table.
    pub(in crate::verify) partition_key: Option<String>,
    pub(in crate::verify) is_partition: bool,
    /// The schema of the table whose partition it is, at the top.
    pub(in crate::verify) root_schema: Option<String>,
    /// That table's name.
    pub(in crate::verify) root: Option<String>,
    /// `pg_class.reltuples`, of a partitioned table the sum.
    pub(in crate::verify) estimated_rows: f32,
}

impl Relation {
    /// `(schema, name)`
    pub(in crate::verify) fn full_name(&self) -> Name {
        (self.schema.clone(), self.name.clone())
    }
}

/// A column.
#[derive(Debug, Clone, Deserialize)]
pub(in crate::verify) struct Column {
    pub(in crate::verify) name: String,
    /// As `format_type` prints it.
    pub(in crate::verify) type_name: String,
    pub(in crate::verify) not_null: bool,
    /// None where the type has none or it is the database's; as SQL names it, with its schema unless that is PostgreSQL's own.
    pub(in crate::verify) collation: Option<String>,
    /// `pg_attribute.attgenerated`: `s` where it is stored, `v`, since PostgreSQL 18, where it is not.
    pub(in crate::verify) generated: String,
    /// `pg_attribute.attidentity`
    pub(in crate::verify) identity: String,
    /// Whether its type, or that of its items, is somebody's own: a cast to it may run what they wrote.
    pub(in crate::verify) has_own_type: bool,
    /// Type and collation, as they stand in a list of columns.
    pub(in crate::verify) declared: String,
    /// Its default, or what it is generated from.
    pub(in crate::verify) expression: Option<String>,
    /// What the expression calls that somebody made.
    pub(in crate::verify) calls: Vec<String>,
}

/// A policy.
#[derive(Debug, Clone, Deserialize)]
pub(in crate::verify) struct Policy {
    pub(in crate::verify) name: String,
    pub(in crate::verify) permissive: bool,
    /// `pg_policy.polcmd`
    pub(in crate::verify) command: String,
    /// Empty for PUBLIC.
    pub(in crate::verify) roles: Vec<String>,
    pub(in crate::verify) visible: Option<String>,
    pub(in crate::verify) writable: Option<String>,
}

/// A trigger, of a table or a partition.
#[derive(Debug, Clone, Deserialize)]
pub(in crate::verify) struct Trigger {
    pub(in crate::verify) name: String,
    /// `pg_trigger.tgenabled`
    pub(in crate::verify) enabled: String,
    /// None where it is gone already.
    pub(in crate::verify) definition: Option<String>,
    /// Whether its function runs with its owner's rights.
    pub(in crate::verify) definer: bool,
    /// What its condition calls that somebody made.
    pub(in crate::verify) calls: Vec<String>,
}

impl Trigger {
    /// Everything but the wording of its condition.
    pub(in crate::verify) fn form(&self) -> Option<TriggerForm> {
        TriggerForm::parse(self.definition.as_deref()?)
    }

    /// The condition, as the server prints it.
    pub(in crate::verify) fn condition(&self) -> Option<&str> {
        condition_of(self.definition.as_deref()?)
    }
}

#[derive(Deserialize)]
struct Owned {
    name: String,
    owner: String,
}

const SCHEMAS: &str = "SELECT nspname::text AS name, pg_get_userbyid(nspowner)::text AS owner FROM pg_namespace WHERE nspname = ANY ($1)";

pub(super) async fn schemas(
    connection: &mut PgConnection,
    names: &[String],
) -> Result<BTreeMap<String, String>, sqlx::Error> {
    let found: Vec<Owned> = rows(connection, SCHEMAS, names).await?;
    Ok(found
        .into_iter()
        .map(|schema| (schema.name, schema.owner))
        .collect())
}

const RELATIONS: &str = concat!(
    "SELECT nspname::text AS schema, pg_class.relname::text AS name, relkind::text AS kind, \
        pg_get_userbyid(relowner)::text AS owner, relrowsecurity AS row_security, relforcerowsecurity AS forced, \
        relpersistence::text AS persistence, pg_get_partkeydef(pg_class.oid) AS partition_key, relispartition AS is_partition, \
        greatest(CASE WHEN reltuples < 0 THEN pg_relation_size(pg_class.oid) / 100 ELSE reltuples END, \
            (SELECT sum(CASE WHEN partition.reltuples < 0 THEN pg_relation_size(partition.oid) / 100 ELSE partition.reltuples END) \
                FROM pg_partition_tree(pg_class.oid) JOIN pg_class AS partition ON partition.oid = relid WHERE isleaf)) AS estimated_rows, \
        (SELECT place.nspname::text FROM pg_class AS top JOIN pg_namespace AS place ON place.oid = top.relnamespace \
            WHERE top.oid = pg_partition_root(pg_class.oid)) AS root_schema, \
        (SELECT top.relname::text FROM pg_class AS top WHERE top.oid = pg_partition_root(pg_class.oid)) AS root \
    FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace \
    WHERE relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND ",
    ours!()
);

pub(super) async fn read(
    connection: &mut PgConnection,
    schemas: &[String],
) -> Result<BTreeMap<Name, Relation>, sqlx::Error> {
    let found: Vec<Relation> = rows(connection, RELATIONS, schemas).await?;
    let named = found
        .into_iter()
        .map(|row| ((row.schema.clone(), row.name.clone()), row));
    Ok(named.collect())
}

/// On PostgreSQL 18 a column can be marked as NOT NULL over rows that nobody looked at.
pub(super) const COLUMNS: &str = concat!(
    "SELECT pg_namespace.nspname::text AS schema, relname::text AS relation, attname::text AS name, \
        format_type(atttypid, atttypmod) AS type_name, \
        attnotnull AND NOT EXISTS (SELECT FROM pg_constraint WHERE conrelid = attrelid AND contype = 'n' AND conkey = ARRAY[attnum] \
            AND NOT convalidated) AS not_null, CASE WHEN collnamespace <> 'pg_catalog'::regnamespace THEN pg_collation.oid::regcollation::text \
            WHEN collname <> 'default' THEN quote_ident(collname) END AS collation, \
        EXISTS (SELECT FROM pg_type WHERE pg_type.oid = atttypid AND greatest(pg_type.oid, typelem, typbasetype) >= 16384) AS has_own_type, \
        attgenerated::text AS generated, attidentity::text AS identity, \
        format_type(atttypid, atttypmod) || coalesce(' COLLATE ' || quote_ident(collation_place.nspname) || '.' || quote_ident(collname), '') AS declared, \
        pg_get_expr(adbin, adrelid) AS expression, \
        CASE WHEN adbin IS NULL THEN '{}' ELSE ",
    calls!("pg_attrdef", "pg_attrdef.oid", "0"),
    " END AS calls \
    FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid JOIN pg_namespace ON pg_namespace.oid = relnamespace \
        LEFT JOIN pg_collation ON pg_collation.oid = attcollation \
        LEFT JOIN pg_namespace AS collation_place ON collation_place.oid = collnamespace \
        LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum \
    WHERE ",
    ours!(),
    " AND relkind IN ('r', 'p', 'f') AND attnum > 0 AND NOT attisdropped ORDER BY attrelid, attnum"
);

pub(super) const POLICIES: &str = concat!(
    "SELECT nspname::text AS schema, relname::text AS relation, polname::text AS name, \
        polpermissive AS permissive, polcmd::text AS command, \
        ARRAY(SELECT pg_get_userbyid(role)::text FROM unnest(polroles) AS role WHERE role <> 0 ORDER BY 1) AS roles, \
        pg_get_expr(polqual, polrelid) AS visible, pg_get_expr(polwithcheck, polrelid) AS writable \
    FROM pg_policy JOIN pg_class ON pg_class.oid = polrelid JOIN pg_namespace ON pg_namespace.oid = relnamespace \
    WHERE ",
    ours!(),
    " ORDER BY polrelid, polname"
);

pub(super) const TRIGGERS: &str = concat!(
    "SELECT nspname::text AS schema, relname::text AS relation, tgname::text AS name, \
        tgenabled::text AS enabled, pg_get_triggerdef(pg_trigger.oid) AS definition, \
        (SELECT prosecdef FROM pg_proc WHERE pg_proc.oid = tgfoid) AS definer, \
        CASE WHEN tgqual IS NULL THEN '{}' ELSE ",
    calls!("pg_trigger", "pg_trigger.oid", "tgfoid"),
    " END AS calls \
    FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid JOIN pg_namespace ON pg_namespace.oid = relnamespace \
    WHERE ",
    ours!(),
    " AND NOT tgisinternal ORDER BY tgrelid, tgname"
);
