//! What PostgreSQL keeps from everybody, and somebody granted: catalogs with values of all tenants' rows or with secrets,
//! functions that read files or speak with other servers.

use std::collections::BTreeSet;

use stellaops_db_spec::rule;

use super::{Context, grantee};
use crate::verify::audit::{Object, Recorder};

pub(super) fn check(context: &Context<'_>, applications: &BTreeSet<&str>, recorder: &mut Recorder) {
    for grant in &context.catalog.system_grants {
        recorder.examined(rule::PRIVILEGES_EXACT, 1, "grants on what is PostgreSQL's own");
        if !applications.contains(grant.grantee.as_str()) {
            continue;
        }
        let message = format!(
            "{} has {} on it, which PostgreSQL gives to no application",
            grant.grantee, grant.privilege
        );
        let help = format!(
            "REVOKE {} ON {} FROM {};",
            grant.privilege,
            grant.object,
            grantee(&grant.grantee)
        );
        recorder.error(
            rule::PRIVILEGES_EXACT,
            Object::Other(grant.object.clone()),
            message,
            help,
        );
    }
}
