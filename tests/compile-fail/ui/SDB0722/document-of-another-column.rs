use stellaops_db::path;
use stellaops_db::schema::scheduler::{GraphJob, ImageSelector};

fn main() {
    let _ = GraphJob::PAYLOAD.at(path!(ImageSelector: scope));
}
