//! Applying the files: alone, again, through `psql`, side by side, by the migrator.

use sqlx::{ConnectOptions, Connection};
use stellaops_db::testing::{PostgresServer, TestDatabase};

use crate::shop::*;

/// `pg_dump -s`; nothing where there is no `pg_dump`.
fn dump(server: &PostgresServer, database: &TestDatabase) -> Option<String> {
    dumped(server, database, &["--schema-only"])
}

#[tokio::test]
async fn a_file_that_is_applied_again_changes_no_object() {
    for server in servers().await {
        let shop = [shop_file("shop"), shop_file("stellaops")];
        for file in built_in_files().into_iter().chain(shop) {
            let database = empty(server).await;
            let mut connection = database.connect().await.unwrap();
            run(&mut connection, &file).await.unwrap();
            let (objects, text): (String, _) =
                (value(&mut connection, OBJECTS).await, dump(server, &database));
            run(&mut connection, &file).await.unwrap();
            assert_eq!(value::<String>(&mut connection, OBJECTS).await, objects);
            assert_eq!(dump(server, &database), text);
        }
    }
}

#[tokio::test]
async fn the_migrator_applies_a_file_again_without_being_a_superuser() {
    for server in servers().await {
        let database = shop(server).await;
        let mut migrator = connect(&database, "stellaops_migrator").await;
        let objects: String = value(&mut migrator, OBJECTS).await;
        run(&mut migrator, shop_file("shop")).await.unwrap();
        assert_eq!(value::<String>(&mut migrator, OBJECTS).await, objects);
    }
}

#[tokio::test]
async fn files_of_several_schemas_share_one_database_in_any_order() {
    for server in servers().await {
        let database = empty(server).await;
        let mut connection = database.connect().await.unwrap();
        run(&mut connection, built_in_file("scheduler")).await.unwrap();
        run(&mut connection, shop_file("shop")).await.unwrap();
        run(&mut connection, built_in_file("stellaops")).await.unwrap();
        let tables = "SELECT count(*) FROM pg_tables WHERE schemaname IN ('shop', 'scheduler')";
        assert_eq!(value::<i64>(&mut connection, tables).await, 17);
    }
}

#[tokio::test]
async fn all_built_in_schemas_apply_in_one_run_and_again_without_effect() {
    for server in servers().await {
        let database = empty(server).await;
        let mut connection = database.connect().await.unwrap();
        let whole = built_in_files().concat();
        run(&mut connection, whole.clone()).await.unwrap();
        let objects: String = value(&mut connection, OBJECTS).await;
        run(&mut connection, whole).await.unwrap();
        assert_eq!(value::<String>(&mut connection, OBJECTS).await, objects);
        let tables = "SELECT count(*) FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition
          AND relnamespace::regnamespace::text IN ('audit', 'authority', 'issuer', 'notify', 'policy', 'scheduler', 'vex', 'vuln')";
        assert_eq!(value::<i64>(&mut connection, tables).await, 78);
    }
}

