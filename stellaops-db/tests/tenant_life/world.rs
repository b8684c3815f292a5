//! Databases with rows of two tenants in every table, and the command.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use sqlx::{AssertSqlSafe, PgConnection, Row as _};
use stellaops_db::testing::{TemplateDatabase, TestDatabase, ensure_login, shared_server};
use stellaops_db::verify::sample::{Parents, sample};
use stellaops_db_spec::model::{ColumnRole, Database, Schema, Table};

/// The login that sees all tenants.
pub(crate) const SYSTEM: &str = "stellaops_system";

/// The login that is a member of every owner.
pub(crate) const MIGRATOR: &str = "stellaops_migrator";

pub(crate) fn specs_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../specs")
}

pub(crate) fn specs() -> Database {
    stellaops_db_spec::load(&specs_folder()).unwrap().unwrap()
}

pub(crate) async fn run(connection: &mut PgConnection, sql: &str) {
    let done = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()))
        .execute(connection)
        .await;
    done.unwrap_or_else(|error| panic!("{sql}: {error}"));
}

pub(crate) async fn number(connection: &mut PgConnection, sql: &str) -> i64 {
    sqlx::query_scalar(AssertSqlSafe(sql.to_owned()))
        .fetch_one(connection)
        .await
        .unwrap()
}

/// All schemas, without a row.
pub(crate) async fn empty() -> TestDatabase {
    let files = stellaops_db_spec::ddl::emit(&specs());
    let scripts: Vec<&str> = files.iter().map(|file| file.text.as_str()).collect();
    let server = shared_server().await;
    let template = TemplateDatabase::from_scripts(server, "tenant_life", &scripts)
        .await
        .unwrap();
    ensure_login(server, SYSTEM, &[], true).await.unwrap();
    ensure_login(server, MIGRATOR, &[], true).await.unwrap();
    template.clone_database().await.unwrap()
}

/// A row of `acme` and one of `globex` in each table, and some that are hard to write down.
pub(crate) async fn filled() -> TestDatabase {
    let database = with(&["acme", "globex", "@global"]).await;
    run(&mut database.connect().await.unwrap(), HARD).await;
    database
}

/// A database that `acme` may be imported into: it has rows of `globex`, and those of everybody.
pub(crate) async fn target() -> TestDatabase {
    with(&["globex", "@global"]).await
}

async fn with(tenants: &[&str]) -> TestDatabase {
    let (database, specs) = (empty().await, specs());
    let mut connection = database.connect().await.unwrap();
    for (place, tenant) in ["acme", "globex", "@global"].into_iter().enumerate() {
        for schema in specs.schemas.iter().filter(|_| tenants.contains(&tenant)) {
            fill(&mut connection, schema, tenant, place).await;
        }
    }
    database
}

/// Texts, numbers and times that a careless format would lose; a row of `acme` that points at one of everybody's.
const HARD: &str = r#"
    INSERT INTO scheduler.graph_jobs (tenant_id, id, type, payload, created_at, correlation_id)
    SELECT 'acme', gen_random_uuid(), 0, payload || jsonb_build_object('metadata', jsonb_build_object('k', repeat('x', n))),
        '2020-02-29 23:59:59.123456+00'::timestamptz + n * interval '1 microsecond',
        E'quote " backslash \\ tab \t newline \n bell \u0007 snow ☃ astral 😀 separator \u2028 ' || n
    FROM scheduler.graph_jobs, generate_series(1, 30) AS n WHERE tenant_id = 'acme';
    UPDATE issuer.trust_overrides SET issuer_tenant_id = '@global', issuer_id = (SELECT id FROM issuer.issuers WHERE tenant_id = '@global')
    WHERE tenant_id = 'acme';
"#;

async fn fill(connection: &mut PgConnection, schema: &Schema, tenant: &str, place: usize) {
    let mut parents = Parents::new();
    for (number, table) in schema.tables.iter().enumerate() {
        let belongs = match tenant {
            "@global" => table.tenancy.as_str() == "tenant_or_global",
            _ => table.tenancy.has_tenant(),
        };
        if !belongs || table.chain_of.is_some() {
            continue;
        }
        let number = u32::try_from(number * 8 + place).unwrap();
        let mut row = sample(table, tenant, &parents, number).unwrap();
        insert(connection, table, &mut row).await;
        parents.insert(table.name.clone(), row);
    }
}

