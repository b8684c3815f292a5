//! The persistence configuration: one file for all modules, one entry a module, a module being a schema.
//!
//! ```yaml
//! version: 1
//! defaults:                          # what a module has where its entry does not say otherwise
//!   password: { file: /run/secrets/database_password }
//!   statement_timeout: 20s
//! modules:
//!   scheduler:
//!     url: postgres://scheduler_service@db.internal/stellaops
//!     max_connections: 20
//!   vex:
//!     enabled: false                 # not in this database yet
//! ```
//!
//! A service reads the file and opens its own module:
//!
//! ```no_run
//! use stellaops_db::Database;
//! use stellaops_db::persistence::Persistence;
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let persistence = Persistence::from_file("persistence.yaml")?;
//! let database = Database::connect(&persistence.module("scheduler")?).await?;
//! # Ok(()) }
//! ```
//!
//! `stellaops-db config template` writes a file to begin with, and `stellaops-db config check` looks at one; the settings
//! are those of [`Setting::ALL`], described in the template and at [`Config`].
//!
//! # Secrets
//!
//! No secret is in the file. A password or a key is a reference, `{ env: NAME }` or `{ file: path }`; so is a whole URL,
//! `url: { env: DATABASE_URL }`, which may then hold its password. References are followed when a module is opened, so
//! that a service needs no other one's secrets. The line break at the end of a file is no part of its secret, and a
//! relative path begins at the folder of the configuration. That a secret's file can be read by everybody is told by a
//! `tracing` warning; by its group it may be read, as in Kubernetes with `fsGroup`.
//!
//! Faults show the lines they are about with everything masked that might be a secret.
//!
//! # YAML
//!
//! One document, in UTF-8, of at most a megabyte. Anchors, aliases, tags, directives and names that are there twice are
//! refused. What a value means is said by its setting and not by YAML: a truth value is `true` or `false`, a time has its
//! unit, and a text that some version of YAML takes for something else, such as `no`, stands in quotes.
//!
//! `none` takes away what the defaults have: `replica_url: none`.

mod bounded;
mod document;
mod faults;
mod mask;
mod read;
mod reference;
mod resolve;
mod template;
mod whole;
mod written;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use stellaops_db_spec::diagnostic::{Report, nearest};
use stellaops_db_spec::rule;
use stellaops_db_spec::source::Sources;

use crate::config::Config;
pub use crate::config::{Kind, Setting};
use bounded::FileFault;
use faults::{Faults, span};
use read::Module;
use resolve::Resolver;
pub use template::{TemplateModule, template};

/// A persistence configuration that was read and found in order. `Debug` shows the names of its modules.
pub struct Persistence {
    /// With what may be a secret masked.
    sources: Sources,
    folder: PathBuf,
    modules: BTreeMap<String, Module>,
}

/// Why a persistence configuration gives no [`Config`].
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PersistenceError {
    /// The file cannot be read.
    #[error("the persistence configuration `{path}` cannot be read: {cause}")]
    Unreadable {
        /// Which.
        path: String,
        /// What the operating system said.
        cause: std::io::Error,
    },
    /// The path leads to a folder, a pipe, a device or a socket.
    #[error("the persistence configuration `{path}` is no regular file")]
    NotRegular {
        /// Which.
        path: String,
    },
    /// The file is longer than any configuration.
    #[error(
        "`{path}` has more than {longest} bytes: a configuration has a few lines a module; is this the right file?"
    )]
    TooLong {
        /// Which.
        path: String,
        /// How many bytes are read.
        longest: usize,
    },
    /// What is wrong in the file, or with what it refers to: each fault with line, column and remedy.
    #[error("{0}")]
    Faulty(Report),
    /// The file has no such module.
    #[error("`{path}` has no module `{module}`{}; it has {}", meant(nearest.as_deref()), listed(known))]
    UnknownModule {
        /// The file.
        path: String,
        /// What was asked for.
        module: String,
        /// The known one that is near enough to be meant.
        nearest: Option<String>,
        /// What is there.
        known: Vec<String>,
    },
    /// The module is in the file, and not in this database yet.
    #[error(
        "the module `{module}` is not enabled, in `{path}` line {line}; take `enabled: false` out when it has moved"
    )]
    Disabled {
        /// The file.
        path: String,
        /// Which.
        module: String,
        /// The line of its name, from 1.
        line: u32,
    },
}

