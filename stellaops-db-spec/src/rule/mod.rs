//! The registry of rules: one stable code each, its reason, a wrong and a right example.
//!
//! A check supplies the code, the place and the names; everything else about a rule is said here
//! and read by the checker, by `stellaops-db explain`, by the documents and by the tests.
//! Codes never change meaning: 00xx the file's form, 01xx struct against spec, 02xx names,
//! 03xx columns and types, 04xx tenancy, keys, references and lifetimes, 05xx indexes and orders,
//! 06xx enums, shapes and queues, 07xx how repositories are used, 08xx what the database enforces,
//! 09xx what is checked while a program runs, 10xx what is looked for in a database, 11xx the persistence configuration.

mod column;
mod column_convention;
mod configuration;
mod database;
mod derive;
mod form;
mod index;
mod kind;
mod lock;
mod name;
mod refused_type;
mod runtime;
mod table_convention;
mod tenancy;
mod usage;
mod verify;

pub use column::*;
pub use column_convention::*;
pub use configuration::*;
pub use database::*;
pub use derive::*;
pub use form::*;
pub use index::*;
pub use kind::*;
pub use lock::*;
pub use name::*;
pub use refused_type::*;
pub use runtime::*;
pub use table_convention::*;
pub use tenancy::*;
pub use usage::*;
pub use verify::*;

/// Where a rule is enforced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Enforcement {
    /// By the checker, on the spec files.
    SpecCheck,
    /// By the compiler, on a struct or a call.
    CompileError,
    /// By the database, through what the generated SQL makes.
    Ddl,
    /// By the client, while a program runs.
    Runtime,
    /// By `stellaops-db verify`, in a database.
    Verify,
    /// By the client, on its configuration and before it connects.
    Configuration,
}

impl Enforcement {
    /// In words.
    pub fn as_str(self) -> &'static str {
        match self {
            Enforcement::SpecCheck => "checked in the spec files",
            Enforcement::CompileError => "checked by the compiler",
            Enforcement::Ddl => "enforced by the database",
            Enforcement::Runtime => "checked while a program runs",
            Enforcement::Verify => "checked in a database by `stellaops-db verify`",
            Enforcement::Configuration => "checked in the configuration, before a program connects",
        }
    }
}

/// A rule of the specification.
#[derive(Debug, PartialEq, Eq)]
pub struct Rule {
    /// The stable code, `SDB0112`.
    pub code: &'static str,
    /// The rule in one line, as a statement of what holds.
    pub title: &'static str,
    /// Why the rule exists.
    pub reason: &'static str,
    /// An example that breaks it.
    pub wrong: &'static str,
    /// The same example, mended.
    pub right: &'static str,
    /// Where it is enforced.
    pub enforcement: Enforcement,
    /// Whether a table may be excused from it, with a reason: a rule of judgement, never one of form,
    /// type or tenancy.
    pub waivable: bool,
}

/// Every rule, sorted by code.
///
/// ```
/// let codes: Vec<_> = stellaops_db_spec::rule::all().map(|rule| rule.code).collect();
/// assert!(codes.is_sorted());
/// ```
pub fn all() -> impl Iterator<Item = &'static Rule> {
    [
        form::RULES,
        derive::RULES,
        name::RULES,
        column::RULES,
        refused_type::RULES,
        column_convention::RULES,
        tenancy::RULES,
        table_convention::RULES,
        index::RULES,
        kind::RULES,
        lock::RULES,
        usage::RULES,
        database::RULES,
        runtime::RULES,
        verify::RULES,
        configuration::RULES,
    ]
    .into_iter()
    .flatten()
    .copied()
}

/// The rule of a code; upper and lower case are the same.
pub fn find(code: &str) -> Option<&'static Rule> {
    all().find(|rule| rule.code.eq_ignore_ascii_case(code))
}

/// Declares the rules of one family, each as a constant, and `RULES` with all of them. A rule of
/// judgement says `waivable true` behind its title.
macro_rules! rules {
    ($enforcement:ident; $($name:ident = $code:literal, $title:literal; $(waivable $waivable:literal;)? reason $reason:literal; wrong $wrong:literal; right $right:literal;)*) => {
        $(
            #[doc = concat!($code, ": ", $title)]
            pub const $name: &crate::rule::Rule = &crate::rule::Rule {
                code: $code,
                title: $title,
                reason: $reason,
                wrong: $wrong,
                right: $right,
                enforcement: crate::rule::Enforcement::$enforcement,
                waivable: false $(|| $waivable)?,
            };
        )*
        pub(super) const RULES: &[&crate::rule::Rule] = &[$($name),*];
    };
}
use rules;
