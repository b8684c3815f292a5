//! Who tries, and bound to which tenant.

use std::collections::BTreeMap;
use std::fmt;

use stellaops_db_spec::model::name::{self, Role as SchemaRole};

use crate::verify::catalog::Catalog;
use crate::verify::check::applications;

/// The tenant that is bound, seen from the row that is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Caller {
    /// The row's own.
    Own,
    /// Another one.
    Other,
    /// None.
    Unbound,
    /// The empty text, as after the end of a transaction that was bound.
    Empty,
    /// `@global`.
    Global,
    /// None, by the system's login, which reaches every tenant.
    System,
}

impl Caller {
    /// Those that are bound to something, or should be.
    pub(super) const UNDER_POLICIES: [Caller; 5] = [
        Caller::Own,
        Caller::Other,
        Caller::Unbound,
        Caller::Empty,
        Caller::Global,
    ];
}

impl fmt::Display for Caller {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Caller::Own => "bound to the row's own tenant",
            Caller::Other => "bound to another tenant",
            Caller::Unbound => "without a tenant",
            Caller::Empty => "bound to the empty text",
            Caller::Global => "bound to `@global`",
            Caller::System => "across tenants",
        })
    }
}

/// A role that tries, and what the specs let it do in the schema.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Who {
    /// The role, or a login.
    pub role: String,
    /// Whether it owns the tables.
    pub owns: bool,
    /// Whether it reads and writes.
    pub writes: bool,
    /// Whether it reads.
    pub reads: bool,
    /// Whether it works across tenants.
    pub is_system: bool,
}

impl Who {
    /// Whoever it is.
    pub(super) fn everybody() -> Self {
        Who {
            role: "anybody".into(),
            owns: false,
            writes: false,
            reads: false,
            is_system: false,
        }
    }

    /// The system's login.
    pub(super) fn system() -> Self {
        Who {
            role: "stellaops_system".into(),
            owns: false,
            writes: true,
            reads: true,
            is_system: true,
        }
    }
}

/// The roles of a schema, the system's login, and of the logins that work as one of them one for each way of being a
/// member: two services with the same roles can do the same.
pub(super) fn roles(catalog: &Catalog, schema: &str) -> Vec<Who> {
    let role = |role| name::role(schema, role);
    let (owner, app) = (role(SchemaRole::Owner), role(SchemaRole::App));
    let (reader, admin) = (role(SchemaRole::Reader), role(SchemaRole::Admin));
    let who = |role: &str, owns: bool, writes: bool| Who {
        role: role.to_owned(),
        owns,
        writes: writes || owns,
        reads: true,
        is_system: false,
    };
    let mut all = vec![
        who(&app, false, true),
        who(&reader, false, false),
        who(&admin, false, true),
        who(&owner, true, true),
    ];
    let mut logins = BTreeMap::new();
    for (login, reachable) in applications(catalog, &[schema]) {
        let writes = reachable.contains(app.as_str()) || reachable.contains(admin.as_str());
        let mut likeness: Vec<&str> = reachable
            .iter()
            .copied()
            .filter(|role| *role != login.name)
            .collect();
        likeness.sort_unstable();
        let attributes = (login.superuser, login.bypasses);
        logins
            .entry((likeness.join(" "), attributes))
            .or_insert_with(|| who(&login.name, false, writes));
    }
    all.extend(logins.into_values());
    all.push(Who::system());
    all.retain(|who| catalog.roles.contains_key(&who.role));
    all
}
