//! Privileges on schemas, tables, columns and sequences, now and by default.

use std::collections::{BTreeMap, BTreeSet};

use stellaops_db_spec::ddl::expected;
use stellaops_db_spec::model::quote_identifier;
use stellaops_db_spec::rule;

use super::{Context, grantee, key_of, sql_name};
use crate::verify::audit::{Object, Recorder};
use crate::verify::catalog::{Grant, SHARED};

type Privileges = BTreeMap<String, BTreeSet<&'static str>>;

pub(super) fn check(context: &Context<'_>, recorder: &mut Recorder) {
    for table in context.tables() {
        let found = context.catalog.grants.get(&key_of(table));
        let on = format!("TABLE {}", table.sql_name());
        let wanted = expected::privileges(table);
        let compared = compare(&on, &wanted, found.map_or(&[], Vec::as_slice));
        recorder.examined(rule::PRIVILEGES_EXACT, 1, "tables");
        for (message, help) in compared {
            recorder.error(rule::PRIVILEGES_EXACT, Object::Table(table), message, help);
        }
    }
    for schema in &context.schemas {
        let found = context.catalog.schema_grants.get(&schema.name);
        let on = format!("SCHEMA {}", quote_identifier(&schema.name));
        let wanted = expected::schema_privileges(schema);
        recorder.examined(rule::PRIVILEGES_EXACT, 1, "schemas");
        for (message, help) in compare(&on, &wanted, found.map_or(&[], Vec::as_slice)) {
            recorder.error(
                rule::PRIVILEGES_EXACT,
                Object::Other(format!("schema {}", schema.name)),
                message,
                help,
            );
        }
    }
    sequences(context, recorder);
    shared(context, recorder);
    defaults(context, recorder);
}

/// What is missing and what is too much, with the statement that mends it.
fn compare(on: &str, wanted: &Privileges, found: &[Grant]) -> Vec<(String, String)> {
    let has = |role: &str, privilege: &str| {
        let mut whole = found.iter().filter(|grant| grant.column.is_none());
        whole.any(|grant| grant.grantee == role && grant.privilege == privilege)
    };
    let mut answers = Vec::new();
    for (role, privileges) in wanted {
        for privilege in privileges.iter().filter(|privilege| !has(role, privilege)) {
            answers.push((
                format!("{role} has no {privilege} on it"),
                format!("GRANT {privilege} ON {on} TO {};", quote_identifier(role)),
            ));
        }
    }
    answers.extend(found.iter().filter_map(|grant| {
        let all = wanted.get(&grant.grantee);
        let is_wanted = all.is_some_and(|all| all.contains(grant.privilege.as_str()));
        too_much(on, grant, is_wanted)
    }));
    answers
}

fn too_much(on: &str, grant: &Grant, is_wanted: bool) -> Option<(String, String)> {
    let Grant {
        grantee, privilege, ..
    } = grant;
    let from = super::grantee(grantee);
    match &grant.column {
        Some(column) => Some((
            format!("{grantee} has {privilege} on its column `{column}` alone"),
            format!(
                "REVOKE {privilege} ({}) ON {on} FROM {from};",
                quote_identifier(column)
            ),
        )),
        None if !is_wanted => Some((
            format!("{grantee} has {privilege} on it"),
            format!("REVOKE {privilege} ON {on} FROM {from};"),
        )),
        None if grant.grantable => Some((
            format!("{grantee} may grant {privilege} on it to others"),
            format!("REVOKE GRANT OPTION FOR {privilege} ON {on} FROM {from};"),
        )),
        None => None,
    }
}

/// Identity columns need no privilege on their sequences, whose numbers tell how much other tenants write.
fn sequences(context: &Context<'_>, recorder: &mut Recorder) {
    let relations = context.catalog.relations.values();
    for sequence in relations.filter(|relation| relation.kind == "S") {
        let is_known = context
            .schemas
            .iter()
            .any(|schema| schema.name == sequence.schema);
        if !is_known {
            continue;
        }
        recorder.examined(rule::PRIVILEGES_EXACT, 1, "sequences");
        let name = sequence.full_name();
        let shown = sql_name(&name);
        let found = context.catalog.grants.get(&name);
        let on = format!("SEQUENCE {shown}");
        for (message, help) in compare(&on, &Privileges::new(), found.map_or(&[], Vec::as_slice)) {
            recorder.error(
                rule::PRIVILEGES_EXACT,
                Object::Other(shown.clone()),
                message,
                help,
            );
        }
    }
}

/// The shared schema: who works in one of the schemas may look into it, and only the system's login has more. Of
/// schemas that are not looked at now somebody may, too.
fn shared(context: &Context<'_>, recorder: &mut Recorder) {
    for (table, privileges) in expected::SHARED_PRIVILEGES {
        recorder.examined(rule::PRIVILEGES_EXACT, 1, "shared tables");
        let relation = format!("stellaops.{table}");
        let wanted = Privileges::from([(
            "stellaops_system".to_owned(),
            privileges.iter().copied().collect(),
        )]);
        let found = context.catalog.grants_on(&(SHARED.into(), table.into()));
        let found: Vec<Grant> = found
            .iter()
            .filter(|grant| !ends_a_scope(table, grant))
            .cloned()
            .collect();
        for (message, help) in compare(&format!("TABLE {relation}"), &wanted, &found) {
            recorder.error(
                rule::PRIVILEGES_EXACT,
                Object::Other(relation.clone()),
                message,
                help,
            );
        }
    }
    let grants = context.catalog.schema_grants.get(SHARED);
    let more = grants.into_iter().flatten();
    for grant in
        more.filter(|grant| grant.privilege != "USAGE" || grant.grantee == "PUBLIC" || grant.grantable)
    {
        let (message, help) = (
            format!("{} has {} on it", grant.grantee, grant.privilege),
            format!("REVOKE ALL ON SCHEMA stellaops FROM {};", grantee(&grant.grantee)),
        );
        recorder.error(
            rule::PRIVILEGES_EXACT,
            Object::Other("schema stellaops".into()),
            message,
            help,
        );
    }
}

/// The end of a system scope is written by its login.
fn ends_a_scope(table: &str, grant: &Grant) -> bool {
    let column = grant.column.as_deref().unwrap_or_default();
    table == "system_access"
        && grant.grantee == "stellaops_system"
        && grant.privilege == "UPDATE"
        && !grant.grantable
        && expected::SHARED_COLUMNS.contains(&column)
}

fn defaults(context: &Context<'_>, recorder: &mut Recorder) {
    recorder.examined(
        rule::PRIVILEGES_EXACT,
        context.catalog.default_grants.len(),
        "default privileges",
    );
    for grant in &context.catalog.default_grants {
        let what = if grant.kind == "S" { "sequences" } else { "tables" };
        let place = match &grant.schema {
            Some(schema) => format!("in schema {schema}"),
            None => "in every schema".into(),
        };
        let message = format!(
            "{} gets {} on the {what} that {} makes {place}",
            grant.grantee, grant.privilege, grant.maker
        );
        let within = grant.schema.as_ref().map_or_else(String::new, |schema| {
            format!(" IN SCHEMA {}", quote_identifier(schema))
        });
        let help = format!(
            "ALTER DEFAULT PRIVILEGES FOR ROLE {}{within} REVOKE {} ON {} FROM {};",
            quote_identifier(&grant.maker),
            grant.privilege,
            what.to_uppercase(),
            grantee(&grant.grantee)
        );
        recorder.error(
            rule::PRIVILEGES_EXACT,
            Object::Other("default privileges".into()),
            message,
            help,
        );
    }
}
