use chrono::{Datelike, NaiveDateTime, Timelike, Weekday};

use crate::schema::notify::{Channel, Severity};
use crate::{DbEnum, Id, Table, TenantId, Timestamp};

/// Hours of the week in which a user, a channel or the whole tenant is not to be disturbed.
#[derive(Debug, Clone, PartialEq, Eq, Table)]
#[table("notify.quiet_hours")]
pub struct QuietHours {
    /// The id; UUIDv7, made by the client.
    pub id: Id<QuietHours>,
    /// Whose hours these are.
    pub tenant_id: TenantId,
    /// What people call the hours.
    pub name: String,
    /// The user who is not to be disturbed; none: not about one user.
    pub user_id: Option<String>,
    /// The channel that is silent; none: not about one channel.
    pub channel_id: Option<Id<Channel>>,
    /// The IANA time zone of days and minutes.
    pub timezone: String,
    /// The days on which the hours begin, each once.
    pub weekdays: Vec<String>,
    /// The minute of the day at which the silence begins.
    pub starts_minute: i16,
    /// The minute at which it ends, from the same midnight: 1440 and more is the next day.
    pub ends_minute: i16,
    /// What happens to a message in these hours.
    pub effect: SilenceEffect,
    /// The least severity that is told all the same; none: nothing is.
    pub passes_from: Option<Severity>,
    /// Whether the hours hold.
    pub enabled: bool,
    /// Counts the versions of the row; an editor names the one that was read.
    pub row_version: i64,
    /// The subject that created the row.
    pub created_by: String,
    /// The subject that changed the row last.
    pub updated_by: String,
    /// When the row was created.
    pub created_at: Timestamp,
    /// When the row was changed last.
    pub updated_at: Timestamp,
}

/// What happens to a message in a time of silence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, DbEnum)]
#[db_enum("notify.silence_effect")]
pub enum SilenceEffect {
    /// The message is held until the end.
    Hold,
    /// The message is never sent.
    Suppress,
}

impl QuietHours {
    /// Whether the hours hold at that time of their own time zone. The caller converts: it knows the
    /// time zones.
    pub fn hold_at(&self, local: NaiveDateTime) -> bool {
        let minute = i32::try_from(local.hour() * 60 + local.minute()).unwrap_or_default();
        let begun_today = self.cover(local.weekday(), minute);
        let begun_yesterday = self.cover(local.weekday().pred(), minute + 1_440);
        self.enabled && (begun_today || begun_yesterday)
    }

    /// Whether a message of that severity is told all the same.
    pub fn let_pass(&self, severity: Severity) -> bool {
        self.passes_from.is_some_and(|least| severity >= least)
    }

    fn cover(&self, day: Weekday, minute: i32) -> bool {
        self.weekdays.iter().any(|named| named == name_of(day))
            && (i32::from(self.starts_minute)..i32::from(self.ends_minute)).contains(&minute)
    }
}

fn name_of(day: Weekday) -> &'static str {
    match day {
        Weekday::Mon => "monday",
        Weekday::Tue => "tuesday",
        Weekday::Wed => "wednesday",
        Weekday::Thu => "thursday",
        Weekday::Fri => "friday",
        Weekday::Sat => "saturday",
        Weekday::Sun => "sunday",
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    /// From 22:00 to 07:00, begun on Fridays.
    fn friday_nights() -> QuietHours {
        let time: Timestamp = "2026-01-01T00:00:00Z".parse().expect("it is a time");
        QuietHours {
            id: Id::new(Uuid::nil()),
            tenant_id: TenantId::new("acme").expect("it is a tenant id"),
            name: "Friday nights".into(),
            user_id: None,
            channel_id: None,
            timezone: "UTC".into(),
            weekdays: vec!["friday".into()],
            starts_minute: 1_320,
            ends_minute: 1_860,
            effect: SilenceEffect::Hold,
            passes_from: Some(Severity::High),
            enabled: true,
            row_version: 1,
            created_by: "user:ada".into(),
            updated_by: "user:ada".into(),
            created_at: time,
            updated_at: time,
        }
    }

    fn local(text: &str) -> NaiveDateTime {
        text.parse().expect("it is a local time")
    }

    #[test]
    fn a_night_goes_on_past_midnight_and_ends_in_the_morning() {
        let hours = friday_nights();
        assert!(!hours.hold_at(local("2026-01-02T21:59:59")));
        assert!(hours.hold_at(local("2026-01-02T22:00:00")));
        assert!(hours.hold_at(local("2026-01-03T06:59:59")));
        assert!(!hours.hold_at(local("2026-01-03T07:00:00")));
    }

    #[test]
    fn a_day_that_is_not_named_is_not_quiet() {
        assert!(!friday_nights().hold_at(local("2026-01-02T06:00:00")));
        assert!(!friday_nights().hold_at(local("2026-01-03T22:00:00")));
    }

    #[test]
    fn hours_that_are_switched_off_never_hold() {
        let hours = QuietHours {
            enabled: false,
            ..friday_nights()
        };
        assert!(!hours.hold_at(local("2026-01-02T23:00:00")));
    }

    #[test]
    fn only_what_is_serious_enough_passes() {
        assert!(friday_nights().let_pass(Severity::Critical) && friday_nights().let_pass(Severity::High));
        assert!(!friday_nights().let_pass(Severity::Medium));
        let closed = QuietHours {
            passes_from: None,
            ..friday_nights()
        };
        assert!(!closed.let_pass(Severity::Critical));
    }
}
