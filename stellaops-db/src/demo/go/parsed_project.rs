//! Every file of a project, parsed; what later steps ask of more than one file at once is answered here.

use std::collections::{BTreeMap, BTreeSet};

use super::directive::{Replacement, ReplacementTarget};
use super::directory::{file_in, join_directory, leaves_project};
use super::environment_file::EnvironmentFile;
use super::fault::{Fault, FaultList, Place, quoted};
use super::module_file::{ModuleFile, ModuleName};
use super::project::ProjectFiles;
use super::sum_file::SumFile;
use super::vendor_file::VendorFile;
use super::work_file::WorkFile;

/// Where the modules of `vendor` are listed.
pub(super) const VENDOR_FILE: &str = "vendor/modules.txt";

/// A project whose files are each sound by themselves.
#[derive(Debug)]
pub(super) struct ParsedProject {
    pub(super) workspace: Option<WorkFile>,
    /// The modules whose source is the project, in the order of `go.work`.
    pub(super) members: Vec<Member>,
    /// The `go.mod` of each directory that replaces a module and lies within the project.
    pub(super) local: BTreeMap<String, LocalModule>,
    pub(super) sums: Vec<(String, SumFile)>,
    pub(super) vendor: Option<VendorFile>,
    pub(super) environment: EnvironmentFile,
}

/// A module whose source is the project.
#[derive(Debug)]
pub(super) struct Member {
    pub(super) directory: String,
    pub(super) file: String,
    pub(super) name: ModuleName,
    pub(super) module: ModuleFile,
}

/// A module that replaces another from a directory of the project.
#[derive(Debug)]
pub(super) struct LocalModule {
    pub(super) name: ModuleName,
    pub(super) module: ModuleFile,
}

/// What replaces a module, with directories seen from the project's folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Target {
    Module { path: String, version: String },
    Directory(String),
}

/// A replacement with the file that says it.
#[derive(Debug)]
pub(super) struct PlacedReplacement<'project> {
    pub(super) file: &'project str,
    pub(super) replacement: &'project Replacement,
    pub(super) target: Target,
}

impl ParsedProject {
    /// Parses every file that belongs to the project, and gives the faults of all of them.
    pub(super) fn parse(files: &ProjectFiles) -> Result<Self, Vec<Fault>> {
        let mut parser = Parser {
            files,
            faults: Vec::new(),
        };
        let workspace = parser.parse("go.work", WorkFile::parse);
        let members = parser.parse_members(workspace.as_ref());
        let local = parser.parse_local_modules(workspace.as_ref(), &members);
        let sums = parser.parse_sums(workspace.is_some(), &members);
        let vendor = parser.parse(VENDOR_FILE, VendorFile::parse);
        let environment = parser.parse("go.env", EnvironmentFile::parse).unwrap_or_default();
        parser.finish(Self {
            workspace,
            members,
            local,
            sums,
            vendor,
            environment,
        })
    }

    /// The member of this path.
    pub(super) fn member(&self, path: &str) -> Option<&Member> {
        self.members.iter().find(|member| member.name.path == path)
    }

    /// The replacements of `go.work`.
    pub(super) fn workspace_replacements(&self) -> Vec<PlacedReplacement<'_>> {
        let replacements = self.workspace.iter().flat_map(|workspace| &workspace.replace);
        replacements
            .map(|replacement| PlacedReplacement::new("go.work", ".", replacement))
            .collect()
    }

    /// The replacements of the members, in order.
    pub(super) fn member_replacements(&self) -> Vec<PlacedReplacement<'_>> {
        let replacements = self.members.iter().flat_map(|member| {
            let place = |replacement| PlacedReplacement::new(&member.file, &member.directory, replacement);
            member.module.replace.iter().map(place)
        });
        replacements.collect()
    }

    /// The replacements in force, by path and version: those of `go.work` win over those of the members,
    /// and one of every version in `go.work` wins over all of a path.
    pub(super) fn replacements(&self) -> BTreeMap<(String, Option<String>), Target> {
        let key = |placed: &PlacedReplacement<'_>| {
            (
                placed.replacement.path.clone(),
                placed.replacement.version.clone(),
            )
        };
        let mut in_force = BTreeMap::new();
        for placed in self.workspace_replacements() {
            in_force.entry(key(&placed)).or_insert(placed.target);
        }
        let overridden: BTreeSet<String> = in_force
            .keys()
            .filter(|(_, version)| version.is_none())
            .map(|(path, _): &(String, _)| path.clone())
            .collect();
        for placed in self.member_replacements() {
            if !overridden.contains(&placed.replacement.path) {
                in_force.entry(key(&placed)).or_insert(placed.target);
            }
        }
        in_force
    }
}

