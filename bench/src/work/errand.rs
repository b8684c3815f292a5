//! A work in a process of its own, which the bench starts of itself: so that its memory is its own.

use std::process::Stdio;
use std::time::Instant;

use serde::{Deserialize, Serialize};
use tokio::process::Command;

use crate::Fault;
use crate::stage::Addresses;
use crate::stock;
use crate::way::{Held, Kind};
use crate::work::bulk;

/// What the process is to do.
#[derive(Serialize, Deserialize)]
pub(crate) struct Errand {
    pub(crate) task: Task,
    pub(crate) kind: Kind,
    pub(crate) rows: usize,
    pub(crate) addresses: Addresses,
}

/// The kinds of it.
#[derive(Clone, Copy, Serialize, Deserialize)]
pub(crate) enum Task {
    /// Inserts rows.
    Load,
    /// Reads all rows of the tenant with many.
    Stream,
}

/// What it took.
#[derive(Serialize, Deserialize)]
pub(crate) struct Done {
    pub(crate) seconds: f64,
    /// The most that was resident, beyond what was when the process was connected.
    pub(crate) mebibytes: f64,
}

impl Errand {
    /// Has it done by a process.
    pub(crate) async fn send(&self) -> Result<Done, Fault> {
        let name = self.kind.name();
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["--errand", &serde_json::to_string(self)?]);
        command.stderr(Stdio::inherit()).kill_on_drop(true);
        let output = command.output().await?;
        if !output.status.success() {
            return Err(format!("{name}: the process ended with {}", output.status).into());
        }
        Ok(serde_json::from_slice(&output.stdout)?)
    }
}

/// Does it, in that process, and prints what it took.
pub(crate) async fn run(errand: &str) -> Result<(), Fault> {
    let errand: Errand = serde_json::from_str(errand)?;
    let mut way = Held::open(errand.kind, &errand.addresses).await?;
    let idle = kibibytes("VmRSS:")?;
    let begun = Instant::now();
    match errand.task {
        Task::Load => bulk::insert(&mut way, errand.rows).await?,
        Task::Stream => {
            let rows = way.stream(&stock::many()).await?;
            if rows != errand.rows {
                return Err(format!("{rows} rows of {}", errand.rows).into());
            }
        }
    }
    let done = Done {
        seconds: begun.elapsed().as_secs_f64(),
        mebibytes: (kibibytes("VmHWM:")? - idle) / 1_024.0,
    };
    println!("{}", serde_json::to_string(&done)?);
    Ok(())
}

/// A line of what Linux knows of this process.
fn kibibytes(key: &str) -> Result<f64, Fault> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix(key));
    let number = line.and_then(|line| line.split_whitespace().next());
    Ok(number.ok_or("no such line")?.parse()?)
}
