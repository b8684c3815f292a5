//! Foreign keys.

use stellaops_db::schema::scheduler::*;
use stellaops_db::{Error, Id, Rows, Store};
use stellaops_db_tests::library::{BookCopy, Place, Shelf};

use crate::values::schedule;
use crate::world::{World, broken, done};

/// A shelf with places 1 and 2.
async fn shelf(world: &impl World, tenant: &str) -> Shelf {
    let scope = world.tenant(tenant);
    let shelf = done(scope.rows::<Shelf>().insert(Shelf::new_row("north".into()))).await;
    let places = scope.rows::<Place>();
    for number in [1, 2] {
        done(places.insert(Place::new_row(shelf.id, number, format!("N{number}")))).await;
    }
    shelf
}

on_both! {
    async fn a_parent_that_is_not_there_is_named(world) {
        let _ = world.rows::<Shelf>();
        let nobody = Id::new(uuid::Uuid::from_u128(7));
        let orphan = world.rows::<Place>().insert(Place::new_row(nobody, 1, "N1".into())).await;
        refused!(orphan, Error::ForeignKeyViolation { ref constraint, parent: Some("library.shelves") } if constraint == "fk_places_shelf_id");
        assert_eq!(done(world.rows::<Place>().count([])).await, 0);
    }

    async fn another_tenants_parent_is_none(world) {
        let theirs = shelf(world, "b").await;
        let orphan = world.rows::<Place>().insert(Place::new_row(theirs.id, 3, "N3".into())).await;
        refused!(orphan, Error::ForeignKeyViolation { parent: Some("library.shelves"), .. });
    }

    async fn a_reference_of_several_columns_and_one_to_a_unique_key(world) {
        let shelf = shelf(world, "a").await;
        let copies = world.rows::<BookCopy>();
        let lent = done(copies.insert(BookCopy::new_row(shelf.id, 1).label(Some("N2".into())))).await;
        refused!(copies.insert(BookCopy::new_row(shelf.id, 9)).await, Error::ForeignKeyViolation { ref constraint, parent: Some("library.places") } if constraint == "fk_copies_home_shelf_id_home_number");
        let label = |label: &str| BookCopy::patch().label(Some(label.into()));
        refused!(copies.update(lent.id, label("N9")).await, Error::ForeignKeyViolation { ref constraint, .. } if constraint == "fk_copies_label");
        done(copies.update(lent.id, label("N1"))).await;
        let half = BookCopy::patch().number(Some(1));
        assert_eq!(broken(copies.update(lent.id, half)).await, "ck_copies_shelf_id_number_together");
    }

    async fn rows_go_with_their_parent_or_lose_it(world) {
        let shelf = shelf(world, "a").await;
        let (places, copies) = (world.rows::<Place>(), world.rows::<BookCopy>());
        let at_home = BookCopy::new_row(shelf.id, 1).shelf_id(Some(shelf.id)).number(Some(2));
        let copy = done(copies.insert(at_home)).await;
        assert!(done(places.delete((shelf.id, 2))).await);
        let copy = done(copies.get(copy.id)).await.expect("is there");
        assert_eq!((copy.shelf_id, copy.number), (None, None));
        assert!(done(world.rows::<Shelf>().delete(shelf.id)).await);
        assert_eq!((done(places.count([])).await, done(copies.count([])).await), (0, 0));
    }

    async fn a_parent_that_is_pointed_at_stays(world) {
        let shelf = shelf(world, "a").await;
        let (places, copies) = (world.rows::<Place>(), world.rows::<BookCopy>());
        done(copies.insert(BookCopy::new_row(shelf.id, 1).label(Some("N2".into())))).await;
        refused!(places.delete((shelf.id, 2)).await, Error::ForeignKeyViolation { ref constraint, parent: None } if constraint == "fk_copies_label");
        let renamed = places.update((shelf.id, 2), Place::patch().code("N-2".into())).await;
        refused!(renamed, Error::ForeignKeyViolation { ref constraint, .. } if constraint == "fk_copies_label");
        done(places.update((shelf.id, 1), Place::patch().code("N-1".into()))).await;
        assert_eq!(done(places.count([])).await, 2);
    }

    async fn an_orphan_of_set_null_stays_with_its_tenant(world) {
        let schedule = done(world.rows::<Schedule>().insert(schedule("nightly"))).await;
        let runs = world.rows::<Run>();
        let run = done(runs.insert(Run::new_row(RunReason::Manual).schedule_id(Some(schedule.id)))).await;
        assert!(done(world.rows::<Schedule>().delete(schedule.id)).await);
        assert_eq!(done(runs.get(run.id)).await.expect("is there").schedule_id, None);
    }
}
