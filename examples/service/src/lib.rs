//! What the three programs are made of: an HTTP service, a queue worker and a feed import, on the built-in schemas.

pub mod api;
pub mod feed;
pub mod graph;
mod place;
mod stop;
pub mod work;

use std::process::ExitCode;

use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;

pub use place::Place;
pub use stop::asked_to_stop;

/// Whatever ends a program early; a person reads its text.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Warnings and errors go to standard error, where whoever runs the program looks for them. Slow statements are told
/// by the toolkit, without their values, if `STELLAOPS_DB_SLOW_STATEMENT` is set; the driver need not tell them again.
pub fn tell_warnings() {
    let told = Targets::new().with_default(LevelFilter::WARN).with_target("sqlx::query", LevelFilter::OFF);
    let errors = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    tracing_subscriber::registry().with(errors.with_filter(told)).init();
}

/// How a program ends: an early end is told in words, and its exit code is 2.
pub fn exit_code(result: Result<ExitCode, Failure>) -> ExitCode {
    result.unwrap_or_else(|failure| {
        eprintln!("error: {failure}");
        ExitCode::from(2)
    })
}
