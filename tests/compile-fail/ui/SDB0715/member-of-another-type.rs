use stellaops_db::path;
use stellaops_db::schema::scheduler::{GraphBuildJob, GraphJob};

fn main() {
    let _ = GraphJob::PAYLOAD.at(path!(GraphBuildJob: trigger)).eq(5);
}
