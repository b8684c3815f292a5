//! The demonstration that the `stellaops-db` command runs: a graph-job worker on real Go projects,
//! for two tenants, on a PostgreSQL of its own.
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let outcome = stellaops_db::demo::run(&stellaops_db::demo::Options::default()).await?;
//! println!("{outcome}");
//! assert!(outcome.is_as_expected());
//! # Ok(()) }
//! ```

mod attempt;
pub mod go;
mod outcome;
mod project;
mod provision;
mod worker;

use std::path::PathBuf;

use provision::Stage;

use crate::testing::TestingError;

pub use attempt::{Attempt, Guard};
pub use outcome::{JobOutcome, Outcome, TenantOutcome};

/// The tenants of the demonstration.
const TENANTS: [&str; 2] = ["acme", "globex"];
/// The workers that take the jobs of both tenants at the same time.
const WORKERS: [&str; 2] = ["worker-1", "worker-2"];

/// What the demonstration works on.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// A folder of Go projects, one folder each, to use in place of those that come with the
    /// command. A project's `expected-graph.json` is compared, if there is one.
    pub projects: Option<PathBuf>,
    /// The specs to create the schema from, in place of those that the command was built with.
    pub specs: Option<PathBuf>,
}

/// Why the demonstration could not be run to its end.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DemoError {
    /// No PostgreSQL could be started.
    #[error(transparent)]
    Server(#[from] TestingError),
    /// The schema could not be created.
    #[error("the schema could not be created: {0}")]
    Schema(sqlx::Error),
    /// The specs could not be read.
    #[error(transparent)]
    Specs(#[from] stellaops_db_spec::SourceError),
    /// The specs have faults.
    #[error("the specs have faults:\n{0}")]
    Faults(String),
    /// A project could not be read.
    #[error("the project `{project}` cannot be read: {cause}")]
    Project {
        /// The project's folder.
        project: String,
        /// Why.
        cause: go::ProjectError,
    },
    /// The folder of projects could not be read.
    #[error("`{folder}` cannot be read: {cause}")]
    Projects {
        /// The folder.
        folder: String,
        /// What the operating system said.
        cause: std::io::Error,
    },
    /// An expected graph is no graph.
    #[error("the expected graph of `{project}` cannot be read: {cause}")]
    Expected {
        /// The project's folder.
        project: String,
        /// Why.
        cause: serde_json::Error,
    },
    /// The database could not be reached as the application.
    #[error(transparent)]
    Connect(#[from] crate::ConnectError),
    /// A call failed that should not have.
    #[error(transparent)]
    Call(#[from] crate::Error),
    /// A statement written by hand failed in a way that is no refusal.
    #[error(transparent)]
    Sql(#[from] sqlx::Error),
}

/// Starts a PostgreSQL, creates the schema, lets two workers do the jobs of two tenants, and tries
/// to reach one tenant's rows as the other. Nothing is left running.
///
/// # Errors
/// [`DemoError`]. What is unexpected without being an error is told by [`Outcome::is_as_expected`].
pub async fn run(options: &Options) -> Result<Outcome, DemoError> {
    let projects = project::load(options.projects.as_deref())?;
    let stage = provision::provision(options.specs.as_deref()).await?;
    let outcome = play(&stage, &projects).await;
    stage.database.close().await;
    stage.server.stop().await?;
    outcome
}

async fn play(stage: &Stage, projects: &[project::Project]) -> Result<Outcome, DemoError> {
    let database = &stage.database;
    let tenants = provision::tenants();
    for tenant in &tenants {
        worker::ask_for_graphs(database, tenant, projects).await?;
    }
    let (first, second) = tokio::join!(
        worker::work(database, &tenants, projects, WORKERS[0]),
        worker::work(database, &tenants, projects, WORKERS[1]),
    );
    first?;
    second?;
    let mut outcomes = Vec::new();
    for tenant in &tenants {
        outcomes.push(outcome::of_tenant(database, tenant, projects).await?);
    }
    let attempts = attempt::try_all(database, &tenants).await?;
    let evidence = outcome::look_across(database, &stage.server).await?;
    Ok(Outcome {
        postgresql: stage.server.version(),
        tenants: outcomes,
        attempts,
        evidence,
    })
}
