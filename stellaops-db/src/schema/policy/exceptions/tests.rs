use crate::schema::policy::{Exception, ExceptionEffect, ExceptionQuestion, ExceptionStatus, ExceptionType};
use crate::{Id, TenantId, Timestamp};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn exception() -> Exception {
    let (begin, end) = (at("2026-01-01T00:00:00Z"), at("2026-07-01T00:00:00Z"));
    Exception {
        id: Id::new(uuid::Uuid::nil()),
        tenant_id: TenantId::new("acme").unwrap(),
        kind: ExceptionType::NotApplicable,
        effect: ExceptionEffect::Suppress,
        status: ExceptionStatus::Active,
        vulnerability_id: Some("CVE-2026-10001".into()),
        package_purl: None,
        subject: None,
        environment: None,
        pack_id: None,
        rule_name: None,
        downgraded_severity: None,
        required_control: None,
        justification: "The function is never called.".into(),
        evidence: Vec::new(),
        supersedes_id: None,
        requested_by: "user:alice".into(),
        decided_by: Some("user:bob".into()),
        decided_at: Some(begin),
        status_reason: None,
        valid_from: begin,
        expires_at: end,
        created_at: begin,
        updated_at: begin,
    }
}

#[test]
fn an_exception_is_active_from_its_beginning_to_before_its_end() {
    let exception = exception();
    assert!(!exception.is_active(at("2025-12-31T23:59:59Z")));
    assert!(exception.is_active(exception.valid_from));
    assert!(!exception.is_active(exception.expires_at));
}

#[test]
fn a_proposed_exception_is_not_active() {
    let exception = Exception {
        status: ExceptionStatus::Proposed,
        ..exception()
    };
    assert!(!exception.is_active(exception.valid_from));
}

#[test]
fn a_scope_that_is_absent_does_not_narrow() {
    let question = ExceptionQuestion {
        vulnerability_id: "CVE-2026-10001",
        package_purl: "pkg:npm/left-pad@1.3.0",
        ..ExceptionQuestion::default()
    };
    assert!(exception().covers(&question));
    let other = ExceptionQuestion {
        vulnerability_id: "CVE-2026-10002",
        ..question
    };
    assert!(!exception().covers(&other));
}

#[test]
fn a_package_without_version_stands_for_all_versions_and_for_no_other_package() {
    let covers = |scope: &str, purl: &str| {
        let exception = Exception {
            package_purl: Some(scope.into()),
            ..exception()
        };
        exception.covers(&ExceptionQuestion {
            vulnerability_id: "CVE-2026-10001",
            package_purl: purl,
            ..ExceptionQuestion::default()
        })
    };
    assert!(covers("pkg:npm/left-pad", "pkg:npm/left-pad@1.3.0?arch=any"));
    assert!(covers(
        "pkg:npm/left-pad@1.3.0",
        "pkg:npm/left-pad@1.3.0?arch=any"
    ));
    assert!(!covers("pkg:npm/left-pad@1.3.0", "pkg:npm/left-pad@1.3.01"));
    assert!(!covers("pkg:npm/left-pad", "pkg:npm/left-padding@1.3.0"));
}
