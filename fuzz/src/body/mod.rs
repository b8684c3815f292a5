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

/// Each fault is told, and lies within the text.
fn look_at_fault(fault: &FaultRecord, text: &str) {
    let line = text.split('\n').nth(fault.line as usize - 1);
    let line = line.unwrap_or_else(|| panic!("{fault:?}: there is no such line"));
    let columns = line.chars().count() + 1;
    assert!(
        fault.column > 0 && fault.column as usize <= columns,
        "{fault:?}: there is no such column"
    );
    assert!(!fault.message.is_empty() && !fault.help.is_empty(), "{fault:?}");
}
