//! A law: bulk verbs leave the table that single verbs leave, one after the other, whatever the size of the
//! batches and however rows travel.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, TestRunner};
use stellaops_db::bulk::BulkReport;
use stellaops_db::{Error, Id, Insert, Update};
use stellaops_db_tests::library::*;
use uuid::Uuid;

use crate::fixture::*;
use crate::wanted::row;

/// Up to so many rows as values, up to so many as arrays, and in batches of so many.
type Sizes = (usize, usize, usize);

/// A wish as it is given: few ids, so that rows meet.
#[derive(Debug, Clone)]
struct Given {
    id: Id<Wish>,
    urgency: i16,
    pages: Option<i32>,
    note: Option<String>,
    tags: Vec<String>,
    author: Option<String>,
}

#[derive(Debug, Clone, Copy)]
enum Verb {
    Insert,
    Upsert,
    Update,
    Delete,
}

/// What an array or a document could trip over, a NUL that cannot be stored, and a note that is too long.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => "[a-c\"\\\\{},' äNUL\u{1F4DA}]{0,5}",
        2 => Just("NULL".to_owned()),
        1 => Just("a\0b".to_owned()),
        1 => Just("n".repeat(101)),
    ]
}

prop_compose! {
    fn given()(
        id in 0..14_u128,
        urgency in -2..3_i16,
        pages in prop::option::of(-1..4_i32),
        note in prop::option::of(text()),
        tags in prop::collection::vec("[a-b\"\\\\{},' äNUL]{0,4}", 0..4),
        author in prop::option::of("[a-c\"\\\\]{1,3}"),
    ) -> Given {
        Given { id: Id::new(Uuid::from_u128(id)), urgency, pages, note, tags, author }
    }
}

fn steps() -> impl Strategy<Value = Vec<(Verb, Vec<Given>, Sizes)>> {
    let verbs = vec![Verb::Insert, Verb::Upsert, Verb::Update, Verb::Delete];
    let sizes = (0..4_usize, 0..7_usize, 1..9_usize);
    let step = (
        prop::sample::select(verbs),
        prop::collection::vec(given(), 0..16),
        sizes,
    );
    prop::collection::vec(step, 1..5)
}

impl Given {
    fn row(&self) -> WishAssignments<Insert> {
        let details = WishDetails {
            author: self.author.clone(),
            extra: None,
        };
        Wish::new_row("north".into(), self.urgency, self.tags.clone(), details)
            .id(self.id)
            .pages(self.pages)
            .note(self.note.clone())
    }

    /// Which columns are set depends on the values.
    fn patch(&self) -> WishAssignments<Update> {
        let patch = Wish::patch().note(self.note.clone());
        let patch = match self.urgency % 2 {
            0 => patch.tags(self.tags.clone()),
            _ => patch.pages(self.pages),
        };
        match &self.author {
            Some(author) => patch.details(WishDetails {
                author: Some(author.clone()),
                extra: None,
            }),
            None => patch,
        }
    }
}

async fn in_bulk(
    wishes: &WishRepository,
    verb: Verb,
    given: &[Given],
    (values, arrays, batch): Sizes,
) -> Result<BulkReport, Error> {
    match verb {
        Verb::Insert => {
            let rows = wishes.insert_many(given.iter().map(Given::row));
            rows.with_sizes(values, arrays, batch).keep_going().await
        }
        Verb::Upsert => {
            let rows = wishes.upsert_many(given.iter().map(Given::row));
            rows.with_sizes(values, arrays, batch).keep_going().await
        }
        Verb::Update => {
            let rows = wishes.update_many(given.iter().map(|given| (given.id, given.patch())));
            rows.with_sizes(values, arrays, batch).keep_going().await
        }
        Verb::Delete => {
            let rows = wishes.delete_many(given.iter().map(|given| given.id));
            rows.with_sizes(values, arrays, batch).keep_going().await
        }
    }
}

/// The positions of the rows that are refused, and how many are new.
async fn one_by_one(wishes: &WishRepository, verb: Verb, given: &[Given]) -> (Vec<u64>, u64) {
    let (mut refused, mut inserted) = (Vec::new(), 0);
    for (position, given) in (0..).zip(given) {
        let is_there = wishes.exists(given.id).await.expect("looks");
        let is_done = match verb {
            Verb::Insert => wishes.insert(given.row()).await.is_ok(),
            Verb::Upsert => wishes.upsert(given.row()).await.is_ok(),
            Verb::Update => wishes.update(given.id, given.patch()).await.is_ok(),
            Verb::Delete => wishes.delete(given.id).await.expect("deletes"),
        };
        if !is_done {
            refused.push(position);
        }
        inserted += u64::from(!is_there && wishes.exists(given.id).await.expect("looks"));
    }
    (refused, inserted)
}

