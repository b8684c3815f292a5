//! The shop's tables on a PostgreSQL that the tests start and stop themselves. Nothing is used but the public API.

mod given;
mod isolation;
mod lists;
mod order;
mod reference_data;
mod report;
mod work;