impl<'project> PlacedReplacement<'project> {
    fn new(file: &'project str, directory: &str, replacement: &'project Replacement) -> Self {
        Self {
            file,
            replacement,
            target: Target::new(directory, &replacement.target),
        }
    }
}

impl Target {
    /// The target, as written in a file of `directory`.
    pub(super) fn new(directory: &str, written: &ReplacementTarget) -> Self {
        match written {
            ReplacementTarget::Module { path, version } => Self::Module {
                path: path.clone(),
                version: version.clone(),
            },
            ReplacementTarget::Directory(written) => Self::Directory(join_directory(directory, written)),
        }
    }
}

struct Parser<'files> {
    files: &'files ProjectFiles,
    faults: Vec<Fault>,
}

impl Parser<'_> {
    fn parse<Parsed>(&mut self, path: &str, parse: fn(&str, &str) -> (Parsed, Vec<Fault>)) -> Option<Parsed> {
        let (parsed, faults) = parse(path, self.files.text(path)?);
        self.faults.extend(faults);
        Some(parsed)
    }

    /// The modules of `go.work`, or that of the project's folder; a missing `go.mod` is a fault where it is named.
    fn parse_members(&mut self, workspace: Option<&WorkFile>) -> Vec<Member> {
        let (named_in, directories) = match workspace {
            Some(workspace) => (
                "go.work",
                workspace
                    .uses
                    .iter()
                    .map(|used| (used.directory.as_str(), used.place))
                    .collect(),
            ),
            None => ("go.mod", vec![(".", Place::START)]),
        };
        let mut missing = FaultList::new(named_in);
        let mut members = Vec::new();
        for (directory, place) in directories {
            let file = file_in(directory, "go.mod");
            let Some(module) = self.parse(&file, ModuleFile::parse) else {
                let message = format!("there is no {}", quoted(&file));
                missing.push(place, message, "run `go mod init` there, or read another folder");
                continue;
            };
            if let Some(name) = module.module.clone() {
                members.push(Member {
                    directory: directory.to_owned(),
                    file,
                    name,
                    module,
                });
            }
        }
        self.faults.extend(missing.into_faults());
        members
    }

    fn parse_local_modules(
        &mut self,
        workspace: Option<&WorkFile>,
        members: &[Member],
    ) -> BTreeMap<String, LocalModule> {
        let of_workspace = workspace
            .into_iter()
            .flat_map(|workspace| &workspace.replace)
            .map(|replacement| (".", replacement));
        let of_members = members.iter().flat_map(|member| {
            member
                .module
                .replace
                .iter()
                .map(|replacement| (member.directory.as_str(), replacement))
        });
        let mut local = BTreeMap::new();
        for (base, replacement) in of_workspace.chain(of_members) {
            let Target::Directory(directory) = Target::new(base, &replacement.target) else {
                continue;
            };
            let is_member = members.iter().any(|member| member.directory == directory);
            if is_member || leaves_project(&directory) || local.contains_key(&directory) {
                continue;
            }
            if let Some(module) = self.parse(&file_in(&directory, "go.mod"), ModuleFile::parse)
                && let Some(name) = module.module.clone()
            {
                local.insert(directory, LocalModule { name, module });
            }
        }
        local
    }

    fn parse_sums(&mut self, in_workspace: bool, members: &[Member]) -> Vec<(String, SumFile)> {
        let workspace_file = in_workspace.then(|| "go.work.sum".to_owned());
        let files = workspace_file
            .into_iter()
            .chain(members.iter().map(|member| file_in(&member.directory, "go.sum")));
        files
            .filter_map(|file| self.parse(&file, SumFile::parse).map(|sums| (file, sums)))
            .collect()
    }

    fn finish(mut self, project: ParsedProject) -> Result<ParsedProject, Vec<Fault>> {
        if self.faults.is_empty() {
            return Ok(project);
        }
        self.faults.sort();
        self.faults.dedup();
        Err(self.faults)
    }
}
