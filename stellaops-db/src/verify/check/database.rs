//! What belongs to the database as a whole: who may make schemas in it, schemas that are searched and written to by
//! applications, foreign servers.

use std::collections::BTreeSet;

use stellaops_db_spec::model::quote_identifier;
use stellaops_db_spec::rule;

use super::role::within_reach;
use super::{Context, grantee};
use crate::verify::audit::{Object, Recorder};
use crate::verify::catalog::Setting;

pub(super) fn check(context: &Context<'_>, recorder: &mut Recorder) {
    let applications = within_reach(context);
    creators(context, &applications, recorder);
    searched(context, &applications, recorder);
    servers(context, &applications, recorder);
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
                "REVOKE CREATE ON DATABASE … FROM {}, or give the database to another owner;",
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
    let makers = &context.catalog.makers;
    let settings = &context.catalog.settings;
    let is_told_elsewhere = |setting: &Setting| {
        setting.of == "server"
            && settings
                .iter()
                .any(|other| other.of != setting.of && other.setting == setting.setting)
    };
    for setting in settings.iter().filter(|setting| !is_told_elsewhere(setting)) {
        let Some(path) = setting.setting.strip_prefix("search_path=") else {
            continue;
        };
        for schema in names(path) {
            let mut writers = makers
                .iter()
                .filter(|(place, role)| *place == schema && applications.contains(role.as_str()));
            let Some((_, role)) = writers.next() else {
                continue;
            };
            let message = format!(
                "it searches the schema {schema}, in which {role} may make functions and tables of any name"
            );
            let help = format!(
                "REVOKE CREATE ON SCHEMA {} FROM {};",
                quote_identifier(&schema),
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
        let first = |roles: &BTreeSet<String>| {
            roles
                .iter()
                .find(|role| applications.contains(role.as_str()))
                .cloned()
        };
        if let (Some(user), Some(mapped)) = (first(&server.users), first(&server.mapped)) {
            let name = quote_identifier(&server.name);
            let message = format!(
                "{user} may use it, and {mapped} is mapped to a user of it: what that one sees, no policy of ours decides"
            );
            let help = format!("DROP USER MAPPING FOR {} SERVER {name};", grantee(&mapped));
            recorder.error(
                rule::SERVERS_CLOSED,
                Object::Other(format!("foreign server {name}")),
                message,
                help,
            );
        }
    }
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
