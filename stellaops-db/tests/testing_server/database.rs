//! Databases and logins of a test's own.

use sqlx::{ConnectOptions, Connection, PgConnection};
use stellaops_db::testing::{TemplateDatabase, TestingError, ensure_login, shared_server};

#[tokio::test]
async fn two_copies_of_a_template_do_not_see_each_other() {
    let template = notes_template().await;
    assert!(template.name().ends_with("_notes___more"), "{}", template.name());
    let one = template.clone_database().await.expect("a copy");
    let other = template.clone_database().await.expect("another copy");
    let mut in_one = one.connect().await.expect("connects");
    let mut in_other = PgConnection::connect(&other.url())
        .await
        .expect("connects by URL");
    sqlx::raw_sql("INSERT INTO notes VALUES ('mine')")
        .execute(&mut in_one)
        .await
        .expect("inserts");
    assert_eq!(
        (count_notes(&mut in_one).await, count_notes(&mut in_other).await),
        (2, 1)
    );
}

#[tokio::test]
async fn a_template_is_set_up_once_and_a_failed_setup_is_reported_and_tried_again() {
    let server = shared_server().await;
    let first = notes_template().await;
    assert_eq!(first.name(), notes_template().await.name());

    let failed = TemplateDatabase::prepare(server, "retried", async |_| Err("no luck")).await;
    assert!(
        matches!(&failed, Err(TestingError::Setup { hint, .. }) if hint == "retried"),
        "{failed:?}"
    );
    let retried = TemplateDatabase::prepare(server, "retried", async |_| Ok::<(), sqlx::Error>(())).await;
    assert!(retried.is_ok(), "{retried:?}");
}

#[tokio::test]
async fn a_copy_is_dropped_with_its_value_even_while_it_is_used() {
    let template = notes_template().await;
    let dropped = template.clone_database().await.expect("a copy");
    let closed = template.clone_database().await.expect("another copy");
    let names = [dropped.name().to_owned(), closed.name().to_owned()];
    let mut user = dropped.connect().await.expect("connects");
    assert!(database_exists(&names[0]).await && database_exists(&names[1]).await);
    drop(dropped);
    closed.close().await.expect("can be dropped");
    assert!(!database_exists(&names[0]).await && !database_exists(&names[1]).await);
    assert!(sqlx::raw_sql("SELECT 1").execute(&mut user).await.is_err());
}

#[tokio::test]
async fn a_login_is_made_once_and_changed_when_asked_otherwise() {
    let server = shared_server().await;
    let mut admin = server
        .connect_options("postgres")
        .connect()
        .await
        .expect("connects");
    let parent =
        "DO $$ BEGIN CREATE ROLE \"notes \"\"app\"\"\"; EXCEPTION WHEN duplicate_object THEN NULL; END $$";
    sqlx::raw_sql(parent)
        .execute(&mut admin)
        .await
        .expect("the role is made");
    for bypass_rls in [false, true, true, false] {
        let roles = ["notes \"app\""];
        let made = tokio::join!(
            ensure_login(server, "notes service", &roles, bypass_rls),
            ensure_login(server, "notes service", &roles, bypass_rls),
        );
        assert!(made.0.is_ok() && made.1.is_ok(), "{made:?}");
        let mut login = server
            .connect_options_as("postgres", "notes service")
            .connect()
            .await
            .expect("logs in");
        let question = "SELECT current_user::text, rolbypassrls, pg_has_role('notes \"app\"', 'member'), rolsuper \
                        FROM pg_roles WHERE rolname = current_user";
        let seen: (String, bool, bool, bool) = sqlx::query_as(question)
            .fetch_one(&mut login)
            .await
            .expect("is told");
        assert_eq!(seen, ("notes service".to_owned(), bypass_rls, true, false));
    }
    let by_url = PgConnection::connect(&server.url_as("postgres", "notes service")).await;
    assert!(by_url.is_ok(), "{by_url:?}");
}

pub(crate) async fn notes_template() -> TemplateDatabase {
    TemplateDatabase::prepare(shared_server().await, "Notes & more", async |connection| {
        sqlx::raw_sql("CREATE TABLE notes (text text); INSERT INTO notes VALUES ('from the template')")
            .execute(connection)
            .await
            .map(drop)
    })
    .await
    .expect("the template can be made")
}

pub(crate) async fn count_notes(connection: &mut PgConnection) -> i64 {
    sqlx::query_scalar("SELECT count(*) FROM notes")
        .fetch_one(connection)
        .await
        .expect("notes can be counted")
}

async fn database_exists(name: &str) -> bool {
    let mut connection = shared_server()
        .await
        .connect_options("postgres")
        .connect()
        .await
        .expect("connects");
    let question = "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)";
    sqlx::query_scalar(question)
        .bind(name)
        .fetch_one(&mut connection)
        .await
        .expect("the catalog can be read")
}
