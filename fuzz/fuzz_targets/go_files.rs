//! The target `go_files` of cargo-fuzz.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| stellaops_db_fuzz::body::go_files::body(data));
