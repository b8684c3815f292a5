//! What `stellaops-db scaffold` prints is a struct that fits its spec, for every table of every schema.

// A file of its own in a user's package is public; here it stands inside a test.
#[allow(dead_code, unreachable_pub)]
mod printed {
    include!(concat!(env!("OUT_DIR"), "/scaffolded.rs"));
}

use printed::{scheduler, vex};

#[test]
fn a_scaffolded_struct_is_the_table_that_it_was_made_from() {
    use stellaops_db::__private::Table;
    let descriptor = <scheduler::GraphJob as Table>::DESCRIPTOR;
    assert_eq!(descriptor.qualified, "scheduler.graph_jobs");
    assert_eq!(<vex::GraphNode as Table>::DESCRIPTOR.qualified, "vex.graph_nodes");
}
