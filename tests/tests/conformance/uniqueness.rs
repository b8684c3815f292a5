//! Unique keys.

use stellaops_db::schema::scheduler::*;
use stellaops_db::{Error, Rows, Store, Timestamp};
use stellaops_db_tests::library::Shelf;
use stellaops_db_tests::shop::Customer;

use crate::values::schedule;
use crate::world::done;

on_both! {
    async fn a_value_that_another_row_has_is_refused(world) {
        let shelves = world.rows::<Shelf>();
        done(shelves.insert(Shelf::new_row("north".into()))).await;
        refused!(shelves.insert(Shelf::new_row("north".into())).await, Error::UniqueViolation { ref constraint, .. } if constraint == "uq_shelves_name");
        let south = done(shelves.insert(Shelf::new_row("south".into()))).await;
        refused!(shelves.update(south.id, Shelf::patch().name("north".into())).await, Error::UniqueViolation { ref constraint, .. } if constraint == "uq_shelves_name");
        assert_eq!(done(shelves.get(south.id)).await, Some(south));
    }

    async fn texts_are_told_apart_by_their_bytes(world) {
        let shelves = world.rows::<Shelf>();
        for name in ["a", "A", "ä", "a\u{308}", "a ", " a"] {
            done(shelves.insert(Shelf::new_row(name.into()))).await;
        }
        assert_eq!(done(shelves.count([])).await, 6);
    }

    async fn another_tenant_has_the_same_value(world) {
        for tenant in ["a", "b"] {
            done(world.tenant(tenant).rows::<Shelf>().insert(Shelf::new_row("north".into()))).await;
        }
        assert_eq!(done(world.rows::<Shelf>().count([])).await, 1);
    }

    async fn a_row_keeps_its_own_value(world) {
        let shelves = world.rows::<Shelf>();
        let shelf = done(shelves.insert(Shelf::new_row("north".into()))).await;
        done(shelves.update(shelf.id, Shelf::patch().name("north".into()))).await;
    }

    async fn a_partial_key_holds_for_some_rows_only(world) {
        let schedules = world.rows::<Schedule>();
        let first = done(schedules.insert(schedule("nightly"))).await;
        refused!(schedules.insert(schedule("nightly")).await, Error::UniqueViolation { ref constraint, .. } if constraint == "uq_schedules_name");
        assert!(done(schedules.soft_delete(first.id)).await);
        let second = done(schedules.insert(schedule("nightly"))).await;
        assert_eq!(done(schedules.find(Schedule::UNIQUE_NAME.of("nightly"))).await, Some(second));
        refused!(schedules.restore(first.id).await, Error::UniqueViolation { ref constraint, .. } if constraint == "uq_schedules_name");
    }

    async fn a_whole_key_holds_for_deleted_rows_too(world) {
        let customers = world.rows::<Customer>();
        let ada = done(customers.insert(Customer::new_row("ada".into()))).await;
        done(customers.soft_delete(ada.id)).await;
        refused!(customers.insert(Customer::new_row("ada".into())).await, Error::UniqueViolation { ref constraint, .. } if constraint == "uq_customers_name");
        assert_eq!(done(customers.find(Customer::UNIQUE_NAME.of("ada"))).await, None);
    }

    async fn null_is_like_no_other_value(world) {
        let runs = world.rows::<Run>();
        let schedule = done(world.rows::<Schedule>().insert(schedule("nightly"))).await;
        let at = Timestamp::new(world.clock().now());
        for _ in 0..2 {
            done(runs.insert(Run::new_row(RunReason::Manual))).await;
            done(runs.insert(Run::new_row(RunReason::Manual).schedule_id(Some(schedule.id)))).await;
        }
        let occurrence = || {
            let run = Run::new_row(RunReason::Schedule).schedule_id(Some(schedule.id));
            run.scheduled_for(Some(at))
        };
        let run = done(runs.insert(occurrence())).await;
        refused!(runs.insert(occurrence()).await, Error::UniqueViolation { ref constraint, .. } if constraint == "uq_runs_occurrence");
        assert_eq!(done(runs.find(Run::UNIQUE_OCCURRENCE.of(schedule.id, at))).await, Some(run));
    }
}
