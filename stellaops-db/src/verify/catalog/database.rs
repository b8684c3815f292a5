//! What belongs to the database as a whole: who may make something in it, event triggers, foreign servers.

use std::collections::BTreeSet;

use serde::Deserialize;
use sqlx::PgConnection;

use super::{Grant, Name, invoker, rows, superusers_part};

/// An event trigger that no extension brought.
#[derive(Debug, Clone, Deserialize)]
pub(in crate::verify) struct EventTrigger {
    /// `ddl_command_end`; since PostgreSQL 17 also `login`.
    pub(in crate::verify) event: String,
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
    pub(in crate::verify) wrapper: String,
    /// Who may use it, owners among them.
    pub(in crate::verify) users: Vec<ForeignUser>,
    /// Who is somebody on it; `PUBLIC` for everybody.
    pub(in crate::verify) mapped: BTreeSet<String>,
}

/// Who may use a foreign server, a foreign table of it, or a view that reads from one.
#[derive(Debug, Clone, Deserialize)]
pub(in crate::verify) struct ForeignUser {
    /// `PUBLIC` for everybody.
    pub(in crate::verify) role: String,
    /// Whose user mapping it has then: its own, or that of a view's owner.
    pub(in crate::verify) mapped_as: String,
    /// Whether it is rows that it reads.
    pub(in crate::verify) reads: bool,
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
    "SELECT evtevent::text AS event, evtname::text AS name, pg_get_userbyid(evtowner)::text AS owner, \
        evtfoid::regprocedure::text AS function, pg_get_userbyid(proowner)::text AS function_owner \
    FROM pg_event_trigger JOIN pg_proc ON pg_proc.oid = evtfoid \
    WHERE NOT ",
    superusers_part!("'pg_catalog.pg_event_trigger'::regclass", "pg_event_trigger.oid"),
    " ORDER BY 1"
);

pub(super) async fn event_triggers(connection: &mut PgConnection) -> Result<Vec<EventTrigger>, sqlx::Error> {
    rows(connection, EVENT_TRIGGERS, &[]).await
}

/// A view reads with the mapping of its owner, and so do views of it. One with its reader's rights asks for a privilege on the
/// foreign table itself, whatever stands above it. Who reads a table reads the foreign ones that inherit from it, as
/// partitions do, and is asked for no privilege on them.
const FOREIGN_SERVERS: &str = concat!(
    "WITH RECURSIVE reader AS ( \
        SELECT refobjid AS source, ev_class AS relation, relowner AS owner, ",
    invoker!(),
    " AS invoker \
        FROM pg_depend JOIN pg_rewrite ON classid = 'pg_catalog.pg_rewrite'::regclass AND pg_rewrite.oid = objid \
            JOIN pg_class ON pg_class.oid = ev_class \
        WHERE refclassid = 'pg_catalog.pg_class'::regclass AND ev_class <> refobjid AND ev_type = '1' \
        UNION ALL \
        SELECT inhrelid, inhparent, NULL, false FROM pg_inherits), \
    reading AS ( \
        SELECT ftserver AS server, ftrelid AS relation, NULL::oid AS mapped_as FROM pg_foreign_table \
        UNION \
        SELECT server, reader.relation, coalesce(mapped_as, owner) \
        FROM reading JOIN reader ON source = reading.relation \
        WHERE mapped_as IS NOT NULL OR NOT invoker), \
    allowed AS ( \
        SELECT pg_foreign_server.oid AS server, grantee, NULL::oid AS mapped_as, false AS reads \
        FROM pg_foreign_server CROSS JOIN aclexplode(coalesce(srvacl, acldefault('S', srvowner))) \
        UNION \
        SELECT server, grantee, mapped_as, privilege_type = 'SELECT' FROM reading JOIN pg_class ON pg_class.oid = relation \
            CROSS JOIN aclexplode(coalesce(relacl, acldefault('r', relowner))) WHERE privilege_type IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE') \
        UNION \
        SELECT server, grantee, mapped_as, privilege_type = 'SELECT' FROM reading JOIN pg_attribute ON attrelid = relation \
            CROSS JOIN aclexplode(attacl) WHERE privilege_type IN ('SELECT', 'INSERT', 'UPDATE')) \
    SELECT srvname::text AS name, fdwname::text AS wrapper, \
        (SELECT coalesce(json_agg(named ORDER BY role, mapped_as, reads), '[]') FROM ( \
            SELECT DISTINCT of_grantee AS role, CASE WHEN mapped_as IS NULL THEN of_grantee ELSE pg_get_userbyid(mapped_as)::text END AS mapped_as, reads \
            FROM allowed CROSS JOIN LATERAL (SELECT CASE grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(grantee)::text END AS of_grantee) AS shown \
            WHERE server = pg_foreign_server.oid) AS named) AS users, \
        ARRAY(SELECT CASE umuser WHEN 0 THEN 'PUBLIC' ELSE usename::text END FROM pg_user_mappings WHERE srvid = pg_foreign_server.oid) AS mapped \
    FROM pg_foreign_server JOIN pg_foreign_data_wrapper ON pg_foreign_data_wrapper.oid = srvfdw ORDER BY 1"
);

pub(super) async fn foreign_servers(
    connection: &mut PgConnection,
) -> Result<Vec<ForeignServer>, sqlx::Error> {
    rows(connection, FOREIGN_SERVERS, &[]).await
}
