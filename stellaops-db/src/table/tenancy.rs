//! Whose rows a table holds, as types: which scope reaches it, and may write it, is decided by them.

/// One of the four tenancies.
pub trait Tenancy: Send + Sync + 'static {}

/// Every row belongs to one tenant.
#[derive(Debug)]
pub struct Tenant;
/// Reference data that every tenant may read and a system scope may write.
#[derive(Debug)]
pub struct Global;
/// Rows of a tenant, and rows that all may read.
#[derive(Debug)]
pub struct TenantOrGlobal;
/// The table of the tenants.
#[derive(Debug)]
pub struct Registry;

impl Tenancy for Tenant {}
impl Tenancy for Global {}
impl Tenancy for TenantOrGlobal {}
impl Tenancy for Registry {}

/// What a tenant's repository may write.
#[derive(Debug)]
pub struct TenantAccess;

/// What a system scope's repository may write.
#[derive(Debug)]
pub struct SystemAccess;

/// The tenancies that a repository of this access may write.
#[diagnostic::on_unimplemented(
    message = "[SDB0703] a table with tenancy `{T}` is not written with `{Self}`",
    label = "a tenant scope reads global tables; a system scope writes them",
    note = "open a system scope with `database.system(\"why\").await?` and ask it for the repository\nrun `stellaops-db explain SDB0703`"
)]
pub trait Writes<T>: Send + Sync + 'static {}
impl Writes<Tenant> for TenantAccess {}
impl Writes<TenantOrGlobal> for TenantAccess {}
impl Writes<Registry> for TenantAccess {}
impl Writes<Global> for SystemAccess {}
