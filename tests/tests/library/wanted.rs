//! Wishes, filters of them and orders of them, made at random, and what each of them means in Rust.

use std::cmp::Ordering;
use std::ops::Bound;

use chrono::NaiveDate;
use proptest::prelude::*;
use stellaops_db::{Filter, Id, Insert, Order, OrderOf as _, path};
use stellaops_db_tests::library::*;
use uuid::Uuid;

/// The branches; the orders with pins list one of them.
pub(crate) const BRANCHES: [&str; 2] = ["north", "south"];

fn day(number: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 1, number).expect("a day of January")
}

/// Few values, so that rows agree in them.
fn text() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["", "%", "a", "aB", "ab", "z", "ä", "a_b"]).prop_map(str::to_owned)
}

prop_compose! {
    /// A wish. Its id is made at random too: the order of ids is not that of the rows' making.
    fn wish()(
        id in any::<u128>(),
        branch in prop::sample::select(&BRANCHES[..]),
        urgency in -2..3_i16,
        pages in prop::option::of(-1..4_i32),
        wanted_by in prop::option::of(1..5_u32),
        note in prop::option::of(text()),
        tags in prop::collection::vec(text(), 0..4),
        author in prop::option::of(text()),
    ) -> Wish {
        Wish {
            id: Id::new(Uuid::from_u128(id)),
            tenant_id: stellaops_db::TenantId::new("a").expect("a tenant"),
            branch: branch.into(),
            urgency,
            pages,
            wanted_by: wanted_by.map(day),
            note,
            tags,
            details: WishDetails { author, extra: None },
        }
    }
}

pub(crate) fn wishes() -> impl Strategy<Value = Vec<Wish>> {
    prop::collection::vec(wish(), 150)
}

pub(crate) fn row(wish: &Wish) -> WishAssignments<Insert> {
    let row = Wish::new_row(
        wish.branch.clone(),
        wish.urgency,
        wish.tags.clone(),
        wish.details.clone(),
    );
    row.id(wish.id)
        .pages(wish.pages)
        .wanted_by(wish.wanted_by)
        .note(wish.note.clone())
}

/// A filter, as a text to be shown, as the database gets it, and as Rust understands it.
#[derive(Debug, Clone)]
pub(crate) enum Wanted {
    Urgency(i16, Ordering),
    UrgencyIsNot(i16),
    UrgencyIn(Vec<i16>),
    Pages(Bound<i32>, Bound<i32>),
    PagesIn(Vec<i32>),
    NoPages,
    Before(NaiveDate),
    Noted,
    NoteBegins(String),
    NoteIs(String),
    Tagged(String),
    TaggedAll(Vec<String>),
    TaggedAny(Vec<String>),
    Author(String),
    AuthorBegins(String),
    /// The same member, looked at inside the document.
    Within(Inside),
    Both(Box<Wanted>, Box<Wanted>),
    Either(Box<Wanted>, Box<Wanted>),
    All(Vec<Wanted>),
    Any(Vec<Wanted>),
    Not(Box<Wanted>),
}

/// What is asked of a member of the document.
#[derive(Debug, Clone)]
pub(crate) enum Inside {
    Is(String),
    IsNot(String),
    OneOf(Vec<String>),
    Before(String),
    From(String),
    Begins(String),
    Absent,
    Present,
}

fn inside() -> impl Strategy<Value = Inside> {
    prop_oneof![
        text().prop_map(Inside::Is),
        text().prop_map(Inside::IsNot),
        prop::collection::vec(text(), 0..3).prop_map(Inside::OneOf),
        text().prop_map(Inside::Before),
        text().prop_map(Inside::From),
        text().prop_map(Inside::Begins),
        Just(Inside::Absent),
        Just(Inside::Present),
    ]
}

impl Inside {
    fn filter(&self) -> Filter<Wish> {
        let author = Wish::DETAILS.at(path!(WishDetails: author));
        match self {
            Inside::Is(other) => author.eq(other.as_str()),
            Inside::IsNot(other) => author.ne(other.as_str()),
            Inside::OneOf(others) => author.is_in(others.clone()),
            Inside::Before(other) => author.lt(other.as_str()),
            Inside::From(other) => author.ge(other.as_str()),
            Inside::Begins(prefix) => author.starts_with(prefix),
            Inside::Absent => author.is_absent(),
            Inside::Present => author.is_present(),
        }
    }

    fn is_met_by(&self, author: Option<&str>) -> bool {
        match (self, author) {
            (Inside::Absent, author) => author.is_none(),
            (_, None) => false,
            (Inside::Present, _) => true,
            (Inside::Is(other), Some(author)) => author == other,
            (Inside::IsNot(other), Some(author)) => author != other,
            (Inside::OneOf(others), Some(author)) => others.iter().any(|other| other == author),
            (Inside::Before(other), Some(author)) => author < other.as_str(),
            (Inside::From(other), Some(author)) => author >= other.as_str(),
            (Inside::Begins(prefix), Some(author)) => author.starts_with(prefix),
        }
    }
}

