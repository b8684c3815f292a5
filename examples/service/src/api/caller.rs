//! Whose request it is. Nothing else in the service names a tenant, and a handler without a [`Tenant`] reaches no row.

use std::collections::BTreeMap;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, header};
use sha2::{Digest as _, Sha256};
use stellaops_db::{TenantId, TenantScope};

use crate::Failure;
use crate::api::{ApiError, Service};

/// The rows of the tenant that the request was proved to be of. A handler that takes one is not called without it.
#[derive(Debug)]
pub struct Tenant(pub TenantScope);

impl FromRequestParts<Service> for Tenant {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, service: &Service) -> Result<Self, ApiError> {
        let tenant = service.callers.tenant_of(&parts.headers)?;
        Ok(Tenant(service.database.tenant(&tenant)))
    }
}

/// Says whose request it is, by what only that tenant can send.
pub trait Callers: Send + Sync + 'static {
    /// The tenant.
    ///
    /// # Errors
    /// The response, where nothing proves a tenant.
    fn tenant_of(&self, headers: &HeaderMap) -> Result<TenantId, ApiError>;
}

/// Bearer tokens, each of one tenant. Only their hashes are kept, and looked up by: how long that takes tells nothing
/// about a token.
#[derive(Debug, Default)]
pub struct BearerTokens {
    tenants: BTreeMap<[u8; 32], TenantId>,
}

impl BearerTokens {
    /// Reads a file of lines `<SHA-256 of the token, in hexadecimal> <tenant>`.
    ///
    /// # Errors
    /// The line that is none.
    pub fn parse(text: &str) -> Result<Self, Failure> {
        let mut tokens = BearerTokens::default();
        for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let parts = line.split_once(' ').and_then(|(hash, tenant)| Some((digest(hash)?, tenant.trim())));
            let (hash, tenant) =
                parts.ok_or_else(|| format!("line {}: not `<SHA-256> <tenant>`", index + 1))?;
            tokens.tenants.insert(hash, TenantId::new(tenant)?);
        }
        Ok(tokens)
    }

    /// Adds a token.
    pub fn with(mut self, token: &str, tenant: TenantId) -> Self {
        self.tenants.insert(Sha256::digest(token).into(), tenant);
        self
    }
}

impl Callers for BearerTokens {
    fn tenant_of(&self, headers: &HeaderMap) -> Result<TenantId, ApiError> {
        let token = only(headers, &header::AUTHORIZATION)?.strip_prefix("Bearer ");
        let token = token.ok_or_else(|| ApiError::unauthorized("a bearer token is needed"))?;
        let hash: [u8; 32] = Sha256::digest(token).into();
        self.tenants.get(&hash).cloned().ok_or_else(|| ApiError::unauthorized("the token is not known"))
    }
}

/// A header that a gateway sets after it has proved who calls. A header proves nothing by itself: this is safe only
/// where every request comes through that gateway, and it takes out what clients send under the same name.
#[derive(Debug)]
pub struct TrustedGateway {
    /// The header.
    pub header: HeaderName,
}

impl Callers for TrustedGateway {
    fn tenant_of(&self, headers: &HeaderMap) -> Result<TenantId, ApiError> {
        let tenant = only(headers, &self.header)?;
        TenantId::new(tenant).map_err(|error| ApiError::bad_request("tenant", error.to_string()))
    }
}

/// The value of a header that is there once: of two, somebody else may read the other one.
fn only<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<&'a str, ApiError> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (None, _) => Err(ApiError::unauthorized(format!("the header `{name}` is missing"))),
        (Some(value), None) => value.to_str().map_err(|_| {
            ApiError::bad_request("header", format!("the header `{name}` is not in visible ASCII"))
        }),
        _ => Err(ApiError::bad_request("header", format!("the header `{name}` is there more than once"))),
    }
}

fn digest(hexadecimal: &str) -> Option<[u8; 32]> {
    let mut digest = [0; 32];
    let is_hexadecimal = hexadecimal.bytes().all(|digit| digit.is_ascii_hexdigit());
    if hexadecimal.len() != 64 || !is_hexadecimal {
        return None;
    }
    for (place, byte) in digest.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&hexadecimal[2 * place..2 * place + 2], 16).ok()?;
    }
    Some(digest)
}
