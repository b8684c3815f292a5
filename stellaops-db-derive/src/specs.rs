//! The specs that a type is held against: found, read, checked once for the same texts, tracked.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use proc_macro2::TokenStream;
use quote::quote;
use stellaops_db_spec::diagnostic::{Report, Style, nearest};
use stellaops_db_spec::model::Schema;
use stellaops_db_spec::source::{DATABASE_FILE, SourceFile, Sources, read_schema};
use stellaops_db_spec::{load_sources, rule, specs_of_package};
use syn::LitStr;

use crate::fault::{Faults, known_words};
use crate::package::Package;

/// The checked specs of one schema, and how generated code names their files.
#[derive(Debug)]
pub(crate) struct Specs {
    /// The schema.
    pub(crate) schema: Arc<Schema>,
    /// The part of the attribute's text behind the dot.
    pub(crate) name: String,
    root: Root,
}

impl Specs {
    /// Reads the schema that `<schema>.<name>` names. Every reason why there is none is a fault.
    pub(crate) fn read(
        qualified: &LitStr,
        folder: Option<&LitStr>,
        package: &Package,
        faults: &mut Faults,
    ) -> Option<Self> {
        let text = qualified.value();
        let Some((schema, name)) = text
            .split_once('.')
            .filter(|(schema, name)| is_name(schema) && is_name(name))
        else {
            let help = "write `<schema>.<name>`, as in `scheduler.graph_jobs`";
            faults.push(
                rule::ATTRIBUTE_FORM,
                qualified,
                &format!("`{text}` names nothing in the specs"),
                help,
            );
            return None;
        };
        let root = match Root::find(folder, package) {
            Ok(root) => root,
            Err(cause) => {
                let help = "a specs folder holds `database.toml`, and one folder for each schema";
                faults.push(rule::UNKNOWN_TABLE, qualified, &cause, help);
                return None;
            }
        };
        let schema = checked(&root.folder, schema, qualified, faults)?;
        Some(Specs {
            schema,
            name: name.into(),
            root,
        })
    }

    /// A statement that makes the compiler build again when one of the spec files changes. The paths
    /// are as the specs write them: `specs/<schema>/<table>.toml`.
    pub(crate) fn tracked<'a>(&self, files: impl IntoIterator<Item = &'a str>) -> TokenStream {
        let mut files: Vec<&str> = files.into_iter().collect();
        files.sort_unstable();
        files.dedup();
        let files = files.into_iter().map(|file| self.root.tracked(file));
        quote! { #(let _ = #files;)* }
    }

    /// The file of the schema itself.
    pub(crate) fn schema_file(&self) -> String {
        format!("specs/{}/schema.toml", self.schema.name)
    }
}

/// Whether it is safe as the name of a file: nothing else can be a schema or a table.
fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

/// A specs folder, and the tokens that name it.
#[derive(Debug)]
struct Root {
    folder: PathBuf,
    /// The folder as seen from the package; none when it is named by its absolute path.
    from_package: Option<String>,
}

impl Root {
    /// The folder that the attribute names, from the package's own; else the package's specs.
    fn find(named: Option<&LitStr>, package: &Package) -> Result<Self, String> {
        let Some(named) = named.map(LitStr::value) else {
            let folder = specs_of_package(package.folder()).map_err(|error| error.to_string())?;
            return Ok(Root {
                from_package: upward(package.folder(), &folder),
                folder,
            });
        };
        let folder = package.folder().join(&named);
        if !folder.join(DATABASE_FILE).is_file() {
            return Err(format!(
                "there is no `{named}/{DATABASE_FILE}` in the package's folder"
            ));
        }
        let from_package = (!Path::new(&named).is_absolute()).then_some(named);
        Ok(Root { from_package, folder })
    }

