//! Isolation, proven: the audit and the matrix find nothing in a database as it is generated, and every hole in one
//! that was weakened. Servers are the tests' own: roles belong to a whole server.

mod answers;
mod controls;
mod holes;
mod outside;
mod sound;
mod weakened;
