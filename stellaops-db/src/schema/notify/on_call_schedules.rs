use serde::{Deserialize, Serialize};

use crate::{Id, Jsonb, Table, TenantId, Timestamp};

/// Who can be called when: people who take turns, and the exceptions from it.
#[derive(Debug, Clone, PartialEq, Eq, Table)]
#[table("notify.on_call_schedules")]
pub struct OnCallSchedule {
    /// The id; UUIDv7, made by the client.
    pub id: Id<OnCallSchedule>,
    /// Whose schedule it is.
    pub tenant_id: TenantId,
    /// What people call the schedule; unique among the tenant's schedules that are not deleted.
    pub name: String,
    /// What the schedule is for, in its owner's words.
    pub description: Option<String>,
    /// The IANA time zone in which the schedule is shown; turns do not depend on it.
    pub timezone: String,
    /// Who takes turns.
    pub layers: OnCallLayers,
    /// Who stands in for whom.
    pub overrides: Option<OnCallOverrides>,
    /// Whether the schedule has anybody on call.
    pub enabled: bool,
    /// Counts the versions of the row; an editor names the one that was read.
    pub row_version: i64,
    /// The subject that created the schedule.
    pub created_by: String,
    /// The subject that changed the schedule last.
    pub updated_by: String,
    /// When the schedule was created.
    pub created_at: Timestamp,
    /// When the schedule was changed last.
    pub updated_at: Timestamp,
    /// When the schedule was deleted; none: it was not.
    pub deleted_at: Option<Timestamp>,
}

/// Who takes turns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Jsonb)]
#[jsonb("notify.on_call_layers")]
#[serde(rename_all = "camelCase")]
pub struct OnCallLayers {
    /// The layers; a later one goes before an earlier one.
    pub layers: Vec<OnCallLayer>,
}

/// People who take turns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Jsonb)]
#[jsonb("notify.on_call_layer")]
#[serde(rename_all = "camelCase")]
pub struct OnCallLayer {
    /// What people call the layer.
    pub name: String,
    /// When the first shift begins; before it the layer has nobody.
    pub starts_at: Timestamp,
    /// When the layer ends; none: it goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends_at: Option<Timestamp>,
    /// How long a shift is, in seconds.
    pub shift_seconds: u32,
    /// The subjects that take turns, in their order; one may be there more than once.
    pub participants: Vec<String>,
}

/// Who stands in for the one whose turn it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Jsonb)]
#[jsonb("notify.on_call_overrides")]
#[serde(rename_all = "camelCase")]
pub struct OnCallOverrides {
    /// The exceptions; a later one goes before an earlier one.
    pub overrides: Vec<OnCallOverride>,
}

/// One exception from the turns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Jsonb)]
#[jsonb("notify.on_call_override")]
#[serde(rename_all = "camelCase")]
pub struct OnCallOverride {
    /// The subject that stands in.
    pub user_id: String,
    /// When it begins.
    pub starts_at: Timestamp,
    /// When it ends.
    pub ends_at: Timestamp,
    /// Why, in the writer's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl OnCallSchedule {
    /// The subject that is on call at that time: an override before a layer, a later one before an
    /// earlier one; none when nobody is.
    pub fn on_call_at(&self, time: Timestamp) -> Option<&str> {
        if !self.enabled || self.deleted_at.is_some() {
            return None;
        }
        let overrides = self
            .overrides
            .as_ref()
            .map(|document| document.overrides.as_slice());
        let stands_in = overrides
            .unwrap_or_default()
            .iter()
            .rev()
            .find(|exception| exception.holds_at(time));
        match stands_in {
            Some(exception) => Some(&exception.user_id),
            None => self
                .layers
                .layers
                .iter()
                .rev()
                .find_map(|layer| layer.on_call_at(time)),
        }
    }
}

