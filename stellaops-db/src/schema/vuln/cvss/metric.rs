//! The metrics of each version of the standard, in its order, with their values.

use super::CvssVersion;

/// A metric.
#[derive(Debug)]
pub(super) struct Metric {
    /// As a vector names it.
    pub(super) name: &'static str,
    /// What it may be.
    pub(super) values: &'static [&'static str],
    /// Whether every vector has it.
    pub(super) is_base: bool,
}

/// The metrics of a version.
pub(super) fn of(version: CvssVersion) -> &'static [Metric] {
    match version {
        CvssVersion::V2_0 => &VERSION_2,
        CvssVersion::V3_0 | CvssVersion::V3_1 => &VERSION_3,
        CvssVersion::V4_0 => &VERSION_4,
    }
}

/// Whether the value says the same as leaving the metric out.
pub(super) fn is_not_defined(value: &str) -> bool {
    matches!(value, "X" | "ND")
}

const fn base(name: &'static str, values: &'static [&'static str]) -> Metric {
    Metric {
        name,
        values,
        is_base: true,
    }
}

const fn more(name: &'static str, values: &'static [&'static str]) -> Metric {
    Metric {
        name,
        values,
        is_base: false,
    }
}

static VERSION_2: [Metric; 14] = [
    base("AV", &["L", "A", "N"]),
    base("AC", &["H", "M", "L"]),
    base("Au", &["M", "S", "N"]),
    base("C", &["N", "P", "C"]),
    base("I", &["N", "P", "C"]),
    base("A", &["N", "P", "C"]),
    more("E", &["ND", "U", "POC", "F", "H"]),
    more("RL", &["ND", "OF", "TF", "W", "U"]),
    more("RC", &["ND", "UC", "UR", "C"]),
    more("CDP", &["ND", "N", "L", "LM", "MH", "H"]),
    more("TD", &["ND", "N", "L", "M", "H"]),
    more("CR", &["ND", "L", "M", "H"]),
    more("IR", &["ND", "L", "M", "H"]),
    more("AR", &["ND", "L", "M", "H"]),
];

static VERSION_3: [Metric; 22] = [
    base("AV", &["N", "A", "L", "P"]),
    base("AC", &["L", "H"]),
    base("PR", &["N", "L", "H"]),
    base("UI", &["N", "R"]),
    base("S", &["U", "C"]),
    base("C", &["N", "L", "H"]),
    base("I", &["N", "L", "H"]),
    base("A", &["N", "L", "H"]),
    more("E", &["X", "U", "P", "F", "H"]),
    more("RL", &["X", "O", "T", "W", "U"]),
    more("RC", &["X", "U", "R", "C"]),
    more("CR", &["X", "L", "M", "H"]),
    more("IR", &["X", "L", "M", "H"]),
    more("AR", &["X", "L", "M", "H"]),
    more("MAV", &["X", "N", "A", "L", "P"]),
    more("MAC", &["X", "L", "H"]),
    more("MPR", &["X", "N", "L", "H"]),
    more("MUI", &["X", "N", "R"]),
    more("MS", &["X", "U", "C"]),
    more("MC", &["X", "N", "L", "H"]),
    more("MI", &["X", "N", "L", "H"]),
    more("MA", &["X", "N", "L", "H"]),
];

static VERSION_4: [Metric; 32] = [
    base("AV", &["N", "A", "L", "P"]),
    base("AC", &["L", "H"]),
    base("AT", &["N", "P"]),
    base("PR", &["N", "L", "H"]),
    base("UI", &["N", "P", "A"]),
    base("VC", &["H", "L", "N"]),
    base("VI", &["H", "L", "N"]),
    base("VA", &["H", "L", "N"]),
    base("SC", &["H", "L", "N"]),
    base("SI", &["H", "L", "N"]),
    base("SA", &["H", "L", "N"]),
    more("E", &["X", "A", "P", "U"]),
    more("CR", &["X", "H", "M", "L"]),
    more("IR", &["X", "H", "M", "L"]),
    more("AR", &["X", "H", "M", "L"]),
    more("MAV", &["X", "N", "A", "L", "P"]),
    more("MAC", &["X", "L", "H"]),
    more("MAT", &["X", "N", "P"]),
    more("MPR", &["X", "N", "L", "H"]),
    more("MUI", &["X", "N", "P", "A"]),
    more("MVC", &["X", "H", "L", "N"]),
    more("MVI", &["X", "H", "L", "N"]),
    more("MVA", &["X", "H", "L", "N"]),
    more("MSC", &["X", "H", "L", "N"]),
    more("MSI", &["X", "S", "H", "L", "N"]),
    more("MSA", &["X", "S", "H", "L", "N"]),
    more("S", &["X", "N", "P"]),
    more("AU", &["X", "N", "Y"]),
    more("R", &["X", "A", "U", "I"]),
    more("V", &["X", "D", "C"]),
    more("RE", &["X", "L", "M", "H"]),
    more("U", &["X", "Clear", "Green", "Amber", "Red"]),
];
