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
    /// The roles it is a member of, directly, by name.
    pub(in crate::verify) member_of: Vec<Membership>,
}

/// A role that another one works as, or may make itself a member of.
#[derive(Debug, Clone, Deserialize)]
pub(in crate::verify) struct Membership {
    pub(in crate::verify) role: String,
    /// Whether it has what that role has, or may `SET ROLE` to it. Since PostgreSQL 16 a member may be kept from both, and
    /// have the ADMIN option alone.
    pub(in crate::verify) works: bool,
}

/// Several may have granted the same membership, with other options. One that gives nothing is none.
const ROLES: &str = "SELECT rolname::text AS name, rolsuper AS superuser, rolbypassrls AS bypasses, \
        rolcanlogin AS can_log_in, rolcreaterole AS creates_roles, rolreplication AS replicates, \
        (SELECT coalesce(json_agg(granted ORDER BY granted.role), '[]') FROM ( \
            SELECT pg_get_userbyid(roleid)::text AS role, bool_or(works) AS works \
            FROM pg_auth_members CROSS JOIN LATERAL (SELECT coalesce((to_jsonb(pg_auth_members) ->> 'set_option')::boolean, true) \
                OR (to_jsonb(pg_auth_members) ->> 'inherit_option')::boolean AS works) AS options \
            WHERE member = pg_roles.oid GROUP BY roleid HAVING bool_or(works OR admin_option)) AS granted) AS member_of \
    FROM pg_roles";

pub(super) async fn read(connection: &mut PgConnection) -> Result<BTreeMap<String, Role>, sqlx::Error> {
    let roles: Vec<Role> = rows(connection, ROLES, &[]).await?;
    Ok(roles.into_iter().map(|role| (role.name.clone(), role)).collect())
}
