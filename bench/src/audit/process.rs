//! A process, its time and its memory.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::Fault;

/// What a process took.
pub(crate) struct Taken {
    pub(crate) seconds: f64,
    /// The most that was resident.
    pub(crate) mebibytes: f64,
}

/// Runs it to its end. One that ends with more than `greatest` has failed.
pub(crate) fn measure(command: &mut Command, greatest: i32) -> Result<Taken, Fault> {
    let begun = Instant::now();
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::inherit()).spawn()?;
    let status_file = format!("/proc/{}/status", child.id());
    let mut kibibytes: f64 = 0.0;
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        let text = std::fs::read_to_string(&status_file).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let held = line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok());
        kibibytes = kibibytes.max(held.unwrap_or(0.0));
        std::thread::sleep(Duration::from_millis(2));
    };
    let seconds = begun.elapsed().as_secs_f64();
    match status.code() {
        Some(code) if (0..=greatest).contains(&code) => Ok(Taken {
            seconds,
            mebibytes: kibibytes / 1024.0,
        }),
        _ => Err(format!("{:?} ended with {status}", command.get_program()).into()),
    }
}
