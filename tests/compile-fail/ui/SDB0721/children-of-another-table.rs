use stellaops_db::schema::scheduler::{GraphJob, GraphJobRepository, Run};

fn list(jobs: GraphJobRepository) {
    let _ = jobs.list(GraphJob::BY_NEWEST).with(Run::BY_SCHEDULE_NEWEST.children(5));
}

fn main() {}
