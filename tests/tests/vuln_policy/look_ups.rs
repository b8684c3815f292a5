//! What scanners and people ask of the advisories, as a tenant.

use stellaops_db::Error;
use stellaops_db::schema::vuln::{
    Advisory, AdvisoryAffected, AdvisoryAffectedRepository, AdvisoryAlias, AdvisoryAliasRepository,
    AdvisoryReference, AdvisoryReferenceRepository, AdvisoryRepository, AffectedType, AliasScheme, KevFlag,
    KevFlagRepository, ReferenceKind, SourceRepository, VersionRange, VersionRanges, lookup_purl,
};

use crate::support::{Fixture, advisory, feed};

#[tokio::test]
async fn an_advisory_is_found_by_its_key_by_a_name_and_by_a_package() {
    let fixture = Fixture::start().await;
    let system = fixture.system().await;
    let (source, _) = feed(&system).await;
    let advisory = advisory(&system, &source, "CVE-2026-10001").await;
    let name = "GHSA-2c4x-4xq3-j6rw";
    let alias = AdvisoryAlias::new_row(
        advisory.id,
        AliasScheme::Ghsa,
        name.into(),
        source.id,
        "CVE-2026-10001".into(),
    );
    system
        .repository::<AdvisoryAliasRepository>()
        .insert(alias)
        .await
        .unwrap();
    let range = VersionRange {
        fixed: Some("1.3.1".into()),
        ..VersionRange::default()
    };
    let purl = "pkg:npm/left-pad";
    let package = AdvisoryAffected::new_row(
        advisory.id,
        AffectedType::Semver,
        purl.into(),
        VersionRanges::new([range]),
        source.id,
        "CVE-2026-10001".into(),
    );
    let package = package.purl(Some(purl.into()));
    let packages = system.repository::<AdvisoryAffectedRepository>();
    let package = packages.insert(package).await.unwrap();

    let acme = fixture.acme();
    let advisories = acme.repository::<AdvisoryRepository>();
    assert_eq!(
        advisories.get_by_advisory_key("CVE-2026-10001").await.unwrap(),
        Some(advisory.clone())
    );
    let names = acme.repository::<AdvisoryAliasRepository>();
    let scheme = AliasScheme::of(name).expect("a known scheme");
    let found = names.list_by_alias(scheme, name).await.unwrap();
    assert_eq!(found.rows[0].advisory_id, advisory.id);
    let packages = acme.repository::<AdvisoryAffectedRepository>();
    let asked = lookup_purl("pkg:npm/left-pad@1.3.0?arch=any").expect("a package URL");
    assert_eq!(
        packages.list_by_purl(asked.to_string()).await.unwrap().rows,
        [package]
    );
}

#[tokio::test]
async fn a_package_with_two_ends_of_a_range_is_refused() {
    let fixture = Fixture::start().await;
    let system = fixture.system().await;
    let (source, _) = feed(&system).await;
    let advisory = advisory(&system, &source, "CVE-2026-10001").await;
    let range = VersionRange {
        fixed: Some("1.3.1".into()),
        last_affected: Some("1.3.0".into()),
        ..VersionRange::default()
    };
    let package = AdvisoryAffected::new_row(
        advisory.id,
        AffectedType::Vendor,
        "Example Router".into(),
        VersionRanges::new([range]),
        source.id,
        "CVE-2026-10001".into(),
    );
    let packages = system.repository::<AdvisoryAffectedRepository>();
    match packages.insert(package).await {
        Err(Error::CheckViolation { constraint }) => {
            assert_eq!(constraint, "ck_advisory_affected_range_ends_once")
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn an_address_is_stored_under_its_own_digest_only() {
    let fixture = Fixture::start().await;
    let system = fixture.system().await;
    let (source, _) = feed(&system).await;
    let advisory = advisory(&system, &source, "CVE-2026-10001").await;
    let references = system.repository::<AdvisoryReferenceRepository>();
    let reference = |digest: String| {
        AdvisoryReference::new_row(
            advisory.id,
            digest,
            "https://example.com/fix".into(),
            ReferenceKind::Fix,
            source.id,
            "CVE-2026-10001".into(),
        )
    };
    let right = AdvisoryReference::digest_of("https://example.com/fix");
    references.insert(reference(right)).await.unwrap();
    let wrong = AdvisoryReference::digest_of("https://example.com/other");
    assert!(matches!(
        references.insert(reference(wrong)).await,
        Err(Error::CheckViolation { .. })
    ));
}

#[tokio::test]
async fn a_source_is_found_by_its_key_and_listed_before_the_less_trusted() {
    let fixture = Fixture::start().await;
    let system = fixture.system().await;
    let (source, _) = feed(&system).await;
    let sources = fixture.acme().repository::<SourceRepository>();
    assert_eq!(
        sources.get_by_key("vendor-example").await.unwrap(),
        Some(source.clone())
    );
    assert_eq!(sources.list_by_precedence(true).await.unwrap().rows, [source]);
}

#[tokio::test]
async fn what_is_exploited_is_told_by_cve_without_an_advisory() {
    let fixture = Fixture::start().await;
    let system = fixture.system().await;
    let (source, _) = feed(&system).await;
    let day = |text: &str| text.parse::<chrono::NaiveDate>().expect("a day");
    let flag = KevFlag::new_row(
        "CVE-2026-10001".into(),
        source.id,
        "Example".into(),
        "Router".into(),
        "Example Router command injection".into(),
        day("2026-02-01"),
        "https://example.com/kev.json".into(),
    );
    let flags = system.repository::<KevFlagRepository>();
    let flag = flags.insert(flag.due_on(Some(day("2026-02-22")))).await.unwrap();
    assert!(!flag.is_overdue(day("2026-02-22")));
    assert!(flag.is_overdue(day("2026-02-23")));
    let asked = fixture.acme().repository::<KevFlagRepository>();
    assert_eq!(asked.list_by_cve("CVE-2026-10001").await.unwrap().rows, [flag]);
}

#[tokio::test]
async fn advisories_are_searched_for_words_and_a_title_counts_more_than_a_summary() {
    let fixture = Fixture::start().await;
    let system = fixture.system().await;
    let (source, _) = feed(&system).await;
    let first = advisory(&system, &source, "CVE-2026-10001").await;
    let second = advisory(&system, &source, "CVE-2026-10002").await;
    let advisories = system.repository::<AdvisoryRepository>();
    let change = |title: &str, summary: &str| {
        Advisory::patch()
            .title(title.into())
            .summary(Some(summary.into()))
    };
    let deserialiser = change("A parser overflows", "Found in a deserializer.");
    advisories.update(first.id, deserialiser).await.unwrap();
    let named = change("Deserializers run code", "Found in a parser.");
    advisories.update(second.id, named).await.unwrap();

    let asked = fixture.acme().repository::<AdvisoryRepository>();
    let found = asked.search("deserializer").await.unwrap();
    let keys: Vec<_> = found
        .iter()
        .map(|advisory| advisory.advisory_key.as_str())
        .collect();
    assert_eq!(keys, ["CVE-2026-10002", "CVE-2026-10001"]);
    assert!(asked.search("kernel").await.unwrap().is_empty());
}
