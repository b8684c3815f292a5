//! Over what exists already: another shape stops the run, changed guards are put back.

use sqlx::PgConnection;
use stellaops_db_spec::ddl::sqlstate;

use crate::shop::*;

async fn differences(connection: &mut PgConnection) -> Vec<String> {
    let error = run(&mut *connection, shop_file("shop"))
        .await
        .expect_err("the run stops");
    run(connection, "ROLLBACK").await.expect("the rollback");
    let error = error.as_database_error().unwrap_or_else(|| panic!("{error}"));
    assert_eq!(error.code().expect("a code"), sqlstate::ANOTHER_SHAPE, "{error}");
    let mut lines = error.message().lines().map(str::to_owned);
    assert_eq!(
        lines.next().expect("a first line"),
        "schema shop has tables of another shape:"
    );
    lines.collect()
}

#[tokio::test]
async fn another_shape_stops_the_run_and_every_difference_is_named() {
    for server in servers().await {
        let database = shop(server).await;
        let mut connection = database.connect().await.unwrap();
        let drift = "
            ALTER TABLE shop.customers ADD COLUMN nickname text;
            ALTER TABLE shop.customers ALTER COLUMN tags DROP DEFAULT;
            ALTER TABLE shop.customers ALTER COLUMN name TYPE text COLLATE \"C\";
            ALTER TABLE shop.order_lines ALTER COLUMN id DROP IDENTITY;
            ALTER TABLE shop.orders DROP COLUMN document_text;
            ALTER TABLE shop.orders ALTER COLUMN priority TYPE bigint;
            ALTER TABLE shop.orders ALTER COLUMN updated_at DROP NOT NULL;
            ALTER TABLE shop.orders DROP CONSTRAINT ck_orders_priority;
            ALTER TABLE shop.orders DROP CONSTRAINT fk_orders_customer_id;
            ALTER TABLE shop.orders ADD CONSTRAINT fk_orders_customer_id FOREIGN KEY (tenant_id, customer_id)
              REFERENCES shop.customers (tenant_id, id) NOT VALID;
            DROP INDEX shop.idx_orders_created_at_everywhere;
            DROP INDEX shop.uq_orders_order;
            CREATE UNIQUE INDEX uq_orders_order ON shop.orders (\"order\");
            CREATE UNIQUE INDEX surprise ON shop.orders (tenant_id, priority);
            CREATE INDEX harmless ON shop.orders (priority);
            ALTER TABLE shop.order_lines SET UNLOGGED;";
        run(&mut connection, "DELETE FROM shop.orders WHERE tenant_id = 'b'")
            .await
            .unwrap();
        run(&mut connection, drift).await.unwrap();
        assert_eq!(
            differences(&mut connection).await,
            [
                "shop.customers: column name is text COLLATE \"C\" NOT NULL, should be text COLLATE ucs_basic NOT NULL",
                "shop.customers: column nickname is text COLLATE \"default\", should be absent",
                "shop.customers: column tags is text[] COLLATE \"C\" NOT NULL, should be text[] COLLATE \"C\" NOT NULL DEFAULT '{}'::text[]",
                "shop.order_lines: relation is unlogged table, should be table",
                "shop.order_lines: column id is bigint NOT NULL, should be bigint NOT NULL GENERATED ALWAYS AS IDENTITY",
                "shop.orders: column document_text is missing, should be text COLLATE \"C\" GENERATED ALWAYS AS (document ->> 'text'::text)",
                "shop.orders: column priority is bigint NOT NULL DEFAULT 50, should be integer NOT NULL DEFAULT 50",
                "shop.orders: column updated_at is timestamp with time zone DEFAULT now(), should be timestamp with time zone NOT NULL DEFAULT now()",
                "shop.orders: constraint ck_orders_priority is missing, should be CHECK (((priority >= 0) AND (priority <= 100)))",
                "shop.orders: constraint fk_orders_customer_id is FOREIGN KEY (tenant_id, customer_id) REFERENCES shop.customers(tenant_id, id) NOT VALID, should be FOREIGN KEY (tenant_id, customer_id) REFERENCES shop.customers(tenant_id, id) ON DELETE SET NULL (customer_id)",
                "shop.orders: index idx_orders_created_at_everywhere is missing, should be CREATE INDEX idx_orders_created_at_everywhere ON shop.orders USING btree (created_at, tenant_id, id)",
                "shop.orders: index surprise is CREATE UNIQUE INDEX surprise ON shop.orders USING btree (tenant_id, priority), should be absent",
                "shop.orders: index uq_orders_order is CREATE UNIQUE INDEX uq_orders_order ON shop.orders USING btree (\"order\"), should be CREATE UNIQUE INDEX uq_orders_order ON shop.orders USING btree (tenant_id, \"order\") WHERE (deleted_at IS NULL)",
            ]
        );
        assert!(
            !value::<bool>(
                &mut connection,
                "SELECT to_regnamespace('stellaops_specified') IS NOT NULL"
            )
            .await
        );
    }
}

#[tokio::test]
async fn a_view_in_the_place_of_a_table_stops_the_run() {
    for server in servers().await {
        let database = empty(server).await;
        let mut connection = database.connect().await.unwrap();
        run(
            &mut connection,
            "CREATE SCHEMA shop; CREATE VIEW shop.countries AS SELECT 'AT'::text AS code",
        )
        .await
        .unwrap();
        let found = differences(&mut connection).await;
        assert_eq!(found[0], "shop.countries: relation is view, should be table");
    }
}

#[tokio::test]
async fn changed_guards_are_put_back() {
    for server in servers().await {
        let database = shop(server).await;
        let mut connection = database.connect().await.unwrap();
        let policies = "SELECT string_agg(concat_ws(' ', oid, polname, polcmd, polpermissive, polroles, pg_get_expr(polqual, polrelid),
                          pg_get_expr(polwithcheck, polrelid)), E'\\n' ORDER BY polname) FROM pg_policy WHERE polname <> 'orders_reader'";
        let state = "SELECT string_agg(concat_ws(' ', relname, relrowsecurity, relforcerowsecurity, relowner, relacl), E'\\n' ORDER BY relname)
                       FROM pg_class WHERE relnamespace = 'shop'::regnamespace";
        let triggers = "SELECT string_agg(pg_get_triggerdef(oid) || tgenabled::text, E'\\n' ORDER BY tgname) FROM pg_trigger WHERE NOT tgisinternal";
        let before: [String; 3] = [
            value(&mut connection, policies).await,
            value(&mut connection, state).await,
            value(&mut connection, triggers).await,
        ];
        let drift = "
            ALTER POLICY orders_app ON shop.orders TO PUBLIC USING (true) WITH CHECK (true);
            ALTER POLICY orders_tenant_isolation ON shop.orders USING (true);
            DROP POLICY orders_reader ON shop.orders;
            CREATE POLICY orders_reader ON shop.orders FOR ALL TO shop_reader USING (true);
            ALTER TABLE shop.customers NO FORCE ROW LEVEL SECURITY;
            ALTER TABLE shop.payments DISABLE ROW LEVEL SECURITY;
            ALTER TABLE shop.payments DISABLE TRIGGER trg_payments_append_only;
            DROP TRIGGER trg_orders_status ON shop.orders;
            CREATE OR REPLACE TRIGGER trg_orders_updated_at BEFORE UPDATE ON shop.orders FOR EACH ROW EXECUTE FUNCTION stellaops.touch('updated_at');
            GRANT TRUNCATE, REFERENCES ON shop.orders TO shop_app, PUBLIC;
            GRANT UPDATE ON shop.countries TO shop_reader;
            ALTER TABLE shop.orders OWNER TO postgres;
            GRANT USAGE ON TYPE stellaops.tenant TO PUBLIC;";
        run(&mut connection, drift).await.unwrap();
        run(&mut connection, shop_file("shop")).await.unwrap();
        let after: [String; 3] = [
            value(&mut connection, policies).await,
            value(&mut connection, state).await,
            value(&mut connection, triggers).await,
        ];
        assert_eq!(after, before);
        let reader = "SELECT polcmd = 'r' AND pg_get_expr(polqual, polrelid) LIKE '%no_tenant_bound%' FROM pg_policy WHERE polname = 'orders_reader'";
        assert!(value::<bool>(&mut connection, reader).await);
        let type_usage = "SELECT has_type_privilege('shop_app', 'stellaops.tenant', 'USAGE')";
        assert!(!value::<bool>(&mut connection, type_usage).await);
    }
}

#[tokio::test]
async fn a_run_over_an_existing_schema_waits_for_no_writer() {
    for server in servers().await {
        let database = shop(server).await;
        let mut writer = connect(&database, "stellaops_system").await;
        run(&mut writer, "BEGIN; UPDATE shop.orders SET priority = 7")
            .await
            .unwrap();
        let mut migrator = connect(&database, "stellaops_migrator").await;
        run(&mut migrator, "SET statement_timeout = '20s'").await.unwrap();
        run(&mut migrator, shop_file("shop")).await.unwrap();
        run(&mut writer, "ROLLBACK").await.unwrap();
    }
}
