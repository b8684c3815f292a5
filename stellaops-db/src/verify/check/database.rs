//! What belongs to the database as a whole: who may make schemas in it, schemas that are searched and written to by
//! applications, foreign servers.

use std::collections::BTreeSet;

use stellaops_db_spec::model::quote_identifier;
use stellaops_db_spec::rule;

use super::{Context, grantee};
use crate::verify::audit::{Object, Recorder};
use crate::verify::catalog::{Catalog, ForeignServer, Setting};

pub(super) fn check(context: &Context<'_>, applications: &BTreeSet<&str>, recorder: &mut Recorder) {
    creators(context, applications, recorder);
    searched(context, applications, recorder);
    servers(context, applications, recorder);
}

/// Whoever makes a schema owns it, and what is in it: names that others search for, functions that others call. Temporary
/// objects are a session's own: bulk loads use them, and no function of the files looks at them first.
fn creators(context: &Context<'_>, applications: &BTreeSet<&str>, recorder: &mut Recorder) {
    recorder.examined(rule::PRIVILEGES_EXACT, 1, "databases");
    for grant in &context.catalog.database_grants {
        if grant.privilege == "CREATE" && applications.contains(grant.grantee.as_str()) {
            let message = format!(
                "{} has CREATE on it, and may make schemas of its own",
                grant.grantee
            );
            let help = format!(
                "REVOKE CREATE ON DATABASE {} FROM {};   -- its owner has it always: give it to another one",
                quote_identifier(&context.catalog.server.database),
                grantee(&grant.grantee)
            );
            recorder.error(
                rule::PRIVILEGES_EXACT,
                Object::Other("database".into()),
                message,
                help,
            );
        }
    }
}

/// A function or operator in a schema that is searched takes the place of another one, for everybody who searches it.
fn searched(context: &Context<'_>, applications: &BTreeSet<&str>, recorder: &mut Recorder) {
    let settings = &context.catalog.settings;
    let is_everybodys = |of: &str| of == "role ALL" || of.starts_with("database ");
    let is_told_elsewhere = |setting: &Setting| {
        let mut others = settings.iter().filter(|other| is_everybodys(&other.of));
        setting.of == "server" && others.any(|other| other.setting == setting.setting)
    };
    for setting in settings.iter().filter(|setting| !is_told_elsewhere(setting)) {
        let Some(path) = setting.setting.strip_prefix("search_path=") else {
            continue;
        };
        let searched = Searched {
            names: names(path),
            by: setting.of.strip_prefix("role ").filter(|role| *role != "ALL"),
        };
        for (schema, role) in searched.written_by(context.catalog, applications) {
            let message = format!(
                "it searches the schema {schema}, in which {role} may make functions and tables of any name"
            );
            let help = format!(
                "REVOKE CREATE ON SCHEMA {} FROM {};",
                quote_identifier(schema),
                grantee(role)
            );
            recorder.error(
                rule::SETTINGS_CLEAN,
                Object::Other(setting.of.clone()),
                message,
                help,
            );
        }
    }
}

/// A search path.
struct Searched<'a> {
    names: Vec<String>,
    /// Whose it is, as SQL names the role; none: everybody's.
    by: Option<&'a str>,
}

impl Searched<'_> {
    /// The schemas in which an application may make something that others find, each with the first that may.
    fn written_by<'a>(&self, catalog: &'a Catalog, applications: &BTreeSet<&str>) -> Vec<(&'a str, &'a str)> {
        let mut first: Vec<(&str, &str)> = Vec::new();
        for (schema, role) in &catalog.makers {
            let is_told = first.last().is_some_and(|(told, _)| told == schema);
            if !is_told && applications.contains(role.as_str()) && self.has(catalog, schema, role) {
                first.push((schema, role));
            }
        }
        first
    }

    /// `$user` is the schema of each role's own name, where there is one: what a role makes in its own is its own affair.
    fn has(&self, catalog: &Catalog, schema: &str, maker: &str) -> bool {
        let of_own_name = || {
            let role = quote_identifier(schema);
            let is_searched = self
                .by
                .is_none_or(|by| by == role || by.starts_with(&format!("{role} IN DATABASE ")));
            is_searched && catalog.roles.contains_key(schema) && schema != maker
        };
        let mut names = self.names.iter();
        names.any(|name| name == schema || (name == "$user" && of_own_name()))
    }
}

/// The names in a search path, without their quotes.
fn names(path: &str) -> Vec<String> {
    let mut names = vec![String::new()];
    let mut is_quoted = false;
    for sign in path.chars() {
        match (sign, names.last_mut()) {
            ('"', _) => is_quoted = !is_quoted,
            (',', _) if !is_quoted => names.push(String::new()),
            (sign, Some(name)) if is_quoted || !sign.is_whitespace() => name.push(sign),
            _ => {}
        }
    }
    names
}

/// A user mapping is a login on another server, or on this one under another name.
fn servers(context: &Context<'_>, applications: &BTreeSet<&str>, recorder: &mut Recorder) {
    for server in &context.catalog.foreign_servers {
        recorder.examined(rule::SERVERS_CLOSED, 1, "foreign servers");
        let name = quote_identifier(&server.name);
        let object = || Object::Other(format!("foreign server {name}"));
        if let Some((user, mapped)) = mapped_user(server, applications) {
            let message = format!(
                "{user} may use it, and {mapped} is mapped to a user of it: what that one sees, no policy of ours decides"
            );
            let help = format!("DROP USER MAPPING FOR {} SERVER {name};", grantee(mapped));
            recorder.error(rule::SERVERS_CLOSED, object(), message, help);
        } else if let Some(user) = unmapped_reader(server, applications) {
            let message = format!(
                "{user} may read a foreign table of it, and {} may ask for no user mapping: what it reads, no policy of ours decides",
                server.wrapper
            );
            let help = format!(
                "take the foreign table, and the views of it, away from {}",
                grantee(user)
            );
            recorder.warning(rule::SERVERS_CLOSED, object(), message, help);
        }
    }
}

/// An application that may use the server, and by whose mapping. One that uses it as itself may have become any other
/// application before.
fn mapped_user<'a>(server: &'a ForeignServer, applications: &BTreeSet<&str>) -> Option<(&'a str, &'a str)> {
    let mut users = server
        .users
        .iter()
        .filter(|user| applications.contains(user.role.as_str()));
    users.find_map(|user| {
        let is_by_itself = user.role == user.mapped_as;
        let mut mapped = server.mapped.iter();
        let mapped = mapped.find(|mapped| {
            *mapped == "PUBLIC"
                || **mapped == user.mapped_as
                || (is_by_itself && applications.contains(mapped.as_str()))
        })?;
        Some((user.role.as_str(), mapped.as_str()))
    })
}

/// An application that reads foreign rows without a mapping, of a wrapper other than PostgreSQL's own to PostgreSQL, which
/// refuses that.
fn unmapped_reader<'a>(server: &'a ForeignServer, applications: &BTreeSet<&str>) -> Option<&'a str> {
    let mut users = server.users.iter();
    let reader = users.find(|user| user.reads && applications.contains(user.role.as_str()))?;
    (server.wrapper != "postgres_fdw").then_some(reader.role.as_str())
}

#[cfg(test)]
mod tests {
    use super::names;

    #[test]
    fn names_in_a_search_path_are_read_without_their_quotes() {
        assert_eq!(names("\"$user\", public"), ["$user", "public"]);
        assert_eq!(names("\"a, b\",c"), ["a, b", "c"]);
        assert_eq!(names("\"\""), [""]);
    }
}
