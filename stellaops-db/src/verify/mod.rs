//! The audit of a database: is everything that keeps tenants apart there, and as the specs say?
//!
//! [`verify`] reads the catalog in one snapshot, asks the rows what the catalog cannot tell, and changes nothing.
//! `catalog` holds the facts, `check` what they mean, `wording` whether expressions say the same, `rows` the questions to
//! the rows, [`report`] the forms in which the answer is told. Each finding names a rule, which `stellaops-db explain` explains.
//!
//! ```no_run
//! use stellaops_db::verify::{Options, verify};
//! # async fn audit() -> Result<(), Box<dyn std::error::Error>> {
//! # use sqlx::Connection;
//! let specs = stellaops_db_spec::load("specs".as_ref())?.map_err(|report| report.to_string())?;
//! let mut connection = sqlx::PgConnection::connect("postgres://stellaops_system@localhost/stellaops").await?;
//! let audit = verify(&mut connection, &specs, &Options::default()).await?;
//! for finding in &audit.findings {
//!     println!("{} {}: {}", finding.rule.code, finding.object, finding.message);
//! }
//! assert!(audit.is_sound());
//! # Ok(())
//! # }
//! ```

mod audit;
mod catalog;
mod check;
pub mod matrix;
pub mod report;
mod rows;
pub mod sample;
mod wording;

use std::sync::Arc;

use sqlx::{Connection as _, PgConnection};
use stellaops_db_spec::ddl::expected;
use stellaops_db_spec::model::{Database, Schema};
use stellaops_db_spec::rule::{self, Rule};

pub use audit::{Audit, Evidence, Finding, Outcome, Severity};
use audit::{Object, Recorder};
use catalog::Catalog;
use check::Context;

/// What is looked at.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Options {
    /// Only these schemas, which must be there. Without any, all of the specs that the database has.
    pub schemas: Vec<String>,
    /// Whether the rows are left alone: foreign keys and hash chains are then not held against them.
    pub catalog_only: bool,
}

/// Why a database cannot be audited.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// A schema is asked for that the specs do not have.
    #[error("the specs have no schema `{schema}`; there are {known}")]
    UnknownSchema {
        /// The schema.
        schema: String,
        /// Those that are there.
        known: String,
    },
    /// The matrix takes on every role, which only a superuser may.
    #[error(
        "the matrix takes on every role of the schemas, and the login `{login}` may not: ask as a superuser"
    )]
    NoSuperuser {
        /// The login.
        login: String,
    },
    /// The database cannot be asked.
    #[error("the database cannot be read: {}", crate::error::spoken(.0))]
    Database(#[from] sqlx::Error),
    /// The rows cannot be read.
    #[error(transparent)]
    Rows(#[from] crate::error::Error),
}

/// The rules, in the order of their codes.
const RULES: [&Rule; 22] = [
    rule::TABLES_THERE,
    rule::SECURITY_FORCED,
    rule::POLICIES_EXACT,
    rule::ROUTINES_EXACT,
    rule::OWNERS_RIGHT,
    rule::ROLES_BOUND,
    rule::MEMBERS_BOUND,
    rule::LOGINS_BOUND,
    rule::PRIVILEGES_EXACT,
    rule::DOMAIN_BINDS_ONCE,
    rule::SETTINGS_CLEAN,
    rule::VIEWS_INVOKED,
    rule::DEFINERS_KNOWN,
    rule::PARTITIONS_CLOSED,
    rule::REFERENCES_TRUE,
    rule::KEYS_HOLD_TENANT,
    rule::TRIGGERS_ON,
    rule::CHAINS_WHOLE,
    rule::INDEXES_USED,
    rule::ROWS_COPIED_NOWHERE,
    rule::VALUES_UNLOGGED,
    rule::SERVERS_CLOSED,
];

/// Neither its role's settings nor the database's decide what a name means, and how an expression is printed and read. Compiling
/// the questions would take longer than answering them.
const SESSION: &str = "SET LOCAL search_path = ''; SET LOCAL quote_all_identifiers = off; SET LOCAL standard_conforming_strings = on; \
    SET LOCAL transform_null_equals = off; SET LOCAL array_nulls = on; SET LOCAL extra_float_digits = 3; SET LOCAL jit = off";

/// Holds a database against its specs, in one read-only transaction. Any login can ask; whether foreign keys are true
/// and chains whole, only one that sees the rows of all tenants, as `stellaops_system` does.
///
/// # Errors
/// [`VerifyError`]. What is wrong with the database is no error, it is the answer.
pub async fn verify(
    connection: &mut PgConnection,
    specs: &Database,
    options: &Options,
) -> Result<Audit, VerifyError> {
    let asked = asked(specs, options)?;
    let mut transaction = connection
        .begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        .await?;
    sqlx::raw_sql(SESSION).execute(&mut *transaction).await?;
    let catalog = Catalog::read(&mut transaction, &asked).await?;
    let mut recorder = Recorder::default();
    let schemas = present(&asked, options, &catalog, &mut recorder);
    let context = Context {
        specs,
        schemas,
        catalog: &catalog,
        routines: expected::routines(specs),
    };
    match context.schemas.is_empty() {
        true => leave_unchecked(&mut recorder),
        false => {
            check::run(&context, &mut recorder);
            wording::check(&mut transaction, &context, &mut recorder).await?;
            rows::check(&mut transaction, &context, options, &mut recorder).await?;
        }
    }
    transaction.rollback().await?;
    let (evidence, findings) = recorder.finish(&RULES);
    let schemas = context.schemas.iter().map(|schema| schema.name.clone()).collect();
    Ok(Audit {
        login: catalog.server.login.clone(),
        server_version: catalog.server.version,
        schemas,
        evidence,
        findings,
        catalog: Arc::new(catalog),
    })
}

fn asked<'a>(specs: &'a Database, options: &Options) -> Result<Vec<&'a Schema>, VerifyError> {
    if options.schemas.is_empty() {
        return Ok(specs.schemas.iter().collect());
    }
    let found = options.schemas.iter().map(|name| {
        specs.schema(name).ok_or_else(|| {
            let known: Vec<&str> = specs.schemas.iter().map(|schema| schema.name.as_str()).collect();
            VerifyError::UnknownSchema {
                schema: name.clone(),
                known: known.join(", "),
            }
        })
    });
    found.collect()
}

/// The schemas that the database has. One that was asked for by name must be there, and one of them at least.
fn present<'a>(
    asked: &[&'a Schema],
    options: &Options,
    catalog: &Catalog,
    recorder: &mut Recorder,
) -> Vec<&'a Schema> {
    let (there, missing): (Vec<&Schema>, Vec<&Schema>) = asked
        .iter()
        .partition(|schema| catalog.schemas.contains_key(&schema.name));
    if there.is_empty() && options.schemas.is_empty() {
        let object = Object::Other("database".into());
        let help = "ask the database that the generated SQL was applied to, or apply it";
        recorder.error(
            rule::TABLES_THERE,
            object,
            "none of the schemas of the specs is in it",
            help,
        );
        return there;
    }
    for schema in missing {
        let object = Object::Other(format!("schema {}", schema.name));
        let message = "the schema is not in the database";
        let help = format!("apply the generated schemas/{}.sql", schema.name);
        match options.schemas.is_empty() {
            true => recorder.warning(rule::TABLES_THERE, object, message, help),
            false => recorder.error(rule::TABLES_THERE, object, message, help),
        }
    }
    there
}

fn leave_unchecked(recorder: &mut Recorder) {
    for rule in RULES {
        recorder.unchecked(rule, "none of the schemas is there");
    }
}
