//! The HTTP service: pages of graph jobs, for the tenant that the request proves to be of.

mod caller;
mod error;
mod graph_jobs;
mod view;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};
use stellaops_db::Database;

pub use caller::{BearerTokens, Callers, Tenant, TrustedGateway};
pub use error::ApiError;

/// What every handler can reach.
#[derive(Clone)]
pub struct Service {
    database: Database,
    callers: Arc<dyn Callers>,
}

/// The service on a database; `callers` says whose request each is.
pub fn router(database: Database, callers: impl Callers) -> Router {
    Router::new()
        .route("/graph-jobs", get(graph_jobs::list).post(graph_jobs::create))
        .route("/graph-jobs/{id}", get(graph_jobs::show))
        .route("/graph-jobs/{id}/cancel", post(graph_jobs::cancel))
        .fallback(async || ApiError::not_found())
        .method_not_allowed_fallback(async || ApiError::method_not_allowed())
        .with_state(Service { database, callers: Arc::new(callers) })
}
