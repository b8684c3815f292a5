//! The target `login_url` of cargo-fuzz.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| stellaops_db_fuzz::body::login_url::body(data));
