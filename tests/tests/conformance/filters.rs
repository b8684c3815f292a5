//! Filters, and what they say of NULL.

use stellaops_db::schema::scheduler::*;
use stellaops_db::{Filter, Id, Rows, path};
use stellaops_db_tests::library::{Wish, WishDetails};

use crate::values::{build, graph_job};
use crate::world::{World, done};

/// Four wishes: pages 1, 2, 3 and none; notes "a", "b", "aB" and none.
async fn four(world: &impl World) {
    let rows = [
        (1, Some(1), Some("a"), vec!["x"], Some("Eco")),
        (2, Some(2), Some("b"), vec!["x", "y"], Some("Ende")),
        (3, Some(3), Some("aB"), vec![], Some("")),
        (4, None, None, vec!["y"], None),
    ];
    for (id, pages, note, tags, author) in rows {
        let details = WishDetails {
            author: author.map(str::to_owned),
            extra: None,
        };
        let tags = tags.into_iter().map(str::to_owned).collect();
        let row = Wish::new_row("north".into(), i16::try_from(id).expect("small"), tags, details);
        let row = row
            .id(Id::new(uuid::Uuid::from_u128(id)))
            .pages(pages)
            .note(note.map(str::to_owned));
        done(world.rows::<Wish>().insert(row)).await;
    }
}

/// The numbers of the wishes that fulfil a filter.
async fn met(world: &impl World, filter: Filter<Wish>) -> Vec<u128> {
    let page = world
        .rows::<Wish>()
        .list(Wish::BY_URGENCY)
        .filter(filter)
        .await
        .expect("lists");
    let mut numbers: Vec<u128> = page.rows.iter().map(|wish| wish.id.uuid().as_u128()).collect();
    numbers.sort_unstable();
    numbers
}

