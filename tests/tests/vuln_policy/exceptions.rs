//! Exceptions are justified, narrow and for a time; they are superseded, never rewritten.

use stellaops_db::schema::policy::{
    Exception, ExceptionEffect, ExceptionRepository, ExceptionStatus, ExceptionType, NewException,
};
use stellaops_db::{Error, TenantScope};

use crate::support::{Fixture, at};

fn exception(justification: &str) -> NewException {
    Exception::new_row(
        ExceptionType::NotApplicable,
        ExceptionEffect::Suppress,
        justification.into(),
        "user:alice".into(),
        at("2099-01-01T00:00:00Z"),
    )
}

fn good() -> NewException {
    exception("The function is never called.").vulnerability_id(Some("CVE-2026-10001".into()))
}

async fn active(scope: &TenantScope, row: NewException) -> Exception {
    let exceptions = scope.repository::<ExceptionRepository>();
    let proposed = exceptions.insert(row).await.expect("an exception");
    let approved = exceptions
        .approve(proposed.id, "user:bob", at("2026-03-01T12:00:00Z"))
        .await;
    approved.expect("an exception").won().expect("it was proposed")
}

fn broken<T: std::fmt::Debug>(result: Result<T, Error>) -> String {
    match result {
        Err(Error::CheckViolation { constraint }) => constraint,
        other => panic!("expected a broken check, not {other:?}"),
    }
}

#[tokio::test]
async fn what_is_not_justified_narrow_or_whole_is_refused() {
    let fixture = Fixture::start().await;
    let acme = fixture.acme();
    let exceptions = acme.repository::<ExceptionRepository>();
    let scoped = |row: NewException| row.vulnerability_id(Some("CVE-2026-10001".into()));
    let term = at("2099-01-01T00:00:00Z");
    let downgrade = Exception::new_row(
        ExceptionType::RiskAccepted,
        ExceptionEffect::Downgrade,
        "The risk is accepted.".into(),
        "user:alice".into(),
        term,
    );
    for (row, check) in [
        (scoped(exception("too short")), "ck_exceptions_justification"),
        (
            scoped(exception("    blank    ")),
            "ck_exceptions_justification_says_something",
        ),
        (
            exception("The function is never called."),
            "ck_exceptions_scope_is_not_everything",
        ),
        (
            good().rule_name(Some("block_critical".into())),
            "ck_exceptions_rule_is_of_a_pack",
        ),
        (
            good().required_control(Some("a firewall".into())),
            "ck_exceptions_required_control_is_named",
        ),
        (scoped(downgrade), "ck_exceptions_downgrade_names_a_severity"),
        (good().valid_from(term), "ck_exceptions_end_follows_the_beginning"),
    ] {
        assert_eq!(broken(exceptions.insert(row).await), check);
    }
    assert_eq!(exceptions.count([]).await.unwrap(), 0);
}

#[tokio::test]
async fn who_asks_for_an_exception_does_not_approve_it() {
    let fixture = Fixture::start().await;
    let acme = fixture.acme();
    let exceptions = acme.repository::<ExceptionRepository>();
    let proposed = exceptions.insert(good()).await.unwrap();
    let approved = exceptions
        .approve(proposed.id, "user:alice", at("2026-03-01T12:00:00Z"))
        .await;
    assert_eq!(broken(approved), "ck_exceptions_four_eyes");
}

#[tokio::test]
async fn a_superseded_exception_stays_and_has_one_successor() {
    let fixture = Fixture::start().await;
    let acme = fixture.acme();
    let exceptions = acme.repository::<ExceptionRepository>();
    let old = active(&acme, good()).await;
    let new = ExceptionRepository::supersede(&acme, old.id, good())
        .await
        .unwrap()
        .expect("it was active");
    assert_eq!(new.supersedes_id, Some(old.id));
    let stored = exceptions.get(old.id).await.unwrap().expect("it stays");
    assert_eq!(stored.status, ExceptionStatus::Superseded);
    assert_eq!(
        ExceptionRepository::supersede(&acme, old.id, good())
            .await
            .unwrap(),
        None
    );
    assert_eq!(exceptions.count([]).await.unwrap(), 2);
}

#[tokio::test]
async fn what_is_rejected_or_revoked_says_why_and_is_final() {
    let fixture = Fixture::start().await;
    let acme = fixture.acme();
    let exceptions = acme.repository::<ExceptionRepository>();
    let proposed = exceptions.insert(good()).await.unwrap();
    let now = at("2026-03-01T12:00:00Z");
    let rejected = exceptions
        .reject(proposed.id, "user:bob", "mend it instead", now)
        .await
        .unwrap();
    let rejected = rejected.won().expect("it was proposed");
    assert_eq!(rejected.status_reason.as_deref(), Some("mend it instead"));
    let revoked = active(&acme, good()).await;
    let revoked = exceptions
        .revoke(revoked.id, "the function is called now")
        .await
        .unwrap();
    let revoked = revoked.won().expect("it was active");
    assert!(
        !exceptions
            .approve(revoked.id, "user:bob", now)
            .await
            .unwrap()
            .is_won()
    );
}
