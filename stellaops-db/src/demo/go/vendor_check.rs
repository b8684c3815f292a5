//! `vendor/modules.txt` against `go.mod`, as the `go` command compares them before it builds from `vendor`.

use std::collections::{BTreeMap, BTreeSet};

use super::check::CrossFaults;
use super::directive::Replacement;
use super::fault::{Place, quoted};
use super::parsed_project::{ParsedProject, PlacedReplacement, Target, VENDOR_FILE};
use super::vendor_file::{VendorFile, VendoredModule};
use super::version::language_is_at_least;

const REMEDY: &str = "run `go mod vendor`";

/// Modules by path and version, as `vendor/modules.txt` lists them.
type Listed<'vendor> = BTreeMap<(&'vendor str, Option<&'vendor str>), &'vendor VendoredModule>;

/// Compares both ways, and reports each difference where it is seen first.
pub(super) fn check_vendor(project: &ParsedProject, faults: &mut CrossFaults) {
    let Some(vendor) = &project.vendor else { return };
    if vendor.workspace != project.workspace.is_some() {
        let message = match vendor.workspace {
            true => "the vendored modules are those of a workspace, and there is no go.work",
            false => "the vendored modules are those of one module, and there is a go.work",
        };
        let remedy = if vendor.workspace {
            REMEDY
        } else {
            "run `go work vendor`"
        };
        return faults.push(VENDOR_FILE, Place::START, message.to_owned(), remedy);
    }
    let listed: Listed<'_> = vendor
        .modules
        .iter()
        .map(|module| ((module.path.as_str(), module.version.as_deref()), module))
        .collect();
    check_requirements_are_listed(project, &listed, faults);
    check_replacements_are_listed(project, &listed, faults);
    check_listed_modules_are_meant(project, vendor, faults);
}

/// Before Go 1.14 the list did not say what was explicit: then only a different version is a fault.
fn check_requirements_are_listed(project: &ParsedProject, listed: &Listed<'_>, faults: &mut CrossFaults) {
    let complete = lists_are_complete(project);
    for member in &project.members {
        for required in &member.module.require {
            if project.member(&required.path).is_some() {
                continue;
            }
            let (path, version) = (required.path.as_str(), required.version.as_str());
            let explicit = listed
                .get(&(path, Some(version)))
                .is_some_and(|module| module.explicit);
            let other = listed
                .range((path, None)..)
                .take_while(|((listed_path, _), _)| *listed_path == path)
                .find(|((_, other), module)| *other != Some(version) && !module.packages.is_empty())
                .and_then(|((_, other), _)| *other);
            let name = quoted(&format!("{path} {version}"));
            if let (false, Some(other)) = (explicit, other) {
                let message = format!("{name} is required, and {VENDOR_FILE} has {}", quoted(other));
                faults.push(&member.file, required.place, message, REMEDY);
            } else if !explicit && complete {
                let message = format!("{name} is required, and {VENDOR_FILE} does not list it as explicit");
                faults.push(&member.file, required.place, message, REMEDY);
            }
        }
    }
}

fn check_replacements_are_listed(project: &ParsedProject, listed: &Listed<'_>, faults: &mut CrossFaults) {
    let in_force = project.replacements();
    for placed in project
        .workspace_replacements()
        .into_iter()
        .chain(project.member_replacements())
    {
        let PlacedReplacement {
            file,
            replacement: Replacement {
                path, version, place, ..
            },
            target,
        } = &placed;
        let used = in_force.get(&(path.clone(), version.clone())) == Some(target);
        if !used || project.member(path).is_some() || !lists_are_complete(project) {
            continue;
        }
        let listed = listed.get(&(path.as_str(), version.as_deref()));
        let recorded = listed
            .and_then(|module| module.replacement.as_ref())
            .map(|found| Target::new(".", found));
        let difference = match &recorded {
            Some(recorded) if recorded == target => continue,
            Some(recorded) => format!("by {} in {VENDOR_FILE}", describe(recorded)),
            None => format!("not in {VENDOR_FILE}"),
        };
        let message = format!(
            "{} is replaced by {} here, and {difference}",
            quoted(path),
            describe(target)
        );
        faults.push(file, *place, message, REMEDY);
    }
}

fn check_listed_modules_are_meant(project: &ParsedProject, vendor: &VendorFile, faults: &mut CrossFaults) {
    let in_force = project.replacements();
    let required: BTreeSet<(&str, &str)> = project
        .members
        .iter()
        .flat_map(|member| &member.module.require)
        .map(|required| (required.path.as_str(), required.version.as_str()))
        .collect();
    for VendoredModule {
        path,
        version,
        replacement,
        explicit,
        place,
        ..
    } in &vendor.modules
    {
        let name = quoted(
            &version
                .as_ref()
                .map_or_else(|| path.clone(), |version| format!("{path} {version}")),
        );
        if *explicit
            && !version
                .as_deref()
                .is_some_and(|version| required.contains(&(path.as_str(), version)))
        {
            let message = format!("{name} is listed as explicit, and no go.mod requires it");
            faults.push(VENDOR_FILE, *place, message, REMEDY);
        }
        let every_version = (path.clone(), None);
        let replaced =
            in_force.contains_key(&(path.clone(), version.clone())) || in_force.contains_key(&every_version);
        if replacement.is_some() && !replaced {
            let message = format!("{name} is listed as replaced, and no file replaces it");
            faults.push(VENDOR_FILE, *place, message, REMEDY);
        }
    }
}

/// Since Go 1.14 the list says everything that go.mod and go.work do.
fn lists_are_complete(project: &ParsedProject) -> bool {
    match (&project.workspace, project.members.first()) {
        (None, Some(member)) => language_is_at_least(member.module.go.as_deref(), 1, 14),
        _ => true,
    }
}

fn describe(target: &Target) -> String {
    match target {
        Target::Module { path, version } => quoted(&format!("{path} {version}")),
        Target::Directory(directory) => quoted(directory),
    }
}
