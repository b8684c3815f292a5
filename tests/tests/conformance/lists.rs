//! Orders, pages and cursors.

use stellaops_db::schema::scheduler::*;
use stellaops_db::{Cursor, Error, Id, InvalidCursor, Page, Rows, Store, Timestamp};
use stellaops_db_tests::library::{Reminder, Shelf, Wish, WishDetails};

use crate::values::graph_job;
use crate::world::{World, done};

/// Wishes by number: branch, urgency, pages.
async fn wishes(world: &impl World, tenant: &str, rows: &[(u128, &str, i16, Option<i32>)]) {
    let wishes = world.tenant(tenant).rows::<Wish>();
    for (id, branch, urgency, pages) in rows {
        let row = Wish::new_row((*branch).into(), *urgency, Vec::new(), WishDetails::default());
        done(wishes.insert(row.id(Id::new(uuid::Uuid::from_u128(*id))).pages(*pages))).await;
    }
}

fn numbers(page: &Page<Wish>) -> Vec<u128> {
    page.rows.iter().map(|wish| wish.id.uuid().as_u128()).collect()
}

const FIVE: [(u128, &str, i16, Option<i32>); 5] = [
    (1, "north", 1, Some(100)),
    (2, "north", 2, None),
    (3, "north", 2, Some(50)),
    (4, "south", 2, Some(100)),
    (5, "north", 2, Some(50)),
];

