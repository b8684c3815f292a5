//! Documents that are changed in place.

use stellaops_db::schema::scheduler::*;
use stellaops_db::{Error, Id, Rows, path};
use stellaops_db_tests::library::{Wish, WishDetails};

use crate::values::graph_job;
use crate::world::{broken, done};

on_both! {
    async fn a_member_is_set_and_removed(world) {
        let wishes = world.rows::<Wish>();
        let wish = done(wishes.insert(Wish::new_row("north".into(), 1, Vec::new(), WishDetails::default()))).await;
        let author = || Wish::DETAILS.at(path!(WishDetails: author));
        let edited = done(wishes.edit(wish.id, [author().set(Some("Austen".into()))])).await;
        assert_eq!(edited.details.author.as_deref(), Some("Austen"));
        assert_eq!(done(wishes.count([Wish::AUTHOR.eq("Austen")])).await, 1);
        let edited = done(wishes.edit(wish.id, [author().set(None)])).await;
        assert_eq!(edited, wish);
        assert_eq!(done(wishes.count([Wish::AUTHOR.is_null()])).await, 1);
    }

    async fn a_document_that_is_null_stays_so(world) {
        let jobs = world.rows::<GraphJob>();
        let job = done(jobs.insert(graph_job())).await;
        world.later();
        let edited = done(jobs.edit(job.id, [GraphJob::RESULT.at(path!(GraphResult: node_count)).set(3)])).await;
        assert_eq!(edited.result, None);
        assert!(edited.updated_at > job.updated_at);
    }

    async fn several_members_are_set_at_once(world) {
        let jobs = world.rows::<GraphJob>();
        let result = GraphResult { graph_revision_id: format!("grv_{}", "7".repeat(64)), node_count: 1, edge_count: 1, graph: None };
        let job = done(jobs.insert(graph_job().result(Some(result.clone())))).await;
        let edits = [
            GraphJob::RESULT.at(path!(GraphResult: node_count)).set(3),
            GraphJob::RESULT.at(path!(GraphResult: edge_count)).set(2),
        ];
        let edited = done(jobs.edit(job.id, edits)).await;
        assert_eq!(edited.result, Some(GraphResult { node_count: 3, edge_count: 2, ..result }));
    }

    async fn what_comes_out_is_checked(world) {
        let wishes = world.rows::<Wish>();
        let wish = done(wishes.insert(Wish::new_row("north".into(), 1, Vec::new(), WishDetails::default()))).await;
        let long = Wish::DETAILS.at(path!(WishDetails: author)).set(Some("x".repeat(101)));
        assert_eq!(broken(wishes.edit(wish.id, [long])).await, "ck_wishes_details");
        let nobody = Id::new(uuid::Uuid::from_u128(7));
        let edit = Wish::DETAILS.at(path!(WishDetails: author)).set(None);
        refused!(wishes.edit(nobody, [edit]).await, Error::NotFound { table: "library.wishes" });
    }
}
