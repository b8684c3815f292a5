//! Schema `policy`: what a tenant demands of what it releases, what it excuses, and what was decided.
//!
//! * What is demanded: [`Pack`]s are followed in a channel; [`PackVersion`]s move from draft to active
//!   under four eyes and never change their content; [`Rule`]s are what a version says, one by one;
//!   [`RiskProfile`]s say how a risk is weighed.
//! * What is excused: [`Exception`]s are decisions of people. None is ever deleted or rewritten: another
//!   decision supersedes it.
//! * What was decided: [`EvaluationRun`]s and their [`Explanation`]s say what the rules came to and why.
//! * Who did what: [`AuditEntry`]s are the trail that a tenant may read of its own.

/// The SQL of the schema. It begins with what all schemas share, so that it also applies alone;
/// idempotent, one transaction.
pub const SQL: &str = include_str!(concat!(env!("OUT_DIR"), "/schemas/policy.sql"));

mod audit;
mod decide;
mod evaluation_runs;
mod exceptions;
mod explanations;
mod pack_versions;
mod packs;
mod release;
mod risk_profiles;
mod rules;
mod semantic_version;
mod severity;

use crate::Expected;

pub use audit::*;
pub use evaluation_runs::*;
pub use exceptions::*;
pub use explanations::*;
pub use pack_versions::*;
pub use packs::*;
pub use risk_profiles::*;
pub use rules::*;
pub use semantic_version::*;
pub use severity::*;

/// The tables of the schema, for [`Config::expecting`](crate::Config::expecting).
pub const TABLES: &[Expected] = &[
    Expected::of::<AuditEntry>(),
    Expected::of::<EvaluationRun>(),
    Expected::of::<Exception>(),
    Expected::of::<Explanation>(),
    Expected::of::<PackVersion>(),
    Expected::of::<Pack>(),
    Expected::of::<RiskProfile>(),
    Expected::of::<Rule>(),
];
