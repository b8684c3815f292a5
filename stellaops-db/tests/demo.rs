//! The demonstration, end to end: a server of its own, two tenants, two workers.
#![cfg(feature = "demo")]

use stellaops_db::demo::{Guard, Options, Outcome, run};

async fn outcome() -> Outcome {
    run(&Options::default())
        .await
        .expect("the demonstration runs to its end")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_project_of_every_tenant_comes_to_what_is_expected_of_it() {
    let outcome = outcome().await;
    assert!(outcome.is_as_expected(), "{outcome}");
    let tenants: Vec<_> = outcome
        .tenants
        .iter()
        .map(|tenant| tenant.tenant.as_str())
        .collect();
    assert_eq!(tenants, ["acme", "globex"]);
    for tenant in &outcome.tenants {
        let projects: Vec<_> = tenant.jobs.iter().map(|job| job.project.as_str()).collect();
        assert_eq!(
            projects,
            ["malformed", "plain", "private", "vendored", "workspace"]
        );
        for job in &tenant.jobs {
            let last = if job.project == "malformed" {
                "failed"
            } else {
                "completed"
            };
            assert_eq!(
                job.steps,
                ["pending", "queued", "running", last],
                "{}",
                job.project
            );
        }
    }
    // The same project gives the same graph for both tenants, and its id says so.
    let ids = |tenant: usize| -> Vec<_> {
        outcome.tenants[tenant]
            .jobs
            .iter()
            .map(|job| &job.result)
            .collect()
    };
    assert_eq!(ids(0), ids(1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_tenants_attempts_are_refused_by_types_predicate_and_database() {
    let outcome = outcome().await;
    for guard in [Guard::Types, Guard::Predicate, Guard::Database] {
        let attempts: Vec<_> = outcome
            .attempts
            .iter()
            .filter(|attempt| attempt.guard == guard)
            .collect();
        assert!(attempts.len() >= 3, "{guard:?}");
        assert!(attempts.iter().all(|attempt| attempt.refused), "{outcome}");
    }
    let answers = format!("{outcome}");
    for said in [
        "no tenant is bound",
        "row-level security",
        "one_tenant_per_transaction",
    ] {
        assert!(answers.contains(said), "nothing says `{said}`:\n{answers}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_folder_of_ones_own_projects_is_read_and_a_malformed_one_fails_its_job_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |project: &str, text: &str| {
        std::fs::create_dir(folder.path().join(project)).expect("a project");
        std::fs::write(folder.path().join(project).join("go.mod"), text).expect("a go.mod");
    };
    write("good", "module example.com/good\n\ngo 1.24\n");
    write("broken", "module example.com/broken\n\nrequire (\n");
    let options = Options {
        projects: Some(folder.path().into()),
        ..Options::default()
    };
    let outcome = run(&options).await.expect("the demonstration runs to its end");
    for tenant in &outcome.tenants {
        let statuses: Vec<_> = tenant
            .jobs
            .iter()
            .map(|job| (job.project.as_str(), job.status.as_str()))
            .collect();
        assert_eq!(statuses, [("broken", "failed"), ("good", "completed")]);
        assert!(
            tenant.jobs[0].result.contains("go.mod:3"),
            "{}",
            tenant.jobs[0].result
        );
    }
}