async fn insert(connection: &mut PgConnection, table: &Table, row: &mut BTreeMap<String, Option<String>>) {
    let columns: Vec<_> = table
        .inserted()
        .into_iter()
        .filter(|column| row.contains_key(&column.name))
        .collect();
    let names: Vec<String> = columns.iter().map(|column| column.sql_name()).collect();
    let places: Vec<String> = columns
        .iter()
        .enumerate()
        .map(|(place, column)| format!("${}::text::{}", place + 1, column.column_type.sql()))
        .collect();
    let identity = table
        .columns
        .iter()
        .find(|column| column.role == ColumnRole::Identity);
    let returning = identity.map_or("NULL".into(), |column| format!("{}::text", column.sql_name()));
    let sql = format!(
        "INSERT INTO {} ({}) VALUES ({}) RETURNING {returning}",
        table.sql_name(),
        names.join(", "),
        places.join(", ")
    );
    let mut query = sqlx::query(AssertSqlSafe(sql));
    for column in &columns {
        query = query.bind(row[&column.name].clone());
    }
    let returned = query.fetch_one(connection).await;
    let returned = returned.unwrap_or_else(|error| panic!("{}: {error}", table.qualified()));
    if let Some(column) = identity {
        row.insert(column.name.clone(), returned.get(0));
    }
}

/// A hash of all rows of a tenant, table by table.
pub(crate) async fn fingerprint(connection: &mut PgConnection, tenant: &str) -> BTreeMap<String, String> {
    let mut hashes = BTreeMap::new();
    for table in specs().tables().filter(|table| table.tenancy.has_tenant()) {
        let sql = format!(
            "SELECT coalesce(md5(string_agg(row::text, E'\\n' ORDER BY row::text)), 'none') FROM {} AS row WHERE tenant_id = $1",
            table.sql_name()
        );
        let hash = sqlx::query_scalar(AssertSqlSafe(sql))
            .bind(tenant)
            .fetch_one(&mut *connection)
            .await;
        hashes.insert(table.qualified(), hash.unwrap());
    }
    hashes
}

/// `stellaops-db tenant …`
pub(crate) fn tenant(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_stellaops-db"));
    command
        .arg("tenant")
        .args(arguments)
        .arg("--specs")
        .arg(specs_folder());
    command
}

/// The exit code and what was said.
pub(crate) fn said(arguments: &[&str]) -> (i32, String) {
    let output = tenant(arguments).output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.code().unwrap(), String::from_utf8(said).unwrap())
}

/// Exports `acme` into the folder, and reads its files.
pub(crate) fn exported(url: &str, tenant: &str, out: &Path) -> BTreeMap<String, String> {
    let (code, told) = said(&["export", url, "--tenant", tenant, "--out", out.to_str().unwrap()]);
    assert_eq!(code, 0, "{told}");
    let files = std::fs::read_dir(out).unwrap().map(|entry| entry.unwrap().path());
    let lines = files.filter(|path| path.extension().is_some_and(|extension| extension == "ndjson"));
    lines
        .map(|path| {
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            (name, std::fs::read_to_string(&path).unwrap())
        })
        .collect()
}

/// The exit code and the answer for a machine.
pub(crate) fn answer(arguments: &[&str]) -> (i32, serde_json::Value) {
    let (code, said) = said(&[arguments, &["--format", "json"]].concat());
    let value = serde_json::from_str(&said);
    (code, value.unwrap_or_else(|error| panic!("{error}: {said}")))
}

/// Starts the command, and cuts it short where a lock holds it: the process is killed, or its connection is.
pub(crate) async fn cut_short(database: &TestDatabase, lock: &str, arguments: &[&str], is_process: bool) {
    const WAITING: &str =
        "FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    let (mut holder, mut superuser) = (
        database.connect().await.unwrap(),
        database.connect().await.unwrap(),
    );
    run(&mut holder, &format!("BEGIN; LOCK TABLE {lock} MODE")).await;
    let mut child = tenant(arguments).stderr(Stdio::piped()).spawn().unwrap();
    while number(&mut superuser, &format!("SELECT count(*) {WAITING}")).await == 0 {
        assert!(child.try_wait().unwrap().is_none(), "it ended before the lock");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    match is_process {
        true => child.kill().unwrap(),
        false => {
            run(
                &mut superuser,
                &format!("SELECT pg_terminate_backend(pid) {WAITING}"),
            )
            .await
        }
    }
    let ended = child.wait_with_output().unwrap();
    let code = (!is_process).then_some(3);
    assert_eq!(
        ended.status.code(),
        code,
        "{}",
        String::from_utf8_lossy(&ended.stderr)
    );
    run(&mut holder, "ROLLBACK").await;
}
