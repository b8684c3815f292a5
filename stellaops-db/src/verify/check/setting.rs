//! The domain, the settings that bind a tenant or switch triggers off, and what the server logs.

use std::collections::BTreeSet;

use stellaops_db_spec::ddl::expected::DOMAIN_RULE;
use stellaops_db_spec::ddl::sqlstate::ONE_TENANT_PER_TRANSACTION;
use stellaops_db_spec::model::quote_identifier;
use stellaops_db_spec::rule;

use super::{Context, apply, grantee};
use crate::verify::audit::{Object, Recorder};
use crate::verify::catalog::SHARED;

pub(super) fn check(context: &Context<'_>, applications: &BTreeSet<&str>, recorder: &mut Recorder) {
    domain(context, recorder);
    settings(context, recorder);
    parameters(context, applications, recorder);
    log(context, recorder);
}

fn domain(context: &Context<'_>, recorder: &mut Recorder) {
    let object = || Object::Other("stellaops.tenant".into());
    recorder.examined(rule::DOMAIN_BINDS_ONCE, 1, "domains");
    let Some(domain) = &context.catalog.domain else {
        recorder.error(
            rule::DOMAIN_BINDS_ONCE,
            object(),
            "the domain is missing",
            apply(SHARED),
        );
        return;
    };
    if !domain.is_domain_over_text
        || !domain.not_null
        || domain.rules != [ONE_TENANT_PER_TRANSACTION, DOMAIN_RULE]
    {
        let message =
            "its rule is another one: a second tenant in a transaction, or none, may be let through";
        recorder.error(rule::DOMAIN_BINDS_ONCE, object(), message, apply(SHARED));
    }
    for user in &domain.users {
        let message = format!("{user} may make it the type of a column");
        let help = format!("REVOKE USAGE ON TYPE stellaops.tenant FROM {};", grantee(user));
        recorder.error(rule::DOMAIN_BINDS_ONCE, object(), message, help);
    }
    for column in &domain.columns {
        let message = format!("it is the type of {column}: a row that is read binds its tenant");
        recorder.error(
            rule::DOMAIN_BINDS_ONCE,
            object(),
            message,
            "make the column a text",
        );
    }
}

fn settings(context: &Context<'_>, recorder: &mut Recorder) {
    recorder.examined(rule::SETTINGS_CLEAN, context.catalog.settings.len(), "settings");
    for setting in &context.catalog.settings {
        let (name, value) = setting.setting.split_once('=').unwrap_or((&setting.setting, ""));
        let what = match name.to_lowercase().as_str() {
            name if name.starts_with("app.") => "binds every session of it, silently",
            "session_replication_role" if value != "origin" => "switches the triggers of the specs off",
            _ => continue,
        };
        let message = format!("it sets `{}`, which {what}", setting.setting);
        let help = match setting.of.split_once(' ') {
            Some(("role", role)) => format!("ALTER ROLE {role} RESET {};", quote_identifier(name)),
            Some(("database", database)) => {
                format!("ALTER DATABASE {database} RESET {};", quote_identifier(name))
            }
            _ => format!("take `{name}` away from it"),
        };
        recorder.error(
            rule::SETTINGS_CLEAN,
            Object::Other(setting.of.clone()),
            message,
            help,
        );
    }
}

/// What a superuser sets, as what runs when a session begins or a file is archived, is not for an application; and nobody
/// else switches the triggers of the specs off.
fn parameters(context: &Context<'_>, applications: &BTreeSet<&str>, recorder: &mut Recorder) {
    for grant in &context.catalog.parameters {
        recorder.examined(rule::SETTINGS_CLEAN, 1, "settings");
        let name = grant.parameter.as_str();
        let is_ours = name.starts_with("app.") || name == "session_replication_role";
        if !is_ours && !applications.contains(grant.grantee.as_str()) {
            continue;
        }
        let message = format!(
            "{} has {} on it, which is a superuser's",
            grant.grantee, grant.privilege
        );
        let help = format!(
            "REVOKE {} ON PARAMETER {name} FROM {};",
            grant.privilege,
            grantee(&grant.grantee)
        );
        recorder.error(
            rule::SETTINGS_CLEAN,
            Object::Other(format!("parameter {name}")),
            message,
            help,
        );
    }
}

/// Parameters are logged with the statements that are logged, and with those that fail.
fn log(context: &Context<'_>, recorder: &mut Recorder) {
    let server = &context.catalog.server;
    recorder.examined(rule::VALUES_UNLOGGED, 2, "settings");
    let wrong = [
        (
            server.statements_logged && server.parameters_logged,
            "log_parameter_max_length",
            "statements are logged with the values of their parameters",
        ),
        (
            server.parameters_logged_on_error,
            "log_parameter_max_length_on_error",
            "statements that fail are logged with the values of their parameters",
        ),
    ];
    for (_, setting, message) in wrong.into_iter().filter(|(is_wrong, ..)| *is_wrong) {
        let help = format!("ALTER SYSTEM SET {setting} = 0; SELECT pg_reload_conf();");
        recorder.warning(
            rule::VALUES_UNLOGGED,
            Object::Other("server".into()),
            message,
            help,
        );
    }
}
