//! Tenants are their bytes: nothing folds two into one, nothing in a name is anything but a name.

use std::collections::BTreeSet;

use stellaops_db::TenantId;
use stellaops_db::schema::scheduler::*;

use crate::samples::*;
use crate::support::*;

fn names() -> Vec<String> {
    let mut names: Vec<String> = [
        "acme",
        "Acme",
        "ACME",
        " acme",
        "acme ",
        "acme\t",
        "ac me",
        "%",
        "a%",
        "_",
        "*",
        "NULL",
        "null",
        "true",
        "\\",
        "'",
        "\"",
        "a'b",
        "a\"b",
        "a\\'b",
        "$1",
        ":x",
        "?",
        "{}",
        "--",
        "/*",
        "*/",
        ";",
        "acme' OR '1'='1",
        "'; SET app.tenant_id = 'acme'; --",
        "acme'; DROP SCHEMA scheduler CASCADE; --",
        "set_config('app.tenant_id','acme',true)",
        "é",
        "e\u{301}",
        "ﬁ",
        "fi",
        "ｆｉ",
        "İ",
        "i\u{307}",
        "ß",
        "ss",
        "\u{200b}acme",
        "acme\u{feff}",
        "👩‍👩‍👧",
        "\n",
        "\u{1}",
        "0",
        "00",
        "١",
        "on",
        "stellaops",
        "public",
        "warm-up",
    ]
    .map(str::to_owned)
    .into();
    names.push("x".repeat(255));
    names.push("x".repeat(254));
    names
}

#[tokio::test]
async fn each_name_is_a_tenant_of_its_own() {
    let fixture = Fixture::start().await;
    let names = names();
    assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
    let mut ids = Vec::new();
    for name in &names {
        let jobs = fixture.tenant(name).repository::<GraphJobRepository>();
        let job = jobs
            .insert(graph_job(1))
            .await
            .unwrap_or_else(|error| panic!("{name:?}: {error}"));
        assert_eq!(job.tenant_id.as_str(), name);
        ids.push(job.id);
    }
    for (position, name) in names.iter().enumerate() {
        let jobs = fixture.tenant(name).repository::<GraphJobRepository>();
        assert_eq!(jobs.count([]).await.expect("counts"), 1, "{name:?}");
        let page = jobs.list_by_newest().await.expect("lists");
        assert_eq!(
            page.rows.iter().map(|job| job.id).collect::<Vec<_>>(),
            [ids[position]],
            "{name:?}"
        );
        let other = ids[(position + 1) % ids.len()];
        assert_eq!(jobs.get(other).await.expect("reads"), None, "{name:?}");
        assert!(!jobs.delete(other).await.expect("runs"), "{name:?}");
    }
    let mut superuser = fixture.superuser().await;
    let left = value::<i64>(&mut superuser, "SELECT count(*) FROM scheduler.graph_jobs").await;
    assert_eq!(left, names.len() as i64);
}

#[test]
fn what_cannot_be_a_tenant_is_none() {
    for name in ["", "@", "@global", "nul \0", "\0"] {
        assert!(TenantId::new(name).is_err(), "{name:?}");
        assert!(
            serde_json::from_value::<TenantId>(name.into()).is_err(),
            "{name:?}"
        );
        assert!(name.parse::<TenantId>().is_err(), "{name:?}");
    }
    assert!(TenantId::new("x".repeat(256)).is_err());
    assert!(TenantId::new("ä".repeat(128)).is_err());
}
