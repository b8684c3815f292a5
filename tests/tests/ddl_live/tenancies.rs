//! The tables that are not a tenant's alone: global, tenant or global, registry; and the system login.

use sqlx::{AssertSqlSafe, Connection};
use stellaops_db_spec::ddl::sqlstate;

use crate::shop::*;

#[tokio::test]
async fn global_rows_are_read_by_all_and_written_by_the_system() {
    for server in servers().await {
        let database = shop(server).await;
        let mut app = connect(&database, "ddl_app").await;
        run(&mut app, "SELECT * FROM shop.countries").await.unwrap();
        for sql in [
            "INSERT INTO shop.countries VALUES ('DE')",
            "UPDATE shop.countries SET code = 'DE'",
            "DELETE FROM shop.countries",
        ] {
            assert_eq!(code(try_as(&mut app, "a", sql).await), "42501", "{sql}");
        }
        let mut system = connect(&database, "stellaops_system").await;
        run(&mut system, "INSERT INTO shop.countries VALUES ('DE')")
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn rows_of_all_tenants_can_be_read_and_not_changed() {
    for server in servers().await {
        let database = shop(server).await;
        for login in ["ddl_app", "ddl_admin", "ddl_owner"] {
            let mut connection = connect(&database, login).await;
            assert_eq!(
                try_as(&mut connection, "a", "SELECT 1 FROM shop.price_lists")
                    .await
                    .unwrap(),
                2
            );
            assert_eq!(
                try_as(&mut connection, "a", "UPDATE shop.price_lists SET name = 'x'")
                    .await
                    .unwrap(),
                1
            );
            // Whoever names the global tenant as his own still cannot write its rows.
            for (tenant, expected) in [("a", 1), ("@global", 0)] {
                assert_eq!(
                    try_as(&mut connection, tenant, "DELETE FROM shop.price_lists")
                        .await
                        .unwrap(),
                    expected,
                    "{login} as {tenant}"
                );
                let insert = "INSERT INTO shop.price_lists VALUES ('@global', gen_random_uuid(), 'x')";
                assert_eq!(
                    code(try_as(&mut connection, tenant, insert).await),
                    "42501",
                    "{login} as {tenant}"
                );
                let moved = "UPDATE shop.price_lists SET tenant_id = '@global' WHERE tenant_id = 'a'";
                if tenant == "a" {
                    assert_eq!(
                        code(try_as(&mut connection, tenant, moved).await),
                        "42501",
                        "{login}"
                    );
                }
            }
        }
        let mut superuser = database.connect().await.unwrap();
        run(
            &mut superuser,
            "DELETE FROM shop.price_lists WHERE tenant_id <> '@global'",
        )
        .await
        .unwrap();
        let mut app = connect(&database, "ddl_app").await;
        assert_eq!(
            code(run(&mut app, "SELECT * FROM shop.price_lists").await),
            sqlstate::NO_TENANT_BOUND
        );
    }
}

#[tokio::test]
async fn a_reference_names_the_own_or_the_global_row() {
    for server in servers().await {
        let database = shop(server).await;
        let mut app = connect(&database, "ddl_app").await;
        let point = |tenant: &str, id: &str| {
            format!("UPDATE shop.orders SET price_list_tenant_id = {tenant}, price_list_id = {id}")
        };
        let (own, global) = (format!("'{ORDER}'"), format!("'{CUSTOMER}'"));
        assert_eq!(try_as(&mut app, "a", &point("'a'", &own)).await.unwrap(), 1);
        assert_eq!(
            try_as(&mut app, "a", &point("'@global'", &global)).await.unwrap(),
            1
        );
        for bad in [point("'b'", &own), point("NULL", &own), point("'a'", "NULL")] {
            assert_eq!(
                constraint(try_as(&mut app, "a", &bad).await),
                "ck_orders_price_list_tenant_id",
                "{bad}"
            );
        }
        assert_eq!(
            constraint(try_as(&mut app, "a", &point("'a'", &global)).await),
            "fk_orders_price_list_id"
        );
        // Deleting the parent clears both columns, and only them.
        let mut superuser = database.connect().await.unwrap();
        run(&mut superuser, point("tenant_id", &own)).await.unwrap();
        run(
            &mut superuser,
            "DELETE FROM shop.price_lists WHERE tenant_id = 'a'",
        )
        .await
        .unwrap();
        let cleared = "SELECT price_list_tenant_id IS NULL AND price_list_id IS NULL FROM shop.orders WHERE tenant_id = 'a'";
        assert!(value::<bool>(&mut superuser, cleared).await);
    }
}

#[tokio::test]
async fn a_tenant_sees_its_own_row_of_the_registry() {
    for server in servers().await {
        let database = shop(server).await;
        let mut app = connect(&database, "ddl_app").await;
        assert_eq!(
            try_as(&mut app, "a", "UPDATE shop.tenants SET name = 'x'")
                .await
                .unwrap(),
            1
        );
        assert_eq!(
            try_as(&mut app, "a", "SELECT 1 FROM shop.tenants WHERE tenant_id = 'b'")
                .await
                .unwrap(),
            0
        );
        let mut superuser = database.connect().await.unwrap();
        let reserved = run(&mut superuser, "INSERT INTO shop.tenants VALUES ('@global', 'x')").await;
        assert_eq!(constraint(reserved), "ck_tenants_tenant_id");
    }
}

#[tokio::test]
async fn the_system_login_crosses_tenants_and_leaves_evidence() {
    for server in servers().await {
        let database = shop(server).await;
        let mut system = connect(&database, "stellaops_system").await;
        assert_eq!(
            value::<i64>(&mut system, "SELECT count(*) FROM shop.orders").await,
            2
        );
        let open = "INSERT INTO stellaops.system_access (id, reason) VALUES ($1::uuid, $2) RETURNING who";
        let who: String = sqlx::query_scalar(open)
            .bind(ORDER)
            .bind("a test")
            .fetch_one(&mut system)
            .await
            .unwrap();
        assert_eq!(who, "stellaops_system");
        let close = format!(
            "UPDATE stellaops.system_access SET ended_at = now(), statements = 3 WHERE id = '{ORDER}'"
        );
        run(&mut system, close).await.unwrap();
        for sql in [
            "DELETE FROM stellaops.system_access",
            "UPDATE stellaops.system_access SET reason = 'x'",
            "TRUNCATE stellaops.system_access",
        ] {
            assert_eq!(code(run(&mut system, sql).await), "42501", "{sql}");
        }
        let blank = run(
            &mut system,
            "INSERT INTO stellaops.system_access (reason) VALUES (' ')",
        )
        .await;
        assert_eq!(constraint(blank), "ck_system_access_reason");
    }
}

/// Which role has which privileges on which table, all of it.
#[tokio::test]
async fn grants_are_exactly_those_that_are_needed() {
    for server in servers().await {
        let database = shop(server).await;
        let mut superuser = database.connect().await.unwrap();
        let sql = "SELECT relname || ' ' || coalesce(nullif(pg_get_userbyid(grantee), 'unknown (OID=0)'), 'PUBLIC') || ' '
                     || string_agg(privilege_type, ',' ORDER BY privilege_type)
                   FROM pg_class, aclexplode(relacl)
                   WHERE relnamespace = 'shop'::regnamespace AND relkind IN ('r', 'S') AND grantee <> relowner
                   GROUP BY relname, grantee ORDER BY 1";
        let found: Vec<String> = sqlx::query_scalar(AssertSqlSafe(sql))
            .fetch_all(&mut superuser)
            .await
            .unwrap();
        let mut expected = Vec::new();
        for table in [
            "countries",
            "customers",
            "order_lines",
            "orders",
            "payments",
            "price_lists",
            "tenants",
        ] {
            let work = match table {
                "countries" => "SELECT",
                "payments" => "INSERT,SELECT",
                _ => "DELETE,INSERT,SELECT,UPDATE",
            };
            expected.push(format!("{table} shop_admin {work}"));
            expected.push(format!("{table} shop_app {work}"));
            expected.push(format!("{table} shop_reader SELECT"));
            let system = match table {
                "payments" => work,
                _ => "DELETE,INSERT,SELECT,UPDATE",
            };
            expected.push(format!("{table} stellaops_system {system}"));
        }
        expected.sort();
        assert_eq!(found, expected);
        assert_eq!(
            value::<i64>(&mut superuser, "SELECT count(*) FROM pg_default_acl").await,
            0
        );
        let unsafe_functions = "SELECT count(*) FROM pg_proc WHERE oid = 'stellaops.no_tenant_bound()'::regprocedure AND (provolatile <> 's' OR proparallel <> 's')";
        assert_eq!(value::<i64>(&mut superuser, unsafe_functions).await, 0);
        let unprotected =
            "SELECT count(*) FROM pg_class WHERE relnamespace = 'shop'::regnamespace AND relkind = 'r'
                           AND relname <> 'countries' AND NOT (relrowsecurity AND relforcerowsecurity)";
        assert_eq!(value::<i64>(&mut superuser, unprotected).await, 0);
        let others = "SELECT count(*) FROM pg_class WHERE relnamespace = 'shop'::regnamespace AND pg_get_userbyid(relowner) <> 'shop_owner'";
        assert_eq!(value::<i64>(&mut superuser, others).await, 0);
    }
}

#[tokio::test]
async fn deletes_reach_children_under_forced_row_security() {
    for server in servers().await {
        let database = shop(server).await;
        let mut app = connect(&database, "ddl_app").await;
        let mut transaction = app.begin().await.unwrap();
        sqlx::query("DELETE FROM shop.customers WHERE tenant_id = $1::text")
            .bind(Tenant("a"))
            .execute(&mut *transaction)
            .await
            .unwrap();
        let cleared: (bool, bool) =
            sqlx::query_as("SELECT customer_id IS NULL, updated_at = now() FROM shop.orders")
                .fetch_one(&mut *transaction)
                .await
                .unwrap();
        assert_eq!(cleared, (true, true));
        sqlx::query("DELETE FROM shop.orders")
            .execute(&mut *transaction)
            .await
            .unwrap();
        transaction.commit().await.unwrap();
        let mut superuser = database.connect().await.unwrap();
        let left = "SELECT string_agg(tenant_id, ',') FROM shop.order_lines";
        assert_eq!(value::<String>(&mut superuser, left).await, "b");
    }
}
