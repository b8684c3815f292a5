/// What a worker did until it stopped.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct WorkerReport {
    /// Rows that were done, or given their next time.
    pub completed: u64,
    /// Rows that failed and are tried again.
    pub failed: u64,
    /// Rows that failed for good.
    pub given_up: u64,
    /// Rows whose lease was lost: others work on them, or have ended them. So are those whose end got no answer: it
    /// may be written, or the lease runs out.
    pub lost: u64,
    /// Rows that were given back when the worker stopped.
    pub released: u64,
}
