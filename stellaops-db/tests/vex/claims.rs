//! Claims, decisions and unknowns: nothing is overwritten, everything is superseded.

use std::collections::BTreeSet;

use stellaops_db::schema::vex::*;
use stellaops_db::{Error, Timestamp};

use crate::support::Fixture;

const VULNERABILITY: &str = "CVE-2024-3094";
const PRODUCT: &str = "pkg:deb/debian/xz-utils@5.6.0-0.2";

impl Fixture {
    async fn refreshed(&self, aliases: &BTreeSet<String>) -> Linkset {
        let transaction = self.scope.begin().await.expect("begins");
        let linkset = Linkset::refresh(&transaction, VULNERABILITY, PRODUCT, aliases).await;
        transaction.commit().await.expect("commits");
        linkset.expect("is brought up to date")
    }

    async fn consensus(&self) -> Consensus {
        let linksets = self.scope.repository::<LinksetRepository>();
        let linkset = Linkset::new_row(
            LinksetId::of(VULNERABILITY, PRODUCT),
            VULNERABILITY.into(),
            PRODUCT.into(),
            LinksetAgreement::Empty,
            digest(1),
        );
        linksets.insert(linkset).await.expect("inserts");
        let consensus = Consensus::new_row(
            VULNERABILITY.into(),
            PRODUCT.into(),
            VexStatus::Unknown,
            0,
            ConsensusRationale::default(),
            1,
            "baseline@1.4.2".into(),
            digest(2),
        );
        let repository = self.scope.repository::<ConsensusRepository>();
        repository.insert(consensus).await.expect("inserts")
    }

    async fn is_held(&self, consensus: &Consensus) -> bool {
        let repository = self.scope.repository::<ConsensusRepository>();
        repository
            .get(consensus.id)
            .await
            .expect("reads")
            .expect("a row")
            .held
    }

    async fn place(&self, consensus: &Consensus, reason: HoldReason) -> Result<ConsensusHold, Error> {
        let far: Timestamp = "2999-01-01T00:00:00Z".parse().expect("a time");
        let hold = ConsensusHold::new_row(
            consensus.id,
            reason,
            "to be looked at".into(),
            "tests".into(),
            far,
        );
        let transaction = self.scope.begin().await?;
        let placed = hold.place(&transaction).await?;
        transaction.commit().await?;
        Ok(placed)
    }

    async fn release(&self, hold: &ConsensusHold) -> Option<ConsensusHold> {
        let transaction = self.scope.begin().await.expect("begins");
        let released = hold.release(&transaction, "tests", None).await.expect("releases");
        transaction.commit().await.expect("commits");
        released
    }
}

fn digest(number: u32) -> String {
    format!("sha256:{number:064x}")
}

fn document(content: u32) -> NewObservation {
    let provenance = ObservationProvenance {
        connector: "tests".into(),
        connector_version: "1".into(),
        bundle_digest: None,
        entity_tag: None,
        transparency_log_uri: None,
    };
    let content_json = VexDocument {
        document: serde_json::Map::from_iter([("version".to_string(), content.into())]),
    };
    Observation::new_row(
        "redhat".into(),
        "https://security.example.com/vex/1".into(),
        VexFormat::OpenVex,
        content_json,
        digest(content),
        0,
        provenance,
    )
}

fn assessment(status: VexStatus) -> NewStatement {
    Statement::new_row(
        StatementOrigin::Assessment,
        Statement::SELF.into(),
        VULNERABILITY.into(),
        PRODUCT.into(),
        status,
    )
    .created_by(Some("user:alice".into()))
}

