//! Logins for tests. Roles belong to the whole server, so tests share them.

use sqlx::{AssertSqlSafe, Connection, PgConnection};
use stellaops_db_spec::model::quote_identifier;

use super::{error::TestingError, server::PostgresServer};

/// Serialises the changes of roles among all processes that use the server.
const ROLE_LOCK: i64 = 0x5344_4254_726f_6c65;

/// Makes sure that a login exists, is a member of the roles and has BYPASSRLS or not; it is never a superuser, never
/// creates databases or roles, and inherits the rights of its roles.
///
/// Any number of tests and processes may ask for the same login at the same time. Memberships are added and never
/// taken away, so a test about what a login may *not* do needs a login of its own. On a server that asks for passwords
/// the login gets the superuser's.
///
/// # Errors
/// [`TestingError::Database`], when one of the roles does not exist, for example.
pub async fn ensure_login(
    server: &PostgresServer,
    login: &str,
    member_of: &[&str],
    bypass_rls: bool,
) -> Result<(), TestingError> {
    let failed = || TestingError::database(format!("make the login `{login}`"));
    let mut connection = server.address().connect_to_maintenance().await?;
    let mut transaction = connection.begin().await.map_err(failed())?;
    let lock = sqlx::query("SELECT pg_advisory_xact_lock($1)").bind(ROLE_LOCK);
    lock.execute(&mut *transaction).await.map_err(failed())?;
    let password = server.address().password();
    for statement in missing_changes(&mut transaction, login, member_of, bypass_rls, password)
        .await
        .map_err(failed())?
    {
        sqlx::raw_sql(AssertSqlSafe(statement))
            .execute(&mut *transaction)
            .await
            .map_err(failed())?;
    }
    transaction.commit().await.map_err(failed())?;
    connection.close().await.map_err(failed())
}

/// The statements that are needed; none when all is as wanted, so that busy roles are not written to.
async fn missing_changes(
    connection: &mut PgConnection,
    login: &str,
    member_of: &[&str],
    bypass_rls: bool,
    password: Option<String>,
) -> Result<Vec<String>, sqlx::Error> {
    let name = quote_identifier(login);
    let bypass = if bypass_rls { "BYPASSRLS" } else { "NOBYPASSRLS" };
    let attributes = format!("LOGIN INHERIT NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION {bypass}");
    let as_wanted = "SELECT rolcanlogin AND rolinherit AND NOT rolsuper AND NOT rolcreatedb AND NOT rolcreaterole \
                     AND NOT rolreplication AND rolbypassrls = $2 FROM pg_roles WHERE rolname = $1";
    let found: Option<bool> = sqlx::query_scalar(as_wanted)
        .bind(login)
        .bind(bypass_rls)
        .fetch_optional(&mut *connection)
        .await?;
    let mut statements = Vec::new();
    match found {
        None => statements.push(format!("CREATE ROLE {name} {attributes}")),
        Some(false) => statements.push(format!("ALTER ROLE {name} {attributes}")),
        Some(true) => {}
    }
    if let Some(password) = password {
        let literal: String = sqlx::query_scalar("SELECT quote_literal($1)")
            .bind(password)
            .fetch_one(&mut *connection)
            .await?;
        statements.push(format!("ALTER ROLE {name} PASSWORD {literal}"));
    }
    let membership = "SELECT EXISTS (SELECT FROM pg_auth_members WHERE roleid::regrole = to_regrole(quote_ident($1)) \
                      AND member::regrole = to_regrole(quote_ident($2)))";
    for role in member_of {
        let is_member: bool = sqlx::query_scalar(membership)
            .bind(role)
            .bind(login)
            .fetch_one(&mut *connection)
            .await?;
        if !is_member {
            statements.push(format!("GRANT {} TO {name}", quote_identifier(role)));
        }
    }
    Ok(statements)
}
