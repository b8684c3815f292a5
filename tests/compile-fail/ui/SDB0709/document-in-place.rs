use stellaops_db::path;
use stellaops_db::schema::scheduler::{Impact, ImpactSnapshot};

fn main() {
    let _ = ImpactSnapshot::IMPACT
        .at(path!(Impact: usage_only))
        .set(true);
}
