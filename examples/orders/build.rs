//! Keeps `generated/` as the specs say, or fails where it must not be written.

fn main() -> std::process::ExitCode {
    stellaops_db_spec::generate::build_script()
}
