//! `go.mod`.

use std::collections::BTreeMap;

use super::directive::{
    Replacement, accept, push_usage, read_language_version, read_once, read_replacement, read_text,
    read_toolchain,
};
use super::fault::{Fault, FaultList, Place, quoted};
use super::graph::Retraction;
use super::module_path::{check_module_path, check_package_path, check_version_of};
use super::statement::{DirectiveRule, Statement, parse_statements};
use super::version::{check_version, compare_versions};

const RULES: [DirectiveRule; 10] = [
    DirectiveRule {
        verb: "module",
        block: true,
    },
    DirectiveRule {
        verb: "go",
        block: false,
    },
    DirectiveRule {
        verb: "toolchain",
        block: false,
    },
    DirectiveRule {
        verb: "godebug",
        block: true,
    },
    DirectiveRule {
        verb: "require",
        block: true,
    },
    DirectiveRule {
        verb: "exclude",
        block: true,
    },
    DirectiveRule {
        verb: "replace",
        block: true,
    },
    DirectiveRule {
        verb: "retract",
        block: true,
    },
    DirectiveRule {
        verb: "tool",
        block: true,
    },
    DirectiveRule {
        verb: "ignore",
        block: true,
    },
];

/// A `go.mod` file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ModuleFile {
    /// The module itself; absent only where that was reported as a fault.
    pub module: Option<ModuleName>,
    /// The version of the language.
    pub go: Option<String>,
    /// The suggested toolchain.
    pub toolchain: Option<String>,
    /// Required modules, in the order of the file, each path once.
    pub require: Vec<Requirement>,
    /// Excluded versions, in the order of the file.
    pub exclude: Vec<ModuleVersion>,
    /// Replacements, in the order of the file.
    pub replace: Vec<Replacement>,
    /// Versions of this module that its authors took back.
    pub retract: Vec<Retraction>,
    /// Packages that are run as tools.
    pub tool: Vec<String>,
    /// Settings as `key=value`.
    pub godebug: Vec<String>,
    /// Directories that the `go` command passes over.
    pub ignore: Vec<String>,
}

/// The `module` line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModuleName {
    /// The module's path.
    pub path: String,
    /// The text of a `// Deprecated:` paragraph.
    pub deprecated: Option<String>,
    /// Where the path stands.
    pub place: Place,
}

/// A required module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requirement {
    /// Its path.
    pub path: String,
    /// Its version.
    pub version: String,
    /// Marked `// indirect`: needed by a dependency, imported by no package of this module.
    pub indirect: bool,
    /// Where the path stands.
    pub place: Place,
}

/// A module at one version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModuleVersion {
    /// Its path.
    pub path: String,
    /// Its version.
    pub version: String,
    /// Where the path stands.
    pub place: Place,
}

impl ModuleFile {
    /// Reads the text of a `go.mod`; `file` is its name in the faults. What is faulty is left out of the result.
    pub fn parse(file: &str, text: &str) -> (Self, Vec<Fault>) {
        let mut faults = FaultList::new(file);
        let mut module_file = Self::default();
        let statements = parse_statements(text, &RULES, &mut faults);
        if statements.iter().all(|statement| statement.verb != "module") {
            let remedy = "begin the file with a line such as `module example.com/team/module`";
            faults.push(Place::START, "there is no `module` directive", remedy);
        }
        let mut required = BTreeMap::new();
        for statement in &statements {
            match statement.verb.as_str() {
                "require" => module_file.read_requirement(statement, &mut required, &mut faults),
                _ => module_file.read(statement, &mut faults),
            }
        }
        (module_file, faults.into_faults())
    }

    fn read(&mut self, statement: &Statement, faults: &mut FaultList) {
        match statement.verb.as_str() {
            "module" => self.read_module(statement, faults),
            "go" => read_language_version(statement, &mut self.go, faults),
            "toolchain" => read_toolchain(statement, &mut self.toolchain, faults),
            "exclude" => self.exclude.extend(read_module_version(statement, faults)),
            "replace" => self.replace.extend(read_replacement(statement, faults)),
            "retract" => self.retract.extend(read_retraction(statement, faults)),
            "godebug" => self.godebug.extend(read_setting(statement, faults)),
            "tool" => self.tool.extend(read_tool(statement, faults)),
            "ignore" => self.ignore.extend(read_ignored_directory(statement, faults)),
            verb => unreachable!("{verb} is not among the directives of go.mod"),
        }
    }

    fn read_module(&mut self, statement: &Statement, faults: &mut FaultList) {
        let Some(path) = read_once(
            statement,
            self.module.is_some(),
            "module example.com/team/module",
            faults,
        ) else {
            return;
        };
        // A faulty name still names the module: otherwise it would be reported as missing, too.
        let _ = accept(check_module_path(&path.text), (), path.place, faults);
        let deprecated = deprecation(&statement.comments.text());
        self.module = Some(ModuleName {
            path: path.text.clone(),
            deprecated,
            place: path.place,
        });
    }