impl PersistenceError {
    fn of_file(path: &str, fault: FileFault) -> Self {
        let path = path.to_owned();
        match fault {
            FileFault::Unreadable(cause) => PersistenceError::Unreadable { path, cause },
            FileFault::NotRegular => PersistenceError::NotRegular { path },
            FileFault::TooLong => PersistenceError::TooLong {
                path,
                longest: document::LONGEST,
            },
        }
    }
}

fn meant(nearest: Option<&str>) -> String {
    nearest.map_or(String::new(), |near| format!("; did you mean `{near}`?"))
}

fn listed(known: &[String]) -> String {
    let names: Vec<String> = known.iter().map(|name| format!("`{name}`")).collect();
    names.join(", ")
}

impl Persistence {
    /// Reads a file. It is a regular one, or a link to one, so that reading it ends.
    ///
    /// # Errors
    /// [`PersistenceError::Unreadable`], [`PersistenceError::NotRegular`], [`PersistenceError::TooLong`], or [`PersistenceError::Faulty`] with every fault of the file.
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self, PersistenceError> {
        let path = path.as_ref();
        let shown = path.display().to_string();
        let read = bounded::read(path, document::LONGEST);
        let (bytes, _) = read.map_err(|fault| PersistenceError::of_file(&shown, fault))?;
        let persistence = Persistence::from_bytes(&shown, &bytes).map_err(PersistenceError::Faulty)?;
        Ok(Persistence {
            folder: path.parent().map(Path::to_path_buf).unwrap_or_default(),
            ..persistence
        })
    }

