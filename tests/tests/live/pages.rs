//! Lists: orders, filters, pages, cursors.

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU32, Ordering as Memory};

use proptest::test_runner::{Config, TestRunner};
use stellaops_db::__private::Parameter;
use stellaops_db::schema::scheduler::*;
use stellaops_db::{Error, Filter, Timestamp};
use stellaops_db_spec::model::{Direction, Index, Scope, Table};

use crate::isolation::tables;
use crate::lists::{Fields, Listed, lists};
use crate::samples::*;
use crate::support::*;

/// Three tenants, 4 times 12 rows in each table of each: the 12 have equal times.
pub(crate) async fn populated() -> (Fixture, Rows) {
    let fixture = Fixture::start().await;
    let mut parents = Vec::new();
    for name in ["a", "b"] {
        let scope = fixture.tenant(name);
        let rows = fill(&scope, 0).await;
        for batch in 1..=4 {
            fixture.clock.advance(std::time::Duration::from_secs(1));
            populate(&scope, &rows, batch * 12, batch * 12 + 12).await;
        }
        parents.push(rows);
    }
    (fixture, parents.swap_remove(0))
}

fn index<'a>(tables: &'a [Table], list: &Listed) -> &'a Index {
    let table = tables
        .iter()
        .find(|table| table.name == list.table)
        .expect("a table");
    table.index(list.index).expect("an index of the spec")
}

/// How two rows stand to each other in the order of an index.
fn compare(index: &Index, left: &Fields, right: &Fields) -> Ordering {
    for ordered in &index.order {
        let name = ordered.column.name.as_str();
        let order = match (&left[name], &right[name]) {
            (Parameter::Uuid(left), Parameter::Uuid(right)) => left.cmp(right),
            (Parameter::Text(left), Parameter::Text(right)) => left.cmp(right),
            (Parameter::SmallInt(left), Parameter::SmallInt(right)) => left.cmp(right),
            (Parameter::BigInt(left), Parameter::BigInt(right)) => left.cmp(right),
            (Parameter::TimestampTz(left), Parameter::TimestampTz(right)) => left.cmp(right),
            (Parameter::Date(left), Parameter::Date(right)) => left.cmp(right),
            other => panic!("{name}: {other:?}"),
        };
        let order = match ordered.direction {
            Direction::Ascending => order,
            Direction::Descending => order.reverse(),
        };
        if order.is_ne() {
            return order;
        }
    }
    Ordering::Equal
}

#[tokio::test]
async fn every_order_of_the_specs_gives_all_rows_of_its_pins_in_its_order() {
    let (fixture, parents) = populated().await;
    let tables = tables();
    let lists = lists(&fixture.tenant("a"), &parents);
    let declared = tables.iter().flat_map(|table| &table.indexes);
    let declared = declared.filter(|index| !index.order.is_empty() && index.scope == Scope::Tenant);
    assert_eq!(lists.len(), declared.count(), "each order of the specs is tested");
    for list in &lists {
        let (rows, next) = list.page(1000, None).await.expect("lists");
        let name = format!("{}.{}", list.table, list.index);
        assert!(next.is_none() && rows.len() > 12, "{name}: {}", rows.len());
        let index = index(&tables, list);
        for pair in rows.windows(2) {
            assert!(compare(index, &pair[0], &pair[1]).is_lt(), "{name}: {pair:?}");
        }
        for row in &rows {
            assert_eq!(row["tenant_id"], Parameter::Text(Some("a".into())), "{name}");
            for pin in index.pinned.iter().filter(|pin| !pin.is_generated()) {
                assert_eq!(row[pin.name.as_str()], rows[0][pin.name.as_str()], "{name}");
            }
        }
    }
}

