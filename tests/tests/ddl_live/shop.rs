//! The schema of the tests, `shop`, with a table of every kind, in a database of the test's own.

use std::path::PathBuf;
use std::process::{Command, Output};

use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::postgres::{PgArgumentBuffer, PgTypeInfo};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Encode, PgConnection, Postgres, Type};
use stellaops_db::testing::{
    PostgresBinaries, PostgresServer, TemplateDatabase, TestDatabase, ensure_login, shared_server,
};
use tokio::sync::OnceCell;

pub(crate) const ORDER: &str = "00000000-0000-7000-8000-0000000000aa";
pub(crate) const CUSTOMER: &str = "00000000-0000-7000-8000-0000000000cc";

/// Every object with its id.
pub(crate) const OBJECTS: &str = "
    SELECT string_agg(line, E'\\n' ORDER BY line COLLATE \"C\") FROM (
      SELECT format('relation %s %s', oid, oid::regclass) FROM pg_class WHERE relnamespace::regnamespace::text !~ '^(pg_|information)'
      UNION ALL SELECT format('policy %s %s', oid, polname) FROM pg_policy
      UNION ALL SELECT format('constraint %s %s', oid, conname) FROM pg_constraint
      UNION ALL SELECT format('trigger %s %s', oid, tgname) FROM pg_trigger
      UNION ALL SELECT format('routine %s %s', oid, oid::regprocedure) FROM pg_proc WHERE oid >= 16384
      UNION ALL SELECT format('type %s %s', oid, typname) FROM pg_type WHERE oid >= 16384
      UNION ALL SELECT format('schema %s %s', oid, nspname) FROM pg_namespace WHERE nspname !~ '^pg_'
    ) AS object (line)";

/// A document of shape `every_member`.
pub(crate) const DOCUMENT: &str = r#"{"schemaVersion": "shop.every-member@1", "text": "abc", "whole": 1, "truth": true, "texts": ["a"], "wholes": [1, -2], "truths": [false], "objects": [{}], "labels": {"k": "v"}, "counts": {"k": 3}, "free": {"x": [null]}}"#;

/// A tenant as a parameter: of the domain's type, so that the server binds it.
pub(crate) struct Tenant(pub(crate) &'static str);

impl Type<Postgres> for Tenant {
    fn type_info() -> PgTypeInfo {
        PgTypeInfo::with_name("stellaops.tenant")
    }
}

impl Encode<'_, Postgres> for Tenant {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        <&str as Encode<'_, Postgres>>::encode(self.0, buffer)
    }
}

/// The servers that every test runs on.
pub(crate) async fn servers() -> Vec<&'static PostgresServer> {
    static NEWEST: OnceCell<Option<PostgresServer>> = OnceCell::const_new();
    let shared = shared_server().await;
    let newest = NEWEST.get_or_init(async || {
        if shared.is_external() || shared.version() >= 18 {
            return None;
        }
        match tokio::task::spawn_blocking(|| PostgresBinaries::find_version(18))
            .await
            .expect("the search ends")
        {
            Ok(binaries) => Some(
                PostgresServer::start_with(binaries)
                    .await
                    .expect("PostgreSQL 18 starts"),
            ),
            Err(error) => {
                println!("not tested on PostgreSQL 18: {error}");
                None
            }
        }
    });
    std::iter::once(shared).chain(newest.await.as_ref()).collect()
}

/// The text of a generated file of the shop's specs.
pub(crate) fn shop_file(name: &str) -> String {
    file("../stellaops-db-spec/tests/every-kind", name)
}

/// The text of the file of the ledger's specs.
pub(crate) fn ledger_file() -> String {
    file("ledger/specs", "ledger")
}

/// The text of a generated file of the built-in specs.
pub(crate) fn built_in_file(name: &str) -> String {
    file("../specs", name)
}

/// The texts of all generated files of the built-in specs, in the order of their names.
pub(crate) fn built_in_files() -> Vec<String> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../specs");
    let database = stellaops_db_spec::load(&folder)
        .expect("the specs can be read")
        .unwrap_or_else(|report| panic!("{report}"));
    let files = stellaops_db_spec::ddl::emit(&database);
    files.into_iter().map(|file| file.text).collect()
}

fn file(specs: &str, name: &str) -> String {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(specs);
    let database = stellaops_db_spec::load(&folder)
        .expect("the specs can be read")
        .unwrap_or_else(|report| panic!("{report}"));
    let files = stellaops_db_spec::ddl::emit(&database);
    let path = format!("schemas/{name}.sql");
    files
        .into_iter()
        .find(|file| file.path == path)
        .expect("the file is emitted")
        .text
}

/// Runs a whole file, or any SQL, as one message.
pub(crate) async fn run(connection: &mut PgConnection, sql: impl Into<String>) -> Result<(), sqlx::Error> {
    sqlx::raw_sql(AssertSqlSafe(sql.into()))
        .execute(connection)
        .await
        .map(|_| ())
}

/// The one value that a query gives.
pub(crate) async fn value<T>(connection: &mut PgConnection, sql: impl Into<String>) -> T
where
    T: Send + Unpin + for<'r> sqlx::Decode<'r, Postgres> + Type<Postgres>,
{
    sqlx::query_scalar(AssertSqlSafe(sql.into()))
        .persistent(false)
        .fetch_one(connection)
        .await
        .expect("the query gives a value")
}

