//! Privileges.

use std::collections::BTreeMap;

use serde::Deserialize;
use sqlx::PgConnection;

use super::{by_relation, ours, rows};

/// A privilege that somebody other than the owner has.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub(in crate::verify) struct Grant {
    /// Of a privilege on one column.
    pub(in crate::verify) column: Option<String>,
    /// `PUBLIC` for everybody.
    pub(in crate::verify) grantee: String,
    pub(in crate::verify) privilege: String,
    pub(in crate::verify) grantable: bool,
}

/// What is granted on objects that are made later.
#[derive(Debug, Clone, Deserialize)]
pub(in crate::verify) struct DefaultGrant {
    /// None for all schemas.
    pub(in crate::verify) schema: Option<String>,
    /// Whose objects.
    pub(in crate::verify) maker: String,
    /// `pg_default_acl.defaclobjtype`
    pub(in crate::verify) kind: String,
    pub(in crate::verify) grantee: String,
    pub(in crate::verify) privilege: String,
}

pub(super) const OF_RELATIONS: &str = concat!(
    "SELECT nspname::text AS schema, relname::text AS relation, acl.column, \
        CASE grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(grantee)::text END AS grantee, \
        privilege_type AS privilege, is_grantable AS grantable \
    FROM (SELECT pg_class.oid AS relation, NULL::text AS column, relacl AS acl FROM pg_class \
        UNION ALL SELECT attrelid, attname::text, attacl FROM pg_attribute WHERE NOT attisdropped) AS acl \
        JOIN pg_class ON pg_class.oid = acl.relation JOIN pg_namespace ON pg_namespace.oid = relnamespace \
        CROSS JOIN aclexplode(acl.acl) \
    WHERE ",
    ours!(),
    " AND relkind IN ('r', 'p', 'f', 'S') AND grantee <> relowner ORDER BY 1, 2, 3, 4, 5"
);

const OF_SCHEMAS: &str = "SELECT nspname::text AS schema, '' AS relation, NULL::text AS column, \
        CASE grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(grantee)::text END AS grantee, \
        privilege_type AS privilege, is_grantable AS grantable \
    FROM pg_namespace CROSS JOIN aclexplode(nspacl) \
    WHERE nspname = ANY ($1) AND grantee <> nspowner ORDER BY 1, 4, 5";

pub(super) async fn of_schemas(
    connection: &mut PgConnection,
    schemas: &[String],
) -> Result<BTreeMap<String, Vec<Grant>>, sqlx::Error> {
    let found = by_relation(connection, OF_SCHEMAS, schemas).await?;
    Ok(found
        .into_iter()
        .map(|((schema, _), grants)| (schema, grants))
        .collect())
}

/// Those for one of the schemas, and those for all schemas of makers who may make something in one of them.
const DEFAULTS: &str = "SELECT nspname::text AS schema, pg_get_userbyid(defaclrole)::text AS maker, \
        defaclobjtype::text AS kind, CASE grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(grantee)::text END AS grantee, \
        privilege_type AS privilege \
    FROM pg_default_acl LEFT JOIN pg_namespace ON pg_namespace.oid = defaclnamespace CROSS JOIN aclexplode(defaclacl) \
    WHERE (nspname = ANY ($1) OR defaclnamespace = 0 AND EXISTS (SELECT FROM pg_namespace AS place \
            WHERE place.nspname = ANY ($1) AND has_schema_privilege(defaclrole, place.oid, 'CREATE'))) AND defaclobjtype IN ('r', 'S') AND grantee <> defaclrole \
    ORDER BY 1, 2, 3, 4, 5";

pub(super) async fn defaults(
    connection: &mut PgConnection,
    schemas: &[String],
) -> Result<Vec<DefaultGrant>, sqlx::Error> {
    rows(connection, DEFAULTS, schemas).await
}
