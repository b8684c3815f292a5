//! Schema `authority`: who may do what, the tokens they were given, and the licences they work under.
//!
//! * Who: [`Tenant`]s are the registry, [`User`]s people, [`ServiceAccount`]s machines, [`Client`]s the
//!   programs that ask for tokens.
//! * What they may do: [`Scope`]s are the rights that the services know, [`Role`]s bundle them,
//!   [`UserRole`]s give them.
//! * What was given and taken back: [`Token`]s are kept by their hashes, [`Revocation`]s are the signed
//!   bundles that services judge tokens by, [`LoginAttempt`]s say who tried.
//! * What was bought: [`License`]s, and the [`LicenseUsage`] that is counted against them.
//!
//! No secret is stored: hashes and keyed digests are, as [`Sensitive`](crate::Sensitive) values.

/// The SQL of the schema. It begins with what all schemas share, so that it also applies alone;
/// idempotent, one transaction.
pub const SQL: &str = include_str!(concat!(env!("OUT_DIR"), "/schemas/authority.sql"));

mod clients;
mod license_usage;
mod licenses;
mod login_attempts;
mod revocations;
mod roles;
mod scopes;
mod service_accounts;
mod shared;
mod tenants;
mod tokens;
mod user_roles;
mod users;

use crate::Expected;

pub use clients::*;
pub use license_usage::*;
pub use licenses::*;
pub use login_attempts::*;
pub use revocations::*;
pub use roles::*;
pub use scopes::*;
pub use service_accounts::*;
pub use shared::*;
pub use tenants::*;
pub use tokens::*;
pub use user_roles::*;
pub use users::*;

/// The tables of the schema, for [`Config::expecting`](crate::Config::expecting).
pub const TABLES: &[Expected] = &[
    Expected::of::<Client>(),
    Expected::of::<LicenseUsage>(),
    Expected::of::<License>(),
    Expected::of::<LoginAttempt>(),
    Expected::of::<Revocation>(),
    Expected::of::<Role>(),
    Expected::of::<Scope>(),
    Expected::of::<ServiceAccount>(),
    Expected::of::<Tenant>(),
    Expected::of::<Token>(),
    Expected::of::<UserRole>(),
    Expected::of::<User>(),
];
