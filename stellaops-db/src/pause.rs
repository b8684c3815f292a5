//! How long is waited before something is tried again.

use std::time::Duration;

/// The pause before an attempt, the first of which has none: `first` before the second, twice as long before each
/// further one, `longest` at most. Half of it is left to chance, so that two that met do not meet again.
pub(crate) fn pause(first: Duration, longest: Duration, failures: u32) -> Duration {
    let pause = doubled(first, longest, failures);
    // The low bits of a UUIDv7 are random.
    let chance = uuid::Uuid::now_v7().as_u128() as u16;
    pause.mul_f64(0.5 + f64::from(chance) / f64::from(u16::MAX) / 2.0)
}

/// As [`pause`], of a program that goes on by itself and cannot reach its database: half a minute is the longest that
/// it is still away when the database is back.
pub(crate) fn pause_without_database(first: Duration, failures: u32) -> Duration {
    pause(first, LONGEST_WITHOUT_DATABASE.max(first), failures)
}

const LONGEST_WITHOUT_DATABASE: Duration = Duration::from_secs(30);

/// `first` after one failure, twice as long after each further one, `longest` at most.
pub(crate) fn doubled(first: Duration, longest: Duration, failures: u32) -> Duration {
    let doublings = failures.saturating_sub(1).min(31);
    first.saturating_mul(1 << doublings).min(longest)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::pause;

    const FIRST: Duration = Duration::from_millis(10);
    const LONGEST: Duration = Duration::from_secs(1);

    #[test]
    fn pauses_grow_and_have_an_end() {
        assert!(pause(FIRST, LONGEST, 1) >= FIRST / 2);
        assert!(pause(FIRST, LONGEST, 1) <= FIRST);
        assert!(pause(FIRST, LONGEST, 4) >= FIRST * 4);
        for failures in [8, 40, u32::MAX] {
            let pause = pause(FIRST, LONGEST, failures);
            assert!(pause <= LONGEST && pause >= LONGEST / 2);
        }
    }
}
