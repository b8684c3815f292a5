//! Versions of packs come into force under four eyes, one at a time.

use stellaops_db::schema::policy::{
    Pack, PackRepository, PackType, PackVersion, PackVersionRepository, PackVersionStatus,
};
use stellaops_db::{Error, TenantScope};

use crate::support::{Fixture, at};

async fn pack(scope: &TenantScope) -> Pack {
    let row = Pack::new_row(
        "container-baseline".into(),
        "Baseline for containers".into(),
        PackType::Policy,
        "team:security".into(),
        "user:alice".into(),
        "user:alice".into(),
    );
    scope
        .repository::<PackRepository>()
        .insert(row)
        .await
        .expect("a pack")
}

async fn submitted(scope: &TenantScope, pack: &Pack, version: &str) -> PackVersion {
    let source = format!("policy \"container-baseline\" {{ /* {version} */ }}");
    let row = PackVersion::new_row(
        pack.id,
        version.into(),
        PackVersion::digest_of(&source),
        source,
        "user:alice".into(),
    );
    let versions = scope.repository::<PackVersionRepository>();
    let draft = versions.insert(row).await.expect("a draft");
    let submitted = versions.submit(draft.id, at("2026-03-01T12:00:00Z")).await;
    submitted.expect("a version").won().expect("it was a draft")
}

async fn approved(scope: &TenantScope, pack: &Pack, version: &str) -> PackVersion {
    let submitted = submitted(scope, pack, version).await;
    let versions = scope.repository::<PackVersionRepository>();
    let approved = versions
        .approve(submitted.id, "user:bob", None, at("2026-03-02T12:00:00Z"))
        .await;
    approved.expect("a version").won().expect("it was submitted")
}

#[tokio::test]
async fn the_author_does_not_approve_a_version() {
    let fixture = Fixture::start().await;
    let acme = fixture.acme();
    let pack = pack(&acme).await;
    let version = submitted(&acme, &pack, "1.0.0").await;
    let versions = acme.repository::<PackVersionRepository>();
    match versions
        .approve(version.id, "user:alice", None, at("2026-03-02T12:00:00Z"))
        .await
    {
        Err(Error::CheckViolation { constraint }) => assert_eq!(constraint, "ck_pack_versions_four_eyes"),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_version_that_is_sent_back_is_a_draft_with_the_reviewers_note() {
    let fixture = Fixture::start().await;
    let acme = fixture.acme();
    let pack = pack(&acme).await;
    let version = submitted(&acme, &pack, "1.0.0").await;
    let versions = acme.repository::<PackVersionRepository>();
    let note = Some("too strict".to_string());
    let sent = versions
        .send_back(version.id, "user:bob", note.clone(), at("2026-03-02T12:00:00Z"))
        .await;
    let draft = sent.unwrap().won().expect("it was submitted");
    assert_eq!(
        (draft.status, draft.decision_note),
        (PackVersionStatus::Draft, note)
    );
}

#[tokio::test]
async fn activating_a_version_takes_the_active_one_back() {
    let fixture = Fixture::start().await;
    let acme = fixture.acme();
    let pack = pack(&acme).await;
    let versions = acme.repository::<PackVersionRepository>();
    let first = approved(&acme, &pack, "1.0.0").await;
    let second = approved(&acme, &pack, "1.1.0").await;
    for version in [&first, &second, &first] {
        let activated = PackVersionRepository::activate(&acme, version.id, at("2026-03-03T12:00:00Z")).await;
        assert!(activated.unwrap().is_won());
        let active = versions.get_by_active(pack.id).await.unwrap();
        assert_eq!(active.map(|active| active.id), Some(version.id));
    }
    let second = versions.get(second.id).await.unwrap().expect("the version");
    assert_eq!(second.status, PackVersionStatus::Approved);
}

#[tokio::test]
async fn a_version_that_nobody_approved_changes_nothing() {
    let fixture = Fixture::start().await;
    let acme = fixture.acme();
    let pack = pack(&acme).await;
    let active = approved(&acme, &pack, "1.0.0").await;
    PackVersionRepository::activate(&acme, active.id, at("2026-03-03T12:00:00Z"))
        .await
        .unwrap()
        .won()
        .expect("it was approved");
    let unseen = submitted(&acme, &pack, "1.1.0").await;
    let activated = PackVersionRepository::activate(&acme, unseen.id, at("2026-03-04T12:00:00Z")).await;
    assert!(!activated.unwrap().is_won());
    let versions = acme.repository::<PackVersionRepository>();
    let still = versions.get_by_active(pack.id).await.unwrap();
    assert_eq!(still.map(|still| still.id), Some(active.id));
}

#[tokio::test]
async fn a_version_is_semantic_and_given_once() {
    let fixture = Fixture::start().await;
    let acme = fixture.acme();
    let pack = pack(&acme).await;
    let versions = acme.repository::<PackVersionRepository>();
    let row = |version: &str| {
        let source = "policy {}".to_string();
        PackVersion::new_row(
            pack.id,
            version.into(),
            PackVersion::digest_of(&source),
            source,
            "user:alice".into(),
        )
    };
    for version in ["1.0", "01.0.0", "v1.0.0", "1.0.0-01", "1.0.0+"] {
        let refused = versions.insert(row(version)).await;
        assert!(matches!(refused, Err(Error::CheckViolation { .. })), "{version}");
    }
    versions.insert(row("1.0.0-draft.2+build.5")).await.unwrap();
    let twice = versions.insert(row("1.0.0-draft.2+build.5")).await;
    assert!(matches!(twice, Err(Error::UniqueViolation { .. })));
}

/// A step of a status can lead into a key that holds for the rows of that status alone.
#[tokio::test]
async fn a_second_active_version_is_refused_by_the_key_that_the_spec_names() {
    let fixture = Fixture::start().await;
    let acme = fixture.acme();
    let pack = pack(&acme).await;
    let versions = acme.repository::<PackVersionRepository>();
    let activate = || {
        PackVersion::STATUS
            .from(PackVersionStatus::Approved)
            .to(PackVersionStatus::Active)
    };
    let first = approved(&acme, &pack, "1.0.0").await;
    let patch = || PackVersion::patch().activated_at(Some(at("2026-03-03T12:00:00Z")));
    let swapped = versions
        .compare_and_swap_with(first.id, activate(), patch())
        .await;
    assert!(swapped.unwrap().is_won());
    let second = approved(&acme, &pack, "1.1.0").await;
    let refused = versions
        .compare_and_swap_with(second.id, activate(), patch())
        .await;
    let Err(Error::UniqueViolation { key: Some(key), .. }) = refused else {
        panic!("{refused:?}");
    };
    assert_eq!((key.name, &key.columns[..]), (Some("active"), &["pack_id"][..]));
}
