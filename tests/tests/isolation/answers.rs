//! How an audit is told.

use stellaops_db::verify::report::{to_json, to_markdown, to_sarif, to_text};

use crate::weakened::{World, run};

#[tokio::test]
async fn a_finding_is_told_with_its_rule_its_place_and_its_remedy_in_every_form() {
    let world = World::shared().await;
    let database = world.database().await;
    let mut superuser = database.connect().await.expect("connects");
    run(
        &mut superuser,
        "ALTER TABLE scheduler.graph_jobs NO FORCE ROW LEVEL SECURITY",
    )
    .await;
    let audit = world.audit(&mut superuser, "scheduler").await;
    let remedy = "ALTER TABLE scheduler.graph_jobs ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;";

    let text = to_text(&audit, false);
    assert!(
        text.starts_with("error[SDB1002] scheduler.graph_jobs: row-level security is not forced"),
        "{text}"
    );
    assert!(text.contains(&format!("help: {remedy}")), "{text}");
    assert!(text.ends_with("in 1 schema: 1 error, 0 warnings\n"), "{text}");

    let json = to_json(&audit);
    assert_eq!((&json["sound"], &json["errors"]), (&false.into(), &1.into()));
    assert_eq!(json["findings"][0]["code"], "SDB1002");
    assert_eq!(json["findings"][0]["help"], remedy);
    assert_eq!(json["rules"].as_array().map(Vec::len), Some(22));

    let sarif = to_sarif(&audit, &world.specs);
    let result = &sarif["runs"][0]["results"][0];
    assert_eq!(
        (&result["ruleId"], &result["level"]),
        (&"SDB1002".into(), &"error".into())
    );
    let place = &result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
    assert_eq!(place, "specs/scheduler/graph_jobs.toml");

    let markdown = to_markdown(&audit);
    assert!(markdown.contains("| SDB1002 | row-level security is enabled and forced on every table whose rows have a tenant | 10 tables | **broken**, 1 finding |"), "{markdown}");
    assert!(markdown.contains(&format!("| SDB1002 | error | scheduler.graph_jobs | row-level security is not forced: its owner sees every row | {remedy} |")), "{markdown}");
}
