//! The base scores of versions 2.0, 3.0 and 3.1, by the equations of their standards.

use super::{CvssVector, CvssVersion};

/// The base score in tenths; none where the standard has no equation.
pub(super) fn base(vector: &CvssVector) -> Option<i16> {
    match vector.version() {
        CvssVersion::V2_0 => Some(base_of_2(vector)),
        CvssVersion::V3_0 | CvssVersion::V3_1 => Some(base_of_3(vector)),
        CvssVersion::V4_0 => None,
    }
}

fn base_of_2(vector: &CvssVector) -> i16 {
    let weight = |metric, weights: &[(&str, f64)]| weight(vector, metric, weights);
    let loss = |metric| 1.0 - weight(metric, &[("N", 0.0), ("P", 0.275), ("C", 0.66)]);
    let impact = 10.41 * (1.0 - loss("C") * loss("I") * loss("A"));
    let exploitability = 20.0
        * weight("AV", &[("L", 0.395), ("A", 0.646), ("N", 1.0)])
        * weight("AC", &[("H", 0.35), ("M", 0.61), ("L", 0.71)])
        * weight("Au", &[("M", 0.45), ("S", 0.56), ("N", 0.704)]);
    let factor = if impact == 0.0 { 0.0 } else { 1.176 };
    let score = (0.6 * impact + 0.4 * exploitability - 1.5) * factor;
    tenths((score * 10.0).round())
}

fn base_of_3(vector: &CvssVector) -> i16 {
    let weight = |metric, weights: &[(&str, f64)]| weight(vector, metric, weights);
    let loss = |metric| 1.0 - weight(metric, &[("N", 0.0), ("L", 0.22), ("H", 0.56)]);
    let is_changed = vector.value("S") == Some("C");
    let share = 1.0 - loss("C") * loss("I") * loss("A");
    let impact = if is_changed {
        7.52 * (share - 0.029) - 3.25 * (share - 0.02).powi(15)
    } else {
        6.42 * share
    };
    if impact <= 0.0 {
        return 0;
    }
    let (low, high) = if is_changed { (0.68, 0.5) } else { (0.62, 0.27) };
    let exploitability = 8.22
        * weight("AV", &[("N", 0.85), ("A", 0.62), ("L", 0.55), ("P", 0.2)])
        * weight("AC", &[("L", 0.77), ("H", 0.44)])
        * weight("PR", &[("N", 0.85), ("L", low), ("H", high)])
        * weight("UI", &[("N", 0.85), ("R", 0.62)]);
    let factor = if is_changed { 1.08 } else { 1.0 };
    round_up((factor * (impact + exploitability)).min(10.0))
}

fn weight(vector: &CvssVector, metric: &str, weights: &[(&str, f64)]) -> f64 {
    let value = vector.value(metric);
    let found = weights.iter().find(|(name, _)| Some(*name) == value);
    found
        .map(|(_, weight)| *weight)
        .expect("a base metric has one of its values")
}

/// The least tenth that is not below the score. By way of a whole number, as version 3.1 prescribes, so that
/// 4.000000001, which is 4 and an error of the floating point, stays 4.
fn round_up(score: f64) -> i16 {
    tenths(((score * 100_000.0).round() / 10_000.0).ceil())
}

/// Scores lie between 0 and 10.
fn tenths(number: f64) -> i16 {
    number.clamp(0.0, 100.0) as i16
}