impl OnCallLayer {
    /// The subject whose turn it is at that time.
    pub fn on_call_at(&self, time: Timestamp) -> Option<&str> {
        if time < self.starts_at || self.ends_at.is_some_and(|end| end <= time) {
            return None;
        }
        let elapsed = (time.utc() - self.starts_at.utc()).num_seconds();
        let shift = usize::try_from(elapsed.checked_div(self.shift_seconds.into())?).ok()?;
        let turn = shift.checked_rem(self.participants.len())?;
        self.participants.get(turn).map(String::as_str)
    }
}

impl OnCallOverride {
    /// Whether it holds at that time.
    pub fn holds_at(&self, time: Timestamp) -> bool {
        (self.starts_at..self.ends_at).contains(&time)
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn time(text: &str) -> Timestamp {
        text.parse().expect("it is a time")
    }

    fn layer(name: &str, starts_at: &str, participants: &[&str]) -> OnCallLayer {
        OnCallLayer {
            name: name.into(),
            starts_at: time(starts_at),
            ends_at: None,
            shift_seconds: 86_400,
            participants: participants.iter().map(|subject| (*subject).into()).collect(),
        }
    }

    fn schedule() -> OnCallSchedule {
        let at = time("2026-01-01T00:00:00Z");
        let night = OnCallLayer {
            ends_at: Some(time("2026-01-07T00:00:00Z")),
            ..layer("holidays", "2026-01-05T00:00:00Z", &["user:linus"])
        };
        OnCallSchedule {
            id: Id::new(Uuid::nil()),
            tenant_id: TenantId::new("acme").expect("it is a tenant id"),
            name: "First line".into(),
            description: None,
            timezone: "UTC".into(),
            layers: OnCallLayers {
                layers: vec![
                    layer("days", "2026-01-01T08:00:00Z", &["user:ada", "user:grace"]),
                    night,
                ],
            },
            overrides: Some(OnCallOverrides {
                overrides: vec![OnCallOverride {
                    user_id: "user:barbara".into(),
                    starts_at: time("2026-01-02T12:00:00Z"),
                    ends_at: time("2026-01-02T13:00:00Z"),
                    reason: None,
                }],
            }),
            enabled: true,
            row_version: 1,
            created_by: "user:ada".into(),
            updated_by: "user:ada".into(),
            created_at: at,
            updated_at: at,
            deleted_at: None,
        }
    }

    #[test]
    fn people_take_turns_from_the_first_shift_on() {
        let schedule = schedule();
        let at = |text| schedule.on_call_at(time(text));
        assert_eq!(at("2026-01-01T07:59:59Z"), None);
        assert_eq!(at("2026-01-01T08:00:00Z"), Some("user:ada"));
        assert_eq!(at("2026-01-02T08:00:00Z"), Some("user:grace"));
        assert_eq!(at("2026-01-03T07:59:59Z"), Some("user:grace"));
        assert_eq!(at("2026-01-03T08:00:00Z"), Some("user:ada"));
    }

    #[test]
    fn an_override_goes_before_the_turn() {
        assert_eq!(
            schedule().on_call_at(time("2026-01-02T12:30:00Z")),
            Some("user:barbara")
        );
        assert_eq!(
            schedule().on_call_at(time("2026-01-02T13:00:00Z")),
            Some("user:grace")
        );
    }

    #[test]
    fn a_later_layer_goes_before_an_earlier_one_until_it_ends() {
        assert_eq!(
            schedule().on_call_at(time("2026-01-06T00:00:00Z")),
            Some("user:linus")
        );
        assert_eq!(
            schedule().on_call_at(time("2026-01-07T00:00:00Z")),
            Some("user:grace")
        );
    }

    #[test]
    fn a_schedule_that_is_switched_off_has_nobody() {
        let schedule = OnCallSchedule {
            enabled: false,
            ..schedule()
        };
        assert_eq!(schedule.on_call_at(time("2026-01-02T08:00:00Z")), None);
    }
}
