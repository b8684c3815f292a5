//! Whether what the wall stands on holds: the domain that binds a tenant, and the function that a policy calls when none is
//! bound.

use serde::Deserialize;
use sqlx::PgConnection;
use stellaops_db_spec::ddl::expected::DOMAIN_RULE;
use stellaops_db_spec::ddl::sqlstate::{NO_TENANT_BOUND, ONE_TENANT_PER_TRANSACTION};

use crate::facts::rows;

/// One row, whatever is there. The function's body must raise, with its SQLSTATE, as the first thing that it does.
const FOUNDATION: &str = "SELECT \
        coalesce((SELECT typtype = 'd' AND typbasetype = 'pg_catalog.text'::regtype AND typnotnull \
            FROM pg_catalog.pg_type WHERE typname = 'tenant' AND typnamespace = stellaops.oid), false) AS is_domain, \
        ARRAY(SELECT unnest(ARRAY[conname::text, pg_catalog.pg_get_constraintdef(pg_constraint.oid)]) \
            FROM pg_catalog.pg_constraint JOIN pg_catalog.pg_type ON pg_type.oid = contypid \
            WHERE typname = 'tenant' AND typnamespace = stellaops.oid AND contype = 'c' AND convalidated ORDER BY conname) AS rules, \
        (SELECT provolatile::text FROM pg_catalog.pg_proc \
            WHERE proname = 'no_tenant_bound' AND pronargs = 0 AND pronamespace = stellaops.oid) AS volatility, \
        (SELECT prosrc FROM pg_catalog.pg_proc \
            WHERE proname = 'no_tenant_bound' AND pronargs = 0 AND pronamespace = stellaops.oid) AS body \
    FROM (SELECT (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = 'stellaops') AS oid) AS stellaops";

#[derive(Deserialize)]
struct Foundation {
    is_domain: bool,
    rules: Vec<String>,
    volatility: Option<String>,
    body: Option<String>,
}

/// What does not hold, one line each.
pub(super) async fn cracks(connection: &mut PgConnection) -> Result<Vec<String>, sqlx::Error> {
    let found: Vec<Foundation> = rows(connection, FOUNDATION, &[]).await?;
    Ok(found
        .iter()
        .flat_map(Foundation::cracks)
        .map(Into::into)
        .collect())
}

impl Foundation {
    fn cracks(&self) -> Vec<&'static str> {
        let binds_once = self.is_domain && self.rules == [ONE_TENANT_PER_TRANSACTION, DOMAIN_RULE];
        let raises = self.body.as_deref().is_some_and(raises_at_once);
        // Of an immutable function the planner would keep the answer, and of a volatile one the policy's would differ.
        let is_stable = self.volatility.as_deref() == Some("s");
        [
            (
                binds_once,
                "stellaops.tenant has another rule: a second tenant in a transaction, or none, may be let through",
            ),
            (
                raises,
                "stellaops.no_tenant_bound() does not raise when no tenant is bound",
            ),
            (
                is_stable,
                "stellaops.no_tenant_bound() is not STABLE: cached plans may answer one tenant with another's rows",
            ),
        ]
        .into_iter()
        .filter_map(|(holds, what)| (!holds).then_some(what))
        .collect()
    }
}

/// By its words alone, so that a later version may say more in its message.
fn raises_at_once(body: &str) -> bool {
    let words: Vec<&str> = body.split_whitespace().collect();
    let raised = format!("'{NO_TENANT_BOUND}',");
    match words.as_slice() {
        // A handler would swallow it.
        [
            "BEGIN",
            "RAISE",
            "EXCEPTION",
            "USING",
            "ERRCODE",
            "=",
            code,
            rest @ ..,
        ] => *code == raised && !rest.iter().any(|word| word.eq_ignore_ascii_case("EXCEPTION")),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::raises_at_once;

    #[test]
    fn a_body_raises_only_where_nothing_comes_first() {
        assert!(raises_at_once(
            "\nBEGIN\n  RAISE EXCEPTION USING\n    ERRCODE = 'SD001',\n    MESSAGE = 'x';\nEND "
        ));
        for body in [
            "BEGIN RETURN 'a'; RAISE EXCEPTION USING ERRCODE = 'SD001', MESSAGE = 'x'; END",
            "BEGIN RAISE NOTICE USING ERRCODE = 'SD001', MESSAGE = 'x'; END",
            "BEGIN RAISE EXCEPTION USING ERRCODE = 'SD002', MESSAGE = 'x'; END",
            "BEGIN RAISE EXCEPTION USING ERRCODE = 'SD001', MESSAGE = 'x'; EXCEPTION WHEN OTHERS THEN RETURN 'a'; END",
            "",
        ] {
            assert!(!raises_at_once(body), "{body}");
        }
    }
}
