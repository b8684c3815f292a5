//! The generated SQL on real servers: the installed one, and PostgreSQL 18 where it can be had.

mod apply;
mod audit;
mod drift;
mod guards;
mod isolation;
mod nested_shapes;
mod partitions;
mod restore;
mod retired;
mod shapes;
mod shop;
mod tenancies;
