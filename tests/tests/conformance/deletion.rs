//! Rows that go, or are marked as gone.

use stellaops_db::schema::scheduler::*;
use stellaops_db::{Error, Rows, Store};
use stellaops_db_tests::library::Shelf;
use stellaops_db_tests::shop::Customer;

use crate::values::schedule;
use crate::world::done;

on_both! {
    async fn a_deleted_row_is_gone(world) {
        let shelves = world.rows::<Shelf>();
        let shelf = done(shelves.insert(Shelf::new_row("north".into()))).await;
        assert!(!done(world.tenant("b").rows::<Shelf>().delete(shelf.id)).await);
        assert!(done(shelves.delete(shelf.id)).await);
        assert!(!done(shelves.delete(shelf.id)).await);
        assert_eq!(done(shelves.get(shelf.id)).await, None);
    }

    async fn a_marked_row_is_hidden_from_every_read(world) {
        let schedules = world.rows::<Schedule>();
        let kept = done(schedules.insert(schedule("weekly"))).await;
        let gone = done(schedules.insert(schedule("nightly"))).await;
        world.later();
        assert!(done(schedules.soft_delete(gone.id)).await);
        assert!(!done(schedules.soft_delete(gone.id)).await);
        assert_eq!(done(schedules.get(gone.id)).await, None);
        assert!(!done(schedules.exists(gone.id)).await);
        assert_eq!(done(schedules.find(Schedule::UNIQUE_NAME.of("nightly"))).await, None);
        assert_eq!(done(schedules.count([])).await, 1);
        let listed = schedules.list(Schedule::BY_NEWEST).await.expect("lists");
        assert_eq!(listed.rows, std::slice::from_ref(&kept));
        refused!(schedules.update(gone.id, Schedule::patch()).await, Error::NotFound { .. });
        let all = schedules.list(Schedule::BY_NEWEST_WITH_DELETED).with_deleted();
        let all = all.await.expect("lists").rows;
        let marked = all.iter().find(|schedule| schedule.id == gone.id).expect("is listed");
        assert_eq!(all.len(), 2);
        assert_eq!(marked.deleted_at.map(|at| at.utc()), Some(world.clock().now()));
        assert_eq!((marked.row_version, marked.updated_at.utc()), (2, world.clock().now()));
        // The index of this order does not hold marked rows.
        let partial = schedules.list(Schedule::BY_NAME).with_deleted().await.expect("lists");
        assert_eq!(partial.rows, [kept]);
    }

    async fn a_restored_row_is_back(world) {
        let customers = world.rows::<Customer>();
        let ada = done(customers.insert(Customer::new_row("ada".into()))).await;
        assert!(!done(customers.restore(ada.id)).await);
        done(customers.soft_delete(ada.id)).await;
        assert!(done(customers.restore(ada.id)).await);
        let back = done(customers.get(ada.id)).await.expect("is back");
        assert_eq!(back, Customer { row_version: 3, ..ada });
    }

    async fn a_marked_row_is_deleted_for_good(world) {
        let customers = world.rows::<Customer>();
        let ada = done(customers.insert(Customer::new_row("ada".into()))).await;
        done(customers.soft_delete(ada.id)).await;
        assert!(done(customers.delete(ada.id)).await);
        assert!(!done(customers.restore(ada.id)).await);
    }
}
