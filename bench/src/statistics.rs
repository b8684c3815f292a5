//! Medians of rounds.

use std::time::Duration;

/// The middle of the durations, in microseconds.
pub(crate) fn median_duration(durations: &[Duration]) -> f64 {
    let numbers: Vec<f64> = durations.iter().copied().map(microseconds).collect();
    median(&numbers)
}

/// The middle of the numbers; zero when there is none.
pub(crate) fn median(numbers: &[f64]) -> f64 {
    let mut sorted = numbers.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    match sorted.len() {
        0 => 0.0,
        even if even.is_multiple_of(2) => (sorted[middle - 1] + sorted[middle]) / 2.0,
        _ => sorted[middle],
    }
}

/// How far the rounds lie apart: largest minus smallest, as a part of the median.
pub(crate) fn spread(numbers: &[f64]) -> f64 {
    let smallest = numbers.iter().copied().fold(f64::INFINITY, f64::min);
    let largest = numbers.iter().copied().fold(0.0, f64::max);
    (largest - smallest) / median(numbers).max(f64::MIN_POSITIVE)
}

/// The median of the rounds' quotients: each round is compared with itself only, so that a machine
/// that is slower for one round makes both sides slower.
pub(crate) fn quotient(numerators: &[f64], denominators: &[f64]) -> f64 {
    let quotients: Vec<f64> = numerators
        .iter()
        .zip(denominators)
        .map(|(numerator, denominator)| numerator / denominator)
        .collect();
    median(&quotients)
}

/// A duration in microseconds.
pub(crate) fn microseconds(duration: Duration) -> f64 {
    duration.as_nanos() as f64 / 1_000.0
}
