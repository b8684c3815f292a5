//! What is the memory twin's own: what it refuses, and what its scopes share.

use std::time::Duration;

use stellaops_db::memory::{MemoryDatabase, MemoryRepository, MemoryScope};
use stellaops_db::schema::scheduler::{ImageSelector, Schedule, ScheduleMode, SelectionScope};
use stellaops_db::testing::{FixedClock, SequentialIds};
use stellaops_db::{CursorKey, Error, Id, InvalidCursor, Rows, Store, TenantId};
use stellaops_db_tests::ledger::Entry;
use stellaops_db_tests::library::{Place, Reminder, Shelf};

fn scope(database: &MemoryDatabase) -> MemoryScope {
    database.tenant(&TenantId::new("a").expect("a tenant"))
}

fn shelf(name: &str) -> stellaops_db_tests::library::NewShelf {
    Shelf::new_row(name.into())
}

#[tokio::test]
async fn clones_and_scopes_of_a_database_share_the_rows() {
    let database = MemoryDatabase::new();
    let shelf = scope(&database)
        .rows::<Shelf>()
        .insert(shelf("north"))
        .await
        .expect("inserts");
    let other = scope(&database.clone().with_clock(FixedClock::default()));
    assert_eq!(
        other.rows::<Shelf>().get(shelf.id).await.expect("reads"),
        Some(shelf)
    );
    let nothing = scope(&MemoryDatabase::new()).rows::<Shelf>();
    assert_eq!(nothing.count([]).await.expect("counts"), 0);
}

#[tokio::test]
async fn times_and_ids_are_those_that_were_injected() {
    let clock = FixedClock::default();
    let database = MemoryDatabase::new()
        .with_clock(clock.clone())
        .with_ids(SequentialIds::series(7));
    let schedules = scope(&database).rows::<Schedule>();
    let everything = ImageSelector {
        scope: SelectionScope::AllImages,
        namespaces: None,
        repositories: None,
        digests: None,
        labels: None,
        include_tags: None,
    };
    let author = || "user:ada".to_owned();
    let row = Schedule::new_row(
        "nightly".into(),
        ScheduleMode::AnalysisOnly,
        everything,
        author(),
        author(),
    );
    let made = schedules.insert(row).await.expect("inserts");
    assert_eq!(made.id.uuid(), SequentialIds::series(7).next());
    assert_eq!(made.created_at.utc(), clock.now());
    clock.advance(Duration::from_secs(60));
    let changed = schedules
        .update(made.id, Schedule::patch())
        .await
        .expect("updates");
    assert_eq!(
        (changed.created_at, changed.updated_at.utc()),
        (made.created_at, clock.now())
    );
}

#[tokio::test]
async fn threads_share_a_repository() {
    let database = MemoryDatabase::new();
    let rows: MemoryRepository<Shelf> = scope(&database).repository_of();
    let tasks = (0..8).map(|task| {
        let rows = rows.clone();
        tokio::spawn(async move {
            for number in 0..50 {
                rows.insert(shelf(&format!("{task}-{number}")))
                    .await
                    .expect("inserts");
            }
        })
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await.expect("ends");
    }
    assert_eq!(rows.count([]).await.expect("counts"), 400);
}

#[tokio::test]
async fn a_row_of_a_hash_chain_is_refused_with_the_way_out() {
    let database = MemoryDatabase::new();
    let entries = scope(&database).rows::<Entry>();
    let refused = entries.insert(Entry::new_row("opened".into())).await;
    let Err(error @ Error::NotInMemory { .. }) = refused else {
        panic!("expected a refusal, not {refused:?}");
    };
    assert_eq!(
        error.to_string(),
        "not in memory: `ledger.entries` chains its rows by hashes; test it on PostgreSQL, with `stellaops_db::testing`"
    );
}

#[tokio::test]
async fn a_reference_is_looked_at_once_its_parents_table_was_asked_for() {
    let database = MemoryDatabase::new();
    let scope = scope(&database);
    let nobody = Id::new(uuid::Uuid::from_u128(7));
    let places = scope.rows::<Place>();
    places
        .insert(Place::new_row(nobody, 1, "N1".into()))
        .await
        .expect("nobody knows the shelves");
    let _ = scope.rows::<Shelf>();
    let refused = places.insert(Place::new_row(nobody, 2, "N2".into())).await;
    assert!(
        matches!(refused, Err(Error::ForeignKeyViolation { .. })),
        "{refused:?}"
    );
    // What was there before goes on as it is.
    places
        .update((nobody, 1), Place::patch().code("N-1".into()))
        .await
        .expect("updates");
}

#[tokio::test]
async fn cursors_are_signed_where_there_is_a_key() {
    let unsigned = MemoryDatabase::new();
    let key = CursorKey::from_hexadecimal(&"5f".repeat(32)).expect("a key");
    let signed = unsigned.clone().with_cursor_keys([key]);
    let (plain, checked) = (scope(&unsigned).rows::<Shelf>(), scope(&signed).rows::<Shelf>());
    for name in ["a", "b"] {
        plain.insert(shelf(name)).await.expect("inserts");
    }
    let next = |rows: &MemoryRepository<Shelf>| {
        let list = rows.list(Shelf::BY_NAME).limit(1);
        async { list.await.expect("lists").next.expect("more") }
    };
    let (bare, good) = (next(&plain).await, next(&checked).await);
    let refused = checked.list(Shelf::BY_NAME).at(bare).await;
    assert!(
        matches!(refused, Err(Error::Cursor(InvalidCursor::NotSigned))),
        "{refused:?}"
    );
    assert_eq!(
        checked
            .list(Shelf::BY_NAME)
            .at(good)
            .await
            .expect("lists")
            .rows
            .len(),
        1
    );
}

#[test]
fn nothing_of_a_row_is_shown() {
    let database = MemoryDatabase::new();
    let rows = scope(&database).rows::<Reminder>();
    let list = rows.list(Reminder::BY_KIND.of("secret"));
    let lookup = Reminder::UNIQUE_NUMBER.of("secret");
    let shown = format!("{database:?} {rows:?} {list:?} {lookup:?}");
    assert!(!shown.contains("secret"), "{shown}");
}
