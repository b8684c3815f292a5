//! `vendor/modules.txt`.

use super::directive::ReplacementTarget;
use super::directory::is_directory_path;
use super::fault::{Fault, FaultList, Place, quoted};
use super::module_path::{check_module_path, check_package_path};
use super::sum_file::words;
use super::version::is_version;

/// A `vendor/modules.txt` file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VendorFile {
    /// The file was written for a workspace (`## workspace`).
    pub workspace: bool,
    /// The modules, in the order of the file.
    pub modules: Vec<VendoredModule>,
}

/// A `# module version` line and what follows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VendoredModule {
    /// The module's path.
    pub path: String,
    /// Its version; absent on a line that only records a replacement of every version.
    pub version: Option<String>,
    /// What replaces it; a directory as written, relative to the folder of `vendor`.
    pub replacement: Option<ReplacementTarget>,
    /// `go.mod` requires it by name (`## explicit`).
    pub explicit: bool,
    /// Packages whose source is under `vendor`.
    pub packages: Vec<String>,
    /// Where the path stands.
    pub place: Place,
}

impl VendorFile {
    /// Reads the text of a `modules.txt`; `file` is its name in the faults. What is faulty is left out.
    pub fn parse(file: &str, text: &str) -> (Self, Vec<Fault>) {
        let mut reader = Reader {
            vendor: Self::default(),
            skipping: false,
            faults: FaultList::new(file),
        };
        for (lines_before, line) in text.split('\n').enumerate() {
            match words(line, lines_before).as_slice() {
                [] => {}
                [("#", place), rest @ ..] => reader.read_module(*place, rest),
                [("##", _), ..] => reader.read_notes(line, lines_before),
                rest => reader.read_package(rest),
            }
        }
        (reader.vendor, reader.faults.into_faults())
    }
}

struct Reader {
    vendor: VendorFile,
    /// The last module line was faulty: its packages are passed over.
    skipping: bool,
    faults: FaultList,
}

impl Reader {
    fn read_module(&mut self, place: Place, words: &[(&str, Place)]) {
        let module = self.parse_module(place, words);
        self.skipping = module.is_none();
        self.vendor.modules.extend(module);
    }

    fn parse_module(&mut self, line: Place, words: &[(&str, Place)]) -> Option<VendoredModule> {
        let arrow = words.iter().position(|(word, _)| *word == "=>");
        let (named, replacement) = words.split_at(arrow.unwrap_or(words.len()));
        let (path, version) = match named {
            [path] if arrow.is_some() => (path, None),
            [path, version] => (path, Some(version)),
            _ => {
                self.faults.push(
                    line,
                    "the module line has the wrong words",
                    "write `# module version`, or run `go mod vendor`",
                );
                return None;
            }
        };
        if let Err(problem) = check_module_path(path.0) {
            self.faults.push_problem(path.1, problem);
            return None;
        }
        if let Some((version, place)) = version.filter(|(version, _)| !is_version(version)) {
            let message = format!("{} is not a version", quoted(version));
            self.faults.push(
                *place,
                message,
                "write a version such as `v1.2.3`, or run `go mod vendor`",
            );
            return None;
        }
        let replacement = match replacement.split_first() {
            None => None,
            Some((arrow, words)) => Some(self.parse_replacement(arrow.1, words)?),
        };
        Some(VendoredModule {
            path: path.0.to_owned(),
            version: version.map(|(version, _)| (*version).to_owned()),
            replacement,
            explicit: false,
            packages: Vec::new(),
            place: path.1,
        })
    }

    fn parse_replacement(&mut self, arrow: Place, words: &[(&str, Place)]) -> Option<ReplacementTarget> {
        match words {
            [(directory, _)] if is_directory_path(directory) => {
                Some(ReplacementTarget::Directory((*directory).to_owned()))
            }
            [(path, _), (version, _)] if check_module_path(path).is_ok() && is_version(version) => {
                Some(ReplacementTarget::Module {
                    path: (*path).to_owned(),
                    version: (*version).to_owned(),
                })
            }
            _ => {
                let remedy = "after `=>` stand a module and a version, or a directory; run `go mod vendor`";
                self.faults
                    .push(arrow, "the replacement is not understood", remedy);
                None
            }
        }
    }

    /// `## explicit; go 1.24`; words that are not known are reserved by Go and passed over.
    fn read_notes(&mut self, line: &str, lines_before: usize) {
        let notes = line.trim().trim_start_matches('#').split(';').map(str::trim);
        for note in notes {
            match (note, self.vendor.modules.last_mut()) {
                ("explicit", Some(module)) if !self.skipping => module.explicit = true,
                ("explicit", None) if !self.skipping => {
                    let remedy = "it follows a `# module version` line; run `go mod vendor`";
                    self.faults.push(
                        Place::after(lines_before, 0),
                        "`## explicit` belongs to no module",
                        remedy,
                    );
                }
                ("workspace", None) => self.vendor.workspace = true,
                _ => {}
            }
        }
    }

    fn read_package(&mut self, words: &[(&str, Place)]) {
        let [(package, place), extra @ ..] = words else {
            return;
        };
        if self.skipping {
            return;
        }
        if let Some((extra, place)) = extra.first() {
            let message = format!("{} after the package {}", quoted(extra), quoted(package));
            return self.faults.push(
                *place,
                message,
                "a package stands alone on its line; run `go mod vendor`",
            );
        }
        if let Err(problem) = check_package_path(package) {
            return self.faults.push_problem(*place, problem);
        }
        match self.vendor.modules.last_mut() {
            Some(module) => module.packages.push((*package).to_owned()),
            None => {
                let message = format!("the package {} belongs to no module", quoted(package));
                self.faults.push(
                    *place,
                    message,
                    "packages follow a `# module version` line; run `go mod vendor`",
                );
            }
        }
    }
}
