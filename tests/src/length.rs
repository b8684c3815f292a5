//! How much the tests do that could go on for hours.

/// The variable that asks for all of it: `full`.
pub const VARIABLE: &str = "STELLAOPS_DB_TEST_LENGTH";

/// Whether everything is tried, on as many rows as a claim speaks of, and 10,000 operations under faults; else what shows the
/// same within minutes.
///
/// # Panics
/// If the variable says something else than `full` or `short`.
pub fn is_full() -> bool {
    match std::env::var(VARIABLE).as_deref() {
        Ok("full") => true,
        Ok("short" | "") | Err(std::env::VarError::NotPresent) => false,
        other => panic!("{VARIABLE} is `full` or `short`, not {other:?}"),
    }
}
