//! Roles: the attributes of those that the files make, who is a member of them, and every application's login.

use std::collections::{BTreeMap, BTreeSet};

use stellaops_db_spec::model::name::Role as SchemaRole;
use stellaops_db_spec::model::quote_identifier;
use stellaops_db_spec::rule;

use super::{Context, role_of};
use crate::connect::PREDEFINED;
use crate::verify::audit::{Object, Recorder};
use crate::verify::catalog::{Catalog, Membership, Role};

/// The logins that the files make.
const SYSTEM: &str = "stellaops_system";
const MIGRATOR: &str = "stellaops_migrator";

pub(super) fn check(context: &Context<'_>, recorder: &mut Recorder) {
    attributes(context, recorder);
    members(context, recorder);
    logins(context, recorder);
}

fn attributes(context: &Context<'_>, recorder: &mut Recorder) {
    let of_schemas = context
        .schemas
        .iter()
        .flat_map(|schema| SchemaRole::ALL.map(|role| (role_of(&schema.name, role), false, false)));
    let shared = [SYSTEM, MIGRATOR].map(|name| (name.to_owned(), true, true));
    for (name, logs_in, bypasses) in of_schemas.chain(shared) {
        recorder.examined(rule::ROLES_BOUND, 1, "roles");
        let object = || Object::Other(format!("role {name}"));
        let quoted = quote_identifier(&name);
        let Some(role) = context.catalog.roles.get(&name) else {
            recorder.error(
                rule::ROLES_BOUND,
                object(),
                "the role is missing",
                "apply the generated SQL again",
            );
            continue;
        };
        for (message, attribute) in wrong_attributes(role, logs_in, bypasses) {
            let help = format!("ALTER ROLE {quoted} {attribute};");
            recorder.error(rule::ROLES_BOUND, object(), message, help);
        }
        for other in &role.member_of {
            let message = match other.works {
                true => format!("it is a member of {}, and has what that role has", other.role),
                false => format!(
                    "it may make itself a member of {}, by its ADMIN option",
                    other.role
                ),
            };
            let help = format!("REVOKE {} FROM {quoted};", quote_identifier(&other.role));
            if name != MIGRATOR || !is_owner(context, &other.role) {
                recorder.error(rule::ROLES_BOUND, object(), message, help);
            }
        }
    }
}

/// What a role has and should not, or the other way round, with the attribute that it should have.
fn wrong_attributes(role: &Role, logs_in: bool, bypasses: bool) -> Vec<(&'static str, &'static str)> {
    let wrong = [
        (role.superuser, "it is a superuser", "NOSUPERUSER"),
        (role.bypasses && !bypasses, "it has BYPASSRLS", "NOBYPASSRLS"),
        (
            !role.bypasses && bypasses,
            "it has no BYPASSRLS, and sees every table empty",
            "BYPASSRLS",
        ),
        (role.can_log_in && !logs_in, "it can log in", "NOLOGIN"),
        (
            role.creates_roles,
            "it can make roles, and members of them",
            "NOCREATEROLE",
        ),
        (
            role.replicates,
            "it can read every page by replication",
            "NOREPLICATION",
        ),
    ];
    let found = wrong.into_iter().filter(|(is_wrong, ..)| *is_wrong);
    found
        .map(|(_, message, attribute)| (message, attribute))
        .collect()
}

fn is_owner(context: &Context<'_>, role: &str) -> bool {
    let mut schemas = context.specs.schemas.iter();
    schemas.any(|schema| role_of(&schema.name, SchemaRole::Owner) == role)
}

/// Owners have one member, the system's login and the migrator none. A superuser needs no membership.
fn members(context: &Context<'_>, recorder: &mut Recorder) {
    for role in context.catalog.roles.values().filter(|role| !role.superuser) {
        for of in &role.member_of {
            let is_allowed = role.name == MIGRATOR && is_owner(context, &of.role);
            let is_guarded = is_owner(context, &of.role) || [SYSTEM, MIGRATOR].contains(&of.role.as_str());
            if is_guarded && !is_allowed {
                member(role, of, recorder);
            }
        }
        recorder.examined(rule::MEMBERS_BOUND, role.member_of.len(), "memberships");
    }
}

