//! Makes the specs pass the checks: where a rule of judgement refuses what the database has, it is waived;
//! where another rule does, the part that it points at is left out. Everything is told.

use stellaops_db_spec::diagnostic::{Fault, Report};
use stellaops_db_spec::load_sources;
use stellaops_db_spec::model::Database;
use stellaops_db_spec::source::{SourceFile, Sources};

use super::note::Note;
use super::toml::{self, Line, Section, SpecFile};

/// More rounds than parts that can depend on each other in a chain.
const ROUNDS: usize = 25;

/// Keys without which a section says nothing.
const NEEDED: &[&str] = &[
    "type",
    "enum",
    "shape",
    "doc",
    "storage",
    "values",
    "tenancy",
    "summary",
    "version",
    "why",
    "name",
    "spec_version",
    "key",
];

/// What came of it.
pub(super) struct Repaired {
    /// The model of the files, or of those among them that have no fault.
    pub(super) database: Option<Database>,
    /// Whether all pass.
    pub(super) is_sound: bool,
}

/// Changes the files until they pass, or until nothing more can be done.
pub(super) fn repair(files: &mut [SpecFile], notes: &mut Vec<Note>) -> Repaired {
    files.sort_by(|left, right| left.path.cmp(&right.path));
    for round in 0.. {
        let written: Vec<(String, Vec<Line>)> = files.iter().map(SpecFile::write).collect();
        let report = match load_sources(&sources(files.iter(), &written)) {
            Ok(database) => {
                return Repaired {
                    database: Some(database),
                    is_sound: true,
                };
            }
            Err(report) => report,
        };
        let mut is_changed = false;
        let mut touched: Vec<(usize, usize)> = Vec::new();
        for fault in report.faults() {
            let found = find(&written, fault);
            is_changed |= found.is_some_and(|found| mend(files, notes, fault, found, &mut touched));
        }
        if !is_changed || round == ROUNDS {
            tell_left(&report, &written, files, notes);
            break;
        }
        drop_emptied(files);
    }
    Repaired {
        database: without_faults(files),
        is_sound: false,
    }
}

/// The model of the files without faults, and without those that depend on the others.
fn without_faults(files: &[SpecFile]) -> Option<Database> {
    let mut left: Vec<&SpecFile> = files.iter().collect();
    loop {
        let written: Vec<(String, Vec<Line>)> = left.iter().map(|file| file.write()).collect();
        let report = match load_sources(&sources(left.iter().copied(), &written)) {
            Ok(database) => return Some(database),
            Err(report) => report,
        };
        let before = left.len();
        let faulty: Vec<usize> = report.faults().iter().map(|fault| fault.span.file).collect();
        let mut position = 0;
        left.retain(|_| {
            position += 1;
            !faulty.contains(&(position - 1))
        });
        if left.len() == before || left.is_empty() {
            return None;
        }
    }
}

/// The files in memory, as they would lie in `specs/`; sorted by path, as the report numbers them.
fn sources<'f>(files: impl Iterator<Item = &'f SpecFile>, written: &[(String, Vec<Line>)]) -> Sources {
    let source = |(file, (text, _)): (&SpecFile, &(String, Vec<Line>))| SourceFile {
        path: format!("specs/{}", file.path).into(),
        text: text.as_str().into(),
    };
    Sources::new(files.zip(written).map(source).collect())
}

/// A file, a section of it, and the key where the fault lies in one.
type Found = (usize, usize, Option<usize>);

/// Waives or leaves out; says whether anything was changed.
fn mend(
    files: &mut [SpecFile],
    notes: &mut Vec<Note>,
    fault: &Fault,
    (number, section, key): Found,
    touched: &mut Vec<(usize, usize)>,
) -> bool {
    let file = &mut files[number];
    let object = file.sections[section].object.clone();
    let object = (object.0.as_str(), object.1.as_str());
    if fault.rule.waivable && !file.path.ends_with("/schema.toml") {
        return waive(file, notes, fault, object);
    }
    if touched.contains(&(number, section)) {
        return true;
    }
    touched.push((number, section));
    let header = file.sections[section].header.clone();
    let is_part = header.starts_with("[[")
        || matches!(
            header.as_str(),
            "[search]" | "[partition]" | "[retention]" | "[hash_chain]" | "[evidence]"
        );
    let missing = format!("{}: {}", fault.rule.code, fault.message);
    if is_part {
        if header != "[[waivers]]" {
            notes.push(Note::new(&file.relation, object, missing, "it is left out"));
        }
        file.sections[section].header.clear();
        file.sections[section].keys.clear();
        return true;
    }
    leave_out(file, notes, (section, key), object, missing)
}

/// Leaves out the key alone, unless nothing goes without it.
fn leave_out(
    file: &mut SpecFile,
    notes: &mut Vec<Note>,
    (section, key): (usize, Option<usize>),
    object: (&str, &str),
    missing: String,
) -> bool {
    let keys = &file.sections[section].keys;
    let Some(name) = key.and_then(|key| keys.get(key)).map(|(name, _)| name.clone()) else {
        return false;
    };
    if NEEDED.contains(&name.as_str()) {
        return false;
    }
    notes.push(Note::new(
        &file.relation,
        object,
        missing,
        format!("`{name}` is left out"),
    ));
    file.sections[section].remove(&name)
}

fn find(written: &[(String, Vec<Line>)], fault: &Fault) -> Option<Found> {
    let (_, lines) = written.get(fault.span.file)?;
    let line = lines.iter().find(|line| line.range.contains(&fault.span.start))?;
    Some((fault.span.file, line.section, line.key))
}

fn waive(file: &mut SpecFile, notes: &mut Vec<Note>, fault: &Fault, object: (&str, &str)) -> bool {
    let code = toml::text(fault.rule.code);
    let is_waived = |section: &Section| section.header == "[[waivers]]" && section.get("rule") == Some(&code);
    let missing = format!("{}: {}", fault.rule.code, fault.message);
    notes.push(Note::new(
        &file.relation,
        object,
        missing,
        "the rule is waived for the table",
    ));
    if !file.sections.iter().any(is_waived) {
        let section = Section::new("[[waivers]]", ("waiver", fault.rule.code))
            .with("rule", code)
            .with("why", toml::text("Taken over from the database."));
        file.sections.push(section);
    }
    true
}

fn drop_emptied(files: &mut [SpecFile]) {
    for file in files {
        let mut position = 0;
        file.sections.retain(|section| {
            position += 1;
            position == 1 || !section.header.is_empty()
        });
    }
}

fn tell_left(report: &Report, written: &[(String, Vec<Line>)], files: &[SpecFile], notes: &mut Vec<Note>) {
    for fault in report.faults() {
        let (relation, object) = match find(written, fault) {
            Some((number, section, _)) => {
                let file = &files[number];
                (file.relation.clone(), file.sections[section].object.clone())
            }
            None => (String::new(), ("specs".to_owned(), String::new())),
        };
        let missing = format!("{}: {}", fault.rule.code, fault.message);
        let instead = format!("the specs have this fault; {}", fault.help);
        notes.push(Note::new(&relation, (&object.0, &object.1), missing, instead));
    }
}
