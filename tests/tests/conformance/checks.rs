//! Checks that follow from the specs.

use stellaops_db::Rows;
use stellaops_db::schema::scheduler::*;
use stellaops_db_tests::library::{Place, Shelf, Wish, WishDetails};

use crate::values::{build, graph_job, schedule};
use crate::world::{broken, done};

on_both! {
    async fn a_text_has_a_length_in_characters(world) {
        let shelves = world.rows::<Shelf>();
        done(shelves.insert(Shelf::new_row("ü".repeat(100)))).await;
        assert_eq!(broken(shelves.insert(Shelf::new_row("u".repeat(101)))).await, "ck_shelves_name");
        assert_eq!(broken(world.rows::<Schedule>().insert(schedule(""))).await, "ck_schedules_name");
    }

    async fn a_number_has_a_range(world) {
        let runs = world.rows::<Run>();
        let run = done(runs.insert(Run::new_row(RunReason::Manual))).await;
        assert_eq!(broken(runs.update(run.id, Run::patch().images_done(-1))).await, "ck_runs_images_done");
        assert_eq!(done(runs.get(run.id)).await, Some(run));
    }

    async fn a_text_matches_its_pattern(world) {
        let schedules = world.rows::<Schedule>();
        let cron = |cron: &str| schedule(cron).cron_expression(Some(cron.into()));
        done(schedules.insert(cron("30 2 * * *"))).await;
        for bad in ["30 2 * *", "30 2 * * * ", "30  2 * * *", "30 2 * * é"] {
            assert_eq!(broken(schedules.insert(cron(bad))).await, "ck_schedules_cron_expression", "{bad}");
        }
        let zone = |zone: &str| schedule(zone).timezone(zone.into());
        done(schedules.insert(zone("America/Argentina/Buenos_Aires"))).await;
        assert_eq!(broken(schedules.insert(zone("Europe/"))).await, "ck_schedules_timezone");
    }

    async fn a_document_keeps_the_limits_of_its_members(world) {
        let jobs = world.rows::<GraphJob>();
        let of = |change: &dyn Fn(&mut GraphBuildJob)| {
            let mut payload = build("sbom");
            change(&mut payload);
            GraphJob::new_row(GraphJobType::Build, GraphJobPayload::Build(payload))
        };
        let changes: [&dyn Fn(&mut GraphBuildJob); 4] = [
            &|payload| payload.sbom_id.clear(),
            &|payload| payload.sbom_id = "x".repeat(201),
            &|payload| payload.sbom_digest.push('0'),
            &|payload| payload.trigger = "Manual".into(),
        ];
        for change in changes {
            assert_eq!(broken(jobs.insert(of(change))).await, "ck_graph_jobs_payload");
        }
        done(jobs.insert(of(&|payload| payload.sbom_id = "ü".repeat(200)))).await;
        let wishes = world.rows::<Wish>();
        let details = WishDetails { author: Some("x".repeat(101)), extra: None };
        let row = Wish::new_row("north".into(), 1, Vec::new(), details);
        assert_eq!(broken(wishes.insert(row)).await, "ck_wishes_details");
    }

    async fn conditions_of_the_spec_hold(world) {
        let jobs = world.rows::<GraphJob>();
        let failed = graph_job().status(GraphJobStatus::Failed);
        assert_eq!(broken(jobs.insert(failed)).await, "ck_graph_jobs_failed_job_says_why");
        let until = stellaops_db::Timestamp::new(world.clock().now());
        let half = graph_job().lease_expires_at(Some(until));
        assert_eq!(broken(jobs.insert(half)).await, "ck_graph_jobs_lease_is_whole");
        let schedules = world.rows::<Schedule>();
        assert_eq!(broken(schedules.insert(schedule("  "))).await, "ck_schedules_name_is_not_blank");
    }

    async fn the_first_check_by_name_is_told(world) {
        let shelf = done(world.rows::<Shelf>().insert(Shelf::new_row("north".into()))).await;
        let place = Place::new_row(shelf.id, 1, "x".repeat(21));
        assert_eq!(broken(world.rows::<Place>().insert(place)).await, "ck_places_code");
        let row = schedule("").timezone(String::new()).cron_expression(Some("never".into()));
        assert_eq!(broken(world.rows::<Schedule>().insert(row)).await, "ck_schedules_cron_expression");
    }
}
