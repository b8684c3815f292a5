//! Relations, and what is tied to them by name: columns, policies, triggers, views, copies.

use std::collections::BTreeMap;

use serde::Deserialize;
use sqlx::PgConnection;

use super::{Name, grouped, rows};

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
    /// The table it is a partition or a child of.
    pub(in crate::verify) parent: Option<String>,
    pub(in crate::verify) is_partition: bool,
    /// `pg_class.reltuples`, of a partitioned table the sum.
    pub(in crate::verify) estimated_rows: f32,
}

/// A column.
#[derive(Debug, Clone, Deserialize)]
pub(in crate::verify) struct Column {
    schema: String,
    relation: String,
    pub(in crate::verify) name: String,
    /// As `format_type` prints it.
    pub(in crate::verify) type_name: String,
    pub(in crate::verify) not_null: bool,
    /// None where the type has none.
    pub(in crate::verify) collation: Option<String>,
    /// `pg_attribute.attgenerated`
    pub(in crate::verify) generated: String,
    /// `pg_attribute.attidentity`
    pub(in crate::verify) identity: String,
}

/// A policy.
#[derive(Debug, Clone, Deserialize)]
pub(in crate::verify) struct Policy {
    schema: String,
    relation: String,
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
    schema: String,
    relation: String,
    pub(in crate::verify) name: String,
    /// `pg_trigger.tgenabled`
    pub(in crate::verify) enabled: String,
    pub(in crate::verify) definition: String,
}

/// A view, ordinary or materialized, that reads from a table of the schemas, directly or through another view.
#[derive(Debug, Clone, Deserialize)]
pub(in crate::verify) struct View {
    pub(in crate::verify) schema: String,
    pub(in crate::verify) name: String,
    pub(in crate::verify) materialized: bool,
    pub(in crate::verify) owner: String,
    pub(in crate::verify) invoker: bool,
    pub(in crate::verify) readers: Vec<String>,
    /// Whether it shows whose rows they are.
    pub(in crate::verify) has_tenant: bool,
    /// The table, `<schema>.<name>`.
    pub(in crate::verify) reads: String,
}