fn bound() -> impl Strategy<Value = Bound<i32>> {
    prop_oneof![
        Just(Bound::Unbounded),
        (-1..4).prop_map(Bound::Included),
        (-1..4).prop_map(Bound::Excluded),
    ]
}

pub(crate) fn wanted() -> impl Strategy<Value = Wanted> {
    let texts = || prop::collection::vec(text(), 0..3);
    let leaf = prop_oneof![
        (
            -2..3_i16,
            prop::sample::select(vec![Ordering::Less, Ordering::Equal, Ordering::Greater])
        )
            .prop_map(|(urgency, order)| Wanted::Urgency(urgency, order)),
        (-2..3_i16).prop_map(Wanted::UrgencyIsNot),
        prop::collection::vec(-2..3_i16, 0..3).prop_map(Wanted::UrgencyIn),
        (bound(), bound()).prop_map(|(from, to)| Wanted::Pages(from, to)),
        prop::collection::vec(-1..4, 0..3).prop_map(Wanted::PagesIn),
        Just(Wanted::NoPages),
        (1..5_u32).prop_map(|number| Wanted::Before(day(number))),
        Just(Wanted::Noted),
        text().prop_map(Wanted::NoteBegins),
        text().prop_map(Wanted::NoteIs),
        text().prop_map(Wanted::Tagged),
        texts().prop_map(Wanted::TaggedAll),
        texts().prop_map(Wanted::TaggedAny),
        text().prop_map(Wanted::Author),
        text().prop_map(Wanted::AuthorBegins),
        inside().prop_map(Wanted::Within),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        let pair = (inner.clone().prop_map(Box::new), inner.clone().prop_map(Box::new));
        prop_oneof![
            pair.clone().prop_map(|(left, right)| Wanted::Both(left, right)),
            pair.prop_map(|(left, right)| Wanted::Either(left, right)),
            prop::collection::vec(inner.clone(), 0..3).prop_map(Wanted::All),
            prop::collection::vec(inner.clone(), 0..3).prop_map(Wanted::Any),
            inner.prop_map(|inner| Wanted::Not(Box::new(inner))),
        ]
    })
}

impl Wanted {
    pub(crate) fn filter(&self) -> Filter<Wish> {
        match self {
            Wanted::Urgency(urgency, Ordering::Less) => Wish::URGENCY.lt(*urgency),
            Wanted::Urgency(urgency, Ordering::Equal) => Wish::URGENCY.eq(*urgency),
            Wanted::Urgency(urgency, Ordering::Greater) => Wish::URGENCY.gt(*urgency),
            Wanted::UrgencyIsNot(urgency) => Wish::URGENCY.ne(*urgency),
            Wanted::UrgencyIn(values) => Wish::URGENCY.is_in(values.clone()),
            Wanted::Pages(from, to) => Wish::PAGES.within((*from, *to)),
            Wanted::PagesIn(values) => Wish::PAGES.is_in(values.clone()),
            Wanted::NoPages => Wish::PAGES.is_null(),
            Wanted::Before(day) => Wish::WANTED_BY.within(..*day),
            Wanted::Noted => Wish::NOTE.is_not_null(),
            Wanted::NoteBegins(prefix) => Wish::NOTE.starts_with(prefix.clone()),
            Wanted::NoteIs(note) => Wish::NOTE.eq(note.as_str()),
            Wanted::Tagged(tag) => Wish::TAGS.contains(tag.as_str()),
            Wanted::TaggedAll(tags) => Wish::TAGS.contains_all(tags),
            Wanted::TaggedAny(tags) => Wish::TAGS.contains_any(tags),
            Wanted::Author(author) => Wish::AUTHOR.eq(author.as_str()),
            Wanted::AuthorBegins(prefix) => Wish::AUTHOR.starts_with(prefix.clone()),
            Wanted::Within(inside) => inside.filter(),
            Wanted::Both(left, right) => left.filter().and(right.filter()),
            Wanted::Either(left, right) => left.filter().or(right.filter()),
            Wanted::All(all) => Filter::all(all.iter().map(Wanted::filter)),
            Wanted::Any(any) => Filter::any(any.iter().map(Wanted::filter)),
            Wanted::Not(inner) => !inner.filter(),
        }
    }