on_both! {
    async fn directions_mix_and_nulls_stand_where_the_order_says(world) {
        wishes(world, "a", &FIVE).await;
        let wishes = world.rows::<Wish>();
        let north = wishes.list(Wish::BY_BRANCH_URGENCY.of("north")).await.expect("lists");
        assert_eq!(numbers(&north), [2, 5, 3, 1]);
        let length = wishes.list(Wish::BY_LENGTH).await.expect("lists");
        assert_eq!(numbers(&length), [2, 1, 4, 3, 5]);
        assert_eq!((length.next, length.previous), (None, None));
    }

    async fn texts_are_ordered_by_their_bytes(world) {
        let shelves = world.rows::<Shelf>();
        for name in ["ä", "b", "B", "a", "Z", "z", "a b", "ab", "é", "😀", "\u{ffff}", "1", "_", "a-b"] {
            done(shelves.insert(Shelf::new_row(name.into()))).await;
        }
        let listed = shelves.list(Shelf::BY_NAME).await.expect("lists").rows;
        let names: Vec<&str> = listed.iter().map(|shelf| shelf.name.as_str()).collect();
        let mut sorted = names.clone();
        sorted.sort_by(|left, right| left.as_bytes().cmp(right.as_bytes()));
        assert_eq!(names, sorted);
    }

    async fn pages_go_forward_and_backward(world) {
        wishes(world, "a", &FIVE).await;
        let wishes = world.rows::<Wish>();
        let page = |cursor: Option<Cursor>| {
            let list = wishes.list(Wish::BY_LENGTH).limit(2);
            let list = match cursor {
                Some(cursor) => list.at(cursor),
                None => list,
            };
            async { list.await.expect("lists") }
        };
        let first = page(None).await;
        assert_eq!((numbers(&first), &first.previous), (vec![2, 1], &None));
        let second = page(first.next).await;
        assert_eq!(numbers(&second), [4, 3]);
        let third = page(second.next.clone()).await;
        assert_eq!((numbers(&third), &third.next), (vec![5], &None));
        let back = page(third.previous).await;
        assert_eq!(numbers(&back), [4, 3]);
        let first = page(back.previous).await;
        assert_eq!((numbers(&first), &first.previous), (vec![2, 1], &None));
        assert_eq!(numbers(&page(first.next).await), [4, 3]);
    }

    async fn an_empty_page_leads_back(world) {
        wishes(world, "a", &FIVE).await;
        let wishes = world.rows::<Wish>();
        let first = wishes.list(Wish::BY_LENGTH).limit(4).await.expect("lists");
        done(wishes.delete(Id::new(uuid::Uuid::from_u128(5)))).await;
        let empty = wishes.list(Wish::BY_LENGTH).limit(4).at(first.next.expect("more")).await.expect("lists");
        assert_eq!((numbers(&empty), &empty.next), (vec![], &None));
        let back = wishes.list(Wish::BY_LENGTH).limit(4).at(empty.previous.expect("back")).await.expect("lists");
        assert_eq!(numbers(&back), [2, 1, 4, 3]);
    }

    async fn a_new_row_is_found_by_the_pages_behind_it(world) {
        wishes(world, "a", &FIVE).await;
        let wishes = world.rows::<Wish>();
        let first = wishes.list(Wish::BY_LENGTH).limit(3).await.expect("lists");
        super::wishes(world, "a", &[(6, "north", 3, Some(50)), (7, "north", 0, None)]).await;
        let second = wishes.list(Wish::BY_LENGTH).limit(3).at(first.next.expect("more")).await.expect("lists");
        assert_eq!(numbers(&second), [3, 5, 6]);
        assert!(second.next.is_none());
    }

    async fn a_cursor_is_of_one_query_and_one_tenant(world) {
        wishes(world, "a", &FIVE).await;
        wishes(world, "b", &FIVE).await;
        let rows = world.rows::<Wish>();
        let next = rows.list(Wish::BY_LENGTH).limit(2).await.expect("lists").next.expect("more");
        let other_order = rows.list(Wish::BY_DAY).limit(2).at(next.clone()).await;
        refused!(other_order, Error::Cursor(InvalidCursor::AnotherQuery));
        let filtered = rows.list(Wish::BY_LENGTH).filter(Wish::URGENCY.eq(2)).at(next.clone()).await;
        refused!(filtered, Error::Cursor(InvalidCursor::AnotherQuery));
        let theirs = world.tenant("b").rows::<Wish>().list(Wish::BY_LENGTH).at(next.clone()).await;
        refused!(theirs, Error::Cursor(InvalidCursor::AnotherQuery));
        let pinned = rows.list(Wish::BY_BRANCH_URGENCY.of("north")).limit(1).await.expect("lists");
        let other_pin = rows.list(Wish::BY_BRANCH_URGENCY.of("south")).at(pinned.next.expect("more")).await;
        refused!(other_pin, Error::Cursor(InvalidCursor::AnotherQuery));
        refused!(rows.list(Wish::BY_LENGTH).at(Cursor::from_text("x")).await, Error::Cursor(InvalidCursor::Malformed));
        // Another size of the page is the same query.
        assert_eq!(numbers(&rows.list(Wish::BY_LENGTH).limit(3).at(next).await.expect("lists")), [4, 3, 5]);
    }

    async fn cursors_are_the_same_wherever_rows_are_kept(world) {
        wishes(world, "a", &FIVE).await;
        let first = world.rows::<Wish>().list(Wish::BY_LENGTH).filter(Wish::URGENCY.ge(1)).limit(2).await;
        let cursor = first.expect("lists").next.expect("more");
        assert_eq!(cursor.as_str(), "AixmFKmIdYZRK4mmqhxZUSkAAAMEyAEDAgEAAAAAAAAAAAAAAAAAAAAB");
    }

    async fn pages_have_a_size(world) {
        for limit in [0, 10_001] {
            let page = world.rows::<Wish>().list(Wish::BY_LENGTH).limit(limit).await;
            refused!(page, Error::OutOfRange { what: "limit", .. });
        }
        for number in 1..=101 {
            wishes(world, "a", &[(number, "north", 1, None)]).await;
        }
        let page = world.rows::<Wish>().list(Wish::BY_LENGTH).await.expect("lists");
        assert_eq!((page.rows.len(), page.next.is_some()), (100, true));
    }

    async fn a_partial_index_lists_its_rows_only(world) {
        let runs = world.rows::<Run>();
        for state in [RunState::Planning, RunState::Queued, RunState::Planning] {
            world.later();
            done(runs.insert(Run::new_row(RunReason::Manual).state(state))).await;
        }
        let open = runs.list(Run::BY_STATE_OLDEST.of(RunState::Planning)).await.expect("lists");
        assert_eq!(open.rows.len(), 2);
        assert!(open.rows[0].created_at < open.rows[1].created_at);
        let completed = Run::new_row(RunReason::Manual).state(RunState::Completed);
        let now = Timestamp::new(world.clock().now());
        done(runs.insert(completed.finished_at(Some(now)))).await;
        let closed = runs.list(Run::BY_STATE_OLDEST.of(RunState::Completed)).await.expect("lists");
        assert_eq!(closed.rows.len(), 0);
        assert_eq!(runs.list(Run::BY_STATE_NEWEST.of(RunState::Completed)).await.expect("lists").rows.len(), 1);
    }

    async fn equal_times_are_told_apart_by_the_key(world) {
        let jobs = world.rows::<GraphJob>();
        let mut ids = Vec::new();
        for _ in 0..5 {
            ids.push(done(jobs.insert(graph_job())).await.id);
        }
        let mut listed = Vec::new();
        let mut page = jobs.list(GraphJob::BY_NEWEST).limit(1).await.expect("lists");
        // More pages than rows would go on for ever.
        while listed.len() < 2 * ids.len() {
            listed.extend(page.rows.iter().map(|job| job.id));
            let Some(next) = page.next else { break };
            page = jobs.list(GraphJob::BY_NEWEST).limit(1).at(next).await.expect("lists");
        }
        ids.reverse();
        assert_eq!(listed, ids);
    }

    async fn orders_without_columns_are_those_of_the_key(world) {
        let reminders = world.rows::<Reminder>();
        let due = Timestamp::new(world.clock().now());
        for number in ["2", "1", "3"] {
            done(reminders.insert(Reminder::new_row(number.into(), "loan".into(), due))).await;
        }
        let listed = reminders.list(Reminder::BY_KIND.of("loan")).await.expect("lists").rows;
        assert_eq!(listed.iter().map(|reminder| reminder.number.as_str()).collect::<Vec<_>>(), ["2", "1", "3"]);
    }
}
