use crate::schema::notify::{Rule, Severity};
use crate::{DbEnum, Error, Id, Swapped, Table, TenantId, Timestamp};

/// Something that people must act on, from the first event until it is settled.
#[derive(Debug, Clone, PartialEq, Eq, Table)]
#[table("notify.incidents")]
pub struct Incident {
    /// The id; UUIDv7, made by the client.
    pub id: Id<Incident>,
    /// Whose incident it is.
    pub tenant_id: TenantId,
    /// What the matter is, as the rule makes it from an event: events of one key belong to one incident.
    pub correlation_key: String,
    /// What it is about, in one line.
    pub title: String,
    /// What is known, as people write it together; none: the title says all.
    pub description: Option<String>,
    /// How serious it is.
    pub severity: Severity,
    /// How far it is settled; changes by compare-and-swap.
    pub status: IncidentStatus,
    /// The rule that opened it; none: a person did.
    pub rule_id: Option<Id<Rule>>,
    /// The subject that is to settle it; none: nobody yet.
    pub assigned_to: Option<String>,
    /// How many events of the matter have come.
    pub event_count: i32,
    /// When the last of them came.
    pub last_event_at: Timestamp,
    /// When somebody took it.
    pub acknowledged_at: Option<Timestamp>,
    /// The subject that took it.
    pub acknowledged_by: Option<String>,
    /// When it was resolved.
    pub resolved_at: Option<Timestamp>,
    /// The subject that resolved it.
    pub resolved_by: Option<String>,
    /// What was done about it.
    pub resolution: Option<String>,
    /// When it was closed for good.
    pub closed_at: Option<Timestamp>,
    /// Counts the versions of the row; an editor names the one that was read.
    pub row_version: i64,
    /// The subject that opened it: a person, or the notify service.
    pub created_by: String,
    /// When it was opened.
    pub created_at: Timestamp,
    /// When it was changed last.
    pub updated_at: Timestamp,
}

/// How far an incident is settled; closed is final.
#[derive(Debug, Clone, Copy, PartialEq, Eq, DbEnum)]
#[db_enum("notify.incident_status")]
pub enum IncidentStatus {
    /// Nobody is at work.
    Open,
    /// Somebody is at work.
    Acknowledged,
    /// Settled; may be opened again.
    Resolved,
    /// Settled for good.
    Closed,
}

impl IncidentRepository {
    /// Somebody is at work; says whether the incident still had the status that was read.
    ///
    /// # Errors
    /// As [`crate::Repository::compare_and_swap_with`].
    pub async fn acknowledge(
        &self,
        incident: &Incident,
        by: &str,
        now: Timestamp,
    ) -> Result<Swapped<Incident>, Error> {
        let patch = Incident::patch()
            .acknowledged_by(Some(by.into()))
            .acknowledged_at(Some(now));
        self.step(incident, IncidentStatus::Acknowledged, patch).await
    }

    /// The matter is settled in that way; says whether the incident still had the status that was read.
    ///
    /// # Errors
    /// As [`crate::Repository::compare_and_swap_with`].
    pub async fn resolve(
        &self,
        incident: &Incident,
        by: &str,
        resolution: &str,
        now: Timestamp,
    ) -> Result<Swapped<Incident>, Error> {
        let patch = Incident::patch()
            .resolved_by(Some(by.into()))
            .resolved_at(Some(now))
            .resolution(Some(resolution.into()));
        self.step(incident, IncidentStatus::Resolved, patch).await
    }

    /// The matter was not settled after all; nobody is at work.
    ///
    /// # Errors
    /// As [`crate::Repository::compare_and_swap_with`].
    pub async fn reopen(&self, incident: &Incident) -> Result<Swapped<Incident>, Error> {
        let patch = Incident::patch()
            .acknowledged_by(None)
            .acknowledged_at(None)
            .resolved_by(None)
            .resolved_at(None)
            .resolution(None);
        self.step(incident, IncidentStatus::Open, patch).await
    }

    /// The matter is settled for good.
    ///
    /// # Errors
    /// As [`crate::Repository::compare_and_swap_with`].
    pub async fn close(&self, incident: &Incident, now: Timestamp) -> Result<Swapped<Incident>, Error> {
        self.step(
            incident,
            IncidentStatus::Closed,
            Incident::patch().closed_at(Some(now)),
        )
        .await
    }

    async fn step(
        &self,
        incident: &Incident,
        status: IncidentStatus,
        patch: IncidentPatch,
    ) -> Result<Swapped<Incident>, Error> {
        let swap = Incident::STATUS.from(incident.status).to(status);
        self.compare_and_swap_with(incident.id, swap, patch).await
    }
}
