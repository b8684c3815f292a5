//! Slow statements: told with how long they took and, on request, with the plan.

use std::time::Duration;

use serde_json::Value as Json;

/// From when a statement is slow, and whether its plan is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Slow {
    pub(crate) threshold: Duration,
    pub(crate) with_plan: bool,
}

/// The nodes of a plan, from the top, without what they compare: conditions hold values.
///
/// `Limit > Index Scan using idx_runs_created_at on runs (about 51 rows)`
pub(crate) fn plan(explained: &str) -> String {
    let explained: Json = serde_json::from_str(explained).unwrap_or_default();
    let mut told = String::new();
    tell(&explained[0]["Plan"], &mut told);
    told
}

fn tell(node: &Json, told: &mut String) {
    let text = |key: &str| node[key].as_str();
    told.push_str(text("Node Type").unwrap_or("?"));
    for (word, key) in [(" using ", "Index Name"), (" on ", "Relation Name")] {
        if let Some(name) = text(key) {
            told.push_str(word);
            told.push_str(name);
        }
    }
    if let Some(rows) = node["Plan Rows"].as_u64() {
        told.push_str(&format!(" (about {rows} rows)"));
    }
    let children: &[Json] = node["Plans"].as_array().map_or(&[], Vec::as_slice);
    for (position, child) in children.iter().enumerate() {
        let (before, after) = match children.len() {
            1 => (" > ", ""),
            _ if position == 0 => (" > (", ")"),
            _ => (", (", ")"),
        };
        told.push_str(before);
        tell(child, told);
        told.push_str(after);
    }
}

#[cfg(test)]
mod tests {
    use super::plan;

    #[test]
    fn a_plan_is_told_without_what_it_compares() {
        let explained = r#"[{"Plan": {"Node Type": "Limit", "Plan Rows": 51, "Plans": [
            {"Node Type": "Index Scan", "Index Name": "idx", "Relation Name": "runs", "Plan Rows": 900,
             "Index Cond": "(tenant_id = 'secret')"},
            {"Node Type": "Result"}]}}]"#;
        assert_eq!(
            plan(explained),
            "Limit (about 51 rows) > (Index Scan using idx on runs (about 900 rows)), (Result)"
        );
        assert_eq!(plan("no JSON"), "?");
    }
}
