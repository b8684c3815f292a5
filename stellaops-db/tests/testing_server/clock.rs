//! Time and ids are the same in every run.

use std::time::Duration;

use chrono::{DateTime, Utc};
use stellaops_db::testing::{FixedClock, SequentialIds};
use uuid::Uuid;

#[test]
fn a_clock_moves_only_when_told_and_its_clones_with_it() {
    let clock = FixedClock::default();
    let seen_elsewhere = clock.clone();
    assert_eq!(clock.now().to_rfc3339(), "2025-01-01T00:00:00+00:00");
    clock.advance(Duration::from_nanos(1_500_001_999));
    assert_eq!(
        seen_elsewhere.now().to_rfc3339(),
        "2025-01-01T00:00:01.500001+00:00"
    );
    let earlier = DateTime::from_timestamp_nanos(1_999);
    clock.set(earlier);
    assert_eq!(
        seen_elsewhere.now(),
        DateTime::from_timestamp_micros(1).expect("is a time")
    );
    assert_eq!(FixedClock::at(earlier).now(), clock.now());
    assert!(clock.advance(Duration::MAX) <= DateTime::<Utc>::MAX_UTC);
}

#[test]
fn ids_count_up_in_the_form_of_uuid_version_7() {
    let ids = SequentialIds::new();
    let first = ids.next();
    assert_eq!(first.to_string(), "01941f29-7c00-7000-8000-000000000001");
    assert_eq!(
        ids.clone().next().to_string(),
        "01941f29-7c00-7000-8000-000000000002"
    );
    assert!(ids.next() > first);
    let other: Uuid = SequentialIds::series(4_095).next();
    assert_eq!(other.to_string(), "01941f29-7c00-7fff-8000-000000000001");
    for id in [first, other] {
        assert_eq!(
            (id.get_version_num(), id.get_variant()),
            (7, uuid::Variant::RFC4122)
        );
    }
}
