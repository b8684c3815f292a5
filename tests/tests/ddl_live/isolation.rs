//! What the roles can and cannot do with hand-written SQL.

use sqlx::{AssertSqlSafe, Connection};
use stellaops_db_spec::ddl::sqlstate;

use crate::shop::*;

const TENANT_TABLES: [&str; 6] = [
    "tenants",
    "customers",
    "price_lists",
    "orders",
    "order_lines",
    "payments",
];

#[tokio::test]
async fn work_without_a_tenant_raises_for_every_role() {
    for server in servers().await {
        let database = shop(server).await;
        for login in ["ddl_owner", "ddl_app", "ddl_reader", "ddl_admin"] {
            let mut connection = connect(&database, login).await;
            for table in TENANT_TABLES {
                let read = run(&mut connection, format!("SELECT * FROM shop.{table}")).await;
                assert_eq!(code(read), sqlstate::NO_TENANT_BOUND, "{login} reads {table}");
            }
        }
        let mut app = connect(&database, "ddl_app").await;
        for sql in [
            "INSERT INTO shop.customers (tenant_id, id, name) VALUES ('a', gen_random_uuid(), 'x')",
            "UPDATE shop.customers SET name = 'x'",
            "DELETE FROM shop.customers",
        ] {
            let error = run(&mut app, sql).await.unwrap_err();
            assert_eq!(
                error.as_database_error().unwrap().message(),
                "no tenant is bound",
                "{sql}"
            );
        }
    }
}

#[tokio::test]
async fn one_statement_binds_its_tenant_and_leaves_nothing_behind() {
    for server in servers().await {
        let database = shop(server).await;
        let mut app = connect(&database, "ddl_app").await;
        let read = "SELECT name FROM shop.customers WHERE tenant_id = $1::text AND id = $2::uuid";
        for (tenant, name) in [
            ("a", "Customer of a"),
            ("b", "Customer of b"),
            ("a", "Customer of a"),
        ] {
            let found: String = sqlx::query_scalar(read)
                .bind(Tenant(tenant))
                .bind(CUSTOMER)
                .fetch_one(&mut app)
                .await
                .unwrap();
            assert_eq!(found, name);
            assert_eq!(
                code(run(&mut app, "SELECT * FROM shop.customers").await),
                sqlstate::NO_TENANT_BOUND
            );
        }
    }
}

#[tokio::test]
async fn cached_plans_follow_the_tenant() {
    for server in servers().await {
        let database = shop(server).await;
        let mut app = connect(&database, "ddl_app").await;
        run(&mut app, "SET plan_cache_mode = force_generic_plan")
            .await
            .unwrap();
        for round in 0..20 {
            let tenant = if round % 7 == 6 { "b" } else { "a" };
            let found: Vec<String> = sqlx::query_scalar("SELECT tenant_id FROM shop.orders WHERE $1 <> ''")
                .bind(Tenant(tenant))
                .fetch_all(&mut app)
                .await
                .unwrap();
            assert_eq!(found, [tenant], "round {round}");
        }
    }
}

#[tokio::test]
async fn a_transaction_serves_one_tenant_until_it_is_rolled_back() {
    for server in servers().await {
        let database = shop(server).await;
        let mut app = connect(&database, "ddl_app").await;
        let mut transaction = app.begin().await.unwrap();
        let mut savepoint = transaction.begin().await.unwrap();
        sqlx::query("SELECT $1")
            .bind(Tenant("a"))
            .execute(&mut *savepoint)
            .await
            .unwrap();
        let second = sqlx::query("SELECT $1")
            .bind(Tenant("b"))
            .execute(&mut *savepoint)
            .await;
        assert_eq!(constraint(second), sqlstate::ONE_TENANT_PER_TRANSACTION);
        savepoint.rollback().await.unwrap();
        sqlx::query("SELECT $1")
            .bind(Tenant("b"))
            .execute(&mut *transaction)
            .await
            .unwrap();
        let empty = sqlx::query("SELECT $1")
            .bind(Tenant(""))
            .execute(&mut *transaction)
            .await;
        assert_eq!(constraint(empty), sqlstate::ONE_TENANT_PER_TRANSACTION);
    }
}