on_both! {
    async fn columns_are_compared(world) {
        four(world).await;
        assert_eq!(met(world, Wish::PAGES.eq(2)).await, [2]);
        assert_eq!(met(world, Wish::PAGES.ne(2)).await, [1, 3]);
        assert_eq!(met(world, Wish::PAGES.lt(2)).await, [1]);
        assert_eq!(met(world, Wish::PAGES.le(2)).await, [1, 2]);
        assert_eq!(met(world, Wish::PAGES.gt(2)).await, [3]);
        assert_eq!(met(world, Wish::PAGES.ge(2)).await, [2, 3]);
        assert_eq!(met(world, Wish::PAGES.within(2..)).await, [2, 3]);
        assert_eq!(met(world, Wish::PAGES.within(..)).await, [1, 2, 3]);
        assert_eq!(met(world, Wish::PAGES.within(1..=2)).await, [1, 2]);
        assert_eq!(met(world, Wish::PAGES.is_null()).await, [4]);
        assert_eq!(met(world, Wish::PAGES.is_not_null()).await, [1, 2, 3]);
        assert_eq!(met(world, Wish::PAGES.is_in([1, 3, 9])).await, [1, 3]);
        assert_eq!(met(world, Wish::PAGES.is_in(Vec::<i32>::new())).await, [0_u128; 0]);
    }

    async fn a_filter_and_its_negation_hold_every_row(world) {
        four(world).await;
        assert_eq!(met(world, !Wish::PAGES.eq(2)).await, [1, 3, 4]);
        assert_eq!(met(world, !!Wish::PAGES.eq(2)).await, [2]);
        assert_eq!(met(world, !Wish::PAGES.is_in(Vec::<i32>::new())).await, [1, 2, 3, 4]);
        assert_eq!(met(world, !Wish::PAGES.ne(2).or(Wish::NOTE.eq("a"))).await, [2, 4]);
        assert_eq!(met(world, !(Wish::PAGES.gt(1).and(Wish::NOTE.ne("b")))).await, [1, 2, 4]);
        assert_eq!(met(world, Filter::any([])).await, [0_u128; 0]);
        assert_eq!(met(world, Filter::all([])).await, [1, 2, 3, 4]);
        assert_eq!(met(world, !Filter::all([])).await, [0_u128; 0]);
    }

    async fn texts_begin_and_are_ordered_by_bytes(world) {
        four(world).await;
        assert_eq!(met(world, Wish::NOTE.starts_with("a")).await, [1, 3]);
        assert_eq!(met(world, Wish::NOTE.starts_with("")).await, [1, 2, 3]);
        assert_eq!(met(world, Wish::NOTE.starts_with("%")).await, [0_u128; 0]);
        assert_eq!(met(world, Wish::NOTE.lt("aB")).await, [1]);
        assert_eq!(met(world, Wish::NOTE.ge("aB")).await, [2, 3]);
    }

    async fn arrays_hold_elements(world) {
        four(world).await;
        assert_eq!(met(world, Wish::TAGS.contains("x")).await, [1, 2]);
        assert_eq!(met(world, Wish::TAGS.contains_all(["x", "y"])).await, [2]);
        assert_eq!(met(world, Wish::TAGS.contains_all(Vec::<String>::new())).await, [1, 2, 3, 4]);
        assert_eq!(met(world, Wish::TAGS.contains_any(["y", "z"])).await, [2, 4]);
        assert_eq!(met(world, Wish::TAGS.contains_any(Vec::<String>::new())).await, [0_u128; 0]);
        assert_eq!(met(world, Wish::TAGS.eq(vec!["x".to_owned()])).await, [1]);
        assert_eq!(met(world, Wish::TAGS.lt(vec!["x".to_owned(), "y".to_owned()])).await, [1, 3]);
    }

    async fn members_of_documents_are_compared(world) {
        four(world).await;
        let author = || Wish::DETAILS.at(path!(WishDetails: author));
        assert_eq!(met(world, author().eq("Eco")).await, [1]);
        assert_eq!(met(world, author().ne("Eco")).await, [2, 3]);
        assert_eq!(met(world, author().lt("Ende")).await, [1, 3]);
        assert_eq!(met(world, author().starts_with("E")).await, [1, 2]);
        assert_eq!(met(world, author().is_in(["Eco", ""])).await, [1, 3]);
        assert_eq!(met(world, author().is_in(Vec::<&str>::new())).await, [0_u128; 0]);
        assert_eq!(met(world, author().is_absent()).await, [4]);
        assert_eq!(met(world, author().is_present()).await, [1, 2, 3]);
        assert_eq!(met(world, !author().eq("Eco")).await, [2, 3, 4]);
    }

    async fn numbers_of_documents_are_ordered(world) {
        let jobs = world.rows::<GraphJob>();
        for nodes in [9, 10, 100] {
            let result = GraphResult { graph_revision_id: format!("grv_{}", "7".repeat(64)), node_count: nodes, edge_count: 0, graph: None };
            done(jobs.insert(graph_job().result(Some(result)))).await;
        }
        done(jobs.insert(graph_job())).await;
        let nodes = || GraphJob::RESULT.at(path!(GraphResult: node_count));
        assert_eq!(done(jobs.count([nodes().gt(9)])).await, 2);
        assert_eq!(done(jobs.count([nodes().le(10)])).await, 2);
        assert_eq!(done(jobs.count([nodes().eq(10)])).await, 1);
        assert_eq!(done(jobs.count([!nodes().gt(9)])).await, 2);
        // A text is no number: neither less nor greater.
        let trigger = || GraphJob::PAYLOAD.at(path!(GraphBuildJob: trigger));
        assert_eq!(done(jobs.count([trigger().ge("m")])).await, 4);
    }

    async fn whole_documents_are_compared(world) {
        let jobs = world.rows::<GraphJob>();
        done(jobs.insert(graph_job())).await;
        let payload = |sbom: &str| GraphJobPayload::Build(build(sbom));
        assert_eq!(done(jobs.count([GraphJob::PAYLOAD.eq(payload("sbom"))])).await, 1);
        assert_eq!(done(jobs.count([GraphJob::PAYLOAD.eq(payload("other"))])).await, 0);
        assert_eq!(done(jobs.count([GraphJob::PAYLOAD.ne(payload("other"))])).await, 1);
    }

    async fn several_filters_must_all_hold(world) {
        four(world).await;
        let wishes = world.rows::<Wish>();
        let both = [Wish::PAGES.ge(2), Wish::NOTE.starts_with("a")];
        assert_eq!(done(wishes.count(both)).await, 1);
        let listed = wishes.list(Wish::BY_URGENCY).filter(Wish::PAGES.ge(2)).filter(Wish::NOTE.is_not_null());
        assert_eq!(listed.limit(1).await.expect("lists").rows.len(), 1);
    }
}
