//! The target `canonical_json` of cargo-fuzz.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| stellaops_db_fuzz::body::canonical_json::body(data));
