//! The specs: the built-in ones, and the SQL of this package's own.

use std::path::Path;

use stellaops_db_spec::ddl;
use stellaops_db_spec::model::Database;

/// The model of the built-in schemas.
///
/// # Panics
/// When the specs have a fault.
pub fn built_in() -> Database {
    load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../specs"))
}

/// The file that creates one of the schemas of `<schema>/specs`.
///
/// # Panics
/// When the specs have a fault.
pub fn sql(schema: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(schema).join("specs");
    let name = format!("schemas/{schema}.sql");
    let mut files = ddl::emit(&load(&folder)).into_iter();
    match files.find(|file| file.path == name) {
        Some(file) => file.text,
        None => panic!("{name} is not emitted"),
    }
}

fn load(folder: &Path) -> Database {
    match stellaops_db_spec::load(folder) {
        Ok(Ok(database)) => database,
        Ok(Err(report)) => panic!("{report}"),
        Err(error) => panic!("{}: {error}", folder.display()),
    }
}
