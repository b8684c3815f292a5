use chrono::{DateTime, TimeDelta};
use serde::{Deserialize, Serialize};

use crate::schema::notify::{Channel, Delivery, Rule, Severity};
use crate::{DbEnum, Error, Id, Jsonb, Table, TenantId, Timestamp};

/// The events of one rule that are collected for one channel over a window of time, to be told in one message.
#[derive(Debug, Clone, PartialEq, Eq, Table)]
#[table("notify.digests")]
pub struct Digest {
    /// The id; UUIDv7, made by the client.
    pub id: Id<Digest>,
    /// Whose digest it is.
    pub tenant_id: TenantId,
    /// The rule whose events are collected.
    pub rule_id: Id<Rule>,
    /// The channel that will be told.
    pub channel_id: Id<Channel>,
    /// How long is collected: the rule's period when the window began.
    pub period: DigestPeriod,
    /// When the window begins, a whole period since midnight UTC.
    pub window_starts_at: Timestamp,
    /// When the window ends and the digest is due.
    pub window_ends_at: Timestamp,
    /// How far the digest has come; changes by compare-and-swap.
    pub status: DigestStatus,
    /// The events that the message lists.
    pub events: DigestEvents,
    /// How many events fell into the window, those that are not listed too.
    pub event_count: i32,
    /// How serious the most serious event of the window is.
    pub highest_severity: Severity,
    /// The delivery that tells the digest; none: not made yet.
    pub delivery_id: Option<Id<Delivery>>,
    /// Counts the versions of the row; whoever adds an event names the one that was read.
    pub row_version: i64,
    /// When the first event of the window came.
    pub created_at: Timestamp,
    /// When the digest was changed last.
    pub updated_at: Timestamp,
}

/// How long events are collected before one message tells them all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, DbEnum)]
#[db_enum("notify.digest_period")]
pub enum DigestPeriod {
    /// Nothing is collected.
    Immediate,
    /// Five minutes.
    FiveMinutes,
    /// An hour.
    Hourly,
    /// A day, from midnight UTC.
    Daily,
}

/// How far a digest has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, DbEnum)]
#[db_enum("notify.digest_status")]
pub enum DigestStatus {
    /// Events are added.
    Collecting,
    /// The window is over.
    Closed,
    /// A delivery tells it.
    Dispatched,
    /// Not told: the rule or the channel is gone.
    Discarded,
}

/// The events that the message lists, in the order in which they came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Jsonb)]
#[jsonb("notify.digest_events")]
#[serde(rename_all = "camelCase")]
pub struct DigestEvents {
    /// The events, at most the first two hundred of the window.
    pub events: Vec<DigestEvent>,
}

/// What a digest tells of one event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Jsonb)]
#[jsonb("notify.digest_event")]
#[serde(rename_all = "camelCase")]
pub struct DigestEvent {
    /// The event, as its service numbers it; each is listed once.
    pub event_id: String,
    /// The type of the event.
    pub event_type: String,
    /// When it happened.
    pub occurred_at: Timestamp,
    /// How serious it is.
    pub severity: Severity,
    /// What it is about, in one line.
    pub title: String,
    /// Where it is looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
}

/// How many events a digest lists; the others are counted.
const MOST_LISTED: usize = 200;

impl DigestPeriod {
    /// The window that holds that time, counted from midnight UTC; none of a period that collects nothing.
    ///
    /// ```
    /// use stellaops_db::schema::notify::DigestPeriod;
    ///
    /// let window = DigestPeriod::Hourly.window("2026-01-02T03:04:05Z".parse()?);
    /// assert_eq!(window, Some(("2026-01-02T03:00:00Z".parse()?, "2026-01-02T04:00:00Z".parse()?)));
    /// assert_eq!(DigestPeriod::Immediate.window("2026-01-02T03:04:05Z".parse()?), None);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn window(self, time: Timestamp) -> Option<(Timestamp, Timestamp)> {
        let seconds = match self {
            DigestPeriod::Immediate => return None,
            DigestPeriod::FiveMinutes => 300,
            DigestPeriod::Hourly => 3_600,
            DigestPeriod::Daily => 86_400,
        };
        let since_epoch = time.utc().timestamp();
        let start = DateTime::from_timestamp(since_epoch - since_epoch.rem_euclid(seconds), 0)?;
        let end = start.checked_add_signed(TimeDelta::seconds(seconds))?;
        Some((start.into(), end.into()))
    }
}

impl DigestRepository {
    /// Adds an event to a digest that was read: to the list while there is room, to the count always. An
    /// event that is listed already changes nothing.
    ///
    /// # Errors
    /// [`Error::VersionConflict`] when another worker was faster: read the digest again.
    pub async fn add(&self, digest: &Digest, event: DigestEvent) -> Result<Digest, Error> {
        if digest
            .events
            .events
            .iter()
            .any(|listed| listed.event_id == event.event_id)
        {
            return Ok(digest.clone());
        }
        let patch = Digest::patch()
            .event_count(digest.event_count.saturating_add(1))
            .highest_severity(digest.highest_severity.max(event.severity));
        let patch = if digest.events.events.len() < MOST_LISTED {
            let mut events = digest.events.clone();
            events.events.push(event);
            patch.events(events)
        } else {
            patch
        };
        self.update_expecting(digest.id, digest.row_version, patch).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> Timestamp {
        text.parse().expect("it is a time")
    }

    #[test]
    fn windows_of_a_period_meet_and_never_overlap() {
        for period in [
            DigestPeriod::FiveMinutes,
            DigestPeriod::Hourly,
            DigestPeriod::Daily,
        ] {
            let (start, end) = period
                .window(time("2026-02-28T23:59:59.999999Z"))
                .expect("it collects");
            assert_eq!(end, time("2026-03-01T00:00:00Z"));
            assert_eq!(period.window(start), Some((start, end)));
            assert_eq!(period.window(end).map(|(next, _)| next), Some(end));
        }
    }

    #[test]
    fn times_before_the_epoch_have_windows_too() {
        let window = DigestPeriod::Daily.window(time("1969-12-31T12:00:00Z"));
        assert_eq!(
            window,
            Some((time("1969-12-31T00:00:00Z"), time("1970-01-01T00:00:00Z")))
        );
    }
}
