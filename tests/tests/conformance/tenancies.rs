//! Whose rows are whose.

use stellaops_db::{Error, Id, Rows, Store};
use stellaops_db_tests::library::{Book, Shelf};
use stellaops_db_tests::shop::{Country, PriceList};

use crate::world::done;

on_both! {
    async fn another_tenants_row_is_not_there(world) {
        let (own, other) = (world.tenant("a").rows::<Shelf>(), world.tenant("b").rows::<Shelf>());
        let shelf = done(own.insert(Shelf::new_row("north".into()))).await;
        assert_eq!(done(other.get(shelf.id)).await, None);
        assert!(!done(other.exists(shelf.id)).await);
        assert_eq!(done(other.find(Shelf::UNIQUE_NAME.of("north"))).await, None);
        assert_eq!(done(other.count([])).await, 0);
        assert_eq!(other.list(Shelf::BY_NAME).await.expect("lists").rows, []);
        refused!(other.update(shelf.id, Shelf::patch().name("theirs".into())).await, Error::NotFound { .. });
        assert!(!done(other.delete(shelf.id)).await);
        assert_eq!(done(own.get(shelf.id)).await, Some(shelf));
    }

    async fn two_tenants_have_the_same_key(world) {
        let (own, other) = (world.tenant("a").rows::<Shelf>(), world.tenant("b").rows::<Shelf>());
        let id = Id::new(uuid::Uuid::from_u128(7));
        done(own.insert(Shelf::new_row("north".into()).id(id))).await;
        let theirs = done(other.insert(Shelf::new_row("south".into()).id(id))).await;
        assert_eq!(theirs.tenant_id.as_str(), "b");
        assert!(done(own.delete(id)).await);
        assert_eq!(done(other.get(id)).await, Some(theirs));
    }

    async fn tenants_whose_names_begin_alike_are_two(world) {
        for tenant in ["a", "ab", "a b", "A"] {
            done(world.tenant(tenant).rows::<Shelf>().insert(Shelf::new_row(tenant.into()))).await;
        }
        for tenant in ["a", "ab", "a b", "A"] {
            let rows = world.tenant(tenant).rows::<Shelf>().list(Shelf::BY_NAME).await.expect("lists").rows;
            assert_eq!(rows.iter().map(|shelf| shelf.name.as_str()).collect::<Vec<_>>(), [tenant]);
        }
    }

    async fn global_tables_are_read_by_all_and_written_by_the_system(world) {
        let countries = world.global::<Country>();
        let austria = done(countries.insert(Country::new_row("AT".into(), "Austria".into()))).await;
        for tenant in ["a", "b"] {
            let read = world.tenant(tenant).rows::<Country>();
            assert_eq!(done(read.get("AT".into())).await, Some(austria.clone()));
            assert_eq!(done(read.count([])).await, 1);
        }
        let renamed = Country::patch().name("Österreich".into());
        done(countries.update("AT".into(), renamed)).await;
        assert!(done(countries.delete("AT".into())).await);
        assert!(!done(world.rows::<Country>().exists("AT".into())).await);
    }

    async fn global_rows_are_marked_as_deleted(world) {
        let books = world.global::<Book>();
        done(books.insert(Book::new_row("1".into(), "Emma".into()))).await;
        assert!(done(books.soft_delete("1".into())).await);
        assert_eq!(done(world.rows::<Book>().get("1".into())).await, None);
        assert!(done(books.restore("1".into())).await);
        assert!(done(world.rows::<Book>().exists("1".into())).await);
    }

    async fn rows_for_all_tenants_are_read_beside_the_own(world) {
        let (own, global) = (world.rows::<PriceList>(), world.global_rows().rows::<PriceList>());
        let for_all = done(global.insert(PriceList::new_row().labels(vec!["all".into()]))).await;
        assert_eq!(for_all.tenant_id.as_str(), "@global");
        assert_eq!(done(own.get(for_all.id)).await, Some(for_all.clone()));
        let mine = done(own.insert(PriceList::new_row().id(for_all.id))).await;
        // The own row goes before the one of all.
        assert_eq!(done(own.get(for_all.id)).await, Some(mine));
        assert_eq!(done(own.count([])).await, 2);
        assert_eq!(done(world.tenant("b").rows::<PriceList>().count([])).await, 1);
        assert_eq!(done(global.count([])).await, 1);
    }

    async fn rows_for_all_tenants_are_not_written_by_one(world) {
        let (own, global) = (world.rows::<PriceList>(), world.global_rows().rows::<PriceList>());
        let for_all = done(global.insert(PriceList::new_row())).await;
        refused!(own.update(for_all.id, PriceList::patch().labels(Vec::new())).await, Error::NotFound { .. });
        assert!(!done(own.delete(for_all.id)).await);
        let own_one = done(own.upsert(PriceList::new_row().id(for_all.id).labels(vec!["own".into()]))).await;
        assert_eq!(own_one.tenant_id.as_str(), "a");
        assert_eq!(done(global.get(for_all.id)).await, Some(for_all));
    }
}
