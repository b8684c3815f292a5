//! Finders: reads under names of their own, and what is due by the database's clock.

use stellaops_db::{Error, TenantScope, Timestamp};
use stellaops_db_tests::library::*;

use crate::fixture::*;

/// That many seconds from now; the clock that decides is the database's.
fn seconds(from_now: i64) -> Timestamp {
    Timestamp::new(chrono::Utc::now() + chrono::Duration::seconds(from_now))
}

/// Rows that are due by hours, and rows that are not by hours.
async fn fill(scope: &TenantScope, kind: &str) -> Vec<Reminder> {
    let reminders = scope.repository::<ReminderRepository>();
    let mut due = Vec::new();
    for (position, hours) in [-3_i64, 5, -1, -2, 7, -4].into_iter().enumerate() {
        let number = format!("{kind}{position}");
        let row = Reminder::new_row(number, kind.into(), seconds(hours * 3600));
        let row = reminders.insert(row).await.expect("inserts");
        if hours < 0 {
            due.push(row);
        }
    }
    due.sort_by_key(|row| row.due_at);
    due
}

#[tokio::test]
async fn what_is_due_is_listed_by_the_databases_clock_page_by_page() {
    for server in servers().await {
        let fixture = Fixture::start(server).await;
        let scope = fixture.tenant("a");
        let due = fill(&scope, "loan").await;
        fill(&scope, "fine").await;
        fill(&fixture.tenant("b"), "loan").await;
        let reminders = scope.repository::<ReminderRepository>();
        assert_eq!(reminders.list_due("loan").await.expect("lists").rows, due);
        assert_eq!(reminders.list_latest("loan").await.expect("lists").rows.len(), 6);
        let first = reminders.list_due("loan").limit(3).await.expect("lists");
        assert_eq!(first.rows, due[..3]);
        let next = first.next.expect("there is more");
        let second = reminders.list_due("loan").at(next.clone()).await.expect("lists");
        assert_eq!((second.rows.as_slice(), second.next), (&due[3..], None));
        match reminders.list_by_kind("loan").at(next).await {
            Err(Error::Cursor(_)) => {}
            other => panic!("a cursor of what is due is none of all rows: {other:?}"),
        }
    }
}

#[tokio::test]
async fn what_is_due_is_read_across_tenants_by_a_name_of_its_own() {
    for server in servers().await {
        let fixture = Fixture::start(server).await;
        let mut due = fill(&fixture.tenant("b"), "loan").await;
        due.extend(fill(&fixture.tenant("a"), "fine").await);
        due.sort_by_key(|row| (row.due_at, row.tenant_id.clone(), row.id));
        let system = fixture.db.system("reminders").await.expect("opens");
        let reminders = system.across_tenants::<ReminderRepository>();
        assert_eq!(reminders.list_due_everywhere().await.expect("lists").rows, due);
        assert_eq!(
            reminders
                .list_by_due_everywhere()
                .await
                .expect("lists")
                .rows
                .len(),
            12
        );
        assert_eq!(reminders.count([]).await.expect("counts"), 12);
        let first = reminders.list_due_everywhere().limit(5).await.expect("lists");
        let rest = reminders
            .list_due_everywhere()
            .at(first.next.expect("more"))
            .await;
        assert_eq!([first.rows, rest.expect("lists").rows].concat(), due);
        // A table without such reads has the generic reader.
        assert_eq!(
            system
                .across_tenants::<ShelfRepository>()
                .count([])
                .await
                .expect("counts"),
            0
        );
        system.close().await.expect("closes");
    }
}

#[tokio::test]
async fn a_unique_key_is_looked_up_under_another_name() {
    for server in servers().await {
        let fixture = Fixture::start(server).await;
        let due = fill(&fixture.tenant("a"), "loan").await;
        let reminders = fixture.tenant("a").repository::<ReminderRepository>();
        let found = reminders.get_letter(due[0].number.as_str()).await.expect("reads");
        assert_eq!(found.as_ref(), Some(&due[0]));
        let others = fixture.tenant("b").repository::<ReminderRepository>();
        assert_eq!(
            others.get_letter(due[0].number.as_str()).await.expect("reads"),
            None
        );
    }
}

#[tokio::test]
async fn what_is_due_reads_its_index() {
    for server in servers().await {
        let fixture = Fixture::start(server).await;
        let rows = "INSERT INTO library.reminders (tenant_id, id, number, kind, due_at) \
            SELECT 't' || n % 3, gen_random_uuid(), n::text, 'kind' || n % 40, now() + (n - 5000) * interval '1 second' \
            FROM generate_series(1, 30000) AS n";
        let mut superuser = fixture.superuser().await;
        run(&mut superuser, rows).await.expect("inserts");
        run(&mut superuser, "ANALYZE library.reminders")
            .await
            .expect("analyses");
        let pool = fixture.one_connection(APPLICATION).await;
        let db = stellaops_db::Database::from_pool(pool.clone(), [])
            .await
            .expect("is walled off");
        let reminders = db
            .tenant(&"t1".parse().expect("a tenant"))
            .repository::<ReminderRepository>();
        reminders.list_due("kind7").limit(5).await.expect("lists");
        let mut connection = pool.acquire().await.expect("the connection");
        for plan in plans(&mut connection, "reminders list", 1).await {
            let by_index =
                plan.contains("idx_reminders_kind_due_at") && plan.contains("statement_timestamp()");
            assert!(
                by_index && !plan.contains("Sort") && !plan.contains("Filter: (due_at"),
                "{plan}"
            );
        }
    }
}
