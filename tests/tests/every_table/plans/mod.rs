//! The plans of every list and finder of every table, on fifty thousand rows of twenty-five tenants, or, at full
//! length, two hundred thousand of a hundred: what the
//! repository sends, as the application's role under row-level security, with the values that it binds.

mod captured;
mod fill;
mod judged;
mod reads;

use std::pin::Pin;

use sqlx::PgConnection;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use stellaops_db::__private::Table as Struct;
use stellaops_db::Database;
use stellaops_db::testing::TestDatabase;
use stellaops_db_spec::model::{Schema, Table, quote_identifier};

use crate::fixture::{SYSTEM, database, login, specs};
use reads::{Faults, Reads};

type Reading<'a> = Pin<Box<dyn Future<Output = (usize, Faults)> + 'a>>;

/// A struct, without its type.
struct Typed {
    table: &'static str,
    reads: for<'a> fn(&'a mut Reads<'_>) -> Reading<'a>,
}

macro_rules! readers {
    ($($schema:ident: $($name:ident),+);+) => {
        const READERS: &[Typed] = &[$($(Typed {
            table: <stellaops_db::schema::$schema::$name as Struct>::DESCRIPTOR.qualified,
            reads: |reads| Box::pin(reads::all::<stellaops_db::schema::$schema::$name>(reads)),
        }),+),+];
    };
}

every_struct!(readers);

// Two, because there are two processors at least.

#[tokio::test]
async fn every_list_and_finder_of_one_half_of_the_tables_reads_its_index() {
    look_at_half(0).await;
}

#[tokio::test]
async fn every_list_and_finder_of_the_other_half_of_the_tables_reads_its_index() {
    look_at_half(1).await;
}

async fn look_at_half(half: usize) {
    captured::listen();
    let specs = specs();
    let database = database(&specs).await;
    prepare(&database).await;
    let mut faults = Faults::new();
    let (mut tables, mut statements) = (0, 0);
    for schema in &specs.schemas {
        let readers = [
            reader(&database, &login(schema), "force_generic_plan").await,
            reader(&database, &login(schema), "force_custom_plan").await,
        ];
        for table in chosen(schema, half) {
            let (number, found) = look_at(&database, &readers, table).await;
            statements += number;
            tables += 1;
            faults.extend(found);
        }
        for reader in readers {
            reader.close().await;
        }
    }
    println!(
        "{tables} tables, {statements} statements, {} faults",
        faults.len()
    );
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
}

/// The tables of a half.
fn chosen(schema: &Schema, half: usize) -> impl Iterator<Item = &Table> {
    let numbered = schema.tables.iter().enumerate();
    numbered
        .filter(move |(number, _)| number % 2 == half)
        .map(|(_, table)| table)
}

async fn look_at(database: &TestDatabase, readers: &[Database], table: &Table) -> (usize, Faults) {
    let mut superuser = superuser(database).await;
    fill::fill(&mut superuser, table).await;
    let typed = READERS.iter().find(|typed| typed.table == table.qualified());
    let typed = typed.expect("every table has a struct");
    let (mut number, mut faults) = (0, Faults::new());
    for reader in readers {
        let superuser = self::superuser(database).await;
        let mut reads = Reads {
            table,
            superuser,
            database: reader,
        };
        let (more, found) = (typed.reads)(&mut reads).await;
        number += more;
        faults.extend(found);
    }
    fill::run(&mut superuser, format!("TRUNCATE {} CASCADE", table.sql_name())).await;
    (number, faults)
}

/// A connection whose writes fire no trigger and are held against no parent.
async fn superuser(database: &TestDatabase) -> PgConnection {
    let mut connection = database.connect().await.expect("the superuser connects");
    let quiet = "SET session_replication_role = replica; SET auto_explain.log_min_duration = -1; SET jit = off; SET TimeZone = 'UTC'";
    fill::run(&mut connection, quiet.into()).await;
    connection
}

/// Lets the server send plans, and takes the CHECKs away.
async fn prepare(database: &TestDatabase) {
    let mut connection = database.connect().await.expect("the superuser connects");
    // The server knows who may set its settings once it has loaded it.
    fill::run(&mut connection, "LOAD 'auto_explain'".into()).await;
    for (setting, value) in captured::SETTINGS {
        let name = quote_identifier(database.name());
        fill::run(
            &mut connection,
            format!("ALTER DATABASE {name} SET {setting} = '{value}'"),
        )
        .await;
    }
    let checks = "DO $$ DECLARE dropped text; BEGIN
        FOR dropped IN
          SELECT format('ALTER TABLE %s DROP CONSTRAINT IF EXISTS %I', conrelid::regclass, conname)
          FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid
          WHERE contype = 'c' AND conrelid <> 0 AND connamespace::regnamespace::text NOT IN ('stellaops', 'pg_catalog', 'information_schema')
          ORDER BY relispartition, conrelid, conname
        LOOP EXECUTE dropped; END LOOP;
      END $$";
    fill::run(&mut connection, checks.into()).await;
}

/// The toolkit on one connection of each login, whose plans are all of one kind.
async fn reader(database: &TestDatabase, login: &str, plans: &str) -> Database {
    let application = pool(database.connect_options_as(login), plans).await;
    let system = pool(database.connect_options_as(SYSTEM), plans).await;
    let database = Database::from_pool(application, []).await.expect("is walled off");
    database.with_system_pool(system).await.expect("sees all tenants")
}

async fn pool(options: PgConnectOptions, plans: &str) -> PgPool {
    let options = options
        .options([("plan_cache_mode", plans)])
        .statement_cache_capacity(2_000);
    let pool = PgPoolOptions::new().max_connections(1).test_before_acquire(false);
    pool.connect_with(options).await.expect("connects")
}
