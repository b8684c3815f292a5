//! Schema `notify`: who is told of what, where, when and how often, and what became of every message.
//!
//! * Configuration: [`Channel`]s are places, [`Rule`]s say which event goes where, [`Template`]s and
//!   [`LocalizationBundle`]s hold the words, [`ThrottleConfig`]s the limits. An [`EscalationPolicy`] and an
//!   [`OnCallSchedule`] say who is called when nobody answers.
//! * Silence: [`QuietHours`] come back every week, a [`MaintenanceWindow`] is planned once, an
//!   [`OperatorOverride`] is decided on the spot and ends by itself.
//! * Work: [`Delivery`] is a queue of messages, a [`Digest`] collects events until its window closes, an
//!   [`Incident`] is what people must act on, an [`EscalationState`] how far the calling for it has come.
//! * Facts: a [`DeliveryAttempt`] says what happened on the wire, an [`AuditEntry`] who changed what, an
//!   [`InboxMessage`] what a user was told.
//!
//! An event is held against the tenant's rules, the most important first. Each rule that fits makes a
//! delivery for each of its channels with [`DeliveryRepository::enqueue`], or adds the event to a digest
//! with [`DigestRepository::add`]. Workers claim deliveries; what is due later is listed by `list_due`.

/// The SQL of the schema. It begins with what all schemas share, so that it also applies alone;
/// idempotent, one transaction.
pub const SQL: &str = include_str!(concat!(env!("OUT_DIR"), "/schemas/notify.sql"));

mod audit;
mod channels;
mod deliveries;
mod delivery_attempts;
mod digests;
mod escalation_policies;
mod escalation_states;
mod escalation_steps;
mod event_filter;
mod inbox;
mod incidents;
mod localization_bundles;
mod maintenance_windows;
mod on_call_schedules;
mod operator_overrides;
mod origin;
mod quiet_hours;
mod rules;
mod severity;
mod templates;
mod throttle_configs;

use crate::Expected;

pub use audit::*;
pub use channels::*;
pub use deliveries::*;
pub use delivery_attempts::*;
pub use digests::*;
pub use escalation_policies::*;
pub use escalation_states::*;
pub use escalation_steps::*;
pub use event_filter::*;
pub use inbox::*;
pub use incidents::*;
pub use localization_bundles::*;
pub use maintenance_windows::*;
pub use on_call_schedules::*;
pub use operator_overrides::*;
pub use origin::*;
pub use quiet_hours::*;
pub use rules::*;
pub use severity::*;
pub use templates::*;
pub use throttle_configs::*;

/// The tables of the schema, for [`Config::expecting`](crate::Config::expecting).
pub const TABLES: &[Expected] = &[
    Expected::of::<AuditEntry>(),
    Expected::of::<Channel>(),
    Expected::of::<Delivery>(),
    Expected::of::<DeliveryAttempt>(),
    Expected::of::<Digest>(),
    Expected::of::<EscalationPolicy>(),
    Expected::of::<EscalationState>(),
    Expected::of::<InboxMessage>(),
    Expected::of::<Incident>(),
    Expected::of::<LocalizationBundle>(),
    Expected::of::<MaintenanceWindow>(),
    Expected::of::<OnCallSchedule>(),
    Expected::of::<OperatorOverride>(),
    Expected::of::<QuietHours>(),
    Expected::of::<Rule>(),
    Expected::of::<Template>(),
    Expected::of::<ThrottleConfig>(),
];
