//! What the three programs are made of: an HTTP service, a queue worker and a feed import, on the built-in schemas.

pub mod api;
pub mod feed;
pub mod graph;
mod place;
mod stop;
pub mod work;

use std::process::ExitCode;

pub use place::Place;
pub use stop::asked_to_stop;

/// Whatever ends a program early; a person reads its text.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Warnings and errors go to standard error, where whoever runs the program looks for them.
pub fn tell_warnings() {
    tracing_subscriber::fmt().with_writer(std::io::stderr).with_max_level(tracing::Level::WARN).init();
}

/// How a program ends: an early end is told in words, and its exit code is 2.
pub fn exit_code(result: Result<ExitCode, Failure>) -> ExitCode {
    result.unwrap_or_else(|failure| {
        eprintln!("error: {failure}");
        ExitCode::from(2)
    })
}