/// The SQLSTATE of the error, or a panic with what came instead.
pub(crate) fn code<T: std::fmt::Debug>(result: Result<T, sqlx::Error>) -> String {
    let error = result.expect_err("the statement is refused");
    error
        .as_database_error()
        .unwrap_or_else(|| panic!("{error}"))
        .code()
        .expect("errors have codes")
        .into_owned()
}

/// The constraint that the error names.
pub(crate) fn constraint<T: std::fmt::Debug>(result: Result<T, sqlx::Error>) -> String {
    let error = result.expect_err("the statement is refused");
    let error = error.as_database_error().unwrap_or_else(|| panic!("{error}"));
    error
        .constraint()
        .unwrap_or_else(|| panic!("{error} names no constraint"))
        .to_owned()
}

/// What `pg_dump` says of a database, without the random key of newer versions; nothing where there is no
/// `pg_dump` of the server's version.
pub(crate) fn dumped(server: &PostgresServer, database: &TestDatabase, more: &[&str]) -> Option<String> {
    let program = server.bin("pg_dump").filter(|program| program.exists())?;
    let output = Command::new(program)
        .args(["--dbname", &database.url()])
        .args(more)
        .output()
        .expect("pg_dump runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let text = String::from_utf8(output.stdout).expect("a dump is UTF-8");
    let lines = text.lines().filter(|line| !line.contains("restrict "));
    Some(lines.collect::<Vec<_>>().join("\n"))
}

/// Runs a file in `psql`, to its first error; nothing where there is no `psql` of the server's version.
pub(crate) fn psql(server: &PostgresServer, database: &TestDatabase, sql: &str) -> Option<Output> {
    let program = server.bin("psql").filter(|program| program.exists())?;
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), sql).expect("the file is written");
    let output = Command::new(program)
        .args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", &database.url(), "-f"])
        .arg(file.path())
        .output();
    Some(output.expect("psql runs"))
}

/// An empty database.
pub(crate) async fn empty(server: &PostgresServer) -> TestDatabase {
    let template = TemplateDatabase::prepare(server, "ddl_empty", async |_| Ok::<(), sqlx::Error>(())).await;
    template
        .expect("a template")
        .clone_database()
        .await
        .expect("a database")
}

/// A database with the shop, rows of the tenants `a` and `b` in every table, and logins for its roles.
pub(crate) async fn shop(server: &PostgresServer) -> TestDatabase {
    let setup = async |connection: &mut PgConnection| {
        run(&mut *connection, shop_file("shop")).await?;
        run(connection, rows()).await
    };
    let template = TemplateDatabase::prepare(server, "ddl_shop", setup)
        .await
        .unwrap_or_else(|error| panic!("{error:?}"));
    for role in ["owner", "app", "reader", "admin"] {
        let login = format!("ddl_{role}");
        ensure_login(server, &login, &[&format!("shop_{role}")], false)
            .await
            .expect("a login");
    }
    let database = template.clone_database().await.expect("a database");
    // A copy has the template's objects, and not the privileges on the template itself.
    let grant = format!(
        "GRANT CREATE ON DATABASE \"{}\" TO stellaops_migrator",
        database.name()
    );
    run(&mut database.connect().await.expect("a connection"), grant)
        .await
        .expect("the grant");
    database
}

/// A connection of one of the logins.
pub(crate) async fn connect(database: &TestDatabase, login: &str) -> PgConnection {
    database
        .connect_options_as(login)
        .connect()
        .await
        .expect("the login connects")
}

/// Runs SQL in a transaction that is bound to the tenant, and rolls it back.
pub(crate) async fn try_as(
    connection: &mut PgConnection,
    tenant: &'static str,
    sql: &str,
) -> Result<u64, sqlx::Error> {
    let mut transaction = connection.begin().await?;
    sqlx::query("SELECT $1")
        .bind(Tenant(tenant))
        .execute(&mut *transaction)
        .await?;
    let done = sqlx::query(AssertSqlSafe(sql.to_owned()))
        .execute(&mut *transaction)
        .await?;
    transaction.rollback().await?;
    Ok(done.rows_affected())
}

fn rows() -> String {
    let tenants = ["a", "b"].map(|tenant| {
        format!(
            "INSERT INTO shop.tenants VALUES ('{tenant}', 'Tenant {tenant}');
             INSERT INTO shop.customers (tenant_id, id, country, name) VALUES ('{tenant}', '{CUSTOMER}', 'AT', 'Customer of {tenant}');
             INSERT INTO shop.price_lists VALUES ('{tenant}', '{ORDER}', 'Prices of {tenant}');
             INSERT INTO shop.orders (tenant_id, id, customer_id, \"order\", document)
               VALUES ('{tenant}', '{ORDER}', '{CUSTOMER}', '1', '{DOCUMENT}');
             INSERT INTO shop.order_lines (tenant_id, order_id) VALUES ('{tenant}', '{ORDER}');
             INSERT INTO shop.payments VALUES ('{tenant}', '{ORDER}', 'R1');"
        )
    });
    let only_b = "00000000-0000-7000-8000-0000000000bb";
    format!(
        "INSERT INTO shop.countries VALUES ('AT'), ('CH'); {}
         INSERT INTO shop.price_lists VALUES ('@global', '{CUSTOMER}', 'Prices of all');
         INSERT INTO shop.customers (tenant_id, id, name) VALUES ('b', '{only_b}', 'Only of b');",
        tenants.join("\n")
    )
}
