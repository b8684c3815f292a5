//! The target `cursor` of cargo-fuzz.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| stellaops_db_fuzz::body::cursor::body(data));
