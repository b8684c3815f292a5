//! Every text as a value: stored as it is, or refused before it is sent.

use stellaops_db::testing::{Peer, ProxyOptions, WireProxy, shared_server};
use stellaops_db::{Config, Error, Sensitive};
use stellaops_db_tests::corpus;
use stellaops_db_tests::ledger::{Visit, VisitRepository};
use stellaops_db_tests::library::{Member, MemberRepository};

use crate::support::{self, APPLICATION, tenant};
use crate::{Attacked, everywhere};

#[tokio::test]
async fn every_text_is_read_as_it_was_written() {
    let attacked = Attacked::start().await;
    let stored: Vec<_> = corpus::texts()
        .into_iter()
        .filter(|text| !text.contains('\0'))
        .collect();
    for (number, text) in stored.iter().enumerate() {
        let scope = attacked.tenant(&format!("tenant {number}"));
        let told = |error: Error| panic!("{text:?}: {error}");
        everywhere::rows(&scope, text).await.unwrap_or_else(told);
        if everywhere::is_short(text) {
            everywhere::documents(&scope, text).await.unwrap_or_else(told);
        }
    }
    let texts: Vec<_> = stored.into_iter().chain(corpus::long_texts()).collect();
    everywhere::bulk(&attacked.tenant("bulk"), &texts)
        .await
        .expect("stores all");
}

/// A text of 64 MiB, there and back.
#[tokio::test]
async fn a_very_long_text_is_read_as_it_was_written() {
    let attacked = Attacked::start().await;
    let visits = attacked.tenant("long").repository::<VisitRepository>();
    let text = "'\\\u{e4}\t".repeat(64 * 1024 * 1024 / 5);
    let row = visits
        .insert(Visit::new_row(text.clone()))
        .await
        .expect("inserts");
    assert!(
        visits
            .get(row.id)
            .await
            .expect("reads")
            .is_some_and(|read| read.visitor == text)
    );
}

/// Where bytes are taken, any bytes are; nobody takes them for characters.
#[tokio::test]
async fn bytes_that_are_no_text_are_read_as_they_were_written() {
    let attacked = Attacked::start().await;
    let scope = attacked.tenant("bytes");
    let members = scope.repository::<MemberRepository>();
    for (number, bytes) in corpus::no_utf8().into_iter().enumerate() {
        let address = Sensitive::new(format!("{number}@example.org"));
        let row =
            Member::new_row(number.to_string(), address).secret_hash(Some(Sensitive::new(bytes.clone())));
        let row = members.insert(row).await.expect("inserts");
        assert_eq!(
            row.secret_hash.map(|hash| hash.expose().clone()),
            Some(bytes.clone())
        );
        let (same,) = scope
            .query("SELECT $1")
            .bind(bytes.clone())
            .one::<(Vec<u8>,)>()
            .await
            .expect("reads");
        assert_eq!(same, bytes);
    }
}

/// PostgreSQL's texts hold no NUL: every verb says so itself, and the server hears nothing of it.
#[tokio::test]
async fn a_text_with_nul_is_refused_before_anything_is_sent() {
    let database = support::copy(shared_server().await).await;
    let proxy = WireProxy::start(shared_server().await, ProxyOptions::default())
        .await
        .expect("starts");
    let through = |login| proxy.connect_options(database.name(), login);
    let config = Config::from_options(through(APPLICATION)).with_system_options(through(support::SYSTEM));
    let db = support::connect(&config).await;
    let scope = db.tenant(&tenant("nul"));
    scope.query("SELECT 1").execute().await.expect("connects");
    let system = db.system("connect").await.expect("connects");
    system.close().await.expect("closes");
    let visits = scope.repository::<VisitRepository>();
    let row = || Visit::new_row("nul \0".into());
    for text in corpus::texts().into_iter().filter(|text| text.contains('\0')) {
        proxy.reset_counts();
        let refusals = [
            visits.insert(row()).await.map(drop),
            visits.count([Visit::VISITOR.eq(&text)]).await.map(drop),
            visits.count([Visit::VISITOR.is_in([&text])]).await.map(drop),
            visits.count([Visit::VISITOR.starts_with(&text)]).await.map(drop),
            scope
                .query("SELECT $1")
                .bind(text.as_str())
                .execute()
                .await
                .map(drop),
            db.system(&text).await.map(drop),
        ];
        for (place, refused) in refusals.into_iter().enumerate() {
            assert!(
                matches!(refused, Err(Error::Encode(_))),
                "{text:?} at {place}: {refused:?}"
            );
        }
        assert!(matches!(
            everywhere::consumer(&db, &text).await,
            Err(Error::ConsumerName { .. })
        ));
        assert_eq!(proxy.count(Peer::Frontend, b'B'), 0, "{text:?} is sent");
    }
    proxy.reset_counts();
    visits.count([Visit::VISITOR.eq("a")]).await.expect("counts");
    assert!(proxy.count(Peer::Frontend, b'B') > 0, "what is sent is counted");
}
