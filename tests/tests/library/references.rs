//! References of several columns, and lists in the order of a key.

use stellaops_db::{Database, Error, Id, TenantScope};
use stellaops_db_tests::library::*;
use stellaops_db_tests::specs;

use crate::fixture::*;

async fn shelf(scope: &TenantScope, name: &str, places: i32) -> Shelf {
    let shelves = scope.repository::<ShelfRepository>();
    let shelf = shelves
        .insert(Shelf::new_row(name.into()))
        .await
        .expect("inserts");
    let rows = (1..=places).map(|number| Place::new_row(shelf.id, number, format!("{name}-{number}")));
    let places = scope.repository::<PlaceRepository>();
    places.insert_many(rows).await.expect("inserts");
    shelf
}

macro_rules! missing {
    ($result:expr, $constraint:literal, $parent:expr) => {
        match $result {
            Err(Error::ForeignKeyViolation { constraint, parent })
                if constraint == $constraint && parent == $parent => {}
            other => panic!("expected {} of {:?}, not {other:?}", $constraint, $parent),
        }
    };
}

#[tokio::test]
async fn a_reference_of_several_columns_points_at_a_row_of_its_own_tenant() {
    for server in servers().await {
        let fixture = Fixture::start(server).await;
        let (a, b) = (fixture.tenant("a"), fixture.tenant("b"));
        let (own, theirs) = (shelf(&a, "own", 2).await, shelf(&b, "theirs", 2).await);
        let copies = a.repository::<BookCopyRepository>();
        let stored = copies
            .insert(BookCopy::new_row(own.id, 2))
            .await
            .expect("inserts");
        for (shelf, number) in [(own.id, 3), (theirs.id, 1), (Id::from(uuid::Uuid::nil()), 1)] {
            missing!(
                copies.insert(BookCopy::new_row(shelf, number)).await,
                "fk_copies_home_shelf_id_home_number",
                Some("library.places")
            );
        }
        let label = BookCopy::new_row(own.id, 1).label(Some("theirs-1".into()));
        missing!(
            copies.insert(label).await,
            "fk_copies_label",
            Some("library.places")
        );
        let scanned = BookCopy::patch().label(Some("own-1".into()));
        copies.update(stored.id, scanned).await.expect("updates");
        let unknown = BookCopy::patch().label(Some("nothing".into()));
        missing!(
            copies.update(stored.id, unknown).await,
            "fk_copies_label",
            Some("library.places")
        );
        let places = a.repository::<PlaceRepository>();
        missing!(places.delete((own.id, 1)).await, "fk_copies_label", None::<&str>);
    }
}

#[tokio::test]
async fn a_reference_that_is_half_filled_is_refused() {
    for server in servers().await {
        let fixture = Fixture::start(server).await;
        let scope = fixture.tenant("a");
        let own = shelf(&scope, "own", 2).await;
        let copies = scope.repository::<BookCopyRepository>();
        let half = BookCopy::new_row(own.id, 1).shelf_id(Some(own.id));
        match copies.insert(half).await {
            Err(Error::CheckViolation { constraint }) => {
                assert_eq!(constraint, "ck_copies_shelf_id_number_together");
            }
            other => panic!("expected a check, not {other:?}"),
        }
        let whole = BookCopy::new_row(own.id, 1)
            .shelf_id(Some(own.id))
            .number(Some(2));
        copies.insert(whole).await.expect("inserts");
    }
}

#[tokio::test]
async fn a_parent_that_goes_takes_its_rows_along_or_clears_all_columns() {
    for server in servers().await {
        let fixture = Fixture::start(server).await;
        let scope = fixture.tenant("a");
        let own = shelf(&scope, "own", 3).await;
        let copies = scope.repository::<BookCopyRepository>();
        let placed = |home| {
            BookCopy::new_row(own.id, home)
                .shelf_id(Some(own.id))
                .number(Some(2))
        };
        let stays = copies.insert(placed(1)).await.expect("inserts");
        let goes = copies.insert(placed(2)).await.expect("inserts");
        let places = scope.repository::<PlaceRepository>();
        assert!(places.delete((own.id, 2)).await.expect("deletes"));
        assert_eq!(copies.get(goes.id).await.expect("reads"), None);
        let cleared = copies.get(stays.id).await.expect("reads").expect("is there");
        assert_eq!((cleared.shelf_id, cleared.number), (None, None));
        assert_eq!(cleared.tenant_id, stays.tenant_id);
    }
}

#[tokio::test]
async fn the_file_applied_again_finds_no_difference_and_names_a_changed_reference() {
    for server in servers().await {
        let fixture = Fixture::start(server).await;
        let mut superuser = fixture.superuser().await;
        run(&mut superuser, specs::sql("library"))
            .await
            .expect("applies again");
        run(
            &mut superuser,
            "ALTER TABLE library.copies DROP CONSTRAINT fk_copies_label",
        )
        .await
        .expect("changes");
        let error = run(&mut superuser, specs::sql("library"))
            .await
            .expect_err("is another shape");
        assert!(error.to_string().contains("fk_copies_label"), "{error}");
    }
}

#[tokio::test]
async fn lists_in_the_order_of_a_key_read_that_key() {
    for server in servers().await {
        let fixture = Fixture::start(server).await;
        for tenant in ["a", "b", "c"] {
            let scope = fixture.tenant(tenant);
            for name in 0..20 {
                shelf(&scope, &format!("{name:03}"), 60).await;
            }
        }
        run(&mut fixture.superuser().await, "ANALYZE")
            .await
            .expect("analyses");
        let pool = fixture.one_connection(APPLICATION).await;
        let db = Database::from_pool(pool.clone(), [])
            .await
            .expect("is walled off");
        let scope = db.tenant(&"a".parse().expect("a tenant"));
        let shelves = scope.repository::<ShelfRepository>();
        let first = shelves.list_by_name().limit(5).await.expect("lists");
        let second = shelves
            .list_by_name()
            .limit(5)
            .at(first.next.expect("more"))
            .await;
        let names: Vec<String> = first
            .rows
            .into_iter()
            .chain(second.expect("lists").rows)
            .map(|row| row.name)
            .collect();
        let expected: Vec<String> = (0..10).map(|name| format!("{name:03}")).collect();
        assert_eq!(names, expected);
        let shelf = shelves
            .get_by_name("007")
            .await
            .expect("reads")
            .expect("is there");
        let places = scope.repository::<PlaceRepository>();
        let page = places.list_by_shelf(shelf.id).limit(50).await.expect("lists");
        let rest = places
            .list_by_shelf(shelf.id)
            .at(page.next.expect("more"))
            .await
            .expect("lists");
        let numbers: Vec<i32> = page
            .rows
            .iter()
            .chain(&rest.rows)
            .map(|place| place.number)
            .collect();
        assert_eq!(numbers, (1..=60).collect::<Vec<_>>());
        let mut connection = pool.acquire().await.expect("the connection");
        for (statement, index) in [("shelves list", "uq_shelves_name"), ("places list", "pk_places")] {
            for plan in plans(&mut connection, statement, 2).await {
                assert!(plan.contains(index) && !plan.contains("Sort"), "{plan}");
            }
        }
    }
}
