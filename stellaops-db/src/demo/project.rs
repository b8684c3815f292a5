//! The Go projects of a run, with what is expected of each.

use std::path::Path;

use crate::demo::DemoError;
use crate::demo::go::{Expected, ModuleGraph, ProjectFiles, embedded_projects};

/// A Go project.
pub(super) struct Project {
    pub(super) name: String,
    pub(super) files: ProjectFiles,
    pub(super) expectation: Expectation,
}

/// What a project's job should come to.
pub(super) enum Expectation {
    Graph(Box<ModuleGraph>),
    Faults,
    Anything,
}

/// The projects of a folder, or those that come with the command; sorted by name.
pub(super) fn load(folder: Option<&Path>) -> Result<Vec<Project>, DemoError> {
    let mut projects = match folder {
        Some(folder) => from_folder(folder)?,
        None => embedded()?,
    };
    projects.sort_by(|left, right| left.name.cmp(&right.name));
    Ok(projects)
}

fn embedded() -> Result<Vec<Project>, DemoError> {
    let convert = |project: crate::demo::go::EmbeddedProject| {
        let expectation = match project.expected {
            Expected::Graph(text) => expected_graph(project.name, text)?,
            Expected::Faults(_) => Expectation::Faults,
        };
        Ok(Project {
            name: project.name.into(),
            files: project.files,
            expectation,
        })
    };
    embedded_projects().into_iter().map(convert).collect()
}

fn from_folder(folder: &Path) -> Result<Vec<Project>, DemoError> {
    let failed = |cause| DemoError::Projects {
        folder: folder.display().to_string(),
        cause,
    };
    let mut projects = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if !path.is_dir() {
            continue;
        }
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let files = ProjectFiles::read_folder(&path).map_err(|cause| DemoError::Project {
            project: name.clone(),
            cause,
        })?;
        let expectation = match std::fs::read_to_string(path.join("expected-graph.json")) {
            Ok(text) => expected_graph(&name, &text)?,
            Err(_) if path.join("expected-faults.txt").exists() => Expectation::Faults,
            Err(_) => Expectation::Anything,
        };
        projects.push(Project {
            name,
            files,
            expectation,
        });
    }
    Ok(projects)
}

fn expected_graph(project: &str, text: &str) -> Result<Expectation, DemoError> {
    let graph = serde_json::from_str(text).map_err(|cause| DemoError::Expected {
        project: project.into(),
        cause,
    })?;
    Ok(Expectation::Graph(Box::new(graph)))
}
