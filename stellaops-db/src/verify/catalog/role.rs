//! Roles and memberships.

use std::collections::BTreeMap;

use serde::Deserialize;
use sqlx::PgConnection;

use super::rows;

/// A role of the cluster.
#[derive(Debug, Clone, Deserialize)]
pub(in crate::verify) struct Role {
    pub(in crate::verify) name: String,
    pub(in crate::verify) superuser: bool,
    pub(in crate::verify) bypasses: bool,
    pub(in crate::verify) can_log_in: bool,
    pub(in crate::verify) creates_roles: bool,
    pub(in crate::verify) replicates: bool,
    /// The roles it is a member of, directly.
    pub(in crate::verify) member_of: Vec<String>,
}

const ROLES: &str = "SELECT rolname::text AS name, rolsuper AS superuser, rolbypassrls AS bypasses, \
        rolcanlogin AS can_log_in, rolcreaterole AS creates_roles, rolreplication AS replicates, \
        ARRAY(SELECT pg_get_userbyid(roleid)::text FROM pg_auth_members WHERE member = pg_roles.oid ORDER BY 1) AS member_of \
    FROM pg_roles";

pub(super) async fn read(connection: &mut PgConnection) -> Result<BTreeMap<String, Role>, sqlx::Error> {
    let roles: Vec<Role> = rows(connection, ROLES, &[]).await?;
    Ok(roles.into_iter().map(|role| (role.name.clone(), role)).collect())
}
