//! The bodies, one a file.

pub mod canonical_json;
pub mod chain;
pub mod configuration;
pub mod copy;
pub mod cursor;
pub mod expression;
pub mod go_files;
pub mod json_path;
pub mod login_url;
pub mod pattern;
pub mod query_text;
mod reader;
pub mod spec;
pub mod trigger;

use std::borrow::Cow;

use stellaops_db_spec::diagnostic::FaultRecord;

fn text(data: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(data)
}

/// Each fault is told, and lies within the text of its file.
fn look_at_faults<'f>(faults: impl IntoIterator<Item = &'f FaultRecord>, text: &str) {
    let columns: Vec<usize> = text.split('\n').map(|line| line.chars().count() + 1).collect();
    for fault in faults {
        let columns = columns.get((fault.line as usize).wrapping_sub(1));
        let columns = columns.unwrap_or_else(|| panic!("{fault:?}: there is no such line"));
        assert!(
            (1..=*columns).contains(&(fault.column as usize)),
            "{fault:?}: there is no such column"
        );
        assert!(!fault.message.is_empty() && !fault.help.is_empty(), "{fault:?}");
    }
}
