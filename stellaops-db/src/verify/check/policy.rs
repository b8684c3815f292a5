//! Row-level security: both flags, and exactly the policies of the specs; partitions have none.

use std::collections::BTreeMap;

use stellaops_db_spec::ddl::expected;
use stellaops_db_spec::model::name::PolicyCommand;
use stellaops_db_spec::model::{Table, quote_identifier};
use stellaops_db_spec::rule;

use super::{Context, apply, grantee, key_of, sql_name};
use crate::verify::audit::{Object, Recorder};
use crate::verify::catalog::{Policy, Relation};

pub(super) fn check(context: &Context<'_>, recorder: &mut Recorder) {
    for table in context.tables() {
        if table.is_row_secured() {
            flags(context, table, recorder);
            policies(context, table, recorder);
        }
        for partition in context.catalog.partitions(table) {
            closed(context, table, partition, recorder);
        }
    }
}

fn flags(context: &Context<'_>, table: &Table, recorder: &mut Recorder) {
    recorder.examined(rule::SECURITY_FORCED, 1, "tables");
    let Some(relation) = context.catalog.relation(&table.schema, &table.name) else {
        return;
    };
    if let Some(what) = off(relation) {
        let help = format!(
            "ALTER TABLE {} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;",
            table.sql_name()
        );
        recorder.error(rule::SECURITY_FORCED, Object::Table(table), what, help);
    }
}

/// What is off, and what that opens.
fn off(relation: &Relation) -> Option<&'static str> {
    match (relation.row_security, relation.forced) {
        (true, true) => None,
        (false, true) => {
            Some("row-level security is forced and not enabled: whoever may read it sees every row")
        }
        (false, false) => Some("row-level security is off: whoever may read it sees every row"),
        (true, false) => Some("row-level security is not forced: its owner sees every row"),
    }
}

fn policies(context: &Context<'_>, table: &Table, recorder: &mut Recorder) {
    let there = context.catalog.policies_of(&key_of(table));
    let there: BTreeMap<&str, &Policy> = there
        .iter()
        .map(|policy| (policy.name.as_str(), policy))
        .collect();
    let wanted = expected::policies(table);
    recorder.examined(rule::POLICIES_EXACT, wanted.len(), "policies");
    for policy in &wanted {
        let message = match there.get(policy.name.as_str()) {
            None => format!("the policy `{}` is missing", policy.name),
            Some(found) => match differs(policy, found) {
                Some(difference) => format!("the policy `{}` {difference}", policy.name),
                None => continue,
            },
        };
        recorder.error(
            rule::POLICIES_EXACT,
            Object::Table(table),
            message,
            apply(&table.schema),
        );
    }
    for found in there
        .values()
        .filter(|found| !wanted.iter().any(|policy| policy.name == found.name))
    {
        let kind = if found.permissive {
            "permissive"
        } else {
            "restrictive"
        };
        let message = format!(
            "the specs have no policy `{}`, which is {kind}, for {} and shows rows where {}",
            found.name,
            in_words(&found.roles),
            found.visible.as_deref().unwrap_or("nothing is asked")
        );
        let help = format!(
            "DROP POLICY {} ON {};",
            quote_identifier(&found.name),
            table.sql_name()
        );
        recorder.error(rule::POLICIES_EXACT, Object::Table(table), message, help);
    }
}

fn in_words(roles: &[String]) -> String {
    match roles {
        [] => "everybody".into(),
        roles => roles.join(", "),
    }
}

/// The first thing in which a policy is another one.
fn differs(wanted: &expected::Policy, found: &Policy) -> Option<String> {
    let shown = |condition: &Option<String>| condition.clone().unwrap_or_else(|| "no condition".into());
    if found.permissive != wanted.permissive {
        let is = if found.permissive {
            "permissive"
        } else {
            "restrictive"
        };
        return Some(format!("is {is}"));
    }
    if found.command != command(wanted.command) {
        return Some(format!("is for another command than {}", wanted.command.sql()));
    }
    let roles: Vec<&str> = found.roles.iter().map(String::as_str).collect();
    let should: Vec<&str> = wanted.role.iter().map(String::as_str).collect();
    if roles != should {
        return Some(format!("is for {}", in_words(&found.roles)));
    }
    if found.visible != wanted.visible {
        return Some(format!("shows rows where {}", shown(&found.visible)));
    }
    if found.writable != wanted.writable {
        return Some(format!("lets rows be written where {}", shown(&found.writable)));
    }
    None
}

/// `pg_policy.polcmd`
fn command(command: PolicyCommand) -> &'static str {
    match command {
        PolicyCommand::All => "*",
        PolicyCommand::Select => "r",
        PolicyCommand::Insert => "a",
        PolicyCommand::Update => "w",
        PolicyCommand::Delete => "d",
    }
}

fn closed(context: &Context<'_>, table: &Table, partition: &Relation, recorder: &mut Recorder) {
    recorder.examined(rule::PARTITIONS_CLOSED, 1, "partitions");
    let name = partition.full_name();
    let shown = sql_name(&name);
    let object = || Object::Of(table, shown.clone());
    if let Some(what) = off(partition).filter(|_| table.is_row_secured()) {
        let help = format!("ALTER TABLE {shown} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;");
        recorder.error(rule::PARTITIONS_CLOSED, object(), what, help);
    }
    for policy in context.catalog.policies_of(&name) {
        let message = format!("it has a policy, `{}`, and is to have none", policy.name);
        let help = format!("DROP POLICY {} ON {shown};", quote_identifier(&policy.name));
        recorder.error(rule::PARTITIONS_CLOSED, object(), message, help);
    }
    for grant in context.catalog.grants_on(&name) {
        let message = format!("{} has {} on it", grant.grantee, grant.privilege);
        let help = format!("REVOKE ALL ON {shown} FROM {};", grantee(&grant.grantee));
        recorder.error(rule::PARTITIONS_CLOSED, object(), message, help);
    }
}
