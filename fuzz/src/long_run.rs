//! One target, in this process, until its time is over.

use std::fs::File;
use std::os::unix::fs::FileExt as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use stellaops_db_fuzz::{Mutator, Target, seeds, target};

use crate::{Options, crash};

type Failure = Box<dyn std::error::Error>;

/// So many crashes are enough of one target.
const ENOUGH: u64 = 10;

/// An input that takes longer is worth a look, and is kept.
const SLOW: Duration = Duration::from_secs(2);

/// What a run saw. Written as one line that the supervisor reads.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    pub(crate) executions: u64,
    pub(crate) longest_input: usize,
    pub(crate) slowest: Duration,
    pub(crate) crashes: u64,
}

impl Seen {
    /// What was written, with the seconds it took.
    pub(crate) fn of_line(line: &str) -> Option<(Self, f64)> {
        let mut words = line.strip_prefix("seen ")?.split(' ');
        let seen = Seen {
            executions: words.next()?.parse().ok()?,
            longest_input: words.next()?.parse().ok()?,
            slowest: Duration::from_micros(words.next()?.parse().ok()?),
            crashes: words.next()?.parse().ok()?,
        };
        Some((seen, words.next()?.parse().ok()?))
    }

    fn tell(&self, began: Instant) {
        println!(
            "seen {} {} {} {} {:.3}",
            self.executions,
            self.longest_input,
            self.slowest.as_micros(),
            self.crashes,
            began.elapsed().as_secs_f64()
        );
    }
}

/// Runs the target of that name; says whether nothing crashed.
pub(crate) fn here(name: &str, options: &Options) -> Result<bool, Failure> {
    let target = target(name).ok_or_else(|| format!("there is no target `{name}`"))?;
    let mut runner = Runner {
        target,
        running: File::create(crash::running(name)?)?,
        seen: Seen::default(),
    };
    let began = Instant::now();
    for path in &options.inputs {
        runner.run(&std::fs::read(path)?)?;
    }
    if options.inputs.is_empty() {
        runner.mutate(options.seed, began + Duration::from_secs(options.seconds))?;
    }
    runner.seen.tell(began);
    std::fs::remove_file(crash::running(name)?)?;
    Ok(runner.seen.crashes == 0)
}

struct Runner {
    target: &'static Target,
    /// Holds each input before it runs: what ends the process leaves it there.
    running: File,
    seen: Seen,
}

impl Runner {
    /// The corpus as it is, then mutations of it.
    fn mutate(&mut self, seed: u64, until: Instant) -> Result<(), Failure> {
        let seeds: Vec<Vec<u8>> = seeds(self.target.name)?
            .into_iter()
            .map(|(_, input)| input)
            .collect();
        for input in &seeds {
            self.run(input)?;
        }
        let mut mutator = Mutator::new(self.target, seeds, seed);
        while Instant::now() < until && self.seen.crashes < ENOUGH {
            self.run(&mutator.next_input())?;
        }
        Ok(())
    }

    fn run(&mut self, input: &[u8]) -> Result<(), Failure> {
        self.running
            .write_all_at(&(input.len() as u64).to_le_bytes(), 0)?;
        self.running.write_all_at(input, 8)?;
        let began = Instant::now();
        let body = self.target.body;
        let ended = catch_unwind(AssertUnwindSafe(|| body(input)));
        let took = began.elapsed();
        if took > self.seen.slowest && took > SLOW {
            let path = crash::keep(&format!("{}-slow", self.target.name), input)?;
            eprintln!("{}: {took:.1?} for {}", self.target.name, path.display());
        }
        self.seen.slowest = self.seen.slowest.max(took);
        self.seen.longest_input = self.seen.longest_input.max(input.len());
        self.seen.executions += 1;
        if ended.is_err() {
            self.seen.crashes += 1;
            let path = crash::keep(self.target.name, input)?;
            eprintln!("{}: crashed by {}", self.target.name, path.display());
        }
        Ok(())
    }
}
