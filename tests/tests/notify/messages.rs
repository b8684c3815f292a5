//! Channels, deliveries and digests.

use std::collections::BTreeMap;
use std::time::Duration;

use stellaops_db::Error;
use stellaops_db::schema::notify::*;

use crate::support::*;

#[tokio::test]
async fn a_manifest_that_is_applied_twice_finds_its_channel() {
    let fixture = Fixture::start().await;
    let channels = fixture.tenant("acme").repository::<ChannelRepository>();
    let id = Channel::manifest_id(&tenant("acme"), ChannelType::Console, "alerts");
    let from_manifest = || console("alerts").id(id).origin(Origin::Manifest);
    let first = channels.upsert(from_manifest()).await.expect("is made");
    let again = channels.upsert(from_manifest()).await.expect("is found");
    assert_eq!((first.id, again.id), (id, id));
    assert_eq!(channels.count([]).await.expect("counts"), 1);
}

#[tokio::test]
async fn no_form_of_a_secret_is_stored_with_a_channel() {
    let fixture = Fixture::start().await;
    let channels = fixture.tenant("acme").repository::<ChannelRepository>();
    let hook = |endpoint: &str| {
        let (name, by) = ("hook".to_owned(), "user:ada".to_owned());
        Channel::new_row(name, ChannelType::Webhook, endpoint.into(), by.clone(), by)
    };
    let header = ChannelSettings {
        headers: Some(BTreeMap::from([("Authorization".into(), "Bearer x".into())])),
        ..ChannelSettings::default()
    };
    let refused = [
        hook("https://ada:secret@example.com/hook"),
        hook("https://example.com/hook?token=secret"),
        hook("https://hooks.slack.com/services/T0/B0/secret"),
        hook("https://example.com/hook").secret_ref(Some("secret".into())),
        hook("https://example.com/hook").settings(Some(header)),
    ];
    for channel in refused {
        let outcome = channels.insert(channel).await;
        assert!(
            matches!(outcome, Err(Error::CheckViolation { .. })),
            "{outcome:?}"
        );
    }
    let good = hook("https://example.com/hook").secret_ref(Some("vault://notify/hook".into()));
    channels.insert(good).await.expect("a reference is no secret");
}

#[tokio::test]
async fn a_matter_is_enqueued_once_for_each_tenant() {
    let fixture = Fixture::start().await;
    for name in ["acme", "globex"] {
        let scope = fixture.tenant(name);
        let channel = scope
            .repository::<ChannelRepository>()
            .insert(console("alerts"))
            .await;
        let channel = channel.expect("inserts");
        let deliveries = scope.repository::<DeliveryRepository>();
        let again = || {
            Delivery::new_row(
                channel.id,
                deduplication_key(&["evt-1"]),
                "scanner.report.ready".into(),
                message("evt-1"),
            )
            .event_id(Some("evt-1".into()))
        };
        let Enqueued::New(first) = deliveries.enqueue(again()).await.expect("enqueues") else {
            panic!("the first is new for {name}");
        };
        let second = deliveries.enqueue(again()).await.expect("enqueues");
        assert_eq!(second, Enqueued::Known(first));
    }
}

#[tokio::test]
async fn the_most_important_message_is_claimed_first() {
    let fixture = Fixture::start().await;
    let scope = fixture.tenant("acme");
    let channel = scope
        .repository::<ChannelRepository>()
        .insert(console("alerts"))
        .await;
    let channel = channel.expect("inserts");
    let deliveries = scope.repository::<DeliveryRepository>();
    for (event, priority) in [("low", 10), ("urgent", 100), ("usual", 50)] {
        let delivery = alert(&channel, event).priority(priority);
        deliveries.enqueue(delivery).await.expect("enqueues");
    }
    let claimed = deliveries
        .claim("worker-1", 3, Duration::from_secs(60))
        .await
        .expect("claims");
    let events: Vec<_> = claimed
        .iter()
        .map(|delivery| delivery.message.title.as_str())
        .collect();
    assert_eq!(events, ["urgent", "usual", "low"]);
    assert!(
        claimed
            .iter()
            .all(|delivery| delivery.status == DeliveryStatus::Sending)
    );
}

#[tokio::test]
async fn a_failed_try_waits_and_then_comes_to_the_dispatcher_of_all_tenants() {
    let fixture = Fixture::start().await;
    let scope = fixture.tenant("acme");
    let channel = scope
        .repository::<ChannelRepository>()
        .insert(console("alerts"))
        .await;
    let channel = channel.expect("inserts");
    let deliveries = scope.repository::<DeliveryRepository>();
    deliveries
        .enqueue(alert(&channel, "evt-1"))
        .await
        .expect("enqueues");
    let claimed = deliveries
        .claim("worker-1", 1, Duration::from_secs(60))
        .await
        .expect("claims");
    let later = Delivery::patch()
        .not_before(at("2026-01-02T03:00:00Z"))
        .status_reason(Some("the other side is busy".into()));
    let swap = Delivery::STATUS
        .from(DeliveryStatus::Sending)
        .to(DeliveryStatus::Scheduled);
    let swapped = deliveries
        .compare_and_swap_with(claimed[0].id, swap, later)
        .await
        .expect("swaps");
    let waiting = swapped.won().expect("nobody else had it");
    assert_eq!((waiting.leased_by, waiting.lease_expires_at), (None, None));
    let far = alert(&channel, "evt-2")
        .status(DeliveryStatus::Scheduled)
        .not_before(at("9999-01-01T00:00:00Z"));
    deliveries.enqueue(far).await.expect("enqueues");
    let system = fixture.db.system("dispatch what is due").await.expect("opens");
    let due = system.across_tenants::<DeliveryRepository>().list_due().await;
    let due: Vec<_> = due
        .expect("lists")
        .rows
        .into_iter()
        .map(|row| (row.tenant_id, row.id))
        .collect();
    assert_eq!(due, [(tenant("acme"), claimed[0].id)]);
}

