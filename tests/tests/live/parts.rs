//! Parts inside documents: they are read as they were written, and what is wrong inside is named by its
//! place.

use std::collections::BTreeSet;

use stellaops_db::Error;
use stellaops_db::schema::scheduler::*;

use crate::samples::*;
use crate::support::*;

fn image(number: u32) -> ImpactImage {
    ImpactImage {
        digest: digest(number),
        registry: "registry".into(),
        repository: format!("repository {number}"),
        tags: BTreeSet::from(["b".into(), "B".into(), "ä".into()]),
        namespaces: BTreeSet::new(),
        used_by_entrypoint: true,
    }
}

fn impact() -> Impact {
    Impact {
        images: vec![image(1), image(2)],
        usage_only: false,
    }
}

fn snapshot_of(impact: Impact) -> NewImpactSnapshot {
    ImpactSnapshot::new_row(selector(), digest(3), "revision".into(), digest(4), 2, impact)
}

#[tokio::test]
async fn parts_are_read_as_they_were_written() {
    let fixture = Fixture::start().await;
    let snapshots = fixture.tenant("a").repository::<ImpactSnapshotRepository>();
    let written = snapshots.insert(snapshot_of(impact())).await.expect("inserts");
    assert_eq!(written.impact, impact());
    assert_eq!(snapshots.get(written.id).await.expect("reads"), Some(written));
}

#[tokio::test]
async fn a_part_that_breaks_its_shape_is_refused_by_the_columns_check() {
    let fixture = Fixture::start().await;
    let snapshots = fixture.tenant("a").repository::<ImpactSnapshotRepository>();
    let mut bad = impact();
    bad.images[1].repository = String::new();
    refused!(
        snapshots.insert(snapshot_of(bad)).await,
        Error::CheckViolation { constraint } if constraint == "ck_impact_snapshots_impact"
    );
}

#[tokio::test]
async fn what_is_wrong_inside_a_document_is_named_by_its_place() {
    let fixture = Fixture::start().await;
    let snapshots = fixture.tenant("a").repository::<ImpactSnapshotRepository>();
    let id = snapshots.insert(snapshot_of(impact())).await.expect("inserts").id;
    let mut superuser = fixture.superuser().await;
    let unguarded = "ALTER TABLE scheduler.impact_snapshots DISABLE TRIGGER ALL, DROP CONSTRAINT ck_impact_snapshots_impact";
    run(&mut superuser, unguarded).await.expect("changes");
    for (path, value, said) in [
        (
            "images,1,digest",
            "5",
            "at `images[1].digest`: expected a string, found an integer",
        ),
        (
            "images,0,usedByEntrypoint",
            "\"secret\"",
            "at `images[0].usedByEntrypoint`: expected a boolean, found a text",
        ),
        (
            "images,0,surprise",
            "\"secret\"",
            "it has an unknown member `images[0].surprise`",
        ),
    ] {
        let spoil = format!(
            "UPDATE scheduler.impact_snapshots SET impact = jsonb_set(impact, '{{{path}}}', '{value}')"
        );
        run(&mut superuser, spoil).await.expect("spoils");
        let error = snapshots.get(id).await.expect_err("it is spoilt").to_string();
        assert!(error.contains(said) && !error.contains("secret"), "{error}");
        let mend = format!(
            "UPDATE scheduler.impact_snapshots SET impact = jsonb_set(impact, '{{images}}', '{}')",
            serde_json::to_string(&impact().images).expect("images are JSON")
        );
        run(&mut superuser, mend).await.expect("mends");
    }
    assert_eq!(
        snapshots.get(id).await.expect("reads").map(|row| row.impact),
        Some(impact())
    );
}
