//! One text in every place that takes one, and what was written held against what is read.

use std::time::Duration;

use stellaops_db::outbox::{Event, Relay};
use stellaops_db::queue::Failure;
use stellaops_db::schema::scheduler::*;
use stellaops_db::{Database, Error, Filter, TenantScope, path};
use stellaops_db_tests::ledger::{Notice, Visit, VisitRepository};
use stellaops_db_tests::library::{Book, BookRepository, Wish, WishDetails, WishRepository};

const LEASE: Duration = Duration::from_secs(600);

/// A job that nothing is wrong with.
pub(crate) fn job() -> NewGraphJob {
    let build = GraphBuildJob {
        sbom_id: "sbom".into(),
        sbom_version_id: "version".into(),
        sbom_digest: format!("sha256:{:064x}", 1),
        trigger: "manual".into(),
        metadata: Default::default(),
    };
    GraphJob::new_row(GraphJobType::Build, GraphJobPayload::Build(build))
}

fn wish(text: &str) -> stellaops_db_tests::library::WishAssignments<stellaops_db::Insert> {
    let details = WishDetails {
        author: Some(text.into()),
        extra: Some(serde_json::Map::from_iter([(text.to_owned(), text.into())])),
    };
    Wish::new_row("branch".into(), 1, vec![text.into(), "other".into()], details).note(Some(text.into()))
}

/// Single rows: insert, upsert, update, and each filter that takes a text.
pub(crate) async fn rows(scope: &TenantScope, text: &str) -> Result<(), Error> {
    let visits = scope.repository::<VisitRepository>();
    let visit = visits.insert(Visit::new_row(text.into())).await?;
    assert_eq!(visit.visitor, text);
    assert_eq!(visits.get(visit.id).await?.as_ref(), Some(&visit));
    // A reason is not empty.
    if !text.is_empty() {
        changes(scope, text).await?;
    }
    for filter in [
        Visit::VISITOR.eq(text),
        Visit::VISITOR.is_in([text, "other"]),
        Filter::all([Visit::VISITOR.starts_with(text), Visit::VISITOR.eq(text)]),
        !Visit::VISITOR.ne(text),
        Filter::all([Visit::VISITOR.ge(text), Visit::VISITOR.le(text)]),
    ] {
        assert_eq!(visits.count([filter]).await?, 1, "{text:?}");
    }
    let selected = scope
        .query("SELECT visitor, $1 FROM ledger.visits WHERE visitor = $1")
        .bind(text);
    let selected: Vec<(String, String)> = selected.all().await?;
    assert_eq!(selected, [(text.to_owned(), text.to_owned())]);
    Ok(())
}

/// A row that is written again and patched.
async fn changes(scope: &TenantScope, text: &str) -> Result<(), Error> {
    let jobs = scope.repository::<GraphJobRepository>();
    let row = jobs.insert(job()).await?;
    let written = jobs
        .upsert(job().id(row.id).failure_reason(Some(text.into())))
        .await?;
    assert_eq!(written.failure_reason.as_deref(), Some(text));
    let patch = GraphJob::patch().failure_reason(Some(format!("{text}{text}")));
    let written = jobs.update(row.id, patch).await?;
    assert_eq!(written.failure_reason, Some(format!("{text}{text}")));
    assert_eq!(jobs.get(row.id).await?, Some(written));
    Ok(())
}

