//! Laws of pages: whatever is filtered, however rows are ordered and how long pages are, all of them together
//! are one unpaged answer, forward and backward, on PostgreSQL and in memory. `PROPTEST_CASES=10000` tries more of
//! them.

use futures_util::TryStreamExt as _;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, TestRunner};
use stellaops_db::memory::MemoryDatabase;
use stellaops_db::{Cursor, Error, Page, Repository, Rows, TenantId};
use stellaops_db_tests::library::*;

use crate::fixture::*;
use crate::wanted::{Sorted, Wanted, row, sorted, wanted, wishes};

/// What is tried: a filter that may be missing, an order, and how long pages are.
type Case = (Option<Wanted>, Sorted, u32);

struct Listed<R> {
    rows: R,
    wishes: Vec<Wish>,
}

/// Rows that can be asked for all of a list at once.
trait AtOnce: Rows<Wish> {
    /// All rows, and how many there are.
    async fn all(&self, case: &Case) -> Result<(Vec<Wish>, u64), Error>;
}

impl AtOnce for Repository<Wish> {
    async fn all(&self, (filter, order, _): &Case) -> Result<(Vec<Wish>, u64), Error> {
        let mut list = self.list(order.order());
        if let Some(filter) = filter {
            list = list.filter(filter.filter());
        }
        Ok((
            list.stream().try_collect().await?,
            counted(self, filter, order).await?,
        ))
    }
}

impl AtOnce for stellaops_db::memory::MemoryRepository<Wish> {
    async fn all(&self, (filter, order, _): &Case) -> Result<(Vec<Wish>, u64), Error> {
        let mut list = self.list(order.order()).limit(10_000);
        if let Some(filter) = filter {
            list = list.filter(filter.filter());
        }
        Ok((list.await?.rows, counted(self, filter, order).await?))
    }
}

/// How many rows fulfil the filter, and the pin of the order.
async fn counted(rows: &impl Rows<Wish>, filter: &Option<Wanted>, order: &Sorted) -> Result<u64, Error> {
    let pinned = match order {
        Sorted::BranchUrgency(branch) => Some(Wish::BRANCH.eq(*branch)),
        _ => None,
    };
    rows.count(filter.iter().map(Wanted::filter).chain(pinned)).await
}

impl<R: AtOnce> Listed<R> {
    async fn page(&self, (filter, order, limit): &Case, cursor: Option<Cursor>) -> Page<Wish> {
        let mut list = Rows::list(&self.rows, order.order()).limit(*limit);
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
            prop_assert!(pages.len() <= expected.len().max(1), "pages without end");
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
        let (all, number) = self.rows.all(case).await.expect("lists and counts");
        prop_assert_eq!(number, expected.len() as u64);
        prop_assert_eq!(all, expected);
        Ok(())
    }

    async fn check_all(&self, runner: &mut TestRunner) {
        let cases = (prop::option::of(wanted()), sorted(), 1..60_u32);
        let handle = tokio::runtime::Handle::current();
        let ran =
            tokio::task::block_in_place(|| runner.run(&cases, |case| handle.block_on(self.check(&case))));
        if let Err(failure) = ran {
            panic!("{failure}");
        }
    }
}

/// The wishes of one tenant, and the same ones of another.
fn given(runner: &mut TestRunner) -> Vec<Wish> {
    wishes().new_tree(runner).expect("wishes").current()
}

fn runner() -> TestRunner {
    TestRunner::new(Config {
        failure_persistence: None,
        ..Config::default()
    })
}

async fn filled<R: AtOnce>(own: R, others: R, wishes: Vec<Wish>) -> Listed<R> {
    for rows in [&own, &others] {
        let given: Vec<_> = wishes.iter().map(row).collect();
        Rows::insert_many(rows, given).await.expect("inserts");
    }
    Listed { rows: own, wishes }
}

#[tokio::test(flavor = "multi_thread")]
async fn all_pages_together_are_one_unpaged_answer_forward_and_backward() {
    let mut runner = runner();
    let fixture = Fixture::start(stellaops_db::testing::shared_server().await).await;
    let repository = |tenant| fixture.tenant(tenant).repository::<WishRepository>();
    let (own, others) = (repository("a"), repository("b"));
    let listed = filled((*own).clone(), (*others).clone(), given(&mut runner)).await;
    listed.check_all(&mut runner).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn in_memory_they_are_the_same() {
    let mut runner = runner();
    let database = MemoryDatabase::new();
    let repository = |tenant| {
        let tenant = TenantId::new(tenant).expect("a tenant");
        database.tenant(&tenant).repository_of::<Wish>()
    };
    let listed = filled(repository("a"), repository("b"), given(&mut runner)).await;
    listed.check_all(&mut runner).await;
}
