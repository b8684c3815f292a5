//! The system's evidence, as its file makes it: applied again, alone and beside others, chained and closed.

use sqlx::Connection;
use stellaops_db::testing::ensure_login;

use crate::shop::*;

const EVENT: &str = "INSERT INTO audit.events (tenant_id, id, service, action, actor_type, actor, entity_type, entity_id)
    VALUES ('a', gen_random_uuid(), 'scheduler', 'schedule.deleted', 'user', 'ada', 'scheduler.schedules', '1')";

#[tokio::test]
async fn a_service_writes_events_and_the_database_chains_them() {
    for server in servers().await {
        let database = empty(server).await;
        let mut superuser = database.connect().await.unwrap();
        for _ in 0..2 {
            run(&mut superuser, built_in_file("audit")).await.unwrap();
        }
        run(&mut superuser, built_in_file("stellaops")).await.unwrap();
        ensure_login(server, "audit_ddl_app", &["audit_app"], false)
            .await
            .unwrap();
        let mut app = connect(&database, "audit_ddl_app").await;
        let mut transaction = app.begin().await.unwrap();
        sqlx::query("SELECT $1")
            .bind(Tenant("a"))
            .execute(&mut *transaction)
            .await
            .unwrap();
        for _ in 0..3 {
            run(&mut transaction, EVENT).await.unwrap();
        }
        transaction.commit().await.unwrap();
        let linked = "SELECT count(*) = 3 AND bool_and(previous = coalesce(before, decode(repeat('00', 32), 'hex')))
            FROM (SELECT previous, lag(hash) OVER (ORDER BY position) AS before FROM audit.events WHERE tenant_id = 'a') AS link";
        assert!(value::<bool>(&mut superuser, linked).await);
        let headed = "SELECT (position, hash) = (SELECT position, hash FROM audit.events WHERE tenant_id = 'a' ORDER BY position DESC LIMIT 1)
            FROM audit.chain_heads WHERE tenant_id = 'a'";
        assert!(value::<bool>(&mut superuser, headed).await);
    }
}

/// A type of a column's name, whose check calls whatever the session likes, and writes down as whom.
const TRAP: &str = "CREATE TEMPORARY TABLE seen (who name); GRANT INSERT ON seen TO PUBLIC;
    CREATE FUNCTION pg_temp.note(value pg_catalog.bytea) RETURNS boolean LANGUAGE plpgsql AS
      $$ BEGIN INSERT INTO pg_temp.seen VALUES (current_user); RETURN true; END $$;
    CREATE DOMAIN pg_temp.bytea AS pg_catalog.bytea CHECK (pg_temp.note(VALUE));
    CREATE DOMAIN pg_temp.jsonb AS pg_catalog.jsonb CHECK (pg_temp.note(NULL));
    CREATE DOMAIN pg_temp.text AS pg_catalog.text CHECK (pg_temp.note(NULL))";

#[tokio::test]
async fn what_a_session_makes_for_itself_is_not_run_as_the_owner() {
    for server in servers().await {
        let database = empty(server).await;
        let mut superuser = database.connect().await.unwrap();
        run(&mut superuser, built_in_file("audit")).await.unwrap();
        ensure_login(server, "audit_ddl_app", &["audit_app"], false)
            .await
            .unwrap();
        let mut app = connect(&database, "audit_ddl_app").await;
        run(&mut app, TRAP).await.unwrap();
        let mut transaction = app.begin().await.unwrap();
        run(&mut transaction, "SET LOCAL app.tenant_id = 'a'")
            .await
            .unwrap();
        run(&mut transaction, EVENT).await.unwrap();
        transaction.commit().await.unwrap();
        assert_eq!(value::<i64>(&mut app, "SELECT count(*) FROM seen").await, 0);
    }
}

#[tokio::test]
async fn system_access_is_an_event_of_the_system_and_of_no_tenant() {
    for server in servers().await {
        let database = empty(server).await;
        let mut superuser = database.connect().await.unwrap();
        run(&mut superuser, built_in_file("audit")).await.unwrap();
        ensure_login(server, "audit_ddl_app", &["audit_app"], false)
            .await
            .unwrap();
        let mut system = connect(&database, "stellaops_system").await;
        run(
            &mut system,
            "INSERT INTO stellaops.system_access (reason) VALUES ('repair')",
        )
        .await
        .unwrap();
        run(
            &mut system,
            "UPDATE stellaops.system_access SET ended_at = clock_timestamp(), statements = 4",
        )
        .await
        .unwrap();
        let told = "SELECT string_agg(concat_ws(' ', tenant_id, action, actor, reason, entity_type, position), ', ' ORDER BY position) FROM audit.events";
        assert_eq!(
            value::<String>(&mut superuser, told).await,
            "@system system_scope.opened stellaops_system repair stellaops.system_access 1, @system system_scope.closed stellaops_system repair stellaops.system_access 2"
        );
        let mut app = connect(&database, "audit_ddl_app").await;
        assert_eq!(
            try_as(&mut app, "@system", "SELECT * FROM audit.events")
                .await
                .unwrap(),
            0
        );
        assert_eq!(
            code(try_as(&mut app, "@system", &EVENT.replace("'a'", "'@system'")).await),
            "42501"
        );
        // Switched off by hand, it is made anew by the file.
        run(
            &mut superuser,
            "ALTER TABLE stellaops.system_access DISABLE TRIGGER USER",
        )
        .await
        .unwrap();
        run(&mut superuser, built_in_file("audit")).await.unwrap();
        run(
            &mut system,
            "INSERT INTO stellaops.system_access (reason) VALUES ('again')",
        )
        .await
        .unwrap();
        assert_eq!(
            value::<i64>(&mut superuser, "SELECT count(*) FROM audit.events").await,
            3
        );
    }
}
