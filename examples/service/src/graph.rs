//! The work of the worker: the dependency graph that a build job asks for.

use std::collections::BTreeMap;

use serde_json::json;
use sha2::{Digest as _, Sha256};
use stellaops_db::schema::scheduler::{GraphBuildJob, GraphResult};

/// Builds the graph. The job's metadata are the packages of the SBOM, each with the packages that it depends on, blanks
/// between: `{"app": "http log", "http": "log", "log": ""}`.
///
/// # Errors
/// A package depends on one that is not listed: no attempt will find it.
pub fn build(asked: &GraphBuildJob) -> Result<GraphResult, String> {
    let packages: BTreeMap<&str, Vec<&str>> =
        asked.metadata.iter().map(|(name, needs)| (name.as_str(), needed(needs))).collect();
    for (name, needs) in &packages {
        if let Some(missing) = needs.iter().find(|need| !packages.contains_key(*need)) {
            return Err(format!("`{name}` depends on `{missing}`, which the SBOM does not list"));
        }
    }
    // Sorted, each once: equal inputs give the same bytes, and so the same revision.
    let edges: Vec<[&str; 2]> =
        packages.iter().flat_map(|(name, needs)| needs.iter().map(|need| [*name, *need])).collect();
    let graph = json!({ "nodes": packages.keys().collect::<Vec<_>>(), "edges": edges });
    let hash = Sha256::digest(graph.to_string());
    let digits: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(GraphResult {
        graph_revision_id: format!("grv_{digits}"),
        node_count: packages.len() as u64,
        edge_count: edges.len() as u64,
        graph: graph.as_object().cloned(),
    })
}

fn needed(names: &str) -> Vec<&str> {
    let mut names: Vec<&str> = names.split_whitespace().collect();
    names.sort_unstable();
    names.dedup();
    names
}
