use std::process::{Output, Stdio};

use service::Place;
use stellaops_db::schema::vuln::{KevFlag, KevFlagRepository};
use tokio::io::AsyncWriteExt as _;

use crate::given::{program, said, tenant};

const EDITION: [&str; 2] = ["--edition", "2026-02-01"];

fn entry(number: u32, product: &str, due: &str) -> String {
    format!(
        r#"{{"cveID":"CVE-2026-{number}","vendorProject":"Example","product":"{product}","vulnerabilityName":"Overflow","dateAdded":"2026-01-01","dueDate":"{due}","knownRansomwareCampaignUse":"Known"}}"#
    )
}

/// Seven lines: three entries, an empty line, and three that are refused.
fn feed() -> String {
    let lines = [
        entry(10_001, "one", "2026-01-22"),
        "{\"cveID\":".into(),
        String::new(),
        entry(10_002, "two", "2025-12-31"),
        entry(10_003, "three", "2026-01-22"),
        "{}".into(),
        entry(10_004, "four", "2026-01-22"),
    ];
    lines.join("\n")
}

async fn import(place: &Place, feed: &str, arguments: &[&str]) -> Output {
    let mut command = program(env!("CARGO_BIN_EXE_import"), place);
    let mut child = command.args(arguments).stdin(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(feed.as_bytes()).await.unwrap();
    child.wait_with_output().await.unwrap()
}

async fn products(place: &Place) -> Vec<String> {
    let flags = place.database.tenant(&tenant("any")).repository::<KevFlagRepository>();
    let page = flags.list(KevFlag::BY_NEWEST).await.unwrap();
    let mut products: Vec<_> = page.rows.into_iter().map(|flag| flag.product).collect();
    products.sort();
    products
}

#[tokio::test]
async fn what_can_be_imported_is_and_the_rest_is_told_by_its_lines() {
    let place = Place::throwaway().await.unwrap();
    let output = import(&place, &feed(), &EDITION).await;
    let told = said(&output);
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(told.contains("3 new, 0 changed, 0 as they were, 3 refused"), "{told}");
    let refused: Vec<_> = told.lines().filter(|line| line.starts_with("line ")).collect();
    assert_eq!(refused.len(), 3, "{told}");
    assert!(refused[0].starts_with("line 2: EOF while parsing"), "{told}");
    assert!(refused[1].starts_with("line 4: `ck_kev_flags_due_is_not_before_added`"), "{told}");
    assert!(refused[2].starts_with("line 6: missing field `cveID`"), "{told}");
    assert_eq!(products(&place).await, ["four", "one", "three"]);
}

#[tokio::test]
async fn an_edition_that_is_imported_again_changes_nothing() {
    let place = Place::throwaway().await.unwrap();
    import(&place, &feed(), &EDITION).await;
    let again = said(&import(&place, &feed(), &EDITION).await);
    assert!(again.contains("0 new, 0 changed, 3 as they were, 3 refused"), "{again}");
    let corrected = entry(10_001, "renamed", "2026-01-22");
    let output = import(&place, &corrected, &EDITION).await;
    assert_eq!(output.status.code(), Some(0), "nothing was refused");
    assert!(said(&output).contains("0 new, 1 changed, 0 as they were, 0 refused"), "{}", said(&output));
    assert_eq!(products(&place).await, ["four", "renamed", "three"]);
}

#[tokio::test]
async fn a_feed_that_is_made_up_can_be_printed_and_imported() {
    let place = Place::throwaway().await.unwrap();
    let printed = import(&place, "", &["--make", "1200", "--print"]).await;
    let feed = String::from_utf8(printed.stdout).unwrap();
    assert_eq!(feed.lines().count(), 1_200);
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), feed).unwrap();
    let output = import(&place, "", &[file.path().to_str().unwrap()]).await;
    assert_eq!(output.status.code(), Some(0));
    assert!(said(&output).contains("1,200 new"), "{}", said(&output));
}

#[tokio::test]
async fn a_feed_that_cannot_be_read_imports_nothing() {
    let place = Place::throwaway().await.unwrap();
    let output = import(&place, "", &["no-such-feed.jsonl"]).await;
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("error: `no-such-feed.jsonl`: No such file"), "{}", said(&output));
}
