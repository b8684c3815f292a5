//! What belongs to the database as a whole: who may make something in it, event triggers, foreign servers.

use std::collections::BTreeSet;

use serde::Deserialize;
use sqlx::PgConnection;

use super::{Grant, Name, rows, superusers_part};

/// An event trigger that no extension brought.
#[derive(Debug, Clone, Deserialize)]
pub(in crate::verify) struct EventTrigger {
    pub(in crate::verify) name: String,
    pub(in crate::verify) owner: String,
    /// With its arguments' types.
    pub(in crate::verify) function: String,
    pub(in crate::verify) function_owner: String,
}

/// A foreign server.
#[derive(Debug, Clone, Deserialize)]
pub(in crate::verify) struct ForeignServer {
    pub(in crate::verify) name: String,
    /// Who may use it, or a foreign table of it, owners among them; `PUBLIC` for everybody.
    pub(in crate::verify) users: BTreeSet<String>,
    /// Who is somebody on it; `PUBLIC` for everybody.
    pub(in crate::verify) mapped: BTreeSet<String>,
}

const GRANTS: &str = "SELECT NULL::text AS column, CASE grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(grantee)::text END AS grantee, \
        privilege_type AS privilege, is_grantable AS grantable \
    FROM pg_database CROSS JOIN aclexplode(coalesce(datacl, acldefault('d', datdba))) \
    WHERE datname = current_database() ORDER BY 2, 3";

pub(super) async fn grants(connection: &mut PgConnection) -> Result<Vec<Grant>, sqlx::Error> {
    rows(connection, GRANTS, &[]).await
}

#[derive(Deserialize)]
struct Maker {
    schema: String,
    role: String,
}

const MAKERS: &str = "SELECT nspname::text AS schema, CASE grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(grantee)::text END AS role \
    FROM pg_namespace CROSS JOIN aclexplode(coalesce(nspacl, acldefault('n', nspowner))) WHERE privilege_type = 'CREATE'";

pub(super) async fn makers(connection: &mut PgConnection) -> Result<BTreeSet<Name>, sqlx::Error> {
    let found: Vec<Maker> = rows(connection, MAKERS, &[]).await?;
    Ok(found
        .into_iter()
        .map(|maker| (maker.schema, maker.role))
        .collect())
}

const EVENT_TRIGGERS: &str = concat!(
    "SELECT evtname::text AS name, pg_get_userbyid(evtowner)::text AS owner, \
        evtfoid::regprocedure::text AS function, pg_get_userbyid(proowner)::text AS function_owner \
    FROM pg_event_trigger JOIN pg_proc ON pg_proc.oid = evtfoid \
    WHERE NOT ",
    superusers_part!("'pg_catalog.pg_event_trigger'::regclass", "pg_event_trigger.oid"),
    " ORDER BY 1"
);

pub(super) async fn event_triggers(connection: &mut PgConnection) -> Result<Vec<EventTrigger>, sqlx::Error> {
    rows(connection, EVENT_TRIGGERS, &[]).await
}

const FOREIGN_SERVERS: &str = "SELECT srvname::text AS name, \
        ARRAY(SELECT CASE grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(grantee)::text END FROM ( \
            SELECT srvacl AS acl, srvowner AS owner, 'S'::\"char\" AS kind \
            UNION ALL SELECT relacl, relowner, 'r' FROM pg_foreign_table JOIN pg_class ON pg_class.oid = ftrelid WHERE ftserver = pg_foreign_server.oid \
            UNION ALL SELECT attacl, relowner, 'c' FROM pg_foreign_table JOIN pg_class ON pg_class.oid = ftrelid \
                JOIN pg_attribute ON attrelid = ftrelid WHERE ftserver = pg_foreign_server.oid AND attacl IS NOT NULL) AS granted \
            CROSS JOIN aclexplode(coalesce(acl, acldefault(kind, owner)))) AS users, \
        ARRAY(SELECT CASE umuser WHEN 0 THEN 'PUBLIC' ELSE usename::text END FROM pg_user_mappings WHERE srvid = pg_foreign_server.oid) AS mapped \
    FROM pg_foreign_server ORDER BY 1";

pub(super) async fn foreign_servers(
    connection: &mut PgConnection,
) -> Result<Vec<ForeignServer>, sqlx::Error> {
    rows(connection, FOREIGN_SERVERS, &[]).await
}
