//! `stellaops-db scaffold --from-database`

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;
use stellaops_db::scaffold::{self, Note, Scaffolded};

use super::Format;
use super::answer::{Answer, Exit};
use super::error::CommandError;
use super::init::{Planned, exists, write_all};
use super::specs::counted;

/// Where specs are taken from, and where they go.
#[derive(Debug, Args)]
pub(super) struct FromDatabase {
    /// Write specs for the tables of this database: `postgres://login@host/database`
    ///
    /// The database is only read. PGPASSWORD gives the password where the URL is to hold none.
    #[arg(long = "from-database", value_name = "URL", conflicts_with = "what")]
    pub(super) url: Option<String>,

    /// A schema to take over; may be given again [default: all]
    #[arg(long = "schema", value_name = "NAME", requires = "url")]
    schemas: Vec<String>,

    /// The specs folder to make
    #[arg(long, value_name = "FOLDER", default_value = "specs", requires = "url")]
    to: PathBuf,
}

#[derive(Serialize)]
struct Taken<'a> {
    /// `created` or `in_the_way`.
    outcome: &'static str,
    /// Below the folder.
    files: Vec<&'a str>,
    /// What the specs do not say as the database has it.
    notes: &'a [Note],
    /// Whether the specs pass `stellaops-db check`.
    is_sound: bool,
}

impl FromDatabase {
    pub(super) fn answer(self, url: &str, format: Format) -> Result<Answer, CommandError> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(CommandError::Runtime)?;
        let taken = runtime.block_on(scaffold::from_url(url, &self.schemas))?;
        let plan: Vec<Planned> = taken
            .files
            .iter()
            .map(|file| Planned {
                path: file.path.clone(),
                text: file.text.clone(),
            })
            .collect();
        let in_the_way: Vec<&str> = plan
            .iter()
            .map(|file| file.path.as_str())
            .filter(|path| exists(&self.to.join(path)))
            .collect();
        if !in_the_way.is_empty() {
            return Ok(refused(&in_the_way, &taken, format));
        }
        write_all(&self.to, &plan)?;
        Ok(created(&taken, format))
    }
}

fn refused(in_the_way: &[&str], taken: &Scaffolded, format: Format) -> Answer {
    if format == Format::Json {
        let answer = Taken {
            outcome: "in_the_way",
            files: in_the_way.to_vec(),
            notes: &[],
            is_sound: taken.is_sound,
        };
        return Answer::json(&answer, Exit::No);
    }
    let mut text = String::from("nothing was written: these files are there already\n");
    for path in in_the_way {
        text.push_str(&format!("  {path}\n"));
    }
    text.push_str("name another folder with --to, or move them away\n");
    Answer::text(text, Exit::No)
}

fn created(taken: &Scaffolded, format: Format) -> Answer {
    let exit = if taken.is_sound { Exit::Well } else { Exit::No };
    let files: Vec<&str> = taken.files.iter().map(|file| file.path.as_str()).collect();
    if format == Format::Json {
        let answer = Taken {
            outcome: "created",
            files,
            notes: &taken.notes,
            is_sound: taken.is_sound,
        };
        return Answer::json(&answer, exit);
    }
    let mut text = String::new();
    for path in &files {
        text.push_str(&format!("new     {path}\n"));
    }
    text.push_str(&format!(
        "\n{} on what the specs do not say as the database has it:\n",
        counted(taken.notes.len(), "note")
    ));
    for note in &taken.notes {
        text.push_str(&format!("  {note}\n"));
    }
    text.push_str(match taken.is_sound {
        true => "\nok: the specs pass `stellaops-db check`; read the notes, then `stellaops-db generate`\n",
        false => "\nthe specs have faults that only a person can mend; `stellaops-db check` shows them\n",
    });
    Answer::text(text, exit)
}
