//! What the checks of ratings, names and packages keep out.

use stellaops_db::schema::vuln::{
    AdvisoryAlias, AdvisoryAliasRepository, AdvisoryCvss, AdvisoryCvssRepository, AliasRelation, AliasScheme,
    CvssVector, CvssVersion, Severity,
};
use stellaops_db::{Error, Id};

use crate::support::{Fixture, advisory, feed};

fn rating(
    advisory: &stellaops_db::schema::vuln::Advisory,
    version: CvssVersion,
    vector: &str,
    tenths: i16,
) -> stellaops_db::schema::vuln::NewAdvisoryCvss {
    AdvisoryCvss::new_row(
        advisory.id,
        version,
        "nvd@nist.gov".into(),
        vector.into(),
        tenths,
        Severity::of_score(version, tenths),
        advisory.source_id,
        advisory.advisory_key.clone(),
    )
}

fn broken<T: std::fmt::Debug>(result: Result<T, Error>) -> String {
    match result {
        Err(Error::CheckViolation { constraint }) => constraint,
        other => panic!("expected a broken check, not {other:?}"),
    }
}

#[tokio::test]
async fn a_vector_as_it_is_written_is_taken_in_every_version() {
    let fixture = Fixture::start().await;
    let system = fixture.system().await;
    let (source, _) = feed(&system).await;
    let advisory = advisory(&system, &source, "CVE-2026-10001").await;
    let ratings = system.repository::<AdvisoryCvssRepository>();
    for (vector, tenths) in [
        (
            "AV:N/AC:L/Au:N/C:C/I:C/A:C/E:POC/RL:OF/RC:UR/CDP:LM/TD:H/CR:M/IR:L/AR:H",
            100,
        ),
        ("CVSS:3.0/AV:N/AC:L/PR:L/UI:N/S:C/C:L/I:L/A:N/E:U/RL:O/RC:R", 64),
        (
            "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N/CR:L/MAV:P/MS:C/MA:H",
            0,
        ),
        (
            "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/E:A/MSI:S/S:P/AU:Y/R:U/V:C/RE:L/U:Amber",
            93,
        ),
    ] {
        let vector: CvssVector = vector.parse().unwrap();
        let row = rating(&advisory, vector.version(), &vector.to_string(), tenths);
        let stored = ratings.insert(row).await.unwrap();
        assert_eq!(stored.vector.parse::<CvssVector>().unwrap(), vector);
    }
}

#[tokio::test]
async fn a_vector_of_another_version_or_order_is_refused() {
    let fixture = Fixture::start().await;
    let system = fixture.system().await;
    let (source, _) = feed(&system).await;
    let advisory = advisory(&system, &source, "CVE-2026-10001").await;
    let ratings = system.repository::<AdvisoryCvssRepository>();
    let check = "ck_advisory_cvss_vector_is_of_its_version";
    for (version, vector) in [
        (CvssVersion::V3_0, "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"),
        (CvssVersion::V3_1, "CVSS:3.1/AC:L/AV:N/PR:N/UI:N/S:U/C:H/I:H/A:H"),
        (CvssVersion::V3_1, "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H"),
        (CvssVersion::V4_0, "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"),
        (CvssVersion::V2_0, "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"),
    ] {
        let result = ratings.insert(rating(&advisory, version, vector, 98)).await;
        assert_eq!(broken(result), check, "{vector}");
    }
}

#[tokio::test]
async fn a_severity_that_does_not_follow_from_the_score_is_refused() {
    let fixture = Fixture::start().await;
    let system = fixture.system().await;
    let (source, _) = feed(&system).await;
    let advisory = advisory(&system, &source, "CVE-2026-10001").await;
    let ratings = system.repository::<AdvisoryCvssRepository>();
    let row = AdvisoryCvss::new_row(
        advisory.id,
        CvssVersion::V3_1,
        "nvd@nist.gov".into(),
        "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H".into(),
        98,
        Severity::High,
        source.id,
        "CVE-2026-10001".into(),
    );
    assert_eq!(
        broken(ratings.insert(row).await),
        "ck_advisory_cvss_severity_fits_the_score"
    );
}

#[tokio::test]
async fn an_advisory_has_one_preferred_rating() {
    let fixture = Fixture::start().await;
    let system = fixture.system().await;
    let (source, _) = feed(&system).await;
    let advisory = advisory(&system, &source, "CVE-2026-10001").await;
    let ratings = system.repository::<AdvisoryCvssRepository>();
    let vectors = ["AV:N/AC:L/Au:N/C:C/I:C/A:C", "AV:L/AC:L/Au:N/C:C/I:C/A:C"];
    let row = |vector| rating(&advisory, CvssVersion::V2_0, vector, 72).preferred(true);
    let first = ratings.insert(row(vectors[0])).await.unwrap();
    assert!(matches!(
        ratings.insert(row(vectors[1])).await,
        Err(Error::UniqueViolation { .. })
    ));
    let shown = AdvisoryCvssRepository::new(&fixture.acme());
    assert_eq!(shown.get_by_preferred(advisory.id).await.unwrap(), Some(first));
}

#[tokio::test]
async fn a_name_under_the_wrong_scheme_is_refused_and_a_class_is_no_synonym() {
    let fixture = Fixture::start().await;
    let system = fixture.system().await;
    let (source, _) = feed(&system).await;
    let advisory = advisory(&system, &source, "CVE-2026-10001").await;
    let names = system.repository::<AdvisoryAliasRepository>();
    let alias = |scheme, value: &str| {
        AdvisoryAlias::new_row(
            advisory.id,
            scheme,
            value.into(),
            source.id,
            "CVE-2026-10001".into(),
        )
    };
    for (scheme, value) in [
        (AliasScheme::Cve, "cve-2026-10001"),
        (AliasScheme::Cve, "GHSA-2c4x-4xq3-j6rw"),
        (AliasScheme::Rhsa, "RHSA-2026-1234"),
    ] {
        let result = names.insert(alias(scheme, value)).await;
        assert_eq!(
            broken(result),
            "ck_advisory_aliases_value_fits_its_scheme",
            "{value}"
        );
    }
    let weakness = names.insert(alias(AliasScheme::Cwe, "CWE-787")).await;
    assert_eq!(broken(weakness), "ck_advisory_aliases_classes_are_no_synonyms");
    let related = alias(AliasScheme::Cwe, "CWE-787").relation(AliasRelation::Related);
    names.insert(related).await.unwrap();
    let unknown = AdvisoryAlias::new_row(
        Id::new(uuid::Uuid::nil()),
        AliasScheme::Cve,
        "CVE-2026-10001".into(),
        source.id,
        "CVE-2026-10001".into(),
    );
    assert!(matches!(
        names.insert(unknown).await,
        Err(Error::ForeignKeyViolation { .. })
    ));
}
