//! What a client is told when it gets nothing: a problem document (RFC 9457). The database's own words stay here.

use axum::Json;
use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use stellaops_db::Error;

/// A response that is no success.
#[derive(Debug)]
pub struct ApiError {
    status: StatusCode,
    /// For programs.
    code: &'static str,
    /// For people.
    detail: String,
    /// The client may send the same request again.
    is_retryable: bool,
}

impl ApiError {
    fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        ApiError { status, code, detail: detail.into(), is_retryable: false }
    }

    /// 400: the request is not understood.
    pub fn bad_request(code: &'static str, detail: impl Into<String>) -> Self {
        ApiError::new(StatusCode::BAD_REQUEST, code, detail)
    }

    /// 401: nothing proves whose request it is.
    pub fn unauthorized(detail: impl Into<String>) -> Self {
        ApiError::new(StatusCode::UNAUTHORIZED, "unauthorized", detail)
    }

    /// 404: not there, or another tenant's. The client cannot tell which.
    pub fn not_found() -> Self {
        ApiError::new(StatusCode::NOT_FOUND, "not_found", "there is no such thing")
    }

    /// 405.
    pub fn method_not_allowed() -> Self {
        ApiError::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "not by this method")
    }

    /// 409: things are not as the request takes them to be.
    pub fn conflict(code: &'static str, detail: impl Into<String>) -> Self {
        ApiError::new(StatusCode::CONFLICT, code, detail)
    }
}

impl From<Error> for ApiError {
    fn from(error: Error) -> Self {
        let (status, detail) = match &error {
            Error::NotFound { .. } => return ApiError::not_found(),
            Error::Cursor(_) => (StatusCode::BAD_REQUEST, "the cursor is not of this list"),
            Error::OutOfRange { .. } => (StatusCode::BAD_REQUEST, "a number is out of range"),
            Error::UniqueViolation { .. } => (StatusCode::CONFLICT, "there is one already"),
            Error::IllegalTransition { .. } => (StatusCode::CONFLICT, "its status does not lead there"),
            // Of a request with `If-Match` it would be 412.
            Error::VersionConflict { .. } => (StatusCode::CONFLICT, "somebody else has changed it"),
            // The words are the toolkit's, and quote what the client sent.
            Error::Encode(error) => {
                let detail = error.cause().to_string();
                return ApiError::new(StatusCode::UNPROCESSABLE_ENTITY, "encode", detail);
            }
            Error::CheckViolation { .. } | Error::ForeignKeyViolation { .. } => {
                (StatusCode::UNPROCESSABLE_ENTITY, "a value is not what it must be")
            }
            Error::Cancelled { .. } | Error::LockTimeout { .. } => {
                (StatusCode::GATEWAY_TIMEOUT, "it took too long")
            }
            // Whether it took effect is not known: the client decides whether it may be sent again.
            Error::Connection(_) | Error::Unreachable(_) => {
                (StatusCode::SERVICE_UNAVAILABLE, "the database is away")
            }
            error if error.is_retryable() => (StatusCode::SERVICE_UNAVAILABLE, "too much at once"),
            _ => (StatusCode::INTERNAL_SERVER_ERROR, "something is wrong here"),
        };
        if status.is_server_error() {
            tracing::error!(kind = error.kind(), %error, "a request failed");
        } else {
            tracing::debug!(kind = error.kind(), %error, "a request was refused");
        }
        ApiError { is_retryable: error.is_retryable(), ..ApiError::new(status, error.kind(), detail) }
    }
}

impl From<JsonRejection> for ApiError {
    fn from(rejection: JsonRejection) -> Self {
        ApiError::new(rejection.status(), "body", rejection.body_text())
    }
}

impl From<QueryRejection> for ApiError {
    fn from(rejection: QueryRejection) -> Self {
        ApiError::new(rejection.status(), "query", rejection.body_text())
    }
}

impl From<PathRejection> for ApiError {
    fn from(rejection: PathRejection) -> Self {
        ApiError::new(rejection.status(), "path", rejection.body_text())
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let ApiError { status, code, detail, is_retryable } = self;
        let title = status.canonical_reason().unwrap_or_default();
        let problem = json!({ "title": title, "status": status.as_u16(), "code": code, "detail": detail });
        let mut response = (status, Json(problem)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if is_retryable {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response
    }
}