#[test]
fn pages_of_any_sizes_give_each_row_once_and_in_order() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let _entered = runtime.enter();
    let (fixture, parents) = runtime.block_on(populated());
    let lists = lists(&fixture.tenant("a"), &parents);
    let whole: Vec<Vec<Fields>> = lists
        .iter()
        .map(|list| runtime.block_on(list.page(1000, None)).expect("lists").0)
        .collect();
    let mut runner = TestRunner::new_with_rng(
        Config {
            cases: 40,
            failure_persistence: None,
            ..Config::default()
        },
        proptest::test_runner::TestRng::deterministic_rng(proptest::test_runner::RngAlgorithm::ChaCha),
    );
    let strategy = (0..lists.len(), proptest::collection::vec(1_u32..20, 1..6));
    let walked = runner.run(&strategy, |(position, sizes)| {
        let mut sizes = sizes.into_iter().cycle();
        let rows = runtime.block_on(lists[position].walk(|| sizes.next().expect("it has no end")));
        assert_eq!(
            rows, whole[position],
            "{}.{}",
            lists[position].table, lists[position].index
        );
        Ok(())
    });
    walked.expect("each walk gives the whole list");
}

fn id(parameter: &Parameter) -> uuid::Uuid {
    match parameter {
        Parameter::Uuid(Some(id)) => *id,
        other => panic!("an id is a uuid, not {other:?}"),
    }
}

#[tokio::test]
async fn rows_inserted_meanwhile_make_no_row_appear_twice_or_vanish() {
    let (fixture, parents) = populated().await;
    let scope = fixture.tenant("a");
    let next = AtomicU32::new(1000);
    for list in lists(&scope, &parents)
        .iter()
        .filter(|list| list.table == "graph_jobs")
    {
        let (before, _) = list.page(1000, None).await.expect("lists");
        let mut rows = Vec::new();
        let mut after = None;
        loop {
            let (page, more) = list.page(5, after).await.expect("lists");
            rows.extend(page);
            let number = next.fetch_add(2, Memory::SeqCst);
            // One in front of everything and one behind it.
            let new = [
                queued(number).created_at(at(-1)),
                queued(number + 1).created_at(at(i64::from(number))),
            ];
            scope
                .repository::<GraphJobRepository>()
                .insert_many(new)
                .await
                .expect("inserts");
            if more.is_none() || rows.len() > 2 * before.len() {
                break;
            }
            after = more;
        }
        let ids: BTreeSet<_> = rows.iter().map(|row| id(&row["id"])).collect();
        assert_eq!(ids.len(), rows.len(), "{}: no row twice", list.index);
        assert!(
            before.iter().all(|row| rows.contains(row)),
            "{}: no row is missed",
            list.index
        );
    }
}

#[tokio::test]
async fn a_limit_is_from_one_to_ten_thousand() {
    let fixture = Fixture::start().await;
    let jobs = fixture.tenant("a").repository::<GraphJobRepository>();
    for limit in [0, 10_001, u32::MAX] {
        refused!(jobs.list_by_newest().limit(limit).await, Error::OutOfRange { .. });
    }
    jobs.insert_many((0..103).map(queued)).await.expect("inserts");
    for (list, rows, more) in [
        (jobs.list_by_newest(), 100, true),
        (jobs.list_by_newest().limit(103), 103, false),
        (jobs.list_by_newest().limit(10_000), 103, false),
        (jobs.list_by_newest().limit(102), 102, true),
    ] {
        let page = list.await.expect("lists");
        assert_eq!((page.rows.len(), page.next.is_some()), (rows, more));
    }
}

