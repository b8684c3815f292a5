//! Rows by their keys.

use stellaops_db::{Error, Id, Rows, Store};
use stellaops_db_tests::library::{BookCopy, Place, Reminder, Shelf, Wish, WishDetails};
use stellaops_db_tests::shop::{Customer, Payment, Tenant};

use crate::world::done;

on_both! {
    async fn a_row_is_found_by_its_key_and_no_other_is(world) {
        let shelves = world.rows::<Shelf>();
        let shelf = done(shelves.insert(Shelf::new_row("north".into()))).await;
        assert_eq!(done(shelves.get(shelf.id)).await, Some(shelf.clone()));
        assert!(done(shelves.exists(shelf.id)).await);
        let nobody = Id::new(uuid::Uuid::from_u128(7));
        assert_eq!(done(shelves.get(nobody)).await, None);
        assert!(!done(shelves.exists(nobody)).await);
        assert_eq!(shelf.id.to_string(), "01941f29-7c00-7000-8000-000000000001");
    }

    async fn a_key_of_several_columns_names_one_row(world) {
        let shelf = done(world.rows::<Shelf>().insert(Shelf::new_row("north".into()))).await;
        let places = world.rows::<Place>();
        done(places.insert(Place::new_row(shelf.id, 1, "N1".into()))).await;
        let second = done(places.insert(Place::new_row(shelf.id, 2, "N2".into()))).await;
        assert_eq!(done(places.get((shelf.id, 2))).await, Some(second));
        assert_eq!(done(places.get((shelf.id, 3))).await, None);
    }

    async fn a_key_that_is_taken_is_refused_by_the_constraints_name(world) {
        let customers = world.rows::<Customer>();
        let ada = done(customers.insert(Customer::new_row("ada".into()))).await;
        let again = customers.insert(Customer::new_row("bob".into()).id(ada.id));
        refused!(again.await, Error::UniqueViolation { ref constraint, .. } if constraint == "pk_customers");
        assert_eq!(done(customers.count([])).await, 1);
    }

    async fn the_registry_has_one_row_a_tenant(world) {
        let tenants = world.rows::<Tenant>();
        let own = done(tenants.insert(Tenant::new_row("Acme".into()))).await;
        assert_eq!(own.tenant_id.as_str(), "a");
        assert_eq!(done(tenants.get(())).await, Some(own));
        refused!(tenants.insert(Tenant::new_row("Acme".into())).await, Error::UniqueViolation { ref constraint, .. } if constraint == "pk_tenants");
        assert_eq!(done(world.tenant("b").rows::<Tenant>().get(())).await, None);
    }

    async fn keys_that_the_database_numbers_grow(world) {
        let payments = world.rows::<Payment>();
        let first = done(payments.insert(Payment::new_row(100))).await;
        let second = done(payments.insert(Payment::new_row(200))).await;
        assert_eq!([first.id, second.id], [1, 2]);
        assert_eq!(done(payments.get(2)).await, Some(second));
    }

    async fn a_row_is_found_by_a_unique_key(world) {
        let reminders = world.rows::<Reminder>();
        let due = stellaops_db::Timestamp::new(world.clock().now());
        let row = |number: &str| Reminder::new_row(number.into(), "loan".into(), due);
        done(reminders.insert(row("R1"))).await;
        let second = done(reminders.insert(row("R2"))).await;
        assert_eq!(done(reminders.find(Reminder::UNIQUE_NUMBER.of("R2"))).await, Some(second));
        assert_eq!(done(reminders.find(Reminder::UNIQUE_NUMBER.of("r2"))).await, None);
    }

    async fn many_rows_are_inserted_or_none(world) {
        let wishes = world.rows::<Wish>();
        let row = |number: u128| {
            let row = Wish::new_row("north".into(), 1, Vec::new(), WishDetails::default());
            row.id(Id::new(uuid::Uuid::from_u128(number)))
        };
        let report = done(wishes.insert_many((1..=5).map(row))).await;
        assert_eq!((report.inserted, report.total()), (5, 5));
        let failed = wishes.insert_many([6, 7, 3, 8].map(row)).await;
        match failed {
            Err(Error::RefusedRow { position: 2, reason }) => {
                refused!(Err::<(), _>(*reason), Error::UniqueViolation { ref constraint, .. } if constraint == "pk_wishes");
            }
            other => panic!("expected the third row to be refused, not {other:?}"),
        }
        assert_eq!(done(wishes.count([])).await, 5);
    }

    async fn nothing_is_inserted_for_no_rows(world) {
        let none = std::iter::empty::<stellaops_db_tests::library::NewCopy>();
        assert_eq!(done(world.rows::<BookCopy>().insert_many(none)).await.total(), 0);
    }
}
