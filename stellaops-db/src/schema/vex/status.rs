use serde::{Deserialize, Serialize};

use crate::DbEnum;

/// What a vulnerability means for a product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, DbEnum, Serialize, Deserialize)]
#[db_enum("vex.vex_status")]
#[serde(rename_all = "snake_case")]
pub enum VexStatus {
    /// The product is affected.
    Affected,
    /// It is not.
    NotAffected,
    /// It was, and is no longer.
    Fixed,
    /// Somebody looks into it.
    UnderInvestigation,
    /// Nothing is known.
    Unknown,
}

/// Why a product is not affected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, DbEnum)]
#[db_enum("vex.vex_justification")]
pub enum VexJustification {
    /// The product does not hold the component.
    ComponentNotPresent,
    /// The component is there without the vulnerable code.
    VulnerableCodeNotPresent,
    /// The code is there and is never run.
    VulnerableCodeNotInExecutePath,
    /// The code is run, and nobody from outside decides with what.
    VulnerableCodeCannotBeControlledByAdversary,
    /// The product itself keeps the vulnerability from being used.
    InlineMitigationsAlreadyExist,
    /// Only a configuration that the product does not have is affected.
    RequiresConfiguration,
    /// Only together with a dependency that the product does not have.
    RequiresDependency,
    /// Only in an environment that the product does not run in.
    RequiresEnvironment,
    /// An option of the compiler keeps it from being used.
    ProtectedByCompiler,
    /// Something at run time does.
    ProtectedAtRuntime,
    /// Something at the edge of the network does.
    ProtectedAtPerimeter,
    /// Another control does.
    ProtectedByMitigatingControl,
}

/// What is missing to judge a component.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, DbEnum)]
#[db_enum("vex.unknown_kind")]
pub enum UnknownKind {
    /// What it is.
    UnidentifiedComponent,
    /// Which version it is.
    MissingVersion,
    /// Which of several things it is.
    AmbiguousIdentity,
    /// Any knowledge of its ecosystem.
    UnsupportedEcosystem,
    /// Advisories about it.
    MissingAdvisoryData,
    /// A claim that settles what a vulnerability means for it.
    MissingStatement,
    /// Agreement between the claims.
    ConflictingStatements,
    /// Whether the vulnerable code is reached.
    UnknownReachability,
}

impl UnknownKind {
    /// Whether such an unknown is about one vulnerability; else it is about the component itself.
    pub fn is_about_a_vulnerability(self) -> bool {
        matches!(
            self,
            UnknownKind::MissingStatement
                | UnknownKind::ConflictingStatements
                | UnknownKind::UnknownReachability
        )
    }
}
