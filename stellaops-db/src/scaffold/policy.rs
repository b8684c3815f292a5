//! Row-level security: the tenancy brings its own policies; what differs is told.

use super::draft::Draft;

/// What the toolkit's policies ask for.
const BOUND_TENANT: &str = "stellaops.no_tenant_bound()";

/// Compares row-level security with what the tenancy brings. Policies of other names are told elsewhere.
pub(super) fn compare(draft: &mut Draft<'_>) {
    let relation = draft.relation;
    let is_secured = relation.row_security && relation.forced_row_security;
    if draft.tenancy.has_tenant() && !is_secured {
        let missing = "its rows are not under forced row-level security";
        draft.note(
            ("row security", ""),
            missing,
            "they are, with the policies of the tenancy, for the owner too",
        );
    }
    if !draft.tenancy.has_tenant() && relation.row_security {
        let missing = "it is under row-level security";
        draft.note(
            ("row security", ""),
            missing,
            "a global table is not; its grants allow no more than reading",
        );
    }
    for policy in &relation.policies {
        let mut conditions = [&policy.visible, &policy.writable].into_iter().flatten();
        if !conditions.all(|condition| condition.contains(BOUND_TENANT)) {
            let missing = "its condition is not about the bound tenant";
            draft.note(
                ("policy", &policy.name),
                missing,
                "it is left out, and the policies of the tenancy are made",
            );
        }
    }
}
