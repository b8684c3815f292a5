//! Schema `vex`: what is known, said and decided about vulnerabilities in a tenant's products.
//!
//! * What there is: [`Project`]s are the products that a tenant looks after. Each build of a dependency
//!   graph is a [`GraphRevision`] with its [`GraphNode`]s and [`GraphEdge`]s; a [`GraphDraft`] brings them
//!   into their canonical order, and equal inputs give the same [`GraphRevisionId`].
//! * What is said: [`Observation`]s are documents as providers published them, never changed.
//!   [`Statement`]s are the single claims, read from a document or made by the tenant's own people.
//! * What follows: a [`Linkset`] brings all claims about one vulnerability in one product together and
//!   keeps their disagreements; each of its changes is a [`LinksetEvent`], which a
//!   [`Relay`](crate::outbox::Relay) brings to who follows. A [`Consensus`] is what the tenant goes by, and a
//!   [`ConsensusHold`] stops it from changing until a person has looked.
//! * What is proven, and what is not known: an [`EvidenceManifest`] lists the artifacts behind a decision
//!   under one Merkle root. [`UnknownItem`]s and [`UnknownsSnapshot`]s say what could not be judged, then
//!   and now.

/// The SQL of the schema. It begins with what all schemas share, so that it also applies alone;
/// idempotent, one transaction.
pub const SQL: &str = include_str!(concat!(env!("OUT_DIR"), "/schemas/vex.sql"));

mod consensus;
mod consensus_holds;
mod digest;
mod evidence_manifests;
mod graph_build;
mod graph_draft;
mod graph_edges;
mod graph_nodes;
mod graph_revisions;
mod linkset_events;
mod linkset_refresh;
mod linksets;
mod merkle;
mod numbered_graph;
mod observations;
mod projects;
mod stable_id;
mod statements;
mod status;
mod unknown_items;
mod unknowns_snapshots;

use crate::Expected;

pub use consensus::*;
pub use consensus_holds::*;
pub use evidence_manifests::*;
pub use graph_build::*;
pub use graph_draft::*;
pub use graph_edges::*;
pub use graph_nodes::*;
pub use graph_revisions::*;
pub use linkset_events::*;
pub use linksets::*;
pub use merkle::*;
pub use numbered_graph::*;
pub use observations::*;
pub use projects::*;
pub use stable_id::*;
pub use statements::*;
pub use status::*;
pub use unknown_items::*;
pub use unknowns_snapshots::*;

/// The tables of the schema, for [`Config::expecting`](crate::Config::expecting).
pub const TABLES: &[Expected] = &[
    Expected::of::<Consensus>(),
    Expected::of::<ConsensusHold>(),
    Expected::of::<EvidenceManifest>(),
    Expected::of::<GraphEdge>(),
    Expected::of::<GraphNode>(),
    Expected::of::<GraphRevision>(),
    Expected::of::<LinksetEvent>(),
    Expected::of::<Linkset>(),
    Expected::of::<Observation>(),
    Expected::of::<Project>(),
    Expected::of::<Statement>(),
    Expected::of::<UnknownItem>(),
    Expected::of::<UnknownsSnapshot>(),
];