#[tokio::test]
async fn a_message_that_is_not_sent_says_why() {
    let fixture = Fixture::start().await;
    let scope = fixture.tenant("acme");
    let channel = scope
        .repository::<ChannelRepository>()
        .insert(console("alerts"))
        .await;
    let channel = channel.expect("inserts");
    let deliveries = scope.repository::<DeliveryRepository>();
    let silent = alert(&channel, "evt-1").status(DeliveryStatus::Suppressed);
    let outcome = deliveries.enqueue(silent).await;
    assert!(
        matches!(outcome, Err(Error::CheckViolation { .. })),
        "{outcome:?}"
    );
    let told = alert(&channel, "evt-1")
        .status(DeliveryStatus::Suppressed)
        .status_reason(Some("maintenance".into()));
    deliveries.enqueue(told).await.expect("is kept with its reason");
}

fn event(id: &str, severity: Severity) -> DigestEvent {
    DigestEvent {
        event_id: id.into(),
        event_type: "scanner.report.ready".into(),
        occurred_at: at("2026-01-02T03:04:05Z"),
        severity,
        title: "A report is ready".into(),
        link: None,
    }
}

async fn open_digest(fixture: &Fixture) -> (DigestRepository, Digest) {
    let scope = fixture.tenant("acme");
    let channel = scope
        .repository::<ChannelRepository>()
        .insert(console("alerts"))
        .await;
    let channel = channel.expect("inserts");
    let rule = scope
        .repository::<RuleRepository>()
        .insert(rule("reports", &channel))
        .await
        .expect("inserts");
    let (start, end) = DigestPeriod::Hourly
        .window(at("2026-01-02T03:04:05Z"))
        .expect("it collects");
    let nothing = DigestEvents { events: Vec::new() };
    let digest = Digest::new_row(rule.id, channel.id, DigestPeriod::Hourly, start, end, nothing);
    let digests = scope.repository::<DigestRepository>();
    let digest = digests.insert(digest).await.expect("inserts");
    (digests, digest)
}

#[tokio::test]
async fn a_digest_lists_each_event_once_and_knows_the_worst() {
    let fixture = Fixture::start().await;
    let (digests, digest) = open_digest(&fixture).await;
    let digest = digests
        .add(&digest, event("evt-1", Severity::High))
        .await
        .expect("adds");
    let digest = digests
        .add(&digest, event("evt-2", Severity::Low))
        .await
        .expect("adds");
    let same = digests
        .add(&digest, event("evt-1", Severity::High))
        .await
        .expect("is there");
    assert_eq!(same, digest);
    let listed: Vec<_> = digest
        .events
        .events
        .iter()
        .map(|event| event.event_id.as_str())
        .collect();
    assert_eq!((listed, digest.event_count), (vec!["evt-1", "evt-2"], 2));
    assert_eq!(digest.highest_severity, Severity::High);
}

#[tokio::test]
async fn two_workers_lose_no_event_of_a_digest() {
    let fixture = Fixture::start().await;
    let (digests, digest) = open_digest(&fixture).await;
    digests
        .add(&digest, event("evt-1", Severity::Low))
        .await
        .expect("the first is faster");
    let late = digests.add(&digest, event("evt-2", Severity::Low)).await;
    assert!(matches!(late, Err(Error::VersionConflict { .. })), "{late:?}");
    let read = digests.get(digest.id).await.expect("reads").expect("is there");
    let added = digests
        .add(&read, event("evt-2", Severity::Low))
        .await
        .expect("adds");
    assert_eq!(added.events.events.len(), 2);
}

#[tokio::test]
async fn a_flood_of_events_is_counted_and_not_listed() {
    let fixture = Fixture::start().await;
    let (digests, digest) = open_digest(&fixture).await;
    let events = (0..200)
        .map(|number| event(&format!("evt-{number}"), Severity::Low))
        .collect();
    let full = Digest::patch().events(DigestEvents { events }).event_count(200);
    let digest = digests.update(digest.id, full).await.expect("updates");
    let digest = digests
        .add(&digest, event("evt-200", Severity::Critical))
        .await
        .expect("counts");
    assert_eq!((digest.events.events.len(), digest.event_count), (200, 201));
    assert_eq!(digest.highest_severity, Severity::Critical);
}