/// All rows, without their tenant.
async fn all(wishes: &WishRepository) -> BTreeMap<Id<Wish>, Wish> {
    let rows = wishes
        .list(Wish::BY_URGENCY)
        .limit(1_000)
        .await
        .expect("lists")
        .rows;
    let nobody = stellaops_db::TenantId::new("any").expect("a tenant");
    let row = |row: Wish| {
        (
            row.id,
            Wish {
                tenant_id: nobody.clone(),
                ..row
            },
        )
    };
    rows.into_iter().map(row).collect()
}

#[tokio::test]
async fn bulk_verbs_leave_what_single_verbs_leave_in_every_way() {
    for server in servers().await {
        let fixture = Fixture::start(server).await;
        let mut runner = TestRunner::new_with_rng(
            Config::default(),
            proptest::test_runner::TestRng::deterministic_rng(proptest::test_runner::RngAlgorithm::ChaCha),
        );
        let mut numbers = [0; 2];
        for case in 0..60 {
            let steps = steps().new_tree(&mut runner).expect("a case").current();
            let bulk = fixture
                .tenant(&format!("bulk-{case}"))
                .repository::<WishRepository>();
            let single = fixture
                .tenant(&format!("single-{case}"))
                .repository::<WishRepository>();
            for (verb, given, sizes) in &steps {
                let report = in_bulk(&bulk, *verb, given, *sizes).await.expect("runs");
                let refused: Vec<_> = report.refused.iter().map(|row| row.position).collect();
                let expected = one_by_one(&single, *verb, given).await;
                numbers[0] += report.inserted;
                numbers[1] += refused.len() as u64;
                assert_eq!((refused, report.inserted), expected, "case {case}: {steps:#?}");
                assert_eq!(report.total(), given.len() as u64, "case {case}");
                let stored = all(&bulk).await;
                assert_eq!(stored, all(&single).await, "case {case}: {steps:#?}");
                // What is stored is nothing new.
                let (values, arrays, batch) = *sizes;
                let again = bulk.upsert_many(stored.values().map(row));
                let again = again.with_sizes(values, arrays, batch).await.expect("upserts");
                assert_eq!(again.unchanged, stored.len() as u64, "case {case}: {steps:#?}");
            }
        }
        assert!(
            numbers.iter().all(|number| *number > 10),
            "it tries something: {numbers:?}"
        );
    }
}

/// Without a tenant the first parameter is the first value; the key is a text.
#[tokio::test]
async fn global_tables_are_written_in_bulk_from_a_system_scope() {
    for server in servers().await {
        let fixture = Fixture::start(server).await;
        let system = fixture.db.system("a bulk load").await.expect("opens");
        let books = system.repository::<BookRepository>();
        let book = |number: u32, title: &str| {
            let subjects = vec![format!("subject {number}"), "\"quoted\"".to_owned()];
            Book::new_row(format!("{:013}", number), title.to_owned()).subjects(subjects)
        };
        for (from, (values, arrays, batch)) in
            (0..)
                .step_by(100)
                .zip([(20, 20, 20), (0, 20, 20), (0, 0, 20), (1, 3, 5)])
        {
            let numbers = from..from + 12;
            let new = books.insert_many(numbers.clone().map(|number| book(number, "old")));
            let new = new
                .with_sizes(values, arrays, batch)
                .returning()
                .await
                .expect("inserts");
            let titles = numbers
                .clone()
                .map(|number| book(number, if number % 2 == 0 { "old" } else { "new" }));
            let report = books.upsert_many(titles).with_sizes(values, arrays, batch).await;
            let report = report.expect("upserts");
            assert_eq!((report.updated, report.unchanged), (6, 6));
            let patch = |book: &Book| (book.number.clone(), Book::patch().blurb(Some("read it".into())));
            let report = books
                .update_many(new.iter().map(patch))
                .with_sizes(values, arrays, batch)
                .await;
            assert_eq!(report.expect("updates").updated, 12);
            let there = books
                .get(new[1].number.clone())
                .await
                .expect("reads")
                .expect("is there");
            let expected = Book {
                title: "new".into(),
                blurb: Some("read it".into()),
                ..new[1].clone()
            };
            assert_eq!(there, expected);
            let keys = new.iter().map(|book| book.number.clone());
            let report = books.delete_many(keys).with_sizes(values, arrays, batch).await;
            assert_eq!(report.expect("deletes").deleted, 12);
        }
        system.close().await.expect("closes");
    }
}
