//! The packages on disk: a workspace of their own under the target folder.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use stellaops_db_spec::model::Database;

use crate::Fault;
use crate::narrow::FEATURE;
use crate::way::Way;

const COMMON: &str = r#"chrono = { version = "0.4.45", default-features = false, features = ["clock", "serde", "std"] }
serde = { version = "1.0.229", features = ["derive"] }
serde_json = "1.0.154"
uuid = { version = "1.29", features = ["serde", "v7"] }"#;

/// The compiler as it is, with leave to print what macros wrote. Around the packages that are measured only:
/// the variable in cargo's own environment would have their dependencies compiled again.
const WRAPPER: &str = "#!/bin/sh\nRUSTC_BOOTSTRAP=1 exec \"$@\"\n";

/// Beside this package's own output.
pub(crate) fn default_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("target/compile")
}

/// The compiler that prints what macros wrote.
pub(crate) fn wrapper(folder: &Path) -> PathBuf {
    folder.join("rustc-that-expands")
}

/// Writes everything.
pub(crate) fn write(folder: &Path, specs: &Path, database: &Database) -> Result<(), Fault> {
    let members: Vec<&str> = Way::ALL.iter().map(|way| way.folder()).collect();
    fs::create_dir_all(folder)?;
    fs::write(
        folder.join("Cargo.toml"),
        format!("[workspace]\nresolver = \"3\"\nmembers = {members:?}\n"),
    )?;
    fs::write(wrapper(folder), WRAPPER)?;
    fs::set_permissions(wrapper(folder), fs::Permissions::from_mode(0o755))?;
    for way in Way::ALL {
        write_way(&folder.join(way.folder()), way, database)?;
    }
    copy_specs(specs, &folder.join(Way::Toolkit.folder()).join("specs"))
}

fn write_way(folder: &Path, way: Way, database: &Database) -> Result<(), Fault> {
    fs::create_dir_all(folder.join("src"))?;
    let manifest = format!(
        "[package]\nname = \"compile-{}\"\nversion = \"0.1.0\"\nedition = \"2024\"\npublish = false\n\n\
         [features]\n{FEATURE} = []\n\n[dependencies]\n{COMMON}\n{}\n",
        way.folder(),
        way.dependency()
    );
    fs::write(folder.join("Cargo.toml"), manifest)?;
    let mut root = String::new();
    for schema in &database.schemas {
        root.push_str(&format!("pub mod {};\n", schema.name));
        let file = folder.join("src").join(format!("{}.rs", schema.name));
        fs::write(file, way.module(database, schema))?;
    }
    fs::write(folder.join("src/lib.rs"), root)?;
    Ok(())
}

/// A copy: one of them is edited.
fn copy_specs(from: &Path, to: &Path) -> Result<(), Fault> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_specs(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
