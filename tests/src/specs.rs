//! The SQL of this package's own specs.

use std::path::Path;

/// The file that creates one of the schemas of `<schema>/specs`.
///
/// # Panics
/// When the specs have a fault.
pub fn sql(schema: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(schema).join("specs");
    let database = match stellaops_db_spec::load(&folder) {
        Ok(Ok(database)) => database,
        Ok(Err(report)) => panic!("{report}"),
        Err(error) => panic!("{}: {error}", folder.display()),
    };
    let name = format!("schemas/{schema}.sql");
    let mut files = stellaops_db_spec::ddl::emit(&database).into_iter();
    match files.find(|file| file.path == name) {
        Some(file) => file.text,
        None => panic!("{name} is not emitted"),
    }
}