/// Since PostgreSQL 16 whoever makes a role without being a superuser is made its administrator, and no more: that is one
/// grant away from being a member, and cannot be taken back by who has it.
fn member(role: &Role, of: &Membership, recorder: &mut Recorder) {
    let object = Object::Other(format!("role {}", role.name));
    let help = format!(
        "REVOKE {} FROM {};",
        quote_identifier(&of.role),
        quote_identifier(&role.name)
    );
    let rule = rule::MEMBERS_BOUND;
    match (of.works, role.creates_roles) {
        (true, _) => {
            let message = format!(
                "it is a member of {}: `SET ROLE` is all that lies between",
                of.role
            );
            recorder.error(rule, object, message, help);
        }
        (false, is_creator) => {
            let message = format!(
                "it is no member of {}, and may make itself and others one, by its ADMIN option",
                of.role
            );
            match is_creator {
                true => recorder.warning(rule, object, message, help),
                false => recorder.error(rule, object, message, help),
            }
        }
    }
}

/// Every role that an application works as or could become: those of the schemas, its logins, what they are members of, and
/// `PUBLIC`.
pub(super) fn within_reach<'a>(context: &Context<'a>) -> BTreeSet<&'a str> {
    let schemas = context.schema_names();
    let catalog = context.catalog;
    let working = schemas.iter().flat_map(|schema| working(schema));
    let working = working.flat_map(|role| catalog.reachable(&role));
    let logins = applications(catalog, &schemas).into_iter();
    working
        .chain(logins.flat_map(|(_, reachable)| reachable))
        .chain(["PUBLIC"])
        .collect()
}

/// The roles that applications work as.
fn working(schema: &str) -> [String; 3] {
    [SchemaRole::App, SchemaRole::Reader, SchemaRole::Admin].map(|role| role_of(schema, role))
}

/// Every role that can log in and works as an application of one of the schemas, with all that it could become. Whoever may
/// make itself a member is one, too; but not who makes roles, and administers by that what it made.
pub(in crate::verify) fn applications<'a>(
    catalog: &'a Catalog,
    schemas: &[&str],
) -> Vec<(&'a Role, BTreeSet<&'a str>)> {
    let working: BTreeSet<String> = schemas.iter().flat_map(|schema| working(schema)).collect();
    let logins = catalog
        .roles
        .values()
        .filter(|role| role.can_log_in && !working.contains(&role.name));
    let is_one = |roles: &BTreeSet<&str>| roles.iter().any(|role| working.contains(*role));
    logins
        .map(|role| (role, catalog.reachable(&role.name)))
        .filter(|(role, reachable)| match role.creates_roles {
            true => is_one(&catalog.works_as(&role.name)),
            false => is_one(reachable),
        })
        .collect()
}

fn logins(context: &Context<'_>, recorder: &mut Recorder) {
    let schemas = context.schema_names();
    let mut owners: BTreeMap<&str, String> = BTreeMap::new();
    for table in context.tables() {
        if let Some(relation) = context.catalog.relation(&table.schema, &table.name) {
            owners.entry(&relation.owner).or_insert_with(|| table.qualified());
        }
    }
    for (login, reachable) in applications(context.catalog, &schemas) {
        recorder.examined(rule::LOGINS_BOUND, 1, "logins");
        for message in dangers(context.catalog, login, &reachable, &owners) {
            let help =
                "give the program a login that is a member of `<schema>_app` roles and of nothing else";
            recorder.error(
                rule::LOGINS_BOUND,
                Object::Other(format!("login {}", login.name)),
                message,
                help,
            );
        }
    }
}

fn dangers(
    catalog: &Catalog,
    login: &Role,
    reachable: &BTreeSet<&str>,
    owners: &BTreeMap<&str, String>,
) -> Vec<String> {
    let mut found = Vec::new();
    for name in reachable {
        let Some(role) = catalog.roles.get(*name) else {
            continue;
        };
        let itself = *name == login.name;
        let who = match itself {
            true => "it".to_owned(),
            false => format!("it can become {name}, which"),
        };
        let of_itself = |yes: &str, other: &str| if itself { yes.to_owned() } else { other.to_owned() };
        if role.superuser {
            found.push(format!("{who} {}", of_itself("is a superuser", "is a superuser")));
        }
        if role.bypasses {
            found.push(format!("{who} has BYPASSRLS"));
        }
        if role.creates_roles {
            found.push(format!("{who} can make roles"));
        }
        if role.replicates {
            found.push(format!("{who} can read every page by replication"));
        }
        if let Some(table) = owners.get(name) {
            found.push(format!(
                "{who} owns {table}, and may switch row-level security off"
            ));
        }
        if PREDEFINED.contains(name) {
            found.push(format!(
                "it is a member of {name}, which no policy of ours expects"
            ));
        }
    }
    found
}
