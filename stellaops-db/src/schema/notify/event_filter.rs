use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::Jsonb;
use crate::schema::notify::Severity;

/// Which events are meant. Every member that is present must fit; an absent one does not narrow.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Jsonb)]
#[jsonb("notify.event_filter")]
#[serde(rename_all = "camelCase")]
pub struct EventFilter {
    /// Namespaces, one of which the event is about.
    pub namespaces: Option<BTreeSet<String>>,
    /// Image repositories, one of which the event is about.
    pub repositories: Option<BTreeSet<String>>,
    /// Image digests, one of which the event is about.
    pub image_digests: Option<BTreeSet<String>>,
    /// Label values that the event's subject must carry, all of them.
    pub labels: Option<BTreeMap<String, String>>,
    /// Package URLs, one of which the event is about.
    pub package_urls: Option<BTreeSet<String>>,
    /// The least severity that is meant.
    pub minimum_severity: Option<Severity>,
    /// Verdicts of policy, one of which the event carries.
    pub verdicts: Option<BTreeSet<PolicyVerdict>>,
    /// Whether only vulnerabilities are meant that are known to be exploited.
    pub known_exploited_only: Option<bool>,
    /// What of findings that a VEX statement speaks of; none: they are meant like any other.
    pub vex: Option<EventFilterVex>,
}

/// Which findings are meant that a VEX statement speaks of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Jsonb)]
#[jsonb("notify.event_filter_vex")]
#[serde(rename_all = "camelCase")]
pub struct EventFilterVex {
    /// Whether findings are meant that a statement calls not affected.
    pub include_not_affected: bool,
    /// Whether findings are meant that a statement calls fixed.
    pub include_fixed: bool,
    /// Of the findings called not affected, only those with one of these justifications; none: with any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub justifications: Option<BTreeSet<VexJustification>>,
}

/// What policy decided. In the order of the words: a set is written in the order of its values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Jsonb)]
#[jsonb(part)]
#[serde(rename_all = "snake_case")]
pub enum PolicyVerdict {
    /// It may not go on.
    Block,
    /// A person must decide.
    Escalate,
    /// It may go on.
    Pass,
    /// It may go on, with a warning.
    Warn,
}

/// Why a finding does not affect. In the order of the words: a set is written in the order of its values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Jsonb)]
#[jsonb(part)]
#[serde(rename_all = "snake_case")]
pub enum VexJustification {
    /// The component is not there.
    ComponentNotPresent,
    /// Something at hand keeps it from being exploited.
    InlineMitigationsAlreadyExist,
    /// An adversary cannot reach the code.
    VulnerableCodeCannotBeControlledByAdversary,
    /// The code is never run.
    VulnerableCodeNotInExecutePath,
    /// The code is not there.
    VulnerableCodeNotPresent,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_of_words_are_written_in_the_order_of_the_words() {
        let verdicts: BTreeSet<_> = [
            PolicyVerdict::Warn,
            PolicyVerdict::Pass,
            PolicyVerdict::Escalate,
            PolicyVerdict::Block,
        ]
        .into();
        let justifications: BTreeSet<_> = [
            VexJustification::VulnerableCodeNotPresent,
            VexJustification::VulnerableCodeNotInExecutePath,
            VexJustification::VulnerableCodeCannotBeControlledByAdversary,
            VexJustification::InlineMitigationsAlreadyExist,
            VexJustification::ComponentNotPresent,
        ]
        .into();
        for written in [
            serde_json::to_value(verdicts).expect("words are JSON"),
            serde_json::to_value(justifications).expect("words are JSON"),
        ] {
            let words: Vec<String> = serde_json::from_value(written).expect("it is a list of words");
            assert!(words.is_sorted(), "{words:?}");
        }
    }
}
