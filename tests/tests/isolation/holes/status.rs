//! Statuses whose steps nobody watches.

use stellaops_db::verify::matrix::Verb;
use stellaops_db_spec::rule;

use super::{Hole, JOBS};

pub(super) const HOLES: &[Hole] = &[
    Hole::new("the trigger of a status is dropped", "scheduler", &["DROP TRIGGER trg_graph_jobs_status ON scheduler.graph_jobs"])
        .told(&[(rule::TRIGGERS_ON, JOBS)])
        .red(&[(JOBS, Verb::StepIllegally)])
        .exactly(),
    Hole::new("the trigger of a status is off", "scheduler", &["ALTER TABLE scheduler.graph_jobs DISABLE TRIGGER trg_graph_jobs_status"])
        .told(&[(rule::TRIGGERS_ON, JOBS)])
        .red(&[(JOBS, Verb::StepIllegally)])
        .exactly(),
    Hole::new("the trigger of a status lets one step more pass", "scheduler", &[
        "DO $$ DECLARE made text := pg_get_triggerdef(oid) FROM pg_trigger WHERE tgname = 'trg_graph_jobs_status'; BEGIN \
            DROP TRIGGER trg_graph_jobs_status ON scheduler.graph_jobs; \
            EXECUTE replace(made, 'old.status IS DISTINCT FROM', 'old.status <> 1 AND old.status IS DISTINCT FROM'); END $$",
    ])
        .told(&[(rule::TRIGGERS_ON, JOBS)])
        .red(&[(JOBS, Verb::StepIllegally)])
        .exactly(),
    Hole::new("what refuses illegal steps lets all pass", "scheduler", &[
        "CREATE OR REPLACE FUNCTION stellaops.refuse_transition() RETURNS trigger LANGUAGE plpgsql \
            SET search_path = pg_catalog, pg_temp AS $$ BEGIN RETURN NEW; END $$",
    ])
        .told(&[(rule::ROUTINES_EXACT, "stellaops.refuse_transition")])
        .red(&[(JOBS, Verb::StepIllegally), ("scheduler.runs", Verb::StepIllegally), ("scheduler.policy_jobs", Verb::StepIllegally)])
        .exactly(),
];