#[tokio::test]
async fn a_document_that_is_published_again_supersedes_the_last_one() {
    let fixture = Fixture::start().await;
    let observations = fixture.scope.repository::<ObservationRepository>();
    let mut last = None;
    for content in [1, 2, 1] {
        let published = observations.publish(document(content)).await.expect("publishes");
        let Published::New(observation) = published else {
            panic!("the content is another one: {published:?}");
        };
        assert_eq!(observation.supersedes_id, last);
        let again = observations.publish(document(content)).await.expect("publishes");
        assert_eq!(again, Published::Known(observation.clone()));
        last = Some(observation.id);
    }
    assert_eq!(observations.count([]).await.expect("counts"), 3);
    let second_first = observations.insert(document(4)).await;
    assert!(
        matches!(second_first, Err(Error::UniqueViolation { .. })),
        "{second_first:?}"
    );
}

#[tokio::test]
async fn a_statement_is_superseded_once_and_found_by_its_vulnerability() {
    let fixture = Fixture::start().await;
    let statements = fixture.scope.repository::<StatementRepository>();
    let first = assessment(VexStatus::UnderInvestigation);
    let first = statements.insert(first).await.expect("inserts");
    let second_opinion = statements.insert(assessment(VexStatus::Unknown)).await;
    assert!(
        matches!(second_opinion, Err(Error::UniqueViolation { .. })),
        "{second_opinion:?}"
    );
    fixture.later();
    let next =
        || assessment(VexStatus::NotAffected).justification(Some(VexJustification::ComponentNotPresent));
    let transaction = fixture.scope.begin().await.expect("begins");
    let second = next()
        .supersede(&transaction, first.id)
        .await
        .expect("supersedes");
    let second = second.expect("the first was active");
    let lost = next()
        .supersede(&transaction, first.id)
        .await
        .expect("is too late");
    assert_eq!(lost, None);
    transaction.commit().await.expect("commits");
    let page = statements
        .list_by_vulnerability(VULNERABILITY)
        .await
        .expect("lists");
    let found: Vec<_> = page.rows.iter().map(|row| (row.id, row.state)).collect();
    assert_eq!(
        found,
        [
            (second.id, StatementState::Active),
            (first.id, StatementState::Superseded)
        ]
    );
    assert_eq!(page.rows[1].closed_at, Some(second.created_at));
    let transaction = fixture.scope.begin().await.expect("begins");
    assert!(second.withdraw(&transaction).await.expect("withdraws"));
    assert!(!second.withdraw(&transaction).await.expect("is too late"));
    transaction.commit().await.expect("commits");
    let withdrawn = statements.get(second.id).await.expect("reads").expect("a row");
    assert_eq!(withdrawn.state, StatementState::Withdrawn);
}

#[tokio::test]
async fn a_linkset_keeps_disagreements_and_tells_each_change_once() {
    let fixture = Fixture::start().await;
    let observations = fixture.scope.repository::<ObservationRepository>();
    let observation = observations.insert(document(1)).await.expect("inserts");
    let claim = Statement::new_row(
        StatementOrigin::Observation,
        "redhat".into(),
        VULNERABILITY.into(),
        PRODUCT.into(),
        VexStatus::Fixed,
    );
    let claim = claim.observation_id(Some(observation.id));
    let empty = fixture.refreshed(&BTreeSet::new()).await;
    assert_eq!(empty.agreement, LinksetAgreement::Empty);
    let statements = fixture.scope.repository::<StatementRepository>();
    let theirs = statements.insert(claim).await.expect("inserts");
    let single = fixture.refreshed(&BTreeSet::new()).await;
    assert_eq!(
        (single.agreement, single.statement_ids),
        (LinksetAgreement::Single, vec![theirs.id])
    );
    let own = statements
        .insert(assessment(VexStatus::Unknown))
        .await
        .expect("inserts");
    let disputed = fixture.refreshed(&BTreeSet::new()).await;
    assert_eq!(
        (disputed.agreement, disputed.provider_count),
        (LinksetAgreement::Disagreed, 2)
    );
    assert_eq!(
        fixture.refreshed(&BTreeSet::new()).await,
        disputed,
        "nothing changed"
    );
    let transaction = fixture.scope.begin().await.expect("begins");
    assert!(own.withdraw(&transaction).await.expect("withdraws"));
    transaction.commit().await.expect("commits");
    let aliases = BTreeSet::from(["GHSA-0000-0000-0000".to_string()]);
    fixture.refreshed(&BTreeSet::new()).await;
    let last = fixture.refreshed(&aliases).await;
    assert_eq!(
        (last.agreement, last.disagreements),
        (LinksetAgreement::Single, None)
    );
    let events = fixture.scope.repository::<LinksetEventRepository>();
    let told = events.list_by_linkset(last.id.clone()).await.expect("lists").rows;
    let told: Vec<_> = told
        .into_iter()
        .map(|event| (event.kind, event.added, event.removed))
        .collect();
    let changed = LinksetEventKind::ClaimsChanged;
    assert_eq!(
        told,
        [
            (LinksetEventKind::Created, vec![], vec![]),
            (changed, vec![theirs.id], vec![]),
            (changed, vec![own.id], vec![]),
            (changed, vec![], vec![own.id]),
            (LinksetEventKind::AliasesChanged, vec![], vec![]),
        ]
    );
    let linksets = fixture.scope.repository::<LinksetRepository>();
    let found = linksets
        .list_by_vulnerability(VULNERABILITY)
        .await
        .expect("lists");
    assert_eq!(
        found.rows.iter().map(|row| &row.id).collect::<Vec<_>>(),
        [&last.id]
    );
}

