//! Partitions: those by month, which a procedure makes.

use super::draft::{Draft, TAKEN_OVER};
use super::toml::{self, Section};
use super::trigger;

/// Takes over the partitioning; tells of partitions, which no spec names.
pub(super) fn take(draft: &mut Draft<'_>) {
    let relation = draft.relation;
    let Some(key) = relation.partition_key.as_deref() else {
        return;
    };
    let Some(by) = key.strip_prefix("RANGE (").and_then(|by| by.strip_suffix(')')) else {
        let missing = format!(
            "it is partitioned by {key} into {}",
            relation.partitions.join(", ")
        );
        return draft.note(("partition", ""), missing, "a table without partitions");
    };
    let maintained = relation.maintenance.as_deref().and_then(maintenance);
    let mut section =
        Section::new("[partition]", ("partition", "")).with("by", toml::text(&draft.names.get(by)));
    match &maintained {
        Some((ahead, _)) => section.set("ahead", ahead.clone()),
        None => draft.note(
            ("partition", ""),
            format!(
                "its partitions are made by hand: {}",
                relation.partitions.join(", ")
            ),
            "a procedure makes one for each month",
        ),
    }
    draft.silent.push("the partitioning".into());
    draft.rest.push(section.with("why", toml::text(TAKEN_OVER)));
    if let Some((_, Some(days))) = maintained {
        trigger::retain(draft, ("partition", ""), by, &days);
    }
}

/// How many months ahead, and how many days are kept: `CALL stellaops.maintain_partitions('…', 3, NULL);`
fn maintenance(body: &str) -> Option<(String, Option<String>)> {
    let (_, call) = body.split_once("stellaops.maintain_partitions(")?;
    let (call, _) = call.rsplit_once(");")?;
    let (call, days) = call.rsplit_once(", ")?;
    let (_, ahead) = call.rsplit_once(", ")?;
    Some((ahead.to_owned(), (days != "NULL").then(|| days.to_owned())))
}
