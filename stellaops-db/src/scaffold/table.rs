//! The spec of one table, out of everything that the catalog says of it.

use stellaops_db_spec::model::Tenancy;

use super::catalog::Relation;
use super::draft::Draft;
use super::note::Note;
use super::toml::{self, SpecFile};
use super::world::World;
use super::{chain, check, column, index, partition, policy, reference, trigger};

/// The file of the table, and what it does not say.
pub(super) fn spec(world: &World<'_>, relation: &Relation) -> (SpecFile, Vec<Note>) {
    let mut draft = Draft::new(world, relation);
    take_head(&mut draft);
    column::take(&mut draft);
    column::take_key(&mut draft);
    check::take(&mut draft);
    reference::take(&mut draft);
    index::take(&mut draft);
    trigger::take(&mut draft);
    chain::take_evidence(&mut draft);
    partition::take(&mut draft);
    policy::compare(&mut draft);
    take_lifetime(&mut draft);
    tell_rest(&mut draft);
    draft.finish()
}

/// The comment is the summary and, behind an empty line, more. The paragraph on retention is generated.
fn take_head(draft: &mut Draft<'_>) {
    let comment = draft.relation.comment.clone().unwrap_or_default();
    let mut paragraphs: Vec<&str> = comment.trim().split("\n\n").collect();
    if paragraphs.len() > 1 && trigger::retention_in(&comment).is_some() {
        paragraphs.pop();
    }
    let (summary, doc) = (paragraphs.remove(0).trim(), paragraphs.join("\n\n"));
    if summary.is_empty() {
        draft.silent.push("the table".into());
        let sentence = format!("A row of {}, taken over from the database.", draft.relation.name);
        draft.head.set("summary", toml::text(&sentence));
    } else {
        draft.head.set("summary", toml::text(summary));
    }
    if !doc.trim().is_empty() {
        draft.head.set("doc", toml::text(&format!("{}\n", doc.trim())));
    }
    let tenancy = format!("\"{}\"", draft.tenancy.as_str());
    draft.head.set("tenancy", tenancy);
    if draft.tenancy != Tenancy::Registry && draft.name() != draft.relation.name {
        let instead = format!("the spec calls it {}", draft.name());
        draft.note(("table", ""), "names of specs are in lower snake case", instead);
    }
}

/// The columns that tell of birth, versions and deletion are known by their names, types and bounds; a
/// retention that no trigger guards, by the comment.
fn take_lifetime(draft: &mut Draft<'_>) {
    let comment = draft.relation.comment.as_deref().unwrap_or_default();
    if let Some(told) = trigger::retention_in(comment) {
        trigger::retain(draft, ("comment", ""), told.column, told.days);
    }
    if let Some(section) = draft
        .column("created_at")
        .filter(|section| section.get("default") == Some("\"now\""))
    {
        section.set("immutable", "true");
    }
    let version = draft.column("row_version").is_some_and(|section| {
        section.get("type") == Some("\"bigint\"")
            && section.get("default") == Some("1")
            && section.get("min") == Some("1")
    });
    if version {
        draft.head.set("row_version", "\"row_version\"");
    }
    let deleted = draft.column("deleted_at").is_some_and(|section| {
        section.get("type") == Some("\"timestamptz\"") && section.get("nullable") == Some("true")
    });
    if deleted {
        draft.head.set("soft_delete", "\"deleted_at\"");
    }
}

fn tell_rest(draft: &mut Draft<'_>) {
    let relation = draft.relation;
    if relation.unlogged {
        draft.note(("table", ""), "it is UNLOGGED", "a table that survives a crash");
    }
    if !relation.parents.is_empty() {
        let missing = format!("it inherits from {}", relation.parents.join(", "));
        draft.note(("table", ""), missing, "a table of its own with all columns");
    }
    if relation.partition_key.is_none() && !relation.partitions.is_empty() {
        let missing = format!("{} inherit from it", relation.partitions.join(", "));
        draft.note(("table", ""), missing, "they are tables of their own");
    }
    let schema = draft.world.schema_name(&relation.schema);
    let is_known = |role: &str| {
        let known = ["owner", "app", "reader", "admin"].map(|kind| format!("{schema}_{kind}"));
        role == "stellaops_system" || known.iter().any(|known| known == role)
    };
    let others: Vec<&str> = relation
        .grantees
        .iter()
        .map(String::as_str)
        .filter(|role| !is_known(role))
        .collect();
    if !others.is_empty() {
        let missing = format!("{} were granted something", others.join(", "));
        draft.note(
            ("grants", ""),
            missing,
            "the roles of the schema get what they need",
        );
    }
    if relation.owner != format!("{schema}_owner") {
        let missing = format!("it belongs to {}", relation.owner);
        draft.note(("owner", ""), missing, format!("it belongs to {schema}_owner"));
    }
}
