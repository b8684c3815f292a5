//! A database as it is generated.

use stellaops_db::verify::Outcome;
use stellaops_db_spec::rule;

use crate::weakened::World;

#[tokio::test]
async fn every_verb_of_every_table_answers_every_role_and_tenant_as_specified() {
    let world = World::shared().await;
    let database = world.database().await;
    let mut superuser = database.connect().await.expect("connects");
    let audit = world.audit(&mut superuser, "").await;
    assert!(
        audit.is_sound() && audit.findings.is_empty(),
        "{:#?}",
        audit.findings
    );
    let matrix = world.matrix(&mut superuser, &audit).await;
    let red: Vec<String> = matrix.red.iter().map(ToString::to_string).collect();
    assert!(red.is_empty(), "{}", red.join("\n"));
    assert_eq!(matrix.untried, []);
    let tables = world.specs.tables().count();
    assert_eq!(matrix.tables, tables);
    assert!(matrix.cells > 250 * tables, "{} cells", matrix.cells);
    let joined = matrix.join(&world.specs, audit);
    assert!(joined.is_sound());
    assert_eq!(
        joined.evidence.last().map(|evidence| evidence.rule),
        Some(rule::MATRIX_AS_SPECIFIED)
    );
    let nothing_left = "SELECT count(*) FROM scheduler.graph_jobs";
    let left: i64 = sqlx::query_scalar(nothing_left)
        .fetch_one(&mut superuser)
        .await
        .expect("counts");
    assert_eq!(left, 0, "what was tried is rolled back");
}

/// A login under the policies reads the catalog as well; what it cannot see is told, and is not taken for well.
#[tokio::test]
async fn what_a_login_cannot_see_is_not_taken_for_well() {
    let world = World::shared().await;
    let database = world.database().await;
    let mut service = sqlx::ConnectOptions::connect(&database.connect_options_as(crate::weakened::SERVICE))
        .await
        .expect("connects");
    let audit = world.audit(&mut service, "").await;
    assert!(audit.findings.is_empty(), "{:#?}", audit.findings);
    assert!(!audit.is_sound());
    let unchecked: Vec<_> = audit
        .evidence
        .iter()
        .filter(|evidence| matches!(evidence.outcome, Outcome::Unchecked(_)))
        .map(|evidence| evidence.rule)
        .collect();
    assert_eq!(unchecked, [rule::REFERENCES_TRUE, rule::CHAINS_WHOLE]);
}
