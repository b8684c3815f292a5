//! Hash chains and the evidence of system scopes, read out of the functions that the toolkit makes for them.

use super::catalog::Trigger;
use super::condition::literal;
use super::draft::{Draft, TAKEN_OVER};
use super::nested::{bare, plain, split};
use super::toml::{self, Section};

/// `[hash_chain]`, if the trigger's function is the toolkit's.
pub(super) fn take(draft: &mut Draft<'_>, trigger: &Trigger) -> Option<()> {
    let source = plain(draft.relation.chain.as_deref()?);
    let between = |begin: &str, end: &str| {
        let (_, behind) = source.split_once(begin)?;
        Some(behind.split_once(end)?.0.to_owned())
    };
    let heads = between(" INTO last_position, last_hash FROM ", " AS head")?;
    let heads = heads.rsplit('.').next()?.trim_matches('"').to_owned();
    let assigned = |value: &str| {
        let (before, _) = source.split_once(&format!(" := {value}"))?;
        Some(before.rsplit("NEW.").next()?.trim_matches('"').to_owned())
    };
    let heads = draft.world.table_name(&draft.relation.schema, &heads);
    let mut section =
        Section::new("[hash_chain]", ("trigger", &trigger.name)).with("heads", toml::text(&heads));
    for (key, value) in [
        ("position", "last_position + 1;"),
        ("previous", "last_hash;"),
        ("hash", "stellaops.chain_hash("),
    ] {
        let column = assigned(value)?;
        section.set(key, toml::text(&draft.names.get(&column)));
    }
    draft.silent.push("the hash chain".into());
    draft.rest.push(section.with("why", toml::text(TAKEN_OVER)));
    Some(())
}

/// `[evidence]`, if the toolkit writes system scopes into the table.
pub(super) fn take_evidence(draft: &mut Draft<'_>) {
    let Some(source) = draft.relation.evidence.as_deref() else {
        return;
    };
    let Some((section, made)) = evidence(draft, &plain(source)) else {
        let missing = "a function writes the evidence of system scopes in a way that is not known";
        return draft.note(("evidence", ""), missing, "it is left out");
    };
    for column in made {
        if let Some(column) = draft.column(&column) {
            column.set("default", "\"uuid_v7\"");
        }
    }
    draft.rest.push(section);
}

/// The section, and the columns whose ids the client makes elsewhere.
fn evidence(draft: &Draft<'_>, source: &str) -> Option<(Section, Vec<String>)> {
    let (_, insert) = source.split_once("INSERT INTO ")?;
    let (columns, values) = insert.split_once(") VALUES (")?;
    let columns = split(columns.split_once('(')?.1, ", ");
    let values = split(bare(values.split_once("); RETURN NULL;")?.0), ", ");
    let mut section = Section::new("[evidence]", ("evidence", ""));
    let (mut made, mut further) = (Vec::new(), Vec::new());
    for (column, value) in columns.iter().zip(&values) {
        let column = column.trim_matches('"');
        let name = draft.names.get(column);
        let key = match bare(value) {
            "NEW.who" => "actor",
            "NEW.reason" => "reason",
            "NEW.id::text" => "entity",
            "gen_random_uuid()" => {
                made.push(column.to_owned());
                continue;
            }
            case if case.contains("'system_scope.opened'") => "action",
            case if case.contains("NEW.started_at") => "time",
            _ if draft.is_tenant(column) => continue,
            other => {
                further.push(format!("{name} = {}", toml::text(&literal(other)?)));
                continue;
            }
        };
        section.set(key, toml::text(&name));
    }
    if !further.is_empty() {
        section.set("values", format!("{{ {} }}", further.join(", ")));
    }
    Some((section, made))
}