/// Documents: members and free members, filters on them, edits; arrays; and cursors that hold the text.
pub(crate) async fn documents(scope: &TenantScope, text: &str) -> Result<(), Error> {
    let wishes = scope.repository::<WishRepository>();
    let author = || Wish::DETAILS.at(path!(WishDetails: author));
    let first = wishes.insert(wish(text)).await?;
    let second = wishes.insert(wish(text)).await?;
    assert_eq!(first.details.extra, wish_details(text).extra);
    assert_eq!(first.tags, [text, "other"]);
    assert_eq!(wishes.count([author().eq(text)]).await?, 2, "{text:?}");
    assert_eq!(
        wishes
            .count([author().starts_with(text), author().is_in([text])])
            .await?,
        2,
        "{text:?}"
    );
    let page = wishes
        .list(Wish::BY_AUTHOR)
        .filter(author().eq(text))
        .limit(1)
        .await?;
    let next = page.next.expect("there are two");
    let rest = wishes
        .list(Wish::BY_AUTHOR)
        .filter(author().eq(text))
        .limit(1)
        .at(next)
        .await?;
    assert_eq!(page.rows.len() + rest.rows.len(), 2);
    assert_ne!(page.rows[0].id, rest.rows[0].id);
    let edited = wishes
        .edit(second.id, [author().set(Some(format!("{text}!")))])
        .await?;
    assert_eq!(edited.details.author, Some(format!("{text}!")));
    assert_eq!(edited.details.extra, second.details.extra);
    assert_eq!(wishes.get(first.id).await?, Some(first));
    Ok(())
}

fn wish_details(text: &str) -> WishDetails {
    WishDetails {
        author: Some(text.into()),
        extra: Some(serde_json::Map::from_iter([(text.to_owned(), text.into())])),
    }
}

/// Names: of workers, locks, and what is searched for. What is no name is told before anything is sent.
pub(crate) async fn names(scope: &TenantScope, text: &str) -> Result<(), Error> {
    let jobs = scope.repository::<GraphJobRepository>();
    let row = jobs.insert(job().status(GraphJobStatus::Queued)).await?;
    let claimed = jobs.claim(text, 1, LEASE).await?;
    assert_eq!(claimed.iter().map(|job| job.id).collect::<Vec<_>>(), [row.id]);
    assert_eq!(claimed[0].leased_by.as_deref(), Some(text));
    let lock = scope.try_lock(text).await?.expect("nobody has it");
    assert_eq!(lock.name(), text);
    lock.release().await?;
    let _: Vec<Book> = scope.repository::<BookRepository>().search(text).await?;
    Ok(())
}

/// A consumer of that name takes what there is.
pub(crate) async fn consumer(db: &Database, text: &str) -> Result<(), Error> {
    let take = async |_: Event<Notice>| Ok::<_, Failure>(());
    Relay::new(text).drain(db, "attacked", take).await.map(drop)
}

/// Many texts at once, in each way that rows travel.
pub(crate) async fn bulk(scope: &TenantScope, texts: &[String]) -> Result<(), Error> {
    let visits = scope.repository::<VisitRepository>();
    let rows = || texts.iter().map(|text| Visit::new_row(text.clone()));
    let written = |rows: Vec<Visit>| rows.into_iter().map(|row| row.visitor).collect::<Vec<_>>();
    for (arrays, batch) in [(10_000, 10_000), (0, 10_000), (0, 7)] {
        let inserted = visits
            .insert_many(rows())
            .with_sizes(0, arrays, batch)
            .returning()
            .await?;
        assert_eq!(written(inserted), texts);
    }
    let wishes = scope.repository::<WishRepository>();
    let short: Vec<&String> = texts.iter().filter(|text| is_short(text)).collect();
    let inserted = wishes
        .insert_many(short.iter().map(|text| wish(text)))
        .with_sizes(0, 0, 10_000)
        .returning()
        .await?;
    for (row, text) in inserted.iter().zip(&short) {
        assert_eq!((&row.note.as_ref(), &row.tags[0]), (&Some(*text), *text));
        assert_eq!(row.details, wish_details(text));
    }
    let found = visits.count([Visit::VISITOR.is_in(texts.iter())]).await?;
    assert_eq!(found, 3 * texts.len() as u64);
    Ok(())
}

/// What the columns of names take.
pub(crate) fn is_short(text: &str) -> bool {
    text.chars().count() < 100
}
