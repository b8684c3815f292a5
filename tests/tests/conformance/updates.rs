//! Patches, versions and upserts.

use stellaops_db::schema::scheduler::*;
use stellaops_db::{Error, Id, Rows, Store};
use stellaops_db_tests::library::{Place, Shelf};
use stellaops_db_tests::shop::Customer;

use crate::values::{graph_job, schedule};
use crate::world::done;

on_both! {
    async fn a_patch_sets_what_it_names_and_the_time(world) {
        let schedules = world.rows::<Schedule>();
        let before = done(schedules.insert(schedule("nightly"))).await;
        world.later();
        let patch = Schedule::patch().description(Some("every night".into())).enabled(false);
        let after = done(schedules.update(before.id, patch)).await;
        let expected = Schedule {
            description: Some("every night".into()),
            enabled: false,
            row_version: 2,
            updated_at: after.updated_at,
            ..before.clone()
        };
        assert_eq!(after, expected);
        assert_eq!(after.updated_at.utc(), world.clock().now());
        assert_eq!(done(schedules.get(before.id)).await, Some(after));
    }

    async fn a_patch_of_nothing_counts_the_version(world) {
        let schedules = world.rows::<Schedule>();
        let before = done(schedules.insert(schedule("nightly"))).await;
        world.later();
        let after = done(schedules.update(before.id, Schedule::patch())).await;
        assert_eq!(after.row_version, 2);
        assert!(after.updated_at > before.updated_at);
    }

    async fn an_optional_column_is_set_to_null(world) {
        let customers = world.rows::<Customer>();
        let ada = done(customers.insert(Customer::new_row("ada".into()).nick(Some("a".into())))).await;
        let ada = done(customers.update(ada.id, Customer::patch().nick(None))).await;
        assert_eq!(ada.nick, None);
    }

    async fn a_row_that_is_not_there_is_not_updated(world) {
        let shelves = world.rows::<Shelf>();
        let nobody = Id::new(uuid::Uuid::from_u128(7));
        refused!(shelves.update(nobody, Shelf::patch()).await, Error::NotFound { table: "library.shelves" });
        let shelf = done(shelves.insert(Shelf::new_row("north".into()))).await;
        let other = world.tenant("b").rows::<Shelf>();
        refused!(other.update(shelf.id, Shelf::patch()).await, Error::NotFound { table: "library.shelves" });
    }

    async fn another_version_than_the_expected_one_is_a_conflict(world) {
        let customers = world.rows::<Customer>();
        let ada = done(customers.insert(Customer::new_row("ada".into()))).await;
        let nick = |nick: &str| Customer::patch().nick(Some(nick.into()));
        let changed = done(customers.update_expecting(ada.id, 1, nick("a"))).await;
        assert_eq!(changed.row_version, 2);
        let late = customers.update_expecting(ada.id, 1, nick("b")).await;
        refused!(late, Error::VersionConflict { table: "shop.customers", expected: 1, found: 2 });
        assert_eq!(done(customers.get(ada.id)).await, Some(changed));
        let nobody = Id::new(uuid::Uuid::from_u128(7));
        refused!(customers.update_expecting(nobody, 1, nick("c")).await, Error::NotFound { table: "shop.customers" });
    }

    async fn an_upsert_inserts_and_then_overwrites(world) {
        let jobs = world.rows::<GraphJob>();
        let id = Id::new(uuid::Uuid::from_u128(7));
        let first = done(jobs.upsert(graph_job().id(id))).await;
        world.later();
        let again = graph_job().id(id).status(GraphJobStatus::Queued);
        let second = done(jobs.upsert(again.correlation_id(Some("other".into())))).await;
        // A status and what is immutable keep their value.
        assert_eq!(second, GraphJob { updated_at: second.updated_at, ..first.clone() });
        assert!(second.updated_at > first.updated_at);
        assert_eq!(done(jobs.count([])).await, 1);
    }

    async fn an_upsert_counts_the_version(world) {
        let customers = world.rows::<Customer>();
        let ada = done(customers.insert(Customer::new_row("ada".into()).nick(Some("a".into())))).await;
        let again = done(customers.upsert(Customer::new_row("Ada".into()).id(ada.id))).await;
        assert_eq!((again.name.as_str(), again.nick, again.row_version), ("Ada", None, 2));
        done(customers.insert(Customer::new_row("bob".into()))).await;
        let clash = customers.upsert(Customer::new_row("bob".into()).id(ada.id)).await;
        refused!(clash, Error::UniqueViolation { ref constraint, .. } if constraint == "uq_customers_name");
    }

    async fn an_upsert_of_a_deleted_row_finds_none(world) {
        let customers = world.rows::<Customer>();
        let ada = done(customers.insert(Customer::new_row("ada".into()))).await;
        done(customers.soft_delete(ada.id)).await;
        let again = customers.upsert(Customer::new_row("ada".into()).id(ada.id)).await;
        refused!(again, Error::NotFound { table: "shop.customers" });
    }

    async fn an_upsert_with_a_key_of_several_columns(world) {
        let shelf = done(world.rows::<Shelf>().insert(Shelf::new_row("north".into()))).await;
        let places = world.rows::<Place>();
        done(places.upsert(Place::new_row(shelf.id, 1, "N1".into()))).await;
        let place = done(places.upsert(Place::new_row(shelf.id, 1, "N-1".into()))).await;
        assert_eq!(place.code, "N-1");
        assert_eq!(done(places.count([])).await, 1);
    }
}
