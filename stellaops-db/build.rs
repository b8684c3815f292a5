//! Keeps `generated/` as the specs say, or fails where it must not be written; and puts the schema
//! SQL into the program.

use std::process::ExitCode;

fn main() -> ExitCode {
    let generated = stellaops_db_spec::generate::build_script();
    if generated == ExitCode::SUCCESS {
        stellaops_db_spec::generate::embed_schemas()
    } else {
        generated
    }
}