#[tokio::test]
async fn psql_and_one_message_make_the_same_database() {
    for server in servers().await {
        let (by_psql, by_message) = (empty(server).await, empty(server).await);
        let Some(output) = psql(server, &by_psql, &shop_file("shop")) else {
            println!("no psql for PostgreSQL {}", server.version());
            continue;
        };
        assert!(
            output.status.success() && output.stderr.is_empty(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        assert!(
            output.stdout.is_empty(),
            "{}",
            String::from_utf8_lossy(&output.stdout)
        );
        run(&mut by_message.connect().await.unwrap(), shop_file("shop"))
            .await
            .unwrap();
        assert_eq!(dump(server, &by_psql), dump(server, &by_message));
    }
}

#[tokio::test]
async fn databases_of_one_cluster_make_the_same_roles_at_the_same_moment() {
    for server in servers().await {
        let file = shop_file("shop").replace("shop", "rush");
        let mut runs = Vec::new();
        for _ in 0..4 {
            let database = empty(server).await;
            let file = file.clone();
            runs.push(tokio::spawn(async move {
                let mut connection = database.connect().await.unwrap();
                run(&mut connection, file).await
            }));
        }
        for done in runs {
            done.await.unwrap().unwrap();
        }
    }
}

#[tokio::test]
async fn runs_in_one_database_wait_for_each_other() {
    for server in servers().await {
        let database = empty(server).await;
        let runs = (0..3).map(async |_| run(&mut database.connect().await.unwrap(), shop_file("shop")).await);
        for done in futures_util::future::join_all(runs).await {
            done.unwrap();
        }
    }
}

#[tokio::test]
async fn a_session_that_is_bound_to_a_tenant_applies_nothing() {
    for server in servers().await {
        let database = empty(server).await;
        let bound = database.connect_options().options([("app.tenant_id", "a")]);
        let mut connection = bound.connect().await.unwrap();
        assert_eq!(
            code(run(&mut connection, shop_file("shop")).await),
            stellaops_db_spec::ddl::sqlstate::SESSION_BOUND
        );
        run(&mut connection, "ROLLBACK").await.unwrap();
        assert!(!value::<bool>(&mut connection, "SELECT to_regnamespace('shop') IS NOT NULL").await);
    }
}

#[tokio::test]
async fn a_role_with_other_attributes_is_corrected_or_stops_with_the_remedy() {
    for server in servers().await {
        let file = shop_file("shop").replace("shop", "ward");
        let database = empty(server).await;
        let mut superuser = database.connect().await.unwrap();
        run(&mut superuser, &file).await.unwrap();
        run(&mut superuser, "ALTER ROLE ward_app LOGIN BYPASSRLS")
            .await
            .unwrap();

        let mut migrator = connect(&database, "stellaops_migrator").await;
        let refused = run(&mut migrator, &file).await.unwrap_err();
        let refused = refused
            .as_database_error()
            .unwrap()
            .downcast_ref::<sqlx::postgres::PgDatabaseError>();
        assert_eq!(refused.code(), stellaops_db_spec::ddl::sqlstate::ROLE);
        assert!(refused.message().contains("ward_app"), "{}", refused.message());
        assert!(
            refused
                .hint()
                .unwrap()
                .contains("ALTER ROLE ward_app NOLOGIN NOBYPASSRLS"),
            "{refused:?}"
        );

        run(&mut superuser, &file).await.unwrap();
        let harmless = "SELECT NOT rolcanlogin AND NOT rolbypassrls FROM pg_roles WHERE rolname = 'ward_app'";
        assert!(value::<bool>(&mut superuser, harmless).await);
    }
}

#[tokio::test]
async fn the_domain_keeps_its_id_when_its_rule_was_another() {
    for server in servers().await {
        let database = shop(server).await;
        let mut connection = database.connect().await.unwrap();
        let id = "SELECT 'stellaops.tenant'::regtype::oid::int8";
        let before: i64 = value(&mut connection, id).await;
        let weaker = "ALTER DOMAIN stellaops.tenant DROP CONSTRAINT one_tenant_per_transaction;
                      ALTER DOMAIN stellaops.tenant ADD CONSTRAINT bind CHECK (set_config('app.tenant_id', VALUE, true) = VALUE);
                      RESET app.tenant_id";
        run(&mut connection, weaker).await.unwrap();
        run(&mut connection, shop_file("shop")).await.unwrap();
        assert_eq!(value::<i64>(&mut connection, id).await, before);
        let mut app = connect(&database, "ddl_app").await;
        let mut transaction = app.begin().await.unwrap();
        sqlx::query("SELECT $1")
            .bind(Tenant("a"))
            .execute(&mut *transaction)
            .await
            .unwrap();
        let second = sqlx::query("SELECT $1")
            .bind(Tenant("b"))
            .execute(&mut *transaction)
            .await;
        assert_eq!(
            constraint(second),
            stellaops_db_spec::ddl::sqlstate::ONE_TENANT_PER_TRANSACTION
        );
    }
}

#[tokio::test]
async fn names_are_quoted_exactly_where_the_server_wants_it() {
    for server in servers().await {
        let database = empty(server).await;
        let mut connection = database.connect().await.unwrap();
        let words: Vec<(String, String)> =
            sqlx::query_as("SELECT word, quote_ident(word) FROM pg_get_keywords()")
                .fetch_all(&mut connection)
                .await
                .unwrap();
        for (word, quoted) in words {
            // A word that a later version reserves is quoted on every version.
            let ours = stellaops_db_spec::model::quote_identifier(&word);
            assert!(
                ours == quoted || ours == format!("\"{word}\""),
                "{word}: {ours}, the server has {quoted}"
            );
            assert!(
                ours == quoted || server.version() < 18,
                "{word}: {ours}, the server has {quoted}"
            );
        }
    }
}
