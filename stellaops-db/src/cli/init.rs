//! `stellaops-db init`

use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::{Args, CommandFactory as _, error::ErrorKind};
use serde::Serialize;
use stellaops_db_spec::doc::editor_associations;
use stellaops_db_spec::generate::outputs;
use stellaops_db_spec::source::{SourceFile, Sources};

use super::answer::{Answer, Exit};
use super::error::CommandError;
use super::{Arguments, Format};

/// Make a first specs folder: an example to read, change and delete
///
/// Written are `specs/` with one schema and one table, `generated/` as these specs say, and
/// `.taplo.toml`, with which editors complete and check spec files. Nothing that is there already is
/// overwritten. With --specs, PATH is the specs folder to make, and `generated/` is made beside it.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  stellaops-db init
  stellaops-db init services/billing

Exit codes: 0 made, 1 files are in the way (they are listed, nothing was written), 3 a file cannot
be written.")]
pub(super) struct Init {
    /// The folder to make `specs/` in [default: the current folder]
    folder: Option<PathBuf>,
}

/// Where Taplo looks for its settings.
const EDITOR_FILE: &str = ".taplo.toml";

/// The example: a path below the specs folder, and the text.
const STARTER: [(&str, &str); 3] = [
    ("database.toml", include_str!("starter/database.toml")),
    ("shop/orders.toml", include_str!("starter/orders.toml")),
    ("shop/schema.toml", include_str!("starter/schema.toml")),
];

#[derive(Serialize)]
struct Initialised<'a> {
    /// `created` or `in_the_way`.
    outcome: &'static str,
    /// Relative to the folder that holds the specs folder.
    files: Vec<&'a str>,
    /// Files that were left as they are.
    kept: Vec<&'a str>,
}

/// A file to write, below the folder that holds the specs folder.
pub(super) struct Planned {
    pub(super) path: String,
    pub(super) text: String,
}

impl Init {
    pub(super) fn answer(self, specs: Option<&Path>, format: Format) -> Result<Answer, CommandError> {
        let (root, name) = self.place(specs);
        let mut plan = plan(&name);
        let kept = (name == "specs" && exists(&root.join(EDITOR_FILE))).then_some(EDITOR_FILE);
        plan.retain(|file| kept != Some(file.path.as_str()));
        let in_the_way: Vec<&str> = plan
            .iter()
            .map(|file| file.path.as_str())
            .filter(|path| exists(&root.join(path)))
            .collect();
        if !in_the_way.is_empty() {
            return Ok(refused(in_the_way, format));
        }
        write_all(&root, &plan)?;
        Ok(created(&plan, kept, format))
    }

    /// The folder that holds the specs folder, and the name of the specs folder.
    fn place(self, specs: Option<&Path>) -> (PathBuf, String) {
        let Some(specs) = specs else {
            return (self.folder.unwrap_or_else(|| ".".into()), "specs".into());
        };
        if self.folder.is_some() {
            let conflict = "FOLDER and `--specs` both say where the specs are to be made: name one of them";
            Arguments::command()
                .error(ErrorKind::ArgumentConflict, conflict)
                .exit();
        }
        let absolute = std::path::absolute(specs).unwrap_or_else(|_| specs.to_path_buf());
        match (absolute.parent(), absolute.file_name()) {
            (Some(root), Some(name)) => (root.to_path_buf(), name.to_string_lossy().into_owned()),
            _ => (absolute, "specs".into()),
        }
    }
}

fn plan(name: &str) -> Vec<Planned> {
    let source = |(path, text): (&str, &str)| SourceFile {
        path: format!("specs/{path}").into(),
        text: text.into(),
    };
    let sources = Sources::new(STARTER.map(source).to_vec());
    let database = stellaops_db_spec::load_sources(&sources).expect("a test checks the example");
    let mut plan: Vec<Planned> = STARTER
        .iter()
        .map(|(path, text)| Planned {
            path: format!("{name}/{path}"),
            text: (*text).into(),
        })
        .collect();
    plan.extend(outputs(&database).into_iter().map(|file| Planned {
        path: format!("generated/{}", file.path),
        text: file.text,
    }));
    // The globs in it say `specs/`.
    if name == "specs" {
        plan.push(Planned {
            path: EDITOR_FILE.into(),
            text: editor_associations(),
        });
    }
    plan
}

/// Also a dangling symbolic link is something.
pub(super) fn exists(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}

/// Writes all files, or takes back those that it has written.
pub(super) fn write_all(root: &Path, plan: &[Planned]) -> Result<(), CommandError> {
    for (done, file) in plan.iter().enumerate() {
        let path = root.join(&file.path);
        if let Err(cause) = write_new(&path, &file.text) {
            for written in &plan[..done] {
                // The first error is the one to report.
                let _ = std::fs::remove_file(root.join(&written.path));
            }
            return Err(CommandError::file(&path, cause));
        }
    }
    Ok(())
}

pub(super) fn write_new(path: &Path, text: &str) -> std::io::Result<()> {
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent)?;
    }
    std::fs::File::create_new(path)?.write_all(text.as_bytes())
}

fn refused(in_the_way: Vec<&str>, format: Format) -> Answer {
    if format == Format::Json {
        let answer = Initialised {
            outcome: "in_the_way",
            files: in_the_way,
            kept: Vec::new(),
        };
        return Answer::json(&answer, Exit::No);
    }
    let mut text = String::from("nothing was written: these files are there already\n");
    for path in in_the_way {
        text.push_str(&format!("  {path}\n"));
    }
    text.push_str("choose another folder, or move them away\n");
    Answer::text(text, Exit::No)
}

fn created(plan: &[Planned], kept: Option<&str>, format: Format) -> Answer {
    let files: Vec<&str> = plan.iter().map(|file| file.path.as_str()).collect();
    if format == Format::Json {
        let answer = Initialised {
            outcome: "created",
            files,
            kept: kept.into_iter().collect(),
        };
        return Answer::json(&answer, Exit::Well);
    }
    let mut text = String::new();
    for path in files {
        text.push_str(&format!("new     {path}\n"));
    }
    if let Some(path) = kept {
        text.push_str(&format!(
            "kept    {path}; for editors, add to it:\n\n{}",
            indented(&editor_associations())
        ));
    }
    text.push_str(&next_steps());
    Answer::text(text, Exit::Well)
}

fn next_steps() -> String {
    format!(
        "
Next:
  1. Read specs/shop/orders.toml, make it yours, and run `stellaops-db check`.
  2. Let every build keep `generated/` up to date, in the package that uses the specs:

     Cargo.toml
         [build-dependencies]
         stellaops-db-spec = \"{version}\"

     build.rs
         fn main() -> std::process::ExitCode {{
             stellaops_db_spec::generate::build_script()
         }}

  3. Commit `generated/`. Where CI is set, a build fails instead of writing; without a build,
     `stellaops-db generate --check` does the same.
",
        version = env!("CARGO_PKG_VERSION")
    )
}

fn indented(text: &str) -> String {
    let line = |line: &str| {
        if line.is_empty() {
            "\n".into()
        } else {
            format!("    {line}\n")
        }
    };
    text.lines().map(line).collect()
}
