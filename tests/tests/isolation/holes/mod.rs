//! The ways in which a database is weakened.

mod around;
mod door;
mod key;
mod policy;
mod role;
mod status;

use stellaops_db::verify::matrix::Verb;
use stellaops_db_spec::rule::Rule;

/// A database weakened in one way.
pub(crate) struct Hole {
    /// What was done.
    pub(crate) name: &'static str,
    /// The schema that is looked at.
    pub(crate) schema: &'static str,
    /// The statements that do it.
    pub(crate) weaken: &'static [&'static str],
    /// Those that mend what belongs to the server.
    pub(crate) mend: &'static [&'static str],
    /// What the audit says: rules, and what they are about.
    pub(crate) findings: &'static [(&'static Rule, &'static str)],
    /// Cells of the matrix that are red.
    pub(crate) red: &'static [(&'static str, Verb)],
    /// Whether cells of further tables are red.
    pub(crate) is_everywhere: bool,
    /// Whether no other cell of these tables is red.
    pub(crate) is_exact: bool,
}

impl Hole {
    const fn new(name: &'static str, schema: &'static str, weaken: &'static [&'static str]) -> Self {
        Hole {
            name,
            schema,
            weaken,
            mend: &[],
            findings: &[],
            red: &[],
            is_everywhere: false,
            is_exact: false,
        }
    }

    const fn told(mut self, findings: &'static [(&'static Rule, &'static str)]) -> Self {
        self.findings = findings;
        self
    }

    const fn red(mut self, red: &'static [(&'static str, Verb)]) -> Self {
        self.red = red;
        self
    }

    const fn everywhere(mut self) -> Self {
        self.is_everywhere = true;
        self
    }

    const fn exactly(mut self) -> Self {
        self.is_exact = true;
        self
    }

    const fn mended_by(mut self, mend: &'static [&'static str]) -> Self {
        self.mend = mend;
        self
    }
}

const JOBS: &str = "scheduler.graph_jobs";

/// Holes that stay in their database.
pub(crate) fn of_database() -> impl Iterator<Item = &'static Hole> {
    [
        policy::HOLES,
        door::HOLES,
        around::HOLES,
        key::HOLES,
        status::HOLES,
    ]
    .into_iter()
    .flatten()
}

/// Holes in the roles of the server, which are mended before the next one.
pub(crate) fn of_roles() -> impl Iterator<Item = &'static Hole> {
    role::HOLES.iter()
}
