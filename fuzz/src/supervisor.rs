//! All targets one after the other, each in a process that may die or hang.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use stellaops_db_fuzz::{TARGETS, Target, target};

use crate::long_run::Seen;
use crate::{Options, crash};

type Failure = Box<dyn std::error::Error>;

/// So long one input may take beyond the end of the time.
const PATIENCE: Duration = Duration::from_secs(60);

/// Runs the targets and prints the report; says whether nothing crashed.
pub(crate) fn run(options: &Options) -> Result<bool, Failure> {
    let targets = chosen(options)?;
    let seconds = (options.seconds / targets.len() as u64).max(1);
    println!("| target | seconds | executions | executions/s | longest input | slowest | crashes |");
    println!("|---|--:|--:|--:|--:|--:|--:|");
    let mut crashes = 0;
    for target in targets {
        crashes += run_one(target, seconds, options.seed)?;
    }
    println!("\nseed {}, {crashes} crashes", options.seed);
    Ok(crashes == 0)
}

fn chosen(options: &Options) -> Result<Vec<&'static Target>, Failure> {
    if options.targets.is_empty() {
        return Ok(TARGETS.iter().collect());
    }
    let known = |name: &String| target(name).ok_or_else(|| format!("there is no target `{name}`").into());
    options.targets.iter().map(known).collect()
}

fn run_one(target: &Target, seconds: u64, seed: u64) -> Result<u64, Failure> {
    let mut child = Command::new(std::env::current_exe()?)
        .args(["--here", "--target", target.name])
        .args(["--seconds", &seconds.to_string(), "--seed", &seed.to_string()])
        .stdout(Stdio::piped())
        .spawn()?;
    let has_ended = wait(&mut child, Duration::from_secs(seconds) + PATIENCE)?;
    if !has_ended {
        child.kill()?;
    }
    let output = child.wait_with_output()?;
    let said = String::from_utf8_lossy(&output.stdout);
    let Some((seen, took)) = said.lines().find_map(Seen::of_line) else {
        let path = crash::keep_running(target.name)?;
        let what = if has_ended {
            "ended the process"
        } else {
            "never ended"
        };
        println!("| {} | | | | | | {what}: {} |", target.name, path.display());
        return Ok(1);
    };
    println!(
        "| {} | {took:.0} | {} | {:.0} | {} | {:.1} ms | {} |",
        target.name,
        seen.executions,
        seen.executions as f64 / took,
        seen.longest_input,
        seen.slowest.as_secs_f64() * 1e3,
        seen.crashes
    );
    Ok(seen.crashes)
}

/// Whether the process ends within the time.
fn wait(child: &mut Child, time: Duration) -> Result<bool, Failure> {
    let until = Instant::now() + time;
    while Instant::now() < until {
        if child.try_wait()?.is_some() {
            return Ok(true);
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    Ok(false)
}
