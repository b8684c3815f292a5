//! What the tests share.

use std::path::{Path, PathBuf};

use proptest::prelude::*;
use stellaops_db::demo::go::{Fault, ModuleGraph, ProjectFiles, render_faults};

pub(crate) const HASH: &str = "h1:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
pub(crate) const OTHER_HASH: &str = "h1:ypeBEsobvcr6wjGzmiPcTaeG7/gUfE5yuYB3ha/uSLs=";

/// Failures are printed with their seed and kept nowhere: what fails becomes a case of its own.
pub(crate) fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

pub(crate) fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/go-projects")
}

pub(crate) fn project(files: &[(&str, &str)]) -> ProjectFiles {
    files.iter().copied().collect()
}

pub(crate) fn build(files: &[(&str, &str)]) -> Result<ModuleGraph, String> {
    ModuleGraph::build(&project(files)).map_err(|faults| render_faults(&faults))
}

/// The places and messages, without the remedies.
pub(crate) fn faults(files: &[(&str, &str)]) -> Vec<String> {
    let faults = ModuleGraph::build(&project(files)).expect_err("the project has faults");
    assert!(
        faults.iter().all(|fault| !fault.remedy.is_empty()),
        "each fault says how to mend it"
    );
    faults.iter().map(line).collect()
}

pub(crate) fn line(fault: &Fault) -> String {
    format!(
        "{}:{}:{}: {}",
        fault.file, fault.line, fault.column, fault.message
    )
}
