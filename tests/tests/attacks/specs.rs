//! Every text in a spec: as a name it is refused with a code or quoted, as a word of people's it is quoted; and on the
//! database that comes of it policies hold.

use std::collections::BTreeMap;

use sqlx::Row as _;
use stellaops_db::testing::{TemplateDatabase, TestDatabase, ensure_login, shared_server};
use stellaops_db::{Config, TenantScope};
use stellaops_db_spec::diagnostic::Report;
use stellaops_db_spec::model::{Database, quote_identifier};
use stellaops_db_spec::source::{SourceFile, Sources};
use stellaops_db_spec::{ddl, load_sources};
use stellaops_db_tests::corpus;

use crate::support::{self, run, tenant};

/// A schema, a table and columns that are words of SQL's own.
const SCHEMA: &str = "select";
const TABLE: &str = "table";
const LOGIN: &str = "attacks_named";

/// What lets a table have such a name.
const WAIVER: &str = "[[waivers]]\nrule = \"SDB0338\"\nwhy = \"the test is about them\"\n";

/// A text as TOML.
fn quoted(text: &str) -> String {
    serde_json::to_string(text)
        .expect("a text is JSON")
        .replace('\u{7f}', "\\u007f")
}

/// A table with those columns behind its id, and whatever else is to be in its file.
fn table(columns: &str, more: &str) -> String {
    format!(
        "summary = \"It.\"\ntenancy = \"tenant\"\n[columns.id]\ntype = \"uuid\"\ndefault = \"uuid_v7\"\ndoc = \"It.\"\n\
         {columns}\n[[indexes]]\nname = \"by_id\"\nserved_by = \"primary_key\"\nwhy = \"all\"\n{more}"
    )
}

fn column(name: &str, doc: &str) -> String {
    let (name, doc) = (quoted(name), quoted(doc));
    format!("[columns.{name}]\ntype = \"text\"\nmax_length = 100\nnullable = true\ndoc = {doc}\n")
}

/// The files of a database with one schema.
fn load(schema: &str, tables: &[(&str, &str)]) -> Result<Database, Report> {
    let file = |path: String, text: &str| SourceFile {
        path: path.into(),
        text: text.into(),
    };
    let mut files = vec![
        file(
            "specs/database.toml".into(),
            "spec_version = 1\nname = \"n\"\nsummary = \"N.\"\n",
        ),
        file(format!("specs/{schema}/schema.toml"), "summary = \"It.\"\n"),
    ];
    files.extend(
        tables
            .iter()
            .map(|(name, text)| file(format!("specs/{schema}/{name}.toml"), text)),
    );
    load_sources(&Sources::new(files))
}

/// The SQLSTATE of a refusal.
fn code<R: std::fmt::Debug>(refused: Result<R, sqlx::Error>) -> String {
    let error = refused.expect_err("the statement is refused");
    let said = error.as_database_error().unwrap_or_else(|| panic!("{error}"));
    said.code().expect("errors have codes").into_owned()
}

