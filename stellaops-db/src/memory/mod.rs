//! The repositories' verbs without a server.

mod check;
mod database;
mod document;
mod expression;
mod filter;
mod list;
mod pattern;
mod reference;
mod repository;
mod rules;
mod session;
mod tables;
mod value;
mod write;

pub use database::{MemoryDatabase, MemoryScope, MemorySystemScope};
pub use repository::MemoryRepository;
