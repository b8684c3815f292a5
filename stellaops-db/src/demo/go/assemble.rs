//! A checked project to its graph. Nothing can fail here.

use std::collections::{BTreeMap, BTreeSet};

use super::directory::leaves_project;
use super::graph::{Edge, EdgeKind, GRAPH_SCHEMA, Mark, ModuleGraph, Node, NodeKind};
use super::module_file::ModuleFile;
use super::parsed_project::{Member, ParsedProject, Target};
use super::version::compare_versions;

/// The id and path of the workspace's node; no module path holds a parenthesis.
const WORKSPACE: &str = "(workspace)";

/// Builds the graph of a project that passed its checks.
pub(super) fn assemble(project: &ParsedProject) -> ModuleGraph {
    let mut assembly = Assembly {
        project,
        nodes: BTreeMap::new(),
        edges: BTreeSet::new(),
    };
    let root = assembly.add_root();
    assembly.add_requirements();
    assembly.add_vendored();
    assembly.add_replacements();
    assembly.add_exclusions();
    assembly.mark_retracted();
    assembly.mark_private();
    assembly.add_checksums();
    assembly.finish(root)
}

struct Assembly<'project> {
    project: &'project ParsedProject,
    nodes: BTreeMap<String, Node>,
    edges: BTreeSet<Edge>,
}