/// What hands the rows of a table on: a rewrite rule, a child by inheritance, a publication.
#[derive(Debug, Clone, Deserialize)]
pub(in crate::verify) struct Copied {
    pub(in crate::verify) schema: String,
    pub(in crate::verify) relation: String,
    pub(in crate::verify) what: String,
    pub(in crate::verify) name: String,
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

const RELATIONS: &str = "SELECT nspname::text AS schema, pg_class.relname::text AS name, relkind::text AS kind, \
        pg_get_userbyid(relowner)::text AS owner, relrowsecurity AS row_security, relforcerowsecurity AS forced, \
        relpersistence::text AS persistence, pg_get_partkeydef(pg_class.oid) AS partition_key, relispartition AS is_partition, \
        greatest(reltuples, (SELECT sum(partition.reltuples) FROM pg_inherits JOIN pg_class AS partition ON partition.oid = inhrelid \
            WHERE inhparent = pg_class.oid)) AS estimated_rows, \
        (SELECT parent.relname::text FROM pg_inherits JOIN pg_class AS parent ON parent.oid = inhparent \
            WHERE inhrelid = pg_class.oid LIMIT 1) AS parent \
    FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace \
    WHERE nspname = ANY ($1) AND relkind IN ('r', 'p', 'v', 'm', 'f', 'S')";

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

const COLUMNS: &str = "SELECT nspname::text AS schema, relname::text AS relation, attname::text AS name, \
        format_type(atttypid, atttypmod) AS type_name, attnotnull AS not_null, collname::text AS collation, \
        attgenerated::text AS generated, attidentity::text AS identity \
    FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid JOIN pg_namespace ON pg_namespace.oid = relnamespace \
        LEFT JOIN pg_collation ON pg_collation.oid = attcollation \
    WHERE nspname = ANY ($1) AND relkind IN ('r', 'p') AND attnum > 0 AND NOT attisdropped ORDER BY attrelid, attnum";

pub(super) async fn columns(
    connection: &mut PgConnection,
    schemas: &[String],
) -> Result<BTreeMap<Name, Vec<Column>>, sqlx::Error> {
    let found: Vec<Column> = rows(connection, COLUMNS, schemas).await?;
    Ok(grouped(
        found
            .into_iter()
            .map(|row| ((row.schema.clone(), row.relation.clone()), row)),
    ))
}

const POLICIES: &str = "SELECT nspname::text AS schema, relname::text AS relation, polname::text AS name, \
        polpermissive AS permissive, polcmd::text AS command, \
        ARRAY(SELECT pg_get_userbyid(role)::text FROM unnest(polroles) AS role WHERE role <> 0 ORDER BY 1) AS roles, \
        pg_get_expr(polqual, polrelid) AS visible, pg_get_expr(polwithcheck, polrelid) AS writable \
    FROM pg_policy JOIN pg_class ON pg_class.oid = polrelid JOIN pg_namespace ON pg_namespace.oid = relnamespace \
    WHERE nspname = ANY ($1) ORDER BY polrelid, polname";

pub(super) async fn policies(
    connection: &mut PgConnection,
    schemas: &[String],
) -> Result<BTreeMap<Name, Vec<Policy>>, sqlx::Error> {
    let found: Vec<Policy> = rows(connection, POLICIES, schemas).await?;
    Ok(grouped(
        found
            .into_iter()
            .map(|row| ((row.schema.clone(), row.relation.clone()), row)),
    ))
}

const TRIGGERS: &str = "SELECT nspname::text AS schema, relname::text AS relation, tgname::text AS name, \
        tgenabled::text AS enabled, pg_get_triggerdef(pg_trigger.oid) AS definition \
    FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid JOIN pg_namespace ON pg_namespace.oid = relnamespace \
    WHERE nspname = ANY ($1) AND NOT tgisinternal ORDER BY tgrelid, tgname";

pub(super) async fn triggers(
    connection: &mut PgConnection,
    schemas: &[String],
) -> Result<BTreeMap<Name, Vec<Trigger>>, sqlx::Error> {
    let found: Vec<Trigger> = rows(connection, TRIGGERS, schemas).await?;
    Ok(grouped(
        found
            .into_iter()
            .map(|row| ((row.schema.clone(), row.relation.clone()), row)),
    ))
}

const VIEWS: &str = "WITH RECURSIVE reading AS ( \
        SELECT ev_class AS view, refobjid AS source, refobjid AS base \
        FROM pg_depend JOIN pg_rewrite ON pg_rewrite.oid = objid JOIN pg_class ON pg_class.oid = refobjid \
            JOIN pg_namespace ON pg_namespace.oid = relnamespace \
        WHERE pg_depend.classid = 'pg_catalog.pg_rewrite'::regclass AND refclassid = 'pg_catalog.pg_class'::regclass \
            AND ev_class <> refobjid AND nspname = ANY ($1) AND relkind IN ('r', 'p') \
        UNION \
        SELECT ev_class, refobjid, base \
        FROM reading JOIN pg_depend ON refobjid = view AND refclassid = 'pg_catalog.pg_class'::regclass \
            JOIN pg_rewrite ON pg_rewrite.oid = objid AND classid = 'pg_catalog.pg_rewrite'::regclass \
        WHERE ev_class <> refobjid) \
    SELECT DISTINCT nspname::text AS schema, relname::text AS name, relkind = 'm' AS materialized, \
        pg_get_userbyid(relowner)::text AS owner, \
        coalesce('security_invoker=true' = ANY (reloptions) OR 'security_invoker=on' = ANY (reloptions) \
            OR 'security_invoker=1' = ANY (reloptions) OR 'security_invoker=yes' = ANY (reloptions), false) AS invoker, \
        ARRAY(SELECT DISTINCT CASE grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(grantee)::text END \
            FROM aclexplode(relacl) WHERE grantee <> relowner ORDER BY 1) AS readers, \
        EXISTS (SELECT FROM pg_attribute WHERE attrelid = pg_class.oid AND attname = 'tenant_id' AND NOT attisdropped) AS has_tenant, \
        (SELECT format('%s.%s', base_schema.nspname, base_table.relname) FROM pg_class AS base_table \
            JOIN pg_namespace AS base_schema ON base_schema.oid = base_table.relnamespace WHERE base_table.oid = base) AS reads \
    FROM reading JOIN pg_class ON pg_class.oid = view JOIN pg_namespace ON pg_namespace.oid = relnamespace \
    WHERE relkind IN ('v', 'm') ORDER BY 1, 2, 8";

pub(super) async fn views(
    connection: &mut PgConnection,
    schemas: &[String],
) -> Result<Vec<View>, sqlx::Error> {
    rows(connection, VIEWS, schemas).await
}

const COPIES: &str = "SELECT nspname::text AS schema, relname::text AS relation, 'rule' AS what, rulename::text AS name \
        FROM pg_rewrite JOIN pg_class ON pg_class.oid = ev_class JOIN pg_namespace ON pg_namespace.oid = relnamespace \
        WHERE nspname = ANY ($1) AND relkind IN ('r', 'p') \
    UNION ALL \
    SELECT nspname::text, parent.relname::text, 'child', inhrelid::regclass::text \
        FROM pg_inherits JOIN pg_class AS parent ON parent.oid = inhparent JOIN pg_namespace ON pg_namespace.oid = parent.relnamespace \
            JOIN pg_class AS child ON child.oid = inhrelid \
        WHERE nspname = ANY ($1) AND NOT child.relispartition \
    UNION ALL \
    SELECT schemaname::text, tablename::text, 'publication', pubname::text FROM pg_publication_tables WHERE schemaname = ANY ($1) \
    ORDER BY 1, 2, 3, 4";

pub(super) async fn copies(
    connection: &mut PgConnection,
    schemas: &[String],
) -> Result<Vec<Copied>, sqlx::Error> {
    rows(connection, COPIES, schemas).await
}
