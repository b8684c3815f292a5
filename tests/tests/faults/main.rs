//! The runtime under faults that are made to happen: killed sessions, cut connections, restarts, limits, a full disk,
//! clocks that jump. After each: no tenant stays bound, no acknowledged write is lost, no unit is half there, the error
//! says whether the call may be tried again, and the next call works.

#[macro_use]
mod support;
#[macro_use]
mod stage;
mod clocks;
mod connecting;
mod cuts;
mod disk;
mod killed;
mod limits;
mod model;
mod names;
mod restarts;
mod rotated;
mod verbs;
