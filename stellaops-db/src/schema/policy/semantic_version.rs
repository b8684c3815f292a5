use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

/// A version by SemVer 2.0.0, ordered by its precedence: what stands behind a `-` comes before the release.
///
/// Versions that differ in what stands behind a `+` have one precedence; here they are ordered by it too, so
/// that only equal texts are equal.
///
/// ```
/// use stellaops_db::schema::policy::SemanticVersion;
/// let mut versions: Vec<SemanticVersion> = ["1.10.0", "1.9.0", "1.10.0-rc.2", "1.10.0-rc.10"]
///     .into_iter()
///     .map(str::parse)
///     .collect::<Result<_, _>>()?;
/// versions.sort();
/// let texts: Vec<String> = versions.iter().map(ToString::to_string).collect();
/// assert_eq!(texts, ["1.9.0", "1.10.0-rc.2", "1.10.0-rc.10", "1.10.0"]);
/// # Ok::<(), stellaops_db::schema::policy::InvalidSemanticVersion>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SemanticVersion {
    numbers: [Number; 3],
    pre_release: Vec<Identifier>,
    build: Vec<String>,
}

/// Why a text is no semantic version.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no semantic version: three numbers, then `-` and a pre-release, then `+` and a build")]
pub struct InvalidSemanticVersion(String);

/// Digits without a leading zero, however many: the standard sets no greatest number.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Number(String);

/// A part of a pre-release. Numbers come before words.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Identifier {
    Number(Number),
    Word(String),
}

impl SemanticVersion {
    /// Whether it is a pre-release.
    pub fn is_pre_release(&self) -> bool {
        !self.pre_release.is_empty()
    }
}

impl FromStr for SemanticVersion {
    type Err = InvalidSemanticVersion;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        read(text).ok_or_else(|| InvalidSemanticVersion(text.into()))
    }
}

fn read(text: &str) -> Option<SemanticVersion> {
    let (text, build) = match text.split_once('+') {
        Some((text, build)) => (text, build.split('.').map(word).collect::<Option<_>>()?),
        None => (text, Vec::new()),
    };
    let (core, pre_release) = match text.split_once('-') {
        Some((core, parts)) => (core, parts.split('.').map(identifier).collect::<Option<_>>()?),
        None => (text, Vec::new()),
    };
    let numbers: Vec<Number> = core.split('.').map(number).collect::<Option<_>>()?;
    Some(SemanticVersion {
        numbers: numbers.try_into().ok()?,
        pre_release,
        build,
    })
}

fn number(text: &str) -> Option<Number> {
    let is_digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_good = is_digits && (text == "0" || !text.starts_with('0'));
    is_good.then(|| Number(text.into()))
}

fn identifier(text: &str) -> Option<Identifier> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        number(text).map(Identifier::Number)
    } else {
        word(text).map(Identifier::Word)
    }
}

fn word(text: &str) -> Option<String> {
    let is_good = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    (!text.is_empty() && text.bytes().all(is_good)).then(|| text.into())
}

impl Ord for SemanticVersion {
    fn cmp(&self, other: &Self) -> Ordering {
        // A release has no parts and comes after all of its pre-releases.
        self.numbers
            .cmp(&other.numbers)
            .then_with(|| other.is_pre_release().cmp(&self.is_pre_release()))
            .then_with(|| self.pre_release.cmp(&other.pre_release))
            .then_with(|| self.build.cmp(&other.build))
    }
}

impl PartialOrd for SemanticVersion {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Number {
    /// Without leading zeros, more digits are more.
    fn cmp(&self, other: &Self) -> Ordering {
        let lengths = self.0.len().cmp(&other.0.len());
        lengths.then_with(|| self.0.cmp(&other.0))
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for SemanticVersion {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [major, minor, patch] = &self.numbers;
        write!(formatter, "{}.{}.{}", major.0, minor.0, patch.0)?;
        for (position, part) in self.pre_release.iter().enumerate() {
            let text = match part {
                Identifier::Number(Number(text)) | Identifier::Word(text) => text,
            };
            write!(formatter, "{}{text}", if position == 0 { '-' } else { '.' })?;
        }
        for (position, part) in self.build.iter().enumerate() {
            write!(formatter, "{}{part}", if position == 0 { '+' } else { '.' })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::SemanticVersion;

    fn version(text: &str) -> SemanticVersion {
        text.parse().unwrap()
    }

    #[test]
    fn the_order_is_that_of_the_standard() {
        let ascending = [
            "1.0.0-alpha",
            "1.0.0-alpha.1",
            "1.0.0-alpha.beta",
            "1.0.0-beta",
            "1.0.0-beta.2",
            "1.0.0-beta.11",
            "1.0.0-rc.1",
            "1.0.0",
            "2.0.0",
            "2.1.0",
            "2.1.1",
            "2.1.99999999999999999999",
        ];
        for pair in ascending.windows(2) {
            assert!(version(pair[0]) < version(pair[1]), "{pair:?}");
        }
    }

    #[test]
    fn what_is_read_is_written_as_it_was() {
        for text in ["0.0.0", "1.2.3-x-y.7.z+build-1.02", "1.2.3+001"] {
            assert_eq!(version(text).to_string(), text);
        }
    }

    #[test]
    fn what_is_no_version_is_refused() {
        for text in [
            "",
            "1",
            "1.2",
            "1.2.3.4",
            "01.2.3",
            "1.2.3-",
            "1.2.3-01",
            "1.2.3-a..b",
            "1.2.3+",
            "v1.2.3",
            "1.2.x",
        ] {
            assert!(text.parse::<SemanticVersion>().is_err(), "{text}");
        }
    }
}
