//! The table specification of stellaops-db: read, checked, and turned into text.
//!
//! A table is specified once, in a TOML file under `specs/<schema>/<table>.toml`. This crate reads
//! those files into a checked [`model`], and emits from it what others build on: schema SQL
//! ([`ddl`]), the constant statements of a repository ([`statement`]) and documents ([`doc`]).
//! It knows no database and does no I/O but reading the specs folder ([`source`]).
//!
//! ```no_run
//! let folder = stellaops_db_spec::find_specs(std::path::Path::new("."))?;
//! let database = match stellaops_db_spec::load(&folder)? {
//!     Ok(database) => database,
//!     Err(report) => return Err(report.to_string().into()),
//! };
//! for file in stellaops_db_spec::ddl::emit(&database) {
//!     println!("-- {}\n{}", file.path, file.text);
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![cfg_attr(docsrs, feature(doc_cfg))]

mod check;
pub mod ddl;
pub mod diagnostic;
pub mod doc;
pub mod expression;
pub mod generate;
mod load;
mod lock;
pub mod model;
pub mod row_rules;
pub mod rule;
pub mod scaffold;
pub mod source;
pub mod statement;
pub mod syntax;

pub use load::{load, load_sources};
pub use source::{SourceError, find_specs, specs_of_package};