    /// No version is selected here, so a path that is required at two versions is a fault.
    fn read_requirement(
        &mut self,
        statement: &Statement,
        required: &mut BTreeMap<String, usize>,
        faults: &mut FaultList,
    ) {
        let Some(ModuleVersion { path, version, place }) = read_module_version(statement, faults) else {
            return;
        };
        let indirect = statement.suffix.as_deref().is_some_and(is_indirect);
        let earlier = required.get(&path).and_then(|index| self.require.get_mut(*index));
        match earlier {
            None => {
                required.insert(path.clone(), self.require.len());
                self.require.push(Requirement {
                    path,
                    version,
                    indirect,
                    place,
                });
            }
            Some(earlier) if earlier.version == version => earlier.indirect &= indirect,
            Some(earlier) => {
                let (line, before) = (earlier.place.line, quoted(&earlier.version));
                let (path, version) = (quoted(&path), quoted(&version));
                let message = format!("{path} is required at {version} here and at {before} in line {line}");
                faults.push(
                    place,
                    message,
                    "keep the version that is meant; `go mod tidy` keeps the higher one",
                );
            }
        }
    }
}

fn is_indirect(comment: &str) -> bool {
    comment == "indirect" || comment.starts_with("indirect;")
}

fn read_module_version(statement: &Statement, faults: &mut FaultList) -> Option<ModuleVersion> {
    let [path, version] = statement.arguments.as_slice() else {
        push_usage(
            statement,
            &format!("{} example.com/module v1.2.3", statement.verb),
            faults,
        );
        return None;
    };
    let checked_path = accept(
        check_module_path(&path.text),
        path.text.clone(),
        path.place,
        faults,
    );
    let check = match &checked_path {
        Some(path) => check_version_of(path, &version.text),
        None => check_version(&version.text),
    };
    let checked_version = accept(check, version.text.clone(), version.place, faults);
    Some(ModuleVersion {
        path: checked_path?,
        version: checked_version?,
        place: path.place,
    })
}

/// `retract v1.2.3` or `retract [v1.2.0, v1.2.9]`; the comment beside or above it is the reason.
fn read_retraction(statement: &Statement, faults: &mut FaultList) -> Option<Retraction> {
    let (low, high) = match statement.arguments.as_slice() {
        [version] => (version, version),
        [open, low, comma, high, close]
            if open.is_punctuation("[") && comma.is_punctuation(",") && close.is_punctuation("]") =>
        {
            (low, high)
        }
        _ => {
            push_usage(statement, "retract v1.2.3", faults);
            return None;
        }
    };
    let checked_low = accept(check_version(&low.text), (), low.place, faults);
    let checked_high = if low == high {
        Some(())
    } else {
        accept(check_version(&high.text), (), high.place, faults)
    };
    checked_low.and(checked_high)?;
    if compare_versions(&low.text, &high.text).is_gt() {
        let message = format!(
            "the range ends with {}, before its start {}",
            quoted(&high.text),
            quoted(&low.text)
        );
        faults.push(low.place, message, "write the lower version first");
        return None;
    }
    let rationale = Some(statement.comments.text()).filter(|text| !text.is_empty());
    Some(Retraction {
        low: low.text.clone(),
        high: high.text.clone(),
        rationale,
    })
}

fn read_setting(statement: &Statement, faults: &mut FaultList) -> Option<String> {
    let text = read_text(statement, "godebug default=go1.24", faults)?;
    match text.text.split_once('=') {
        Some((key, value)) if !key.is_empty() && !value.is_empty() => Some(text.text.clone()),
        _ => {
            let message = format!("the setting {} is not a key and a value", quoted(&text.text));
            faults.push(text.place, message, "write it as `key=value`");
            None
        }
    }
}

fn read_tool(statement: &Statement, faults: &mut FaultList) -> Option<String> {
    let package = read_text(statement, "tool example.com/module/command", faults)?;
    accept(
        check_package_path(&package.text),
        package.text.clone(),
        package.place,
        faults,
    )
}

fn read_ignored_directory(statement: &Statement, faults: &mut FaultList) -> Option<String> {
    read_text(statement, "ignore ./directory", faults).map(|directory| directory.text.clone())
}

/// The paragraph of a comment that begins with `Deprecated:`.
fn deprecation(comment: &str) -> Option<String> {
    let paragraph = comment
        .split("\n\n")
        .find_map(|paragraph| paragraph.strip_prefix("Deprecated:"))?;
    Some(paragraph.trim().to_owned())
}
