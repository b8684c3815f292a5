//! Scaffolds the structs of every table, for the test that they compile as they are.

use std::error::Error;
use std::fs;
use std::path::Path;

use stellaops_db_spec::scaffold;

fn main() -> Result<(), Box<dyn Error>> {
    let specs = Path::new("../specs");
    println!("cargo::rerun-if-changed={}", specs.display());
    let database = stellaops_db_spec::load(specs)??;
    let modules: String = database
        .schemas
        .iter()
        .map(|schema| {
            format!(
                "pub mod {} {{\n{}\n}}\n",
                schema.name,
                body(&scaffold::schema(schema))
            )
        })
        .collect();
    let out = std::env::var("OUT_DIR")?;
    fs::write(Path::new(&out).join("scaffolded.rs"), modules)?;
    Ok(())
}

/// Without the documentation of the file, which can stand at the beginning of one only.
fn body(source: &str) -> String {
    let lines = source.lines().filter(|line| !line.starts_with("//!"));
    lines.collect::<Vec<_>>().join("\n")
}
