//! Cursors: what they are bound to, who signed them, and what becomes of those that somebody made up.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use stellaops_db::schema::scheduler::*;
use stellaops_db::{Config, Cursor, CursorKey, Error, InvalidCursor, Page};

use crate::events::Events;
use crate::pages::populated;
use crate::samples::*;
use crate::support::*;

fn key(pair: &str) -> CursorKey {
    CursorKey::from_hexadecimal(&pair.repeat(32)).expect("a key")
}

async fn page(jobs: &GraphJobRepository, cursor: Option<&Cursor>) -> Result<Page<GraphJob>, Error> {
    let list = jobs.list_by_newest().limit(3);
    match cursor {
        Some(cursor) => list.at(cursor.clone()).await,
        None => list.await,
    }
}

async fn second(jobs: &GraphJobRepository) -> Cursor {
    let first = page(jobs, None).await.expect("lists");
    first.next.expect("there is more")
}

#[tokio::test]
async fn a_cursor_serves_its_own_query_and_tenant_only() {
    let (fixture, parents) = populated().await;
    let scope = fixture.tenant("a");
    let jobs = scope.repository::<GraphJobRepository>();
    let cursor = jobs
        .list_by_status_newest(GraphJobStatus::Queued)
        .limit(3)
        .await
        .expect("lists")
        .next;
    let cursor = cursor.expect("there is more");
    let text = Cursor::from_text(cursor.as_str());
    let fits = |letter: char| letter.is_ascii_alphanumeric() || "-_".contains(letter);
    assert!(text.as_str().chars().all(fits), "fit for a URL");
    let second = jobs
        .list_by_status_newest(GraphJobStatus::Queued)
        .limit(7)
        .at(text)
        .await;
    assert_eq!(second.expect("the limit may change").rows.len(), 7);
    let others = fixture.tenant("b").repository::<GraphJobRepository>();
    let filter = || GraphJob::ATTEMPTS.eq(0);
    for list in [
        jobs.list_by_status_newest(GraphJobStatus::Pending),
        jobs.list_by_newest(),
        jobs.list_by_status_newest(GraphJobStatus::Queued)
            .filter(filter()),
        jobs.list_by_type_newest(GraphJobType::Build),
        others.list_by_status_newest(GraphJobStatus::Queued),
    ] {
        refused!(
            list.at(cursor.clone()).await,
            Error::Cursor(InvalidCursor::AnotherQuery)
        );
    }
    let events = scope.repository::<GraphJobEventRepository>();
    let other_table = events.list_by_job_newest(parents.job.id).at(cursor.clone()).await;
    refused!(other_table, Error::Cursor(InvalidCursor::AnotherQuery));
}

#[tokio::test]
async fn a_text_that_is_no_cursor_is_refused() {
    let (fixture, _) = populated().await;
    let jobs = fixture.tenant("a").repository::<GraphJobRepository>();
    let genuine = second(&jobs).await;
    let genuine = genuine.as_str();
    let cut = &genuine[..genuine.len() - 2];
    let odd = &genuine[1..];
    let long = genuine.repeat(1_000);
    for text in [
        "",
        "x",
        "7b7d",
        "ä",
        "+1",
        "'; DROP TABLE scheduler.graph_jobs; --",
        cut,
        odd,
        &long,
    ] {
        let refused = page(&jobs, Some(&Cursor::from_text(text))).await;
        refused!(
            refused,
            Error::Cursor(InvalidCursor::Malformed | InvalidCursor::AnotherVersion)
        );
    }
}

#[tokio::test]
async fn a_cursor_of_another_version_is_told_apart() {
    let (fixture, _) = populated().await;
    let jobs = fixture.tenant("a").repository::<GraphJobRepository>();
    let mut bytes = BASE64.decode(second(&jobs).await.as_str()).expect("is base64");
    bytes[0] -= 1;
    let older = Cursor::from_text(BASE64.encode(bytes));
    refused!(
        page(&jobs, Some(&older)).await,
        Error::Cursor(InvalidCursor::AnotherVersion)
    );
}

/// A client may forge the values in a cursor that is not signed: it gets rows of its own tenant or an error,
/// and the genuine statement stays as it was prepared.
#[tokio::test]
async fn a_forged_cursor_reaches_no_other_tenant_and_spoils_no_prepared_statement() {
    let (fixture, pool) = Fixture::on_one_connection().await;
    for name in ["a", "b"] {
        let scope = fixture.tenant(name);
        let parents = fill(&scope, 0).await;
        populate(&scope, &parents, 10, 20).await;
    }
    let jobs = fixture.tenant("a").repository::<GraphJobRepository>();
    let genuine = second(&jobs).await;
    let bytes = BASE64.decode(genuine.as_str()).expect("is base64");
    let expected = page(&jobs, Some(&genuine)).await.expect("lists");
    let mut served = 0;
    for position in 0..bytes.len() {
        for changed in [1, 0x80] {
            let mut forged = bytes.clone();
            forged[position] ^= changed;
            let forged = Cursor::from_text(BASE64.encode(forged));
            match page(&jobs, Some(&forged)).await {
                Ok(page) => {
                    served += 1;
                    assert!(page.rows.iter().all(|row| row.tenant_id == tenant("a")));
                }
                Err(Error::Cursor(_)) => {}
                Err(other) => panic!("byte {position}: {other:?}"),
            }
        }
    }
    assert!(served > 0, "a value can be forged where nothing is signed");
    assert_eq!(page(&jobs, Some(&genuine)).await.expect("lists"), expected);
    drop(pool);
}