/// What a name can be.
fn is_plain(name: &str) -> bool {
    name.len() <= 63
        && name.starts_with(|first: char| first.is_ascii_lowercase())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

#[test]
fn a_name_that_is_no_plain_word_is_refused_in_every_place() {
    let texts = corpus::texts().into_iter().chain(
        corpus::long_texts()
            .into_iter()
            .filter(|text| text.len() < 10_000),
    );
    for text in texts.filter(|text| !is_plain(text)) {
        let name = quoted(&text);
        let words = "values = [\"a\", \"b\"]";
        for (place, file) in [
            ("column", table(&column(&text, "It."), "")),
            (
                "index",
                table(
                    "",
                    &format!("[[indexes]]\nname = {name}\norder = [\"id\"]\nwhy = \"it\"\n"),
                ),
            ),
            (
                "unique key",
                table(
                    &column("a", "It."),
                    &format!("[[unique]]\nname = {name}\ncolumns = [\"a\"]\nwhy = \"it\"\n"),
                ),
            ),
            (
                "check",
                table(
                    "",
                    &format!("[[checks]]\nname = {name}\nexpression = \"true\"\nwhy = \"it\"\n"),
                ),
            ),
            (
                "enum",
                table(
                    &format!("[columns.e]\nenum = {name}\ndoc = \"It.\"\n"),
                    &format!("[enums.{name}]\ndoc = \"It.\"\nstorage = \"text\"\n{words}\n"),
                ),
            ),
            (
                "value",
                table(
                    "[columns.e]\nenum = \"e\"\ndoc = \"It.\"\n",
                    &format!("[enums.e]\ndoc = \"It.\"\nstorage = \"text\"\nvalues = [{name}]\n"),
                ),
            ),
            (
                "shape",
                table(
                    &format!("[columns.s]\nshape = {name}\ndoc = \"It.\"\n"),
                    &format!(
                        "[shapes.{name}]\ndoc = \"It.\"\nversion = \"n.s@1\"\nmembers.a = {{ type = \"text\" }}\n"
                    ),
                ),
            ),
        ] {
            let report =
                load("named", &[("things", &file)]).expect_err(&format!("{text:?} as the name of a {place}"));
            assert!(
                report
                    .to_records()
                    .iter()
                    .all(|fault| fault.code.starts_with("SDB")),
                "{report}"
            );
        }
        if !text.contains(['/', '\0']) {
            let file = table("", "");
            assert!(
                load("named", &[(&text, &file)]).is_err(),
                "{text:?} as the name of a table"
            );
            assert!(
                load(&text, &[("things", &file)]).is_err(),
                "{text:?} as the name of a schema"
            );
        }
    }
}

#[test]
fn a_name_is_as_long_as_all_that_is_named_after_it_allows() {
    let longest = |load: &dyn Fn(&str) -> Result<Database, Report>| {
        let fits = |length: &usize| load(&"x".repeat(*length)).is_ok();
        let longest = (1..=80).rev().find(fits).expect("a short name is good");
        assert!(
            (1..=longest).all(|length| fits(&length)),
            "every shorter one is good"
        );
        longest
    };
    let plain = table("", "");
    assert_eq!(
        longest(&|name| load("named", &[("things", &table(&column(name, "It."), ""))])),
        63
    );
    assert!(longest(&|name| load("named", &[(name, &plain)])) > 30);
    assert!(longest(&|name| load(name, &[("things", &plain)])) > 30);
}

/// Words of SQL's own that PostgreSQL takes as no bare name, from the server itself.
async fn words() -> Vec<String> {
    let mut superuser = support::server_connection(shared_server().await).await;
    let words = sqlx::query_scalar("SELECT word FROM pg_get_keywords() WHERE catcode <> 'U' ORDER BY 1");
    words.fetch_all(&mut superuser).await.expect("reads")
}

/// What people say of a column that the checker takes.
fn sayings() -> Vec<String> {
    let said = |text: &String| load("named", &[("things", &table(&column("a", text), ""))]).is_ok();
    corpus::texts().into_iter().filter(said).collect()
}

/// Words of a document's member that the checker takes.
fn member_words() -> Vec<String> {
    let taken = |text: &String| load("named", &[("things", &with_words(std::slice::from_ref(text)))]).is_ok();
    corpus::texts().into_iter().filter(taken).collect()
}

fn with_words(words: &[String]) -> String {
    let words: Vec<String> = words.iter().map(|word| quoted(word)).collect();
    let shape = "[columns.document]\nshape = \"document\"\n";
    let shapes = format!(
        "[shapes.document]\ndoc = \"It.\"\nversion = \"n.document@1\"\nmembers.word = {{ type = \"text\", values = [{}] }}\n",
        words.join(", ")
    );
    table(shape, &shapes)
}

/// A database with those tables, and a login of its application.
async fn applied(hint: &str, tables: &[(&str, &str)]) -> TestDatabase {
    let model = load(SCHEMA, tables).unwrap_or_else(|report| panic!("{report}"));
    let path = format!("schemas/{SCHEMA}.sql");
    let file = ddl::emit(&model).into_iter().find(|file| file.path == path);
    let sql = file.expect("the schema is emitted").text;
    let server = shared_server().await;
    let template = TemplateDatabase::prepare(server, hint, async |connection| {
        // Twice, because it can be applied again.
        run(&mut *connection, sql.clone()).await?;
        run(&mut *connection, sql).await.map(drop)
    });
    let template = template.await.expect("the schema is applied");
    let role = format!("{SCHEMA}_app");
    ensure_login(server, LOGIN, &[&role], false)
        .await
        .expect("the login is made");
    template.clone_database().await.expect("a copy")
}

#[tokio::test]
async fn words_of_sql_are_names_of_a_table_whose_policies_hold() {
    let mut words = words().await;
    words.push("x".repeat(63));
    let columns: String = words.iter().map(|word| column(word, "It.")).collect();
    let database = applied("attacks_names", &[(TABLE, &table(&columns, WAIVER))]).await;
    let config = Config::from_options(database.connect_options_as(LOGIN));
    let db = support::connect(&config).await;
    let name = format!("{}.{}", quote_identifier(SCHEMA), quote_identifier(TABLE));
    let columns: Vec<String> = words.iter().map(|word| quote_identifier(word)).collect();
    let scope = |text: &str| -> TenantScope { db.tenant(&tenant(text)) };
    let insert = format!(
        "INSERT INTO {name} (tenant_id, id, {}) VALUES ($1, gen_random_uuid(), {})",
        columns.join(", "),
        vec!["$2"; words.len()].join(", ")
    );
    for own in ["a", "b"] {
        let insert = scope(own)
            .query(stellaops_db::AssertSqlSafe(insert.clone()))
            .bind(tenant(own))
            .bind(own);
        assert_eq!(insert.execute().await.expect("inserts"), 1);
    }
    for own in ["a", "b"] {
        for column in &columns {
            let read = stellaops_db::AssertSqlSafe(format!("SELECT {column} FROM {name}"));
            assert_eq!(
                scope(own).query(read).all::<(String,)>().await.expect("reads"),
                [(own.to_owned(),)]
            );
        }
    }
    let forged = scope("a")
        .query(stellaops_db::AssertSqlSafe(insert))
        .bind(tenant("b"))
        .bind("x")
        .execute()
        .await;
    assert!(forged.is_err(), "a row of another tenant");
    let mut unbound = sqlx::ConnectOptions::connect(&database.connect_options_as(LOGIN))
        .await
        .expect("connects");
    assert_eq!(
        code(run(&mut unbound, format!("SELECT * FROM {name}")).await),
        "SD001"
    );
}

#[tokio::test]
async fn what_people_say_is_a_comment_and_nothing_else() {
    let sayings = sayings();
    assert!(sayings.len() > 250, "{} texts are said", sayings.len());
    let columns: String = sayings
        .iter()
        .enumerate()
        .map(|(number, text)| column(&format!("c{number}"), text))
        .collect();
    let database = applied("attacks_comments", &[(TABLE, &table(&columns, WAIVER))]).await;
    let mut superuser = database.connect().await.expect("connects");
    let sql = "SELECT attname::text, col_description(attrelid, attnum) FROM pg_attribute \
        WHERE attrelid = '\"select\".\"table\"'::regclass AND attname ~ '^c[0-9]'";
    let rows = sqlx::query(sql).fetch_all(&mut superuser).await.expect("reads");
    let comments: BTreeMap<String, Option<String>> =
        rows.iter().map(|row| (row.get(0), row.get(1))).collect();
    assert_eq!(comments.len(), sayings.len());
    for (number, text) in sayings.iter().enumerate() {
        // Space around a text is nobody's meaning.
        let comment = comments[&format!("c{number}")].as_deref().map(str::trim);
        assert_eq!(comment, Some(text.trim()));
    }
}

#[tokio::test]
async fn words_of_a_member_are_values_and_no_path() {
    let words = member_words();
    assert!(words.len() > 250, "{} texts are words", words.len());
    let database = applied("attacks_words", &[(TABLE, &(with_words(&words) + WAIVER))]).await;
    let mut superuser = database.connect().await.expect("connects");
    let sql = "INSERT INTO \"select\".\"table\" (tenant_id, id, document) VALUES ('a', gen_random_uuid(), $1::text::jsonb)";
    let mut insert = async |word: &str| {
        let document = serde_json::json!({ "schemaVersion": "n.document@1", "word": word });
        sqlx::query(sql)
            .bind(document.to_string())
            .execute(&mut superuser)
            .await
    };
    for word in &words {
        insert(word)
            .await
            .unwrap_or_else(|error| panic!("{word:?}: {error}"));
        let other = format!("{word}?");
        assert_eq!(code(insert(&other).await), "23514", "{other:?}");
    }
}
