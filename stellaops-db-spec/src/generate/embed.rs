//! The schema SQL inside the program, so that it can create its schemas without a file beside it.

use std::path::PathBuf;
use std::process::ExitCode;

use super::build_script::exit_code;
use super::{BuildScriptError, GenerateError, Mode, reconcile};

/// Writes the SQL of the specs to `$OUT_DIR/schemas/`, for the program to include. Unlike
/// [`build_script`](super::build_script) this works everywhere, in a dependency too, because it
/// writes to Cargo's own folder only.
///
/// ```ignore
/// const SHARED: &str = include_str!(concat!(env!("OUT_DIR"), "/schemas/stellaops.sql"));
/// ```
pub fn embed_schemas() -> ExitCode {
    exit_code(try_embed_schemas())
}

/// As [`embed_schemas`], for a build script that does more.
///
/// # Errors
/// [`BuildScriptError`].
pub fn try_embed_schemas() -> Result<(), BuildScriptError> {
    let folder = |variable| {
        std::env::var_os(variable)
            .map(PathBuf::from)
            .ok_or(BuildScriptError::OutsideCargo)
    };
    let (package, out) = (folder("CARGO_MANIFEST_DIR")?, folder("OUT_DIR")?);
    let specs = crate::specs_of_package(&package)?;
    println!("cargo::rerun-if-env-changed=STELLAOPS_DB_SPECS");
    println!("cargo::rerun-if-changed={}", specs.display());
    let database = crate::load(&specs)?.map_err(BuildScriptError::Specs)?;
    reconcile(&out, &crate::ddl::emit(&database), Mode::Write)
        .map(|_| ())
        .map_err(GenerateError::into)
}