    /// Reads what a file of that name holds. Relative paths in it begin at the current folder.
    ///
    /// # Errors
    /// Every fault, with its place.
    ///
    /// ```
    /// use stellaops_db::persistence::Persistence;
    ///
    /// let text = b"version: 1
    /// modules:
    ///   shop:
    ///     url: postgres://shop_service@localhost/shop
    ///     max_conections: 5
    /// ";
    /// let report = Persistence::from_bytes("persistence.yaml", text).expect_err("is misspelt");
    /// assert!(report.to_string().contains("persistence.yaml:5:5"));
    /// assert!(report.to_string().contains("did you mean `max_connections`?"));
    /// ```
    pub fn from_bytes(name: &str, bytes: &[u8]) -> Result<Self, Report> {
        let text = match std::str::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => return Err(no_text(name, bytes, error.valid_up_to())),
        };
        let mut faults = Faults::of(text);
        let document = document::parse(text, &mut faults);
        let modules = match faults.is_empty() {
            true => read::modules(document.as_ref(), &mut faults),
            // What was refused may be what the settings would then miss.
            false => {
                faults.show_leading_keys();
                BTreeMap::new()
            }
        };
        Ok(Persistence {
            sources: faults.finish(name)?,
            folder: PathBuf::new(),
            modules,
        })
    }

    /// The names of the modules, sorted.
    pub fn modules(&self) -> impl Iterator<Item = &str> {
        self.modules.keys().map(String::as_str)
    }

    /// Whether the file has the module, and does not say `enabled: false` of it.
    pub fn is_enabled(&self, module: &str) -> bool {
        self.modules.get(module).is_some_and(|module| module.is_enabled)
    }

    /// The configuration of a module, with all its references followed.
    ///
    /// # Errors
    /// [`PersistenceError::UnknownModule`], [`PersistenceError::Disabled`], or [`PersistenceError::Faulty`] where a
    /// reference leads nowhere.
    ///
    /// ```
    /// use stellaops_db::persistence::Persistence;
    ///
    /// let text = b"version: 1\nmodules:\n  shop: { url: postgres://shop_service@localhost/shop }\n";
    /// let persistence = Persistence::from_bytes("persistence.yaml", text)?;
    /// assert!(persistence.module("shop").is_ok());
    /// assert!(persistence.module("shp").unwrap_err().to_string().contains("did you mean `shop`?"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn module(&self, name: &str) -> Result<Config, PersistenceError> {
        self.module_in(name, &|name| std::env::var_os(name))
    }

    pub(crate) fn module_in(
        &self,
        name: &str,
        environment: reference::Environment<'_>,
    ) -> Result<Config, PersistenceError> {
        let module = self.modules.get(name).ok_or_else(|| self.unknown(name))?;
        if !module.is_enabled {
            return Err(PersistenceError::Disabled {
                path: self.path().to_owned(),
                module: name.to_owned(),
                line: self.sources.place(span(&module.range)).line,
            });
        }
        let mut faults = Faults::of("");
        let config = self.resolver(environment).config(name, module, &mut faults);
        faults
            .finish_in(&self.sources)
            .map_err(PersistenceError::Faulty)?;
        Ok(config.expect("a module that is enabled was checked to have a `url`"))
    }

    /// Checks that each module is one of the schemas.
    ///
    /// # Errors
    /// Every module that is none, with its place.
    pub fn check_schemas(&self, schemas: &[&str]) -> Result<(), Report> {
        let mut faults = Faults::of("");
        for (name, module) in &self.modules {
            if schemas.contains(&name.as_str()) {
                continue;
            }
            let help = match nearest(name, schemas.iter().copied()) {
                Some(nearest) => format!("did you mean `{nearest}`?"),
                None => format!("the specs have {}", schemas.join(", ")),
            };
            let message = format!("the specs have no schema `{name}`");
            faults.push(rule::CONFIGURATION_MODULE, &module.range, message, help);
        }
        faults.finish_in(&self.sources)
    }

    /// Follows the references of all modules that are enabled, as [`module`](Self::module) does of one.
    ///
    /// # Errors
    /// Every reference that leads nowhere, with its place.
    pub fn check_references(&self) -> Result<(), Report> {
        let mut faults = Faults::of("");
        let resolver = self.resolver(&|name| std::env::var_os(name));
        for (name, module) in self.modules.iter().filter(|(_, module)| module.is_enabled) {
            resolver.config(name, module, &mut faults);
        }
        faults.finish_in(&self.sources)
    }

    fn resolver<'a>(&'a self, environment: reference::Environment<'a>) -> Resolver<'a> {
        Resolver {
            folder: &self.folder,
            environment,
        }
    }

    fn unknown(&self, name: &str) -> PersistenceError {
        PersistenceError::UnknownModule {
            path: self.path().to_owned(),
            module: name.to_owned(),
            nearest: nearest(name, self.modules()).map(str::to_owned),
            known: self.modules.keys().cloned().collect(),
        }
    }

    fn path(&self) -> &str {
        self.sources.files().first().map_or("", |file| &file.path)
    }
}

impl std::fmt::Debug for Persistence {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Persistence")
            .field("path", &self.path())
            .field("modules", &self.modules.keys().collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}

/// Bytes that are no text: it is shown up to there.
fn no_text(name: &str, bytes: &[u8], valid: usize) -> Report {
    let text = String::from_utf8_lossy(&bytes[..valid]) + "\u{fffd}";
    let mut faults = Faults::of(&text);
    faults.show_leading_keys();
    faults.push(
        rule::CONFIGURATION_FORM,
        &(valid..text.len()),
        "the file is no text in UTF-8",
        "save it in UTF-8",
    );
    faults
        .finish(name)
        .map(drop)
        .expect_err("a fault was told just now")
}