#[tokio::test]
async fn with_a_key_no_byte_of_a_cursor_can_be_changed() {
    let (fixture, _) = populated().await;
    let signing = fixture.db.clone().with_cursor_keys([key("5a")]);
    let jobs = signing.tenant(&tenant("a")).repository::<GraphJobRepository>();
    let genuine = second(&jobs).await;
    page(&jobs, Some(&genuine))
        .await
        .expect("the genuine one is taken");
    let bytes = BASE64.decode(genuine.as_str()).expect("is base64");
    for position in 0..bytes.len() {
        let mut forged = bytes.clone();
        forged[position] ^= 1;
        let forged = Cursor::from_text(BASE64.encode(forged));
        refused!(page(&jobs, Some(&forged)).await, Error::Cursor(_));
    }
    let unsigned = &bytes[..bytes.len() - 16];
    let unsigned = Cursor::from_text(BASE64.encode(unsigned));
    refused!(
        page(&jobs, Some(&unsigned)).await,
        Error::Cursor(InvalidCursor::NotSigned)
    );
    let plain = fixture.tenant("a").repository::<GraphJobRepository>();
    page(&plain, Some(&genuine))
        .await
        .expect("whoever has no key checks none");
}

#[tokio::test]
async fn a_key_is_changed_without_refusing_the_cursors_of_the_old_one() {
    let (fixture, _) = populated().await;
    let jobs = |keys: &[&str]| {
        let database = fixture
            .db
            .clone()
            .with_cursor_keys(keys.iter().map(|pair| key(pair)));
        database.tenant(&tenant("a")).repository::<GraphJobRepository>()
    };
    let old = second(&jobs(&["0a"])).await;
    let both = jobs(&["0b", "0a"]);
    page(&both, Some(&old)).await.expect("the old key is still taken");
    let new = second(&both).await;
    page(&jobs(&["0b"]), Some(&new))
        .await
        .expect("the first key signs");
    refused!(
        page(&jobs(&["0b"]), Some(&old)).await,
        Error::Cursor(InvalidCursor::NotSigned)
    );
    refused!(
        page(&jobs(&["0a"]), Some(&new)).await,
        Error::Cursor(InvalidCursor::NotSigned)
    );
}

/// A signature proves that we gave the cursor out, not to whom: it stays bound to its tenant.
#[tokio::test]
async fn a_signed_cursor_serves_no_other_tenant() {
    let (fixture, _) = populated().await;
    let signing = fixture.db.clone().with_cursor_keys([key("5a")]);
    let jobs = |name: &str| signing.tenant(&tenant(name)).repository::<GraphJobRepository>();
    let cursor = second(&jobs("a")).await;
    refused!(
        page(&jobs("b"), Some(&cursor)).await,
        Error::Cursor(InvalidCursor::AnotherQuery)
    );
}

#[tokio::test]
async fn connecting_without_a_key_says_so_and_with_one_does_not() {
    let fixture = Fixture::start().await;
    let config = || Config::from_options(fixture.database.connect_options_as(APPLICATION));
    for (config, said) in [(config(), true), (config().with_cursor_keys([key("5a")]), false)] {
        let events = Events::listen();
        let connected = stellaops_db::Database::connect(&config).await;
        connected.expect("connects").close().await;
        let told = events.told();
        assert_eq!(told.contains("not signed: set `cursor_keys`"), said, "{told}");
    }
}

#[tokio::test]
async fn a_page_whose_rows_are_gone_still_leads_back() {
    let fixture = Fixture::start().await;
    let jobs = fixture.tenant("a").repository::<GraphJobRepository>();
    jobs.insert_many((0..6).map(queued)).await.expect("inserts");
    let first = page(&jobs, None).await.expect("lists");
    let next = first.next.clone().expect("there is more");
    for job in page(&jobs, Some(&next)).await.expect("lists").rows {
        jobs.delete(job.id).await.expect("deletes");
    }
    let empty = page(&jobs, Some(&next)).await.expect("lists");
    assert!(empty.rows.is_empty() && empty.next.is_none());
    let back = page(&jobs, empty.previous.as_ref()).await.expect("lists");
    assert_eq!(back.rows, first.rows, "the row at the edge is one of them");
    assert!(back.previous.is_none());
    for job in &first.rows {
        jobs.delete(job.id).await.expect("deletes");
    }
    let empty = page(&jobs, empty.previous.as_ref()).await.expect("lists");
    assert!(empty.rows.is_empty() && empty.previous.is_none());
    jobs.insert_many((0..2).map(queued)).await.expect("inserts");
    let onward = page(&jobs, empty.next.as_ref()).await.expect("lists");
    assert!(onward.rows.is_empty(), "the new rows are newer than the edge");
}