#[tokio::test]
async fn rows_of_other_tenants_are_out_of_reach() {
    for server in servers().await {
        let database = shop(server).await;
        for login in ["ddl_app", "ddl_admin", "ddl_owner"] {
            let mut connection = connect(&database, login).await;
            for table in TENANT_TABLES.into_iter().filter(|table| *table != "payments") {
                for sql in [
                    format!("SELECT 1 FROM shop.{table} WHERE tenant_id = 'b'"),
                    format!("UPDATE shop.{table} SET tenant_id = tenant_id WHERE tenant_id = 'b'"),
                    format!("DELETE FROM shop.{table} WHERE tenant_id = 'b'"),
                ] {
                    assert_eq!(
                        try_as(&mut connection, "a", &sql).await.unwrap(),
                        0,
                        "{login}: {sql}"
                    );
                }
                let moved = format!("UPDATE shop.{table} SET tenant_id = 'b'");
                assert_eq!(
                    code(try_as(&mut connection, "a", &moved).await),
                    "42501",
                    "{login}: {moved}"
                );
            }
            let insert =
                "INSERT INTO shop.customers (tenant_id, id, name) VALUES ('b', gen_random_uuid(), 'x')";
            assert_eq!(
                code(try_as(&mut connection, "a", insert).await),
                "42501",
                "{login}"
            );
        }
    }
}

#[tokio::test]
async fn the_tenant_cannot_be_changed_by_the_statement_that_is_checked() {
    for server in servers().await {
        let database = shop(server).await;
        let mut app = connect(&database, "ddl_app").await;
        let sql =
            "UPDATE shop.customers SET tenant_id = replace(tenant_id, 'a', 'b')::stellaops.tenant::text";
        assert_eq!(code(try_as(&mut app, "a", sql).await), sqlstate::CHECK_VIOLATION);
    }
}

#[tokio::test]
async fn a_permissive_policy_added_by_hand_widens_nothing() {
    for server in servers().await {
        let database = shop(server).await;
        let mut superuser = database.connect().await.unwrap();
        run(
            &mut superuser,
            "CREATE POLICY leak ON shop.orders FOR ALL TO PUBLIC USING (true) WITH CHECK (true)",
        )
        .await
        .unwrap();
        let mut app = connect(&database, "ddl_app").await;
        assert_eq!(
            try_as(&mut app, "a", "SELECT 1 FROM shop.orders").await.unwrap(),
            1
        );
        assert_eq!(
            code(run(&mut app, "SELECT 1 FROM shop.orders").await),
            sqlstate::NO_TENANT_BOUND
        );
    }
}

#[tokio::test]
async fn what_ignores_or_probes_row_security_is_not_granted() {
    for server in servers().await {
        let database = shop(server).await;
        for login in ["ddl_app", "ddl_admin", "ddl_reader"] {
            let mut connection = connect(&database, login).await;
            run(
                &mut connection,
                "CREATE TEMPORARY TABLE own (tenant_id text, id uuid)",
            )
            .await
            .unwrap();
            for sql in [
                "TRUNCATE shop.customers",
                "CREATE TABLE shop.mine (id int)",
                "CREATE TABLE stellaops.mine (id int)",
                "CREATE TEMPORARY TABLE column_of_type (tenant stellaops.tenant)",
                "SELECT * FROM stellaops.system_access",
                "SELECT * FROM stellaops.outbox_consumers",
                "SELECT * FROM stellaops.outbox_held_tenants",
                "ALTER TABLE shop.orders DISABLE ROW LEVEL SECURITY",
                "CREATE TRIGGER probe BEFORE INSERT ON shop.orders FOR EACH ROW EXECUTE FUNCTION stellaops.refuse_change()",
                "CALL stellaops.ensure_role('intruder', true, true, '')",
            ] {
                assert_eq!(code(run(&mut connection, sql).await), "42501", "{login}: {sql}");
            }
            let probe = "SELECT has_table_privilege('shop.customers', 'REFERENCES')";
            assert!(!value::<bool>(&mut connection, probe).await, "{login}");
        }
        let mut reader = connect(&database, "ddl_reader").await;
        assert_eq!(
            try_as(&mut reader, "a", "SELECT 1 FROM shop.orders")
                .await
                .unwrap(),
            1
        );
        for sql in [
            "DELETE FROM shop.orders",
            "UPDATE shop.orders SET priority = 1",
            "INSERT INTO shop.countries VALUES ('DE')",
        ] {
            assert_eq!(code(try_as(&mut reader, "a", sql).await), "42501", "{sql}");
        }
    }
}

