//! The target `query_text` of cargo-fuzz.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| stellaops_db_fuzz::body::query_text::body(data));
