//! Settings of roles, databases and the server, and the domain that binds a tenant.

use serde::Deserialize;
use sqlx::PgConnection;

use super::rows;

/// A setting of a role, of the database or of a function.
#[derive(Debug, Clone, Deserialize)]
pub(in crate::verify) struct Setting {
    /// `role scheduler_service`, `database stellaops`, `function report.f()`.
    pub(in crate::verify) of: String,
    /// `app.tenant_id=acme`
    pub(in crate::verify) setting: String,
}

/// That somebody may set a parameter of the server that superusers set.
#[derive(Debug, Clone, Deserialize)]
pub(in crate::verify) struct ParameterGrant {
    pub(in crate::verify) parameter: String,
    /// `PUBLIC` for everybody.
    pub(in crate::verify) grantee: String,
    /// `SET`, or `ALTER SYSTEM`.
    pub(in crate::verify) privilege: String,
}

/// The domain `stellaops.tenant`.
#[derive(Debug, Clone, Deserialize)]
pub(in crate::verify) struct DomainType {
    pub(in crate::verify) owner: String,
    pub(in crate::verify) is_domain_over_text: bool,
    pub(in crate::verify) not_null: bool,
    /// Names and rules, in turn.
    pub(in crate::verify) rules: Vec<String>,
    /// Who may use it as a type, beside its owner.
    pub(in crate::verify) users: Vec<String>,
    /// The columns that have it as their type.
    pub(in crate::verify) columns: Vec<String>,
}

/// What the server logs.
#[derive(Debug, Clone, Deserialize)]
pub(in crate::verify) struct Server {
    pub(in crate::verify) version: i32,
    pub(in crate::verify) statements_logged: bool,
    pub(in crate::verify) parameters_logged: bool,
    pub(in crate::verify) parameters_logged_on_error: bool,
    /// Whether who asks sees the rows of all tenants.
    pub(in crate::verify) sees_all_rows: bool,
    /// Who asks.
    pub(in crate::verify) login: String,
    /// The database that is asked.
    pub(in crate::verify) database: String,
}

/// What a session would come back to is the server's own search path, unless the session of who asks has another one by its
/// role or database: PostgreSQL's own is taken then.
const SETTINGS: &str = "SELECT CASE WHEN setrole = 0 AND setdatabase = 0 THEN 'role ALL' \
            WHEN setrole = 0 THEN format('database %I', current_database()) \
            WHEN setdatabase = 0 THEN format('role %I', pg_get_userbyid(setrole)) \
            ELSE format('role %I IN DATABASE %I', pg_get_userbyid(setrole), current_database()) END AS of, setting \
        FROM pg_db_role_setting CROSS JOIN unnest(setconfig) AS setting \
        WHERE setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database())) \
    UNION ALL \
    SELECT 'function ' || pg_proc.oid::regprocedure, setting FROM pg_proc CROSS JOIN unnest(proconfig) AS setting \
    UNION ALL \
    SELECT 'server', 'app.tenant_id=' || current_setting('app.tenant_id', true) WHERE current_setting('app.tenant_id', true) <> '' \
    UNION ALL \
    SELECT 'server', 'session_replication_role=' || current_setting('session_replication_role') \
        WHERE current_setting('session_replication_role') <> 'origin' \
    UNION ALL \
    SELECT 'server', 'search_path=' || CASE WHEN EXISTS (SELECT FROM pg_db_role_setting CROSS JOIN unnest(setconfig) AS own \
            WHERE own ~* '^search_path=' AND (setdatabase = 0 OR setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())) \
                AND (setrole = 0 OR setrole = (SELECT oid FROM pg_roles WHERE rolname = session_user))) \
            THEN boot_val ELSE reset_val END FROM pg_settings WHERE name = 'search_path' \
    ORDER BY 1, 2";

pub(super) async fn read(connection: &mut PgConnection) -> Result<Vec<Setting>, sqlx::Error> {
    rows(connection, SETTINGS, &[]).await
}

const PARAMETERS: &str = "SELECT parname::text AS parameter, privilege_type AS privilege, \
        CASE grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(grantee)::text END AS grantee \
    FROM pg_parameter_acl CROSS JOIN aclexplode(paracl) WHERE grantee <> 10 ORDER BY 1, 3, 2";

pub(super) async fn parameters(connection: &mut PgConnection) -> Result<Vec<ParameterGrant>, sqlx::Error> {
    rows(connection, PARAMETERS, &[]).await
}

const DOMAIN: &str = "SELECT pg_get_userbyid(typowner)::text AS owner, \
        typtype = 'd' AND typbasetype = 'text'::regtype AS is_domain_over_text, typnotnull AS not_null, \
        ARRAY(SELECT unnest(ARRAY[conname::text, pg_get_constraintdef(pg_constraint.oid)]) FROM pg_constraint \
            WHERE contypid = pg_type.oid AND contype = 'c' ORDER BY conname) AS rules, \
        ARRAY(SELECT CASE grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(grantee)::text END \
            FROM aclexplode(coalesce(typacl, acldefault('T', typowner))) WHERE grantee <> typowner ORDER BY 1) AS users, \
        ARRAY(SELECT format('%s.%I', attrelid::regclass, attname) FROM pg_attribute \
            WHERE atttypid IN (pg_type.oid, typarray) AND NOT attisdropped ORDER BY 1) AS columns \
    FROM pg_type JOIN pg_namespace ON pg_namespace.oid = typnamespace WHERE nspname = 'stellaops' AND typname = 'tenant'";

pub(super) async fn domain(connection: &mut PgConnection) -> Result<Option<DomainType>, sqlx::Error> {
    Ok(rows(connection, DOMAIN, &[]).await?.pop())
}

const SERVER: &str = "SELECT current_setting('server_version_num')::integer AS version, \
        current_setting('log_statement') IN ('mod', 'all') OR current_setting('log_min_duration_statement') <> '-1' \
            OR current_setting('log_min_duration_sample') <> '-1' OR current_setting('log_transaction_sample_rate') <> '0' AS statements_logged, \
        current_setting('log_parameter_max_length') <> '0' AS parameters_logged, \
        current_setting('log_parameter_max_length_on_error') <> '0' AS parameters_logged_on_error, \
        rolsuper OR rolbypassrls AS sees_all_rows, rolname::text AS login, current_database()::text AS database \
    FROM pg_roles WHERE rolname = current_user";

pub(super) async fn server(connection: &mut PgConnection) -> Result<Server, sqlx::Error> {
    let mut found: Vec<Server> = rows(connection, SERVER, &[]).await?;
    found.pop().ok_or(sqlx::Error::RowNotFound)
}