#[tokio::test]
async fn filters_of_each_kind_keep_what_they_say() {
    let fixture = Fixture::start().await;
    let workers = fixture.tenant("a").repository::<WorkerRepository>();
    let new = |number: i32, name: &str| {
        Worker::new_row(name.into(), WorkerKind::Graph, "1.0".into()).capacity(number)
    };
    let names = ["a_%", "aXb", "a_b", "ä", "b"];
    let rows = names.iter().zip(1..).map(|(name, number)| new(number, name));
    workers.insert_many(rows).await.expect("inserts");
    let cases: Vec<(Filter<Worker>, Vec<i32>)> = vec![
        (Worker::CAPACITY.eq(2), vec![2]),
        (Worker::CAPACITY.ne(2), vec![1, 3, 4, 5]),
        (Worker::CAPACITY.lt(3), vec![1, 2]),
        (Worker::CAPACITY.le(3), vec![1, 2, 3]),
        (Worker::CAPACITY.gt(3), vec![4, 5]),
        (Worker::CAPACITY.ge(3), vec![3, 4, 5]),
        (Worker::CAPACITY.is_in([1, 5, 9]), vec![1, 5]),
        (Worker::CAPACITY.is_in(Vec::<i32>::new()), vec![]),
        (Worker::NAME.eq("a_b"), vec![3]),
        (Worker::NAME.is_in(["b", "ä"]), vec![4, 5]),
        (Worker::NAME.starts_with("a_"), vec![1, 3]),
        (Worker::NAME.starts_with("a_%"), vec![1]),
        (Worker::NAME.starts_with(""), vec![1, 2, 3, 4, 5]),
        (Worker::NAME.lt("b"), vec![1, 2, 3]),
        (Worker::NAME.eq("' OR true --"), vec![]),
        (Worker::DRAINING.eq(false), vec![1, 2, 3, 4, 5]),
        (Worker::KIND.ne(WorkerKind::Graph), vec![]),
        (
            Worker::CREATED_AT.le(Timestamp::new(fixture.clock.now())),
            vec![1, 2, 3, 4, 5],
        ),
    ];
    for (position, (filter, expected)) in cases.into_iter().enumerate() {
        let page = workers
            .list_by_kind(WorkerKind::Graph)
            .filter(filter)
            .await
            .expect("lists");
        let mut found: Vec<_> = page.rows.iter().map(|worker| worker.capacity).collect();
        found.sort_unstable();
        assert_eq!(found, expected, "case {position}");
    }
    let both = [Worker::CAPACITY.gt(1), Worker::NAME.starts_with("a")];
    assert_eq!(workers.count(both).await.expect("counts"), 2);
    assert_eq!(workers.count([]).await.expect("counts"), 5);
    assert_eq!(
        fixture
            .tenant("b")
            .repository::<WorkerRepository>()
            .count([])
            .await
            .expect("counts"),
        0
    );
}

#[tokio::test]
async fn filters_on_null_and_on_generated_columns() {
    let fixture = Fixture::start().await;
    let jobs = fixture.tenant("a").repository::<GraphJobRepository>();
    jobs.insert_many((0..3).map(queued)).await.expect("inserts");
    jobs.insert_overlay(overlay_job(), Some("trace".into()))
        .await
        .expect("inserts");
    for (filter, expected) in [
        (GraphJob::CORRELATION_ID.is_null(), 3),
        (GraphJob::CORRELATION_ID.is_not_null(), 1),
        (GraphJob::CORRELATION_ID.ne("other"), 1),
        (GraphJob::SBOM_DIGEST.is_null(), 1),
        (GraphJob::SBOM_DIGEST.eq(digest(2)), 1),
        (
            GraphJob::STATUS.is_in([GraphJobStatus::Pending, GraphJobStatus::Queued]),
            4,
        ),
    ] {
        let count = jobs.count([filter]).await.expect("counts");
        assert_eq!(count, expected);
    }
}

/// The index of an order may hold unmarked rows only; then there are no others to ask for.
#[tokio::test]
async fn an_order_of_unmarked_rows_lists_no_marked_ones() {
    let fixture = Fixture::start().await;
    let schedules = fixture.tenant("a").repository::<ScheduleRepository>();
    let rows = schedules
        .insert_many(["one", "two"].map(schedule))
        .returning()
        .await
        .expect("inserts");
    schedules.soft_delete(rows[0].id).await.expect("marks");
    for list in [schedules.list_by_name(), schedules.list_by_name().with_deleted()] {
        let page = list.await.expect("lists");
        assert_eq!(page.rows, [rows[1].clone()]);
    }
}
