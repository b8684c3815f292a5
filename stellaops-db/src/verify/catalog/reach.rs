//! What leads past a table's policies: views that read from it, and what hands its rows on.

use serde::Deserialize;
use sqlx::PgConnection;

use super::{invoker, ours, rows};

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

/// What hands the rows of a table on, or asks for them: a rewrite rule, a child or a parent by inheritance, a publication, a
/// foreign key of another schema.
#[derive(Debug, Clone, Deserialize)]
pub(in crate::verify) struct Copied {
    pub(in crate::verify) schema: String,
    pub(in crate::verify) relation: String,
    pub(in crate::verify) what: String,
    pub(in crate::verify) name: String,
}

const VIEWS: &str = concat!(
    "WITH RECURSIVE reading AS ( \
        SELECT ev_class AS view, refobjid AS source, refobjid AS base \
        FROM pg_depend JOIN pg_rewrite ON pg_rewrite.oid = objid JOIN pg_class ON pg_class.oid = refobjid \
            JOIN pg_namespace ON pg_namespace.oid = relnamespace \
        WHERE pg_depend.classid = 'pg_catalog.pg_rewrite'::regclass AND refclassid = 'pg_catalog.pg_class'::regclass \
            AND ev_class <> refobjid AND ",
    ours!(),
    " AND relkind IN ('r', 'p') \
        UNION \
        SELECT ev_class, refobjid, base \
        FROM reading JOIN pg_depend ON refobjid = view AND refclassid = 'pg_catalog.pg_class'::regclass \
            JOIN pg_rewrite ON pg_rewrite.oid = objid AND classid = 'pg_catalog.pg_rewrite'::regclass \
        WHERE ev_class <> refobjid) \
    SELECT DISTINCT nspname::text AS schema, relname::text AS name, relkind = 'm' AS materialized, \
        pg_get_userbyid(relowner)::text AS owner, \
        ",
    invoker!(),
    " AS invoker, \
        ARRAY(SELECT DISTINCT CASE grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(grantee)::text END \
            FROM aclexplode(relacl) WHERE grantee <> relowner ORDER BY 1) AS readers, \
        EXISTS (SELECT FROM pg_attribute WHERE attrelid = pg_class.oid AND attname = 'tenant_id' AND NOT attisdropped) AS has_tenant, \
        (SELECT format('%s.%s', base_schema.nspname, base_table.relname) FROM pg_class AS base_table \
            JOIN pg_namespace AS base_schema ON base_schema.oid = base_table.relnamespace WHERE base_table.oid = coalesce(pg_partition_root(base), base)) AS reads \
    FROM reading JOIN pg_class ON pg_class.oid = view JOIN pg_namespace ON pg_namespace.oid = relnamespace \
    WHERE relkind IN ('v', 'm') ORDER BY 1, 2, 8"
);

pub(super) async fn views(
    connection: &mut PgConnection,
    schemas: &[String],
) -> Result<Vec<View>, sqlx::Error> {
    rows(connection, VIEWS, schemas).await
}

/// Of a partition, the table at the top is meant.
const COPIES: &str = concat!(
    "SELECT DISTINCT place.nspname::text AS schema, top.relname::text AS relation, what, name FROM ( \
        SELECT refobjid AS of, 'rule' AS what, format('%s on %s', rulename, ev_class::regclass) AS name \
            FROM pg_rewrite JOIN pg_depend ON objid = pg_rewrite.oid AND classid = 'pg_catalog.pg_rewrite'::regclass \
                AND refclassid = 'pg_catalog.pg_class'::regclass \
            WHERE ev_type <> '1' \
        UNION ALL \
        SELECT inhparent, 'child', inhrelid::regclass::text \
            FROM pg_inherits JOIN pg_class AS child ON child.oid = inhrelid WHERE NOT child.relispartition \
        UNION ALL \
        SELECT inhrelid, 'parent', inhparent::regclass::text \
            FROM pg_inherits WHERE pg_partition_root(inhrelid) IS NULL OR pg_partition_root(inhrelid) NOT IN ( \
                SELECT own.oid FROM pg_class AS own JOIN pg_namespace AS own_place ON own_place.oid = own.relnamespace \
                WHERE own_place.nspname = ANY ($1)) \
        UNION ALL \
        SELECT published.oid, 'publication', pubname::text FROM pg_publication_tables \
            JOIN pg_namespace AS published_place ON published_place.nspname = schemaname \
            JOIN pg_class AS published ON published.relnamespace = published_place.oid AND published.relname = tablename \
        UNION ALL \
        SELECT confrelid, 'foreign key', format('%s of %s', conname, conrelid::regclass) \
            FROM pg_constraint JOIN pg_class AS pointing ON pointing.oid = conrelid \
                JOIN pg_namespace AS pointing_place ON pointing_place.oid = pointing.relnamespace \
            WHERE contype = 'f' AND pointing_place.nspname <> ALL ($1) AND pg_partition_root(conrelid) IS NULL \
    ) AS copied JOIN pg_class ON pg_class.oid = of JOIN pg_namespace ON pg_namespace.oid = pg_class.relnamespace \
        JOIN pg_class AS top ON top.oid = CASE what WHEN 'parent' THEN of ELSE coalesce(pg_partition_root(of), of) END \
        JOIN pg_namespace AS place ON place.oid = top.relnamespace \
    WHERE pg_class.relkind IN ('r', 'p') AND ",
    ours!(),
    " ORDER BY 1, 2, 3, 4"
);

pub(super) async fn copies(
    connection: &mut PgConnection,
    schemas: &[String],
) -> Result<Vec<Copied>, sqlx::Error> {
    rows(connection, COPIES, schemas).await
}
