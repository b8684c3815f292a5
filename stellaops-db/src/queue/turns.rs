//! Whose turn it is, when a worker claims across tenants.

use crate::tenant::TenantId;

/// The tenants' turns in [`claim_across`](crate::SystemReader::claim_across): where the last claim ended, and the
/// next one begins. Each worker has its own; it is no more than a place in a circle, and may be lost.
#[derive(Debug, Clone, Default)]
pub struct Turns {
    last: Option<TenantId>,
}

impl Turns {
    /// Begins with the first tenant.
    pub fn new() -> Self {
        Turns::default()
    }

    /// Begins behind a tenant: workers that begin at different places meet less often.
    pub fn behind(tenant: TenantId) -> Self {
        Turns { last: Some(tenant) }
    }

    pub(crate) fn last(&self) -> &str {
        self.last.as_ref().map_or("", TenantId::as_str)
    }

    /// Moves on to the last one that had its turn.
    pub(crate) fn move_on(&mut self, served: impl Iterator<Item = TenantId>) {
        // As the statement takes them: those behind the place first, then those up to it.
        let place = |tenant: &TenantId| (tenant.as_str() <= self.last(), tenant.clone());
        if let Some((_, last)) = served.map(|tenant| place(&tenant)).max() {
            self.last = Some(last);
        }
    }
}