#[tokio::test]
async fn a_consensus_is_held_until_the_last_hold_is_released() {
    let fixture = Fixture::start().await;
    let consensus = fixture.consensus().await;
    let doubt = fixture
        .place(&consensus, HoldReason::Disagreement)
        .await
        .expect("places");
    let embargo = fixture
        .place(&consensus, HoldReason::Embargo)
        .await
        .expect("places");
    let again = fixture.place(&consensus, HoldReason::Embargo).await;
    assert!(matches!(again, Err(Error::UniqueViolation { .. })), "{again:?}");
    assert!(fixture.is_held(&consensus).await);
    let released = fixture.release(&doubt).await.expect("it was active");
    assert_eq!(
        (released.state, released.closed_by.as_deref()),
        (HoldState::Released, Some("tests"))
    );
    assert!(fixture.is_held(&consensus).await);
    assert!(fixture.release(&embargo).await.is_some());
    assert!(!fixture.is_held(&consensus).await);
    assert_eq!(fixture.release(&embargo).await, None);
    assert!(!fixture.is_held(&consensus).await);
}

#[tokio::test]
async fn an_unknown_has_one_current_version_and_all_earlier_ones() {
    let fixture = Fixture::start().await;
    let project = fixture.project("shop").await;
    let since: Timestamp = "2024-01-01T00:00:00Z".parse().expect("a time");
    let item = || {
        UnknownItem::new_row(
            project.id,
            UnknownKind::MissingVersion,
            "pkg:generic/libfoo".into(),
            GraphRevisionId::of("sbom", "feeds", "baseline@1.0.0"),
            since,
            "tests".into(),
        )
    };
    let items = fixture.scope.repository::<UnknownItemRepository>();
    let first = items.insert(item()).await.expect("inserts");
    let twice = items.insert(item()).await;
    assert!(matches!(twice, Err(Error::UniqueViolation { .. })), "{twice:?}");
    fixture.later();
    let transaction = fixture.scope.begin().await.expect("begins");
    let second = item()
        .priority(500)
        .supersede(&transaction, first.id)
        .await
        .expect("supersedes");
    let second = second.expect("the first was current");
    transaction.commit().await.expect("commits");
    let versions = items
        .list_by_item(project.id, UnknownKind::MissingVersion, "pkg:generic/libfoo")
        .await
        .expect("lists");
    let held = |moment| {
        let held = versions.rows.iter().filter(|row| row.holds(since, moment));
        held.map(|row| row.id).collect::<Vec<_>>()
    };
    assert_eq!(held(first.system_from), [first.id]);
    assert_eq!(held(second.system_from), [second.id]);
    let open = items.list_by_project_urgent(project.id).await.expect("lists");
    assert_eq!(open.rows, [second]);
}
