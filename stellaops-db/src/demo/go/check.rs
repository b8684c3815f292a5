//! What the files of a project must not say of each other.

use std::collections::{BTreeMap, BTreeSet};

use super::directory::{file_in, leaves_project};
use super::fault::{Fault, FaultList, Place, quoted};
use super::parsed_project::{ParsedProject, PlacedReplacement, Target};
use super::vendor_check::check_vendor;

/// The faults that are found between files, each in the file that should be mended.
#[derive(Debug, Default)]
pub(super) struct CrossFaults {
    by_file: BTreeMap<String, FaultList>,
}

impl CrossFaults {
    pub(super) fn push(&mut self, file: &str, place: Place, message: String, remedy: impl Into<String>) {
        let list = self
            .by_file
            .entry(file.to_owned())
            .or_insert_with(|| FaultList::new(file));
        list.push(place, message, remedy);
    }

    fn into_result(self) -> Result<(), Vec<Fault>> {
        let mut faults: Vec<Fault> = self
            .by_file
            .into_values()
            .flat_map(FaultList::into_faults)
            .collect();
        faults.sort();
        if faults.is_empty() { Ok(()) } else { Err(faults) }
    }
}

impl ParsedProject {
    /// Checks the files against each other.
    pub(super) fn check(&self) -> Result<(), Vec<Fault>> {
        let mut faults = CrossFaults::default();
        check_members_differ(self, &mut faults);
        check_replacements_agree(self, &mut faults);
        check_members_are_not_replaced(self, &mut faults);
        check_replacing_directories(self, &mut faults);
        check_checksums_agree(self, &mut faults);
        check_vendor(self, &mut faults);
        faults.into_result()
    }
}

fn check_members_differ(project: &ParsedProject, faults: &mut CrossFaults) {
    let mut files = BTreeMap::new();
    for member in &project.members {
        if let Some(earlier) = files.insert(&member.name.path, &member.file) {
            let message = format!(
                "the module {} is also named by {earlier}",
                quoted(&member.name.path)
            );
            faults.push(
                &member.file,
                member.name.place,
                message,
                "rename one of them, or use only one in go.work",
            );
        }
    }
}

/// Within `go.work`, and among the members where `go.work` does not decide.
fn check_replacements_agree(project: &ParsedProject, faults: &mut CrossFaults) {
    let in_force = project.replacements();
    let in_workspace = project.workspace.iter().flat_map(|workspace| &workspace.replace);
    let above: BTreeSet<(String, Option<String>)> = in_workspace
        .map(|above| (above.path.clone(), above.version.clone()))
        .collect();
    for placed in project
        .workspace_replacements()
        .into_iter()
        .chain(project.member_replacements())
    {
        let PlacedReplacement {
            file,
            replacement,
            target,
        } = &placed;
        let key = (replacement.path.clone(), replacement.version.clone());
        let decided_above =
            *file != "go.work" && (above.contains(&key) || above.contains(&(replacement.path.clone(), None)));
        if !decided_above && in_force.get(&key).is_some_and(|used| used != target) {
            let message = format!(
                "{} is replaced twice, by different things",
                quoted(&replacement.path)
            );
            let remedy = match project.workspace {
                Some(_) => "keep one of the replacements, or decide with a `replace` in go.work",
                None => "keep one of the replacements",
            };
            faults.push(file, replacement.place, message, remedy);
        }
    }
}

fn check_members_are_not_replaced(project: &ParsedProject, faults: &mut CrossFaults) {
    for PlacedReplacement {
        file, replacement, ..
    } in project.workspace_replacements()
    {
        if replacement.version.is_none() && project.member(&replacement.path).is_some() {
            let message = format!(
                "{} is a module of the workspace and is replaced, too",
                quoted(&replacement.path)
            );
            faults.push(
                file,
                replacement.place,
                message,
                "remove the `replace`, or the module's `use`",
            );
        }
    }
}

/// A replacing directory of the project holds the module that it replaces. Directories outside are not read.
fn check_replacing_directories(project: &ParsedProject, faults: &mut CrossFaults) {
    for placed in project
        .workspace_replacements()
        .into_iter()
        .chain(project.member_replacements())
    {
        let PlacedReplacement {
            file,
            replacement,
            target,
        } = &placed;
        let Target::Directory(directory) = target else {
            continue;
        };
        if leaves_project(directory) {
            continue;
        }
        let (old, go_mod) = (quoted(&replacement.path), quoted(&file_in(directory, "go.mod")));
        let (message, remedy) = match module_in(project, directory) {
            Some(found) if found == replacement.path => continue,
            Some(found) => (
                format!(
                    "{old} is replaced by {go_mod}, which is the module {}",
                    quoted(found)
                ),
                "a replacing directory names the module that it replaces",
            ),
            None => (
                format!("{old} is replaced by a directory without {go_mod}"),
                "correct the directory, or run `go mod init` there",
            ),
        };
        faults.push(file, replacement.place, message, remedy);
    }
}

/// The path of the module in a directory of the project.
fn module_in<'project>(project: &'project ParsedProject, directory: &str) -> Option<&'project str> {
    let member = project
        .members
        .iter()
        .find(|member| member.directory == directory);
    let local = project.local.get(directory).map(|local| &local.name);
    member
        .map(|member| &member.name)
        .or(local)
        .map(|name| name.path.as_str())
}

/// Each file agrees with itself already; here the files of a workspace are compared.
fn check_checksums_agree(project: &ParsedProject, faults: &mut CrossFaults) {
    let mut seen: BTreeMap<(&str, &str, &str), (&str, &str)> = BTreeMap::new();
    for (file, sums) in &project.sums {
        for ((path, version), checksums) in &sums.entries {
            for (what, checksum) in [("files", &checksums.module), ("go.mod", &checksums.go_mod)] {
                let Some((checksum, place)) = checksum else {
                    continue;
                };
                let (earlier, earlier_file) = *seen
                    .entry((path, version, what))
                    .or_insert((checksum.as_str(), file.as_str()));
                if earlier != checksum {
                    let message = format!(
                        "the checksum of {} is not the one in {earlier_file}",
                        quoted(path)
                    );
                    let remedy = "find out which is right: remove both lines and run `go mod verify` and `go mod tidy`";
                    faults.push(file, *place, message, remedy);
                }
            }
        }
    }
}
