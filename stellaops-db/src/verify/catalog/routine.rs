//! Functions and procedures.

use serde::Deserialize;
use sqlx::PgConnection;

use super::{rows, superusers_part};

/// A function or procedure of the schemas, or one of any schema that runs with its owner's rights, is called on hidden rows,
/// or is of a language that is held by no privilege. Those of PostgreSQL itself (an oid below 16384) are left out, unless
/// somebody gave them their owner's rights, and those of extensions: whoever may install one is a superuser or was trusted
/// by one.
#[derive(Debug, Clone, Deserialize)]
pub(in crate::verify) struct Routine {
    pub(in crate::verify) schema: String,
    /// `<schema>.<name>`, quoted where SQL needs it.
    pub(in crate::verify) name: String,
    /// With its arguments' types.
    pub(in crate::verify) signature: String,
    pub(in crate::verify) owner: String,
    pub(in crate::verify) body: String,
    pub(in crate::verify) definer: bool,
    /// `pg_proc.provolatile`
    pub(in crate::verify) volatility: String,
    /// `pg_proc.proparallel`
    pub(in crate::verify) parallel: String,
    pub(in crate::verify) settings: Vec<String>,
    pub(in crate::verify) language: String,
    /// Whether only superusers write in its language, since that does what it likes.
    pub(in crate::verify) untrusted: bool,
    /// Who may call it, beside its owner.
    pub(in crate::verify) callers: Vec<String>,
    /// Whether the planner may call it on rows that a policy hides.
    pub(in crate::verify) leakproof: bool,
    /// Whether a policy of a table of the schemas calls it.
    pub(in crate::verify) in_policy: bool,
    /// `true` for a trigger's function, which nobody can call by itself.
    pub(in crate::verify) is_trigger: bool,
}

const ROUTINES: &str = concat!(
    "SELECT nspname::text AS schema, format('%I.%I', nspname, proname) AS name, \
        pg_proc.oid::regprocedure::text AS signature, pg_get_userbyid(proowner)::text AS owner, \
        coalesce(pg_get_function_sqlbody(pg_proc.oid), prosrc) AS body, prosecdef AS definer, proleakproof AS leakproof, provolatile::text AS volatility, \
        proparallel::text AS parallel, coalesce(proconfig, '{}') AS settings, \
        lanname::text AS language, NOT lanpltrusted AS untrusted, \
        ARRAY(SELECT CASE grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(grantee)::text END \
            FROM aclexplode(coalesce(proacl, acldefault('f', proowner))) WHERE grantee <> proowner ORDER BY 1) AS callers, \
        pg_proc.oid IN (SELECT refobjid FROM pg_depend JOIN pg_policy ON pg_policy.oid = objid JOIN pg_class ON pg_class.oid = polrelid \
            WHERE pg_depend.classid = 'pg_catalog.pg_policy'::regclass AND refclassid = 'pg_catalog.pg_proc'::regclass \
                AND relnamespace IN (SELECT oid FROM pg_namespace WHERE nspname = ANY ($1))) AS in_policy, \
        prorettype IN ('trigger'::regtype, 'event_trigger'::regtype) AS is_trigger \
    FROM pg_proc JOIN pg_namespace ON pg_namespace.oid = pronamespace JOIN pg_language ON pg_language.oid = prolang \
    WHERE (pg_proc.oid >= 16384 OR prosecdef) \
        AND NOT ",
    superusers_part!("'pg_catalog.pg_proc'::regclass", "pg_proc.oid"),
    " \
        AND (nspname = ANY ($1) OR prosecdef OR proleakproof OR NOT lanpltrusted OR pg_proc.oid IN (SELECT refobjid FROM pg_depend \
            WHERE classid = 'pg_catalog.pg_policy'::regclass AND refclassid = 'pg_catalog.pg_proc'::regclass)) \
    ORDER BY 1, 3"
);

pub(super) async fn read(
    connection: &mut PgConnection,
    schemas: &[String],
) -> Result<Vec<Routine>, sqlx::Error> {
    rows(connection, ROUTINES, schemas).await
}
