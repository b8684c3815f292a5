//! Laws of pages: whatever is filtered, however rows are ordered and how long pages are, all of them together
//! are one unpaged answer, forward and backward. `PROPTEST_CASES=10000` tries more of them.

use futures_util::TryStreamExt as _;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, TestRunner};
use stellaops_db::{Cursor, Page};
use stellaops_db_tests::library::*;

use crate::fixture::*;
use crate::wanted::{Sorted, Wanted, row, sorted, wanted, wishes};

/// What is tried: a filter that may be missing, an order, and how long pages are.
type Case = (Option<Wanted>, Sorted, u32);

struct Listed {
    repository: WishRepository,
    wishes: Vec<Wish>,
}

impl Listed {
    async fn page(&self, (filter, order, limit): &Case, cursor: Option<Cursor>) -> Page<Wish> {
        let mut list = order.list(&self.repository).limit(*limit);
        if let Some(filter) = filter {
            list = list.filter(filter.filter());
        }
        if let Some(cursor) = cursor {
            // As a client gives it back.
            list = list.at(Cursor::from_text(cursor.as_str()));
        }
        list.await.expect("lists")
    }

    fn expected(&self, (filter, order, _): &Case) -> Vec<Wish> {
        let is_met = |wish: &&Wish| filter.as_ref().is_none_or(|filter| filter.is_met_by(wish));
        let rows = self.wishes.iter().filter(|wish| order.holds(wish)).filter(is_met);
        let mut rows: Vec<Wish> = rows.cloned().collect();
        rows.sort_by(|left, right| order.compare(left, right));
        rows
    }

    async fn check(&self, case: &Case) -> Result<(), TestCaseError> {
        let expected = self.expected(case);
        let mut pages = vec![self.page(case, None).await];
        while let Some(next) = pages.last().and_then(|page| page.next.clone()) {
            pages.push(self.page(case, Some(next)).await);
        }
        let limit = case.2 as usize;
        prop_assert_eq!(pages.len(), expected.len().div_ceil(limit).max(1));
        let forward: Vec<Wish> = pages.iter().flat_map(|page| page.rows.clone()).collect();
        prop_assert_eq!(&forward, &expected);
        // The same pages again, from the last one back.
        for later in (1..pages.len()).rev() {
            let previous = pages[later].previous.clone();
            prop_assert!(previous.is_some());
            let page = self.page(case, previous).await;
            prop_assert_eq!(&page.rows, &pages[later - 1].rows);
            prop_assert_eq!(page.previous.is_some(), later > 1);
            // And forward again, from a page that was read backward.
            let again = self.page(case, page.next).await;
            prop_assert_eq!(&again.rows, &pages[later].rows);
        }
        prop_assert!(pages[0].previous.is_none());
        self.check_stream(case, &expected).await
    }

    async fn check_stream(&self, (filter, order, _): &Case, expected: &[Wish]) -> Result<(), TestCaseError> {
        let mut list = order.list(&self.repository);
        let filters = filter.iter().map(Wanted::filter).collect::<Vec<_>>();
        if let Some(filter) = filter {
            list = list.filter(filter.filter());
        }
        let streamed: Vec<Wish> = list.stream().try_collect().await.expect("streams");
        prop_assert_eq!(streamed, expected);
        if let Sorted::BranchUrgency(_) = order {
            return Ok(());
        }
        let counted = self.repository.count(filters).await.expect("counts");
        prop_assert_eq!(counted, expected.len() as u64);
        Ok(())
    }
}

#[test]
fn all_pages_together_are_one_unpaged_answer_forward_and_backward() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let mut runner = TestRunner::new(Config {
        failure_persistence: None,
        ..Config::default()
    });
    let rows = wishes().new_tree(&mut runner).expect("wishes").current();
    runtime.block_on(async {
        let fixture = Fixture::start(stellaops_db::testing::shared_server().await).await;
        let scope = fixture.tenant("a");
        let repository = scope.repository::<WishRepository>();
        repository
            .insert_many(rows.iter().map(row))
            .await
            .expect("inserts");
        let others = fixture.tenant("b").repository::<WishRepository>();
        others.insert_many(rows.iter().map(row)).await.expect("inserts");
        let listed = Listed {
            repository,
            wishes: rows,
        };
        let cases = (prop::option::of(wanted()), sorted(), 1..60_u32);
        let handle = tokio::runtime::Handle::current();
        let ran =
            tokio::task::block_in_place(|| runner.run(&cases, |case| handle.block_on(listed.check(&case))));
        if let Err(failure) = ran {
            panic!("{failure}");
        }
    });
}
