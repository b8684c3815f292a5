//! The built-in schemas `vuln` and `policy` on a real server: what their own verbs promise, and what their
//! checks keep out.

mod documents;
mod due;
mod exceptions;
mod look_ups;
mod merges;
mod ratings;
mod support;
mod versions;
