//! Fuzz bodies: functions of bytes that panic where the toolkit is wrong, whatever the bytes are.
//!
//! One list, [`TARGETS`], is what everybody walks: the workspace's tests replay the corpus and mutations of it, the program
//! beside this library mutates for as long as it is told to, and cargo-fuzz has one target for each.

pub mod body;
mod mutation;
mod seed;

pub use mutation::Mutator;
pub use seed::{corpus_folder, seeds};

/// What is fuzzed.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    /// The name: of the body's file, of the folder of its corpus and of its target of cargo-fuzz.
    pub name: &'static str,
    /// Panics where the toolkit is wrong.
    pub body: fn(&[u8]),
    /// Pieces that inputs are made of, so that what is put together comes far.
    pub pieces: &'static [&'static str],
}

/// All targets, sorted by name.
pub const TARGETS: &[Target] = &[
    body::canonical_json::TARGET,
    body::chain::TARGET,
    body::configuration::TARGET,
    body::copy::TARGET,
    body::cursor::TARGET,
    body::expression::TARGET,
    body::go_files::TARGET,
    body::json_path::TARGET,
    body::login_url::TARGET,
    body::pattern::TARGET,
    body::query_text::TARGET,
    body::spec::TARGET,
    body::trigger::TARGET,
];

/// The target of that name.
pub fn target(name: &str) -> Option<&'static Target> {
    TARGETS.iter().find(|target| target.name == name)
}