    /// No path of the machine is written into a program, except where the folder can be named in no
    /// other way.
    fn tracked(&self, file: &str) -> TokenStream {
        let below = file.strip_prefix("specs/").unwrap_or(file);
        match &self.from_package {
            Some(folder) => {
                let path = format!("/{folder}/{below}");
                quote!(::core::include_bytes!(
                    ::core::concat!(::core::env!("CARGO_MANIFEST_DIR"), #path)
                ))
            }
            None => {
                let path = self.folder.join(below).to_string_lossy().into_owned();
                quote!(::core::include_bytes!(#path))
            }
        }
    }
}

/// `../../specs`, when the folder is that of the package or of one above it.
fn upward(package: &Path, folder: &Path) -> Option<String> {
    let package = std::path::absolute(package).ok()?;
    let steps = package
        .ancestors()
        .position(|ancestor| ancestor.join("specs") == folder)?;
    Some(format!("{}specs", "../".repeat(steps)))
}

/// What was read for a schema the last time, and what it came to.
struct Known {
    sources: Sources,
    outcome: Result<Arc<Schema>, Arc<Report>>,
}

/// An editor keeps the macros' process alive while files change, so what is known holds only for the
/// very same texts.
static KNOWN: Mutex<BTreeMap<(PathBuf, String), Known>> = Mutex::new(BTreeMap::new());

fn checked(folder: &Path, schema: &str, qualified: &LitStr, faults: &mut Faults) -> Option<Arc<Schema>> {
    let sources = match read_schema(folder, schema) {
        Ok(sources) => sources,
        Err(cause) => {
            faults.push(
                rule::UNKNOWN_TABLE,
                qualified,
                &cause.to_string(),
                &other_schemas(folder, schema),
            );
            return None;
        }
    };
    match outcome(folder, schema, sources) {
        Ok(schema) => Some(schema),
        Err(report) => {
            let help = "mend the specs; `stellaops-db check` shows all their faults without compiling";
            faults.push(
                rule::SPEC_FAULTY,
                qualified,
                &told(&report, schema, &qualified.value()),
                help,
            );
            None
        }
    }
}

/// The faults of the item's own file in whole; those of other files, which every derive of the schema
/// meets, as a line each.
fn told(report: &Report, schema: &str, qualified: &str) -> String {
    const LINES: usize = 3;
    let own_file = format!("specs/{}.toml", qualified.replace('.', "/"));
    let (own, others) = report.split_by_file(&own_file);
    let mut parts = Vec::new();
    if !own.is_empty() {
        let excerpts = report.render_some(&own, Style::Plain);
        parts.push(format!(
            "the spec of `{qualified}` has faults\n\n{}",
            excerpts.trim_end()
        ));
    }
    if !others.is_empty() {
        let other = if own.is_empty() { "" } else { "other " };
        let mut text = format!("the specs of `{schema}` have {other}faults\n");
        for fault in others.iter().take(LINES) {
            let (place, code) = (report.place(fault), fault.rule.code);
            text.push_str(&format!("\n{place}: [{code}] {}", fault.message));
        }
        if let Some(more @ 1..) = others.len().checked_sub(LINES) {
            text.push_str(&format!("\nand {more} more"));
        }
        parts.push(text);
    }
    parts.join("\n\n")
}

fn outcome(folder: &Path, schema: &str, sources: Sources) -> Result<Arc<Schema>, Arc<Report>> {
    let mut known = KNOWN.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let place = (folder.to_path_buf(), schema.to_string());
    if let Some(same) = known
        .get(&place)
        .filter(|known| same_texts(&known.sources, &sources))
    {
        return same.outcome.clone();
    }
    let outcome = load_sources(&sources)
        .map(|mut database| Arc::new(database.schemas.swap_remove(0)))
        .map_err(Arc::new);
    known.insert(
        place,
        Known {
            sources,
            outcome: outcome.clone(),
        },
    );
    outcome
}

fn same_texts(left: &Sources, right: &Sources) -> bool {
    let texts = |file: &SourceFile| (file.path.clone(), file.text.clone());
    left.files().iter().map(texts).eq(right.files().iter().map(texts))
}

fn other_schemas(folder: &Path, schema: &str) -> String {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .filter(|entry| entry.path().join("schema.toml").is_file())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    match nearest(schema, names.iter().copied()) {
        Some(near) => format!("there is a schema `{near}`"),
        None => known_words("schema yet", &names),
    }
}