#[tokio::test]
async fn a_row_points_into_its_own_tenant_only() {
    for server in servers().await {
        let database = shop(server).await;
        let mut app = connect(&database, "ddl_app").await;
        let only_b = "UPDATE shop.orders SET customer_id = '00000000-0000-7000-8000-0000000000bb'";
        assert_eq!(
            constraint(try_as(&mut app, "a", only_b).await),
            "fk_orders_customer_id"
        );
        assert_eq!(try_as(&mut app, "b", only_b).await.unwrap(), 1);
        // The superuser's rows too: it is the key that holds, not the policy.
        let mut superuser = database.connect().await.unwrap();
        let sql = "UPDATE shop.orders SET customer_id = '00000000-0000-7000-8000-0000000000bb' WHERE tenant_id = 'a'";
        assert_eq!(
            constraint(run(&mut superuser, sql).await),
            "fk_orders_customer_id"
        );
    }
}

#[tokio::test]
async fn an_upsert_does_not_tell_what_other_tenants_have() {
    for server in servers().await {
        let database = shop(server).await;
        let mut app = connect(&database, "ddl_app").await;
        let sql = "INSERT INTO shop.customers (tenant_id, id, name) VALUES ('a', '00000000-0000-7000-8000-0000000000bb', 'x') ON CONFLICT DO NOTHING";
        assert_eq!(try_as(&mut app, "a", sql).await.unwrap(), 1);
        let keys: Vec<String> = sqlx::query_scalar(
            "SELECT conrelid::regclass || ' ' || conname FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid
             WHERE connamespace = 'shop'::regnamespace AND contype IN ('p', 'u') AND relrowsecurity
               AND NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = conrelid AND attnum = ANY (conkey) AND attname = 'tenant_id')",
        )
        .fetch_all(&mut database.connect().await.unwrap())
        .await
        .unwrap();
        assert!(keys.is_empty(), "{keys:?}");
    }
}

#[tokio::test]
async fn a_reader_never_sees_a_foreign_row_while_the_file_is_applied() {
    for server in servers().await {
        let database = shop(server).await;
        let mut app = connect(&database, "ddl_app").await;
        let (stop, mut stopped) = tokio::sync::oneshot::channel::<()>();
        let reading = tokio::spawn(async move {
            let mut reads = 0_u32;
            while stopped.try_recv().is_err() {
                let unbound = run(&mut app, "SELECT * FROM shop.orders").await;
                assert_eq!(code(unbound), sqlstate::NO_TENANT_BOUND);
                assert_eq!(
                    try_as(&mut app, "a", "SELECT 1 FROM shop.orders WHERE tenant_id <> 'a'")
                        .await
                        .unwrap(),
                    0
                );
                reads += 1;
            }
            reads
        });
        let mut migrator = connect(&database, "stellaops_migrator").await;
        for _ in 0..5 {
            run(
                &mut migrator,
                "ALTER POLICY orders_app ON shop.orders USING (tenant_id = 'a')",
            )
            .await
            .unwrap();
            run(&mut migrator, shop_file("shop")).await.unwrap();
        }
        stop.send(()).expect("the reader reads");
        assert!(reading.await.unwrap() > 0);
    }
}

#[tokio::test]
async fn an_order_is_served_by_its_index_without_a_sort() {
    for server in servers().await {
        let database = shop(server).await;
        let mut app = connect(&database, "ddl_app").await;
        run(&mut app, "SET enable_seqscan = off; SET enable_bitmapscan = off")
            .await
            .unwrap();
        let sql = format!(
            "EXPLAIN SELECT * FROM shop.orders WHERE tenant_id = $1::text AND customer_id = '{CUSTOMER}' ORDER BY created_at DESC, id DESC LIMIT 5"
        );
        let plan: Vec<String> = sqlx::query_scalar(AssertSqlSafe(sql))
            .bind(Tenant("a"))
            .fetch_all(&mut app)
            .await
            .unwrap();
        let plan = plan.join("\n");
        assert!(
            plan.contains("idx_orders_customer_id_created_at") && !plan.contains("Sort"),
            "{plan}"
        );
    }
}