impl Assembly<'_> {
    fn add_root(&mut self) -> String {
        for member in &self.project.members {
            self.nodes.insert(member.name.path.clone(), main_node(member));
        }
        let Some(workspace) = &self.project.workspace else {
            return self
                .project
                .members
                .first()
                .map(|member| member.name.path.clone())
                .unwrap_or_default();
        };
        let mut node = new_node(WORKSPACE, NodeKind::Workspace, WORKSPACE);
        node.directory = Some(".".to_owned());
        node.go.clone_from(&workspace.go);
        node.toolchain.clone_from(&workspace.toolchain);
        self.nodes.insert(WORKSPACE.to_owned(), node);
        for member in &self.project.members {
            self.add_edge(WORKSPACE, &member.name.path, EdgeKind::Uses);
        }
        WORKSPACE.to_owned()
    }

    fn add_requirements(&mut self) {
        let project = self.project;
        for member in &project.members {
            self.add_requirements_of(&member.name.path, &member.module);
        }
        for (directory, local) in &project.local {
            let id = directory_id(directory);
            let mut node = new_node(&id, NodeKind::Local, &local.name.path);
            describe_module(&mut node, &local.module);
            self.nodes.insert(id.clone(), node);
            self.add_requirements_of(&id, &local.module);
        }
    }

    /// A module of the workspace is used in place of whatever version is asked for.
    fn add_requirements_of(&mut self, from: &str, module: &ModuleFile) {
        for required in &module.require {
            let kind = if required.indirect {
                EdgeKind::RequiresIndirect
            } else {
                EdgeKind::Requires
            };
            if self.project.member(&required.path).is_some() {
                self.edges.insert(Edge {
                    from: from.to_owned(),
                    to: required.path.clone(),
                    kind,
                    asked_version: Some(required.version.clone()),
                });
            } else {
                let to = self.add_module(&required.path, &required.version);
                self.add_edge(from, &to, kind);
            }
        }
    }

    fn add_vendored(&mut self) {
        let modules = self.project.vendor.iter().flat_map(|vendor| &vendor.modules);
        for module in modules.filter(|module| !module.packages.is_empty()) {
            if let Some(version) = &module.version {
                let id = self.add_module(&module.path, version);
                self.mark(&id, Mark::Vendored);
            }
        }
    }

    /// One version's replacement wins over that of all versions, and what replaces is not replaced again.
    fn add_replacements(&mut self) {
        let replacements = self.project.replacements();
        let mut replaceable: BTreeMap<String, Vec<(String, Option<String>)>> = BTreeMap::new();
        for node in self.nodes.values().filter(|node| node.kind == NodeKind::Module) {
            replaceable
                .entry(node.path.clone())
                .or_default()
                .push((node.id.clone(), node.version.clone()));
        }
        for ((path, version), target) in &replacements {
            if self.project.member(path).is_some() {
                continue;
            }
            let to = self.add_target(path, target);
            let mut replaced: Vec<String> = match version {
                Some(version) => vec![self.add_module(path, version)],
                None => {
                    let versions = replaceable.get(path).into_iter().flatten();
                    let all = versions
                        .filter(|(_, version)| !replacements.contains_key(&(path.clone(), version.clone())));
                    all.map(|(id, _)| id.clone()).collect()
                }
            };
            if replaced.is_empty() {
                let id = format!("{path}@*");
                self.nodes
                    .insert(id.clone(), new_node(&id, NodeKind::Module, path));
                replaced.push(id);
            }
            for from in replaced.into_iter().filter(|from| *from != to) {
                self.add_edge(&from, &to, EdgeKind::ReplacedBy);
                if let Some(node) = self.nodes.get_mut(&from) {
                    node.replaced_by = Some(to.clone());
                }
            }
        }
    }

    fn add_target(&mut self, replaced_path: &str, target: &Target) -> String {
        match target {
            Target::Module { path, version } => self.add_module(path, version),
            Target::Directory(directory) => {
                let member = self
                    .project
                    .members
                    .iter()
                    .find(|member| member.directory == *directory);
                if let Some(member) = member {
                    return member.name.path.clone();
                }
                let id = directory_id(directory);
                let new = || new_node(&id, NodeKind::Local, replaced_path);
                self.nodes.entry(id.clone()).or_insert_with(new);
                id
            }
        }
    }

    fn add_exclusions(&mut self) {
        let project = self.project;
        for member in &project.members {
            for excluded in &member.module.exclude {
                let id = self.add_module(&excluded.path, &excluded.version);
                self.mark(&id, Mark::Excluded);
                self.add_edge(&member.name.path, &id, EdgeKind::Excludes);
            }
        }
    }

    fn mark_retracted(&mut self) {
        let members = self
            .project
            .members
            .iter()
            .map(|member| (&member.name.path, &member.module.retract));
        let local = self
            .project
            .local
            .values()
            .map(|local| (&local.name.path, &local.module.retract));
        for (path, ranges) in members.chain(local).filter(|(_, ranges)| !ranges.is_empty()) {
            for node in self.nodes.values_mut().filter(|node| node.path == *path) {
                let Some(version) = &node.version else { continue };
                let covers = |low: &str, high: &str| {
                    compare_versions(low, version).is_le() && compare_versions(version, high).is_le()
                };
                if ranges.iter().any(|range| covers(&range.low, &range.high)) {
                    node.marks.insert(Mark::Retracted);
                }
            }
        }
    }

    fn mark_private(&mut self) {
        for node in self.nodes.values_mut() {
            if node.kind != NodeKind::Workspace && self.project.environment.is_private(&node.path) {
                node.marks.insert(Mark::Private);
            }
        }
    }

    fn add_checksums(&mut self) {
        for node in self.nodes.values_mut() {
            let Some(version) = &node.version else { continue };
            let key = (node.path.clone(), version.clone());
            for checksums in self
                .project
                .sums
                .iter()
                .filter_map(|(_, sums)| sums.entries.get(&key))
            {
                let text = |checksum: &Option<(String, _)>| checksum.as_ref().map(|(text, _)| text.clone());
                node.checksum = node.checksum.take().or_else(|| text(&checksums.module));
                node.go_mod_checksum = node.go_mod_checksum.take().or_else(|| text(&checksums.go_mod));
            }
        }
    }

    fn add_module(&mut self, path: &str, version: &str) -> String {
        let id = format!("{path}@{version}");
        self.nodes.entry(id.clone()).or_insert_with(|| {
            let mut node = new_node(&id, NodeKind::Module, path);
            node.version = Some(version.to_owned());
            node
        });
        id
    }

    fn add_edge(&mut self, from: &str, to: &str, kind: EdgeKind) {
        self.edges.insert(Edge {
            from: from.to_owned(),
            to: to.to_owned(),
            kind,
            asked_version: None,
        });
    }

    fn mark(&mut self, id: &str, mark: Mark) {
        if let Some(node) = self.nodes.get_mut(id) {
            node.marks.insert(mark);
        }
    }

    fn finish(self, root: String) -> ModuleGraph {
        let mut nodes: Vec<Node> = self.nodes.into_values().collect();
        nodes.sort_by(|left, right| {
            (&left.path, &left.version, &left.id).cmp(&(&right.path, &right.version, &right.id))
        });
        ModuleGraph {
            schema: GRAPH_SCHEMA.to_owned(),
            root,
            nodes,
            edges: self.edges.into_iter().collect(),
        }
    }
}

fn main_node(member: &Member) -> Node {
    let mut node = new_node(&member.name.path, NodeKind::Main, &member.name.path);
    node.directory = Some(member.directory.clone());
    describe_module(&mut node, &member.module);
    node
}

/// What a module's own file says of it.
fn describe_module(node: &mut Node, module: &ModuleFile) {
    node.go.clone_from(&module.go);
    node.toolchain.clone_from(&module.toolchain);
    node.deprecated = module.module.as_ref().and_then(|name| name.deprecated.clone());
    node.retracts.clone_from(&module.retract);
    node.retracts.sort();
    node.retracts.dedup();
}

/// Directories within the project begin with `./`, so that none can be taken for a module path.
fn directory_id(directory: &str) -> String {
    if leaves_project(directory) || directory == "." {
        directory.to_owned()
    } else {
        format!("./{directory}")
    }
}

fn new_node(id: &str, kind: NodeKind, path: &str) -> Node {
    Node {
        id: id.to_owned(),
        kind,
        path: path.to_owned(),
        version: None,
        directory: None,
        go: None,
        toolchain: None,
        marks: BTreeSet::new(),
        replaced_by: None,
        checksum: None,
        go_mod_checksum: None,
        deprecated: None,
        retracts: Vec::new(),
    }
}