    pub(crate) fn is_met_by(&self, wish: &Wish) -> bool {
        let author = wish.details.author.as_deref();
        match self {
            Wanted::Urgency(urgency, order) => wish.urgency.cmp(urgency) == *order,
            Wanted::UrgencyIsNot(urgency) => wish.urgency != *urgency,
            Wanted::UrgencyIn(values) => values.contains(&wish.urgency),
            Wanted::Pages(from, to) => wish.pages.is_some_and(|pages| {
                let from = match from {
                    Bound::Unbounded => true,
                    Bound::Included(from) => pages >= *from,
                    Bound::Excluded(from) => pages > *from,
                };
                from && match to {
                    Bound::Unbounded => true,
                    Bound::Included(to) => pages <= *to,
                    Bound::Excluded(to) => pages < *to,
                }
            }),
            Wanted::PagesIn(values) => wish.pages.is_some_and(|pages| values.contains(&pages)),
            Wanted::NoPages => wish.pages.is_none(),
            Wanted::Before(day) => wish.wanted_by.is_some_and(|wanted| wanted < *day),
            Wanted::Noted => wish.note.is_some(),
            Wanted::NoteBegins(prefix) => wish.note.as_ref().is_some_and(|note| note.starts_with(prefix)),
            Wanted::NoteIs(other) => wish.note.as_ref() == Some(other),
            Wanted::Tagged(tag) => wish.tags.contains(tag),
            Wanted::TaggedAll(tags) => tags.iter().all(|tag| wish.tags.contains(tag)),
            Wanted::TaggedAny(tags) => tags.iter().any(|tag| wish.tags.contains(tag)),
            Wanted::Author(other) => author == Some(other),
            Wanted::AuthorBegins(prefix) => author.is_some_and(|author| author.starts_with(prefix)),
            Wanted::Within(inside) => inside.is_met_by(author),
            Wanted::Both(left, right) => left.is_met_by(wish) && right.is_met_by(wish),
            Wanted::Either(left, right) => left.is_met_by(wish) || right.is_met_by(wish),
            Wanted::All(all) => all.iter().all(|inner| inner.is_met_by(wish)),
            Wanted::Any(any) => any.iter().any(|inner| inner.is_met_by(wish)),
            Wanted::Not(inner) => !inner.is_met_by(wish),
        }
    }
}

/// The orders of the spec, whose directions and NULLs are all mixed differently.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Sorted {
    BranchUrgency(&'static str),
    Day,
    Length,
    Author,
    Urgency,
}

pub(crate) fn sorted() -> impl Strategy<Value = Sorted> {
    let branches = BRANCHES.map(Sorted::BranchUrgency);
    let others = [Sorted::Day, Sorted::Length, Sorted::Author, Sorted::Urgency];
    prop::sample::select([&branches[..], &others[..]].concat())
}

fn nulls_first<V: Ord>(left: &Option<V>, right: &Option<V>) -> Ordering {
    left.cmp(right)
}

fn nulls_last<V: Ord>(left: &Option<V>, right: &Option<V>) -> Ordering {
    let nulls = left.is_none().cmp(&right.is_none());
    nulls.then_with(|| left.cmp(right))
}

fn descending_nulls_last<V: Ord>(left: &Option<V>, right: &Option<V>) -> Ordering {
    right.cmp(left)
}

fn descending_nulls_first<V: Ord>(left: &Option<V>, right: &Option<V>) -> Ordering {
    nulls_last(right, left)
}

impl Sorted {
    pub(crate) fn order(self) -> Order<Wish> {
        match self {
            Sorted::BranchUrgency(branch) => Wish::BY_BRANCH_URGENCY.of(branch),
            Sorted::Day => Wish::BY_DAY.into_order(),
            Sorted::Length => Wish::BY_LENGTH.into_order(),
            Sorted::Author => Wish::BY_AUTHOR.into_order(),
            Sorted::Urgency => Wish::BY_URGENCY.into_order(),
        }
    }

    pub(crate) fn holds(self, wish: &Wish) -> bool {
        match self {
            Sorted::BranchUrgency(branch) => wish.branch == branch,
            _ => true,
        }
    }

    pub(crate) fn compare(self, left: &Wish, right: &Wish) -> Ordering {
        let ids = left.id.cmp(&right.id);
        match self {
            Sorted::BranchUrgency(_) => (right.urgency.cmp(&left.urgency))
                .then_with(|| nulls_first(&left.pages, &right.pages))
                .then_with(|| descending_nulls_last(&left.wanted_by, &right.wanted_by))
                .then(ids.reverse()),
            Sorted::Day => nulls_last(&left.wanted_by, &right.wanted_by).then(ids),
            Sorted::Length => descending_nulls_first(&left.pages, &right.pages)
                .then(left.urgency.cmp(&right.urgency))
                .then(ids),
            Sorted::Author => nulls_last(&left.details.author, &right.details.author)
                .then_with(|| descending_nulls_last(&left.note, &right.note))
                .then(ids.reverse()),
            Sorted::Urgency => (right.urgency.cmp(&left.urgency))
                .then_with(|| left.branch.cmp(&right.branch))
                .then(ids),
        }
    }
}
