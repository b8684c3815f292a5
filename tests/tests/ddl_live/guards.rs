//! Triggers and checks: statuses, times of change, append-only, bounds.

use sqlx::Connection;
use stellaops_db_spec::ddl::sqlstate;

use crate::shop::*;

#[tokio::test]
async fn a_status_takes_legal_steps_only() {
    for server in servers().await {
        let database = shop(server).await;
        let mut app = connect(&database, "ddl_app").await;
        let step = |to: &str| format!("UPDATE shop.orders SET status = '{to}'");
        assert_eq!(try_as(&mut app, "a", &step("packed")).await.unwrap(), 1);
        assert_eq!(try_as(&mut app, "a", &step("open")).await.unwrap(), 1);
        for illegal in ["sent", "lost"] {
            assert_eq!(
                code(try_as(&mut app, "a", &step(illegal)).await),
                sqlstate::ILLEGAL_TRANSITION,
                "{illegal}"
            );
        }
        let mut superuser = database.connect().await.unwrap();
        run(&mut superuser, step("packed")).await.unwrap();
        run(&mut superuser, step("sent")).await.unwrap();
        let refused = run(&mut superuser, step("open")).await.unwrap_err();
        let refused = refused.as_database_error().unwrap();
        assert_eq!(
            refused.message(),
            "shop.orders: status does not go from sent to open"
        );
        assert_eq!(refused.constraint(), Some("trg_orders_status"));
    }
}

#[tokio::test]
async fn a_status_stored_as_a_number_is_refused_by_its_names() {
    for server in servers().await {
        let database = empty(server).await;
        let mut superuser = database.connect().await.unwrap();
        run(&mut superuser, built_in_file("scheduler")).await.unwrap();
        let payload = format!(
            r#"{{"schemaVersion": "scheduler.graph-build-job@1", "sbomId": "s", "sbomVersionId": "v", "sbomDigest": "sha256:{}", "trigger": "manual", "metadata": {{}}}}"#,
            "0".repeat(64)
        );
        let insert = format!(
            "INSERT INTO scheduler.graph_jobs (tenant_id, id, type, payload) VALUES ('a', '{ORDER}', 0, '{payload}')"
        );
        run(&mut superuser, insert).await.unwrap();
        let refused = run(&mut superuser, "UPDATE scheduler.graph_jobs SET status = 2")
            .await
            .unwrap_err();
        assert_eq!(
            refused.as_database_error().unwrap().message(),
            "scheduler.graph_jobs: status does not go from pending to running"
        );
        run(&mut superuser, "UPDATE scheduler.graph_jobs SET status = 1")
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn a_supplied_time_of_change_stays_and_a_missing_one_is_set() {
    for server in servers().await {
        let database = shop(server).await;
        let mut app = connect(&database, "ddl_app").await;
        let mut transaction = app.begin().await.unwrap();
        let supplied = "UPDATE shop.orders SET priority = 1, updated_at = '2020-01-01T00:00:00Z' WHERE tenant_id = $1::text RETURNING updated_at = '2020-01-01T00:00:00Z'";
        let kept: bool = sqlx::query_scalar(supplied)
            .bind(Tenant("a"))
            .fetch_one(&mut *transaction)
            .await
            .unwrap();
        assert!(kept);
        let missing = "UPDATE shop.orders SET priority = 2 RETURNING updated_at = now() AND document_text = 'abc' AND document ->> 'whole' = '1'";
        assert!(
            sqlx::query_scalar::<_, bool>(missing)
                .fetch_one(&mut *transaction)
                .await
                .unwrap()
        );
    }
}

#[tokio::test]
async fn facts_are_not_changed_by_anybody() {
    for server in servers().await {
        let database = shop(server).await;
        let changes = [
            "UPDATE shop.payments SET reference = 'x'",
            "DELETE FROM shop.payments",
            "TRUNCATE shop.payments",
        ];
        let mut app = connect(&database, "ddl_app").await;
        let mut owner = connect(&database, "ddl_owner").await;
        let mut superuser = database.connect().await.unwrap();
        for sql in changes {
            assert_eq!(code(try_as(&mut app, "a", sql).await), "42501", "{sql}");
            assert_eq!(
                code(try_as(&mut owner, "a", sql).await),
                sqlstate::APPEND_ONLY,
                "{sql}"
            );
            assert_eq!(
                code(run(&mut superuser, sql).await),
                sqlstate::APPEND_ONLY,
                "{sql}"
            );
        }
        let upsert = "INSERT INTO shop.payments VALUES ('a', gen_random_uuid(), 'R1') ON CONFLICT (tenant_id, reference) DO UPDATE SET reference = 'x'";
        assert_eq!(code(run(&mut superuser, upsert).await), sqlstate::APPEND_ONLY);
        assert_eq!(
            try_as(
                &mut app,
                "a",
                "INSERT INTO shop.payments VALUES ('a', gen_random_uuid(), 'R2')"
            )
            .await
            .unwrap(),
            1
        );
    }
}

#[tokio::test]
async fn checks_refuse_bad_values_by_their_name() {
    for server in servers().await {
        let database = shop(server).await;
        let mut superuser = database.connect().await.unwrap();
        for (sql, name) in [
            ("UPDATE shop.orders SET tenant_id = ''", "ck_orders_tenant_id"),
            ("UPDATE shop.orders SET priority = 101", "ck_orders_priority"),
            ("UPDATE shop.orders SET priority = -1", "ck_orders_priority"),
            ("INSERT INTO shop.countries VALUES ('at')", "ck_countries_code"),
            (
                "UPDATE shop.customers SET tags = '{a,b,c,d}'",
                "ck_customers_tags",
            ),
            ("UPDATE shop.customers SET tags = '{a,NULL}'", "ck_customers_tags"),
            (
                "UPDATE shop.customers SET tags = '{{a},{b}}'",
                "ck_customers_tags",
            ),
            (
                "UPDATE shop.orders SET customer_id = NULL, status = 'lost'",
                "ck_orders_lost_has_a_customer",
            ),
        ] {
            run(
                &mut superuser,
                "ALTER TABLE shop.orders DISABLE TRIGGER trg_orders_status",
            )
            .await
            .unwrap();
            assert_eq!(constraint(run(&mut superuser, sql).await), name, "{sql}");
        }
        let unknown = "INSERT INTO shop.orders (tenant_id, id, \"order\", status, document) SELECT tenant_id, gen_random_uuid(), '9', 'gone', document FROM shop.orders";
        assert_eq!(constraint(run(&mut superuser, unknown).await), "ck_orders_status");
        let twice = "INSERT INTO shop.orders (tenant_id, id, \"order\", document) SELECT tenant_id, gen_random_uuid(), '1', document FROM shop.orders";
        assert_eq!(constraint(run(&mut superuser, twice).await), "uq_orders_order");
        run(&mut superuser, "UPDATE shop.orders SET deleted_at = now()")
            .await
            .unwrap();
        run(&mut superuser, twice).await.unwrap();
    }
}
