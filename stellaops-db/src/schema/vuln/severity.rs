use crate::DbEnum;
use crate::schema::vuln::CvssVersion;

/// How bad a vulnerability is, from unknown to critical: a greater one is worse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, DbEnum)]
#[db_enum("vuln.severity")]
pub enum Severity {
    /// Nobody has rated it.
    Unknown,
    /// It does no harm.
    None,
    /// 0.1 to 3.9.
    Low,
    /// 4.0 to 6.9.
    Medium,
    /// 7.0 to 8.9.
    High,
    /// 9.0 and more.
    Critical,
}

impl Severity {
    /// The word of the standard for a score in tenths. CVSS 2.0 knows neither none nor critical.
    ///
    /// ```
    /// use stellaops_db::schema::vuln::{CvssVersion, Severity};
    /// assert_eq!(Severity::of_score(CvssVersion::V3_1, 98), Severity::Critical);
    /// assert_eq!(Severity::of_score(CvssVersion::V2_0, 98), Severity::High);
    /// ```
    pub fn of_score(version: CvssVersion, tenths: i16) -> Self {
        match (version, tenths) {
            (CvssVersion::V2_0, ..40) => Severity::Low,
            (CvssVersion::V2_0, ..70) => Severity::Medium,
            (CvssVersion::V2_0, _) => Severity::High,
            (_, ..=0) => Severity::None,
            (_, ..40) => Severity::Low,
            (_, ..70) => Severity::Medium,
            (_, ..90) => Severity::High,
            (_, _) => Severity::Critical,
        }
    }
}
