//! The built-in structs, by their schemas. A test holds the list against the specs.

macro_rules! every_struct {
    ($each:ident) => {
        $each! {
            audit: ChainHead, AuditEvent;
            authority: Client, LicenseUsage, License, LoginAttempt, Revocation, Role, Scope, ServiceAccount, Tenant, Token, UserRole, User;
            issuer: IssuerAuditEntry, IssuerKey, Issuer, TrustOverride;
            notify: AuditEntry, Channel, Delivery, DeliveryAttempt, Digest, EscalationPolicy, EscalationState, InboxMessage, Incident, LocalizationBundle, MaintenanceWindow, OnCallSchedule, OperatorOverride, QuietHours, Rule, Template, ThrottleConfig;
            policy: AuditEntry, EvaluationRun, Exception, Explanation, PackVersion, Pack, RiskProfile, Rule;
            scheduler: ExecutionLog, GraphJobEvent, GraphJob, ImpactSnapshot, PolicyJob, RunSummary, Run, Schedule, Trigger, Worker;
            vex: Consensus, ConsensusHold, EvidenceManifest, GraphEdge, GraphNode, GraphRevision, LinksetEvent, Linkset, Observation, Project, Statement, UnknownItem, UnknownsSnapshot;
            vuln: Advisory, AdvisoryAffected, AdvisoryAlias, AdvisoryCvss, AdvisoryReference, AdvisorySnapshot, AdvisoryWeakness, FeedSnapshot, KevFlag, MergeEvent, SourceState, Source
        }
    };
}
