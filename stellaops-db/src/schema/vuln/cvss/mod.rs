//! Ratings by CVSS: vectors, and the base scores that follow from them.

mod metric;
mod score;

use std::fmt;
use std::str::FromStr;

use crate::DbEnum;
use crate::schema::vuln::Severity;
use metric::Metric;

/// The version of CVSS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, DbEnum)]
#[db_enum("vuln.cvss_version")]
pub enum CvssVersion {
    /// 2.0.
    V2_0,
    /// 3.0.
    V3_0,
    /// 3.1.
    V3_1,
    /// 4.0.
    V4_0,
}

/// A CVSS vector: every base metric is there, each value is one of its standard.
///
/// Written, the metrics stand in the order of the standard and those that are not defined are left out, so
/// that equal vectors are equal texts; it is the text that [`crate::schema::vuln::AdvisoryCvss::vector`] holds.
///
/// ```
/// use stellaops_db::schema::vuln::{CvssVector, CvssVersion, Severity};
/// let vector: CvssVector = "CVSS:3.1/AC:L/AV:N/PR:N/UI:N/S:U/C:H/I:H/A:H/E:X".parse()?;
/// assert_eq!(vector.to_string(), "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H");
/// assert_eq!(vector.version(), CvssVersion::V3_1);
/// assert_eq!(vector.base_score_tenths(), Some(98));
/// assert_eq!(vector.base_severity(), Some(Severity::Critical));
/// # Ok::<(), stellaops_db::schema::vuln::InvalidCvssVector>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CvssVector {
    version: CvssVersion,
    /// In the order of the standard.
    metrics: Vec<(&'static str, &'static str)>,
}

/// Why a text is no CVSS vector.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidCvssVector {
    /// It names a version that there is not, or that is not known here.
    #[error("`{0}` is no known version of CVSS; known are 2.0, 3.0, 3.1 and 4.0")]
    Version(String),
    /// A part is no metric with a value.
    #[error("`{0}` is no metric with a value: `AV:N`")]
    Part(String),
    /// The standard has no such metric.
    #[error("there is no metric `{0}` in this version")]
    Metric(String),
    /// The metric has no such value.
    #[error("the metric `{metric}` has no value `{value}`")]
    Value {
        /// The metric.
        metric: &'static str,
        /// What stands there.
        value: String,
    },
    /// A metric stands there twice.
    #[error("the metric `{0}` is given twice")]
    Doubled(&'static str),
    /// A base metric is not there.
    #[error("the base metric `{0}` is missing")]
    Missing(&'static str),
}

impl CvssVector {
    /// The version of CVSS.
    pub fn version(&self) -> CvssVersion {
        self.version
    }

    /// The value of a metric, `N` for `AV`; none where it is not defined.
    pub fn value(&self, metric: &str) -> Option<&'static str> {
        let mut metrics = self.metrics.iter();
        metrics.find(|(name, _)| *name == metric).map(|(_, value)| *value)
    }

    /// The base score in tenths. None for version 4.0, whose scores come from a table of the standard: there
    /// the source's own score is taken.
    pub fn base_score_tenths(&self) -> Option<i16> {
        score::base(self)
    }

    /// The standard's word for the base score.
    pub fn base_severity(&self) -> Option<Severity> {
        let tenths = self.base_score_tenths()?;
        Some(Severity::of_score(self.version, tenths))
    }
}

impl FromStr for CvssVector {
    type Err = InvalidCvssVector;

    /// Takes metrics in any order. A vector of version 2.0 has no prefix and may stand between parentheses.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (version, parts) = split_version(text)?;
        let known = metric::of(version);
        let mut given: Vec<(&Metric, &'static str)> = Vec::new();
        for part in parts.split('/') {
            let (metric, value) = read(known, part)?;
            if given.iter().any(|(other, _)| other.name == metric.name) {
                return Err(InvalidCvssVector::Doubled(metric.name));
            }
            given.push((metric, value));
        }
        let mut metrics = Vec::new();
        for metric in known {
            match given.iter().find(|(other, _)| other.name == metric.name) {
                Some((_, value)) if !metric::is_not_defined(value) => metrics.push((metric.name, *value)),
                None if metric.is_base => return Err(InvalidCvssVector::Missing(metric.name)),
                _ => {}
            }
        }
        Ok(CvssVector { version, metrics })
    }
}

fn split_version(text: &str) -> Result<(CvssVersion, &str), InvalidCvssVector> {
    let Some(rest) = text.strip_prefix("CVSS:") else {
        let inner = text.strip_prefix('(').and_then(|text| text.strip_suffix(')'));
        return Ok((CvssVersion::V2_0, inner.unwrap_or(text)));
    };
    let (number, parts) = rest.split_once('/').unwrap_or((rest, ""));
    let version = match number {
        "2.0" => CvssVersion::V2_0,
        "3.0" => CvssVersion::V3_0,
        "3.1" => CvssVersion::V3_1,
        "4.0" => CvssVersion::V4_0,
        _ => return Err(InvalidCvssVector::Version(number.into())),
    };
    Ok((version, parts))
}

fn read(known: &'static [Metric], part: &str) -> Result<(&'static Metric, &'static str), InvalidCvssVector> {
    let Some((name, value)) = part.split_once(':') else {
        return Err(InvalidCvssVector::Part(part.into()));
    };
    let Some(metric) = known.iter().find(|metric| metric.name == name) else {
        return Err(InvalidCvssVector::Metric(name.into()));
    };
    match metric.values.iter().find(|known| **known == value) {
        Some(value) => Ok((metric, value)),
        None => Err(InvalidCvssVector::Value {
            metric: metric.name,
            value: value.into(),
        }),
    }
}

impl fmt::Display for CvssVector {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let prefix = match self.version {
            CvssVersion::V2_0 => "",
            CvssVersion::V3_0 => "CVSS:3.0/",
            CvssVersion::V3_1 => "CVSS:3.1/",
            CvssVersion::V4_0 => "CVSS:4.0/",
        };
        formatter.write_str(prefix)?;
        for (position, (name, value)) in self.metrics.iter().enumerate() {
            let slash = if position == 0 { "" } else { "/" };
            write!(formatter, "{slash}{name}:{value}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
