//! Privileges on what is PostgreSQL's own, beyond those that it came with.

use serde::Deserialize;
use sqlx::PgConnection;

use super::rows;

/// A privilege on a catalog, a column of one, or a function of PostgreSQL's or an extension's, that was not there when it
/// was installed.
#[derive(Debug, Clone, Deserialize)]
pub(in crate::verify) struct SystemGrant {
    /// As GRANT names it: `TABLE pg_catalog.pg_statistic`.
    pub(in crate::verify) object: String,
    /// `PUBLIC` for everybody.
    pub(in crate::verify) grantee: String,
    /// `SELECT`, or `SELECT (stavalues1)`.
    pub(in crate::verify) privilege: String,
}

/// `pg_init_privs` has the privileges of whatever did not come with the usual ones.
const SYSTEM_GRANTS: &str = "WITH kept AS ( \
        SELECT 'pg_catalog.pg_class'::regclass AS class, oid AS id, 0 AS part, relacl AS acl, 'r' AS kind, \
            format('TABLE pg_catalog.%I', relname) AS object, '' AS of_column \
        FROM pg_class WHERE relnamespace = 'pg_catalog'::regnamespace AND relacl IS NOT NULL \
        UNION ALL \
        SELECT 'pg_catalog.pg_class'::regclass, attrelid, attnum, attacl, 'c', \
            format('TABLE pg_catalog.%I', relname), format(' (%I)', attname) \
        FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid \
        WHERE relnamespace = 'pg_catalog'::regnamespace AND attacl IS NOT NULL \
        UNION ALL \
        SELECT 'pg_catalog.pg_proc'::regclass, oid, 0, proacl, 'f', \
            CASE prokind WHEN 'p' THEN 'PROCEDURE ' ELSE 'FUNCTION ' END || oid::regprocedure, '' \
        FROM pg_proc WHERE proacl IS NOT NULL AND (oid < 16384 OR EXISTS (SELECT FROM pg_init_privs \
            WHERE objoid = pg_proc.oid AND classoid = 'pg_catalog.pg_proc'::regclass))) \
    SELECT object, CASE given.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(given.grantee)::text END AS grantee, \
        given.privilege_type || of_column AS privilege \
    FROM kept CROSS JOIN aclexplode(acl) AS given \
        LEFT JOIN pg_init_privs ON objoid = id AND classoid = class AND objsubid = part \
    WHERE NOT EXISTS (SELECT FROM aclexplode(coalesce(initprivs, acldefault(kind::\"char\", 10))) AS first \
        WHERE first.grantee = given.grantee AND first.privilege_type = given.privilege_type) \
    ORDER BY 1, 2, 3";

pub(super) async fn grants(connection: &mut PgConnection) -> Result<Vec<SystemGrant>, sqlx::Error> {
    rows(connection, SYSTEM_GRANTS, &[]).await
}
