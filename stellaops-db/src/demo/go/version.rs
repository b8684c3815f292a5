//! Versions of modules (`v1.2.3`, semantic versioning as Go writes it) and of the language (`1.24.1`).

use std::cmp::Ordering;

use super::fault::{Problem, quoted};

/// A version taken apart; numbers stay text, so that none is too large.
#[derive(Debug, PartialEq, Eq)]
struct Semantic<'text> {
    numbers: Vec<&'text str>,
    prerelease: Option<&'text str>,
    build: Option<&'text str>,
}

/// The canonical form is the only one that names one version without asking a repository.
pub(super) fn check_version(text: &str) -> Result<(), Problem> {
    let Some(version) = parse(text) else {
        let with_letter = format!("v{text}");
        let remedy = match parse(&with_letter) {
            Some(_) => format!("begin it with `v`: {}", quoted(&with_letter)),
            None => "write a full version such as `v1.2.3`; `go mod tidy` replaces a branch, commit or `latest` by one".to_owned(),
        };
        return Err(Problem::new(format!("{} is not a version", quoted(text)), remedy));
    };
    if version.numbers.len() < 3 {
        let missing = 3 - version.numbers.len();
        let full = format!("{text}{}", ".0".repeat(missing));
        return Err(Problem::new(
            format!("the version {} is cut short", quoted(text)),
            format!("write all three numbers: {}", quoted(&full)),
        ));
    }
    match version.build {
        None | Some("incompatible") => Ok(()),
        Some(build) => Err(Problem::new(
            format!("the version {} carries build metadata", quoted(text)),
            format!(
                "remove {}; only `+incompatible` may follow a version",
                quoted(&format!("+{build}"))
            ),
        )),
    }
}

/// Whether the text is a version at all, canonical or not.
pub(super) fn is_version(text: &str) -> bool {
    parse(text).is_some()
}

/// The major version with its `v`, and whether the version is marked `+incompatible`.
pub(super) fn major(text: &str) -> Option<(String, bool)> {
    let version = parse(text)?;
    Some((
        format!("v{}", version.numbers.first()?),
        version.build == Some("incompatible"),
    ))
}

/// Precedence by semantic versioning; build metadata does not count. A text that is no version comes first.
pub(super) fn compare_versions(left: &str, right: &str) -> Ordering {
    match (parse(left), parse(right)) {
        (Some(left), Some(right)) => compare_parsed(&left, &right),
        (left, right) => left.is_some().cmp(&right.is_some()),
    }
}

/// Whether a `go` line's version has the form `1.23`, `1.23.4` or `1.24rc1`.
pub(super) fn is_language_version(text: &str) -> bool {
    let is_letter_of_prerelease = |character: char| character.is_ascii_lowercase();
    let (release, prerelease) = text
        .find(is_letter_of_prerelease)
        .map_or((text, ""), |at| text.split_at(at));
    let number_of_prerelease = prerelease.trim_start_matches(is_letter_of_prerelease);
    let parts: Vec<&str> = release.split('.').collect();
    (2..=3).contains(&parts.len())
        && parts.iter().all(|part| is_number(part))
        && parts[0] != "0"
        && (prerelease.is_empty() || is_digits(number_of_prerelease))
}

/// Whether a `go` line's version is at least `major.minor`; a file without the line means 1.16.
pub(super) fn language_is_at_least(text: Option<&str>, major: u32, minor: u32) -> bool {
    let mut parts = text.unwrap_or("1.16").split('.').map(leading_number);
    (parts.next().unwrap_or(0), parts.next().unwrap_or(0)) >= (major, minor)
}

fn leading_number(text: &str) -> u32 {
    let digits: String = text.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().unwrap_or(0)
}

fn parse(text: &str) -> Option<Semantic<'_>> {
    let rest = text.strip_prefix('v')?;
    let (rest, build) = split_suffix(rest, '+');
    let (core, prerelease) = split_suffix(rest, '-');
    let numbers: Vec<&str> = core.split('.').collect();
    let is_short = numbers.len() < 3;
    let valid = numbers.len() <= 3
        && numbers.iter().all(|number| is_number(number))
        && !(is_short && (prerelease.is_some() || build.is_some()))
        && prerelease.is_none_or(|text| text.split('.').all(is_prerelease_part))
        && build.is_none_or(|text| text.split('.').all(is_identifier));
    valid.then_some(Semantic {
        numbers,
        prerelease,
        build,
    })
}

fn split_suffix(text: &str, separator: char) -> (&str, Option<&str>) {
    text.split_once(separator)
        .map_or((text, None), |(before, after)| (before, Some(after)))
}

fn is_number(text: &str) -> bool {
    is_digits(text) && (text == "0" || !text.starts_with('0'))
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_identifier(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

fn is_prerelease_part(text: &str) -> bool {
    is_identifier(text) && (!is_digits(text) || is_number(text))
}

fn compare_parsed(left: &Semantic<'_>, right: &Semantic<'_>) -> Ordering {
    let number =
        |version: &Semantic<'_>, index: usize| version.numbers.get(index).copied().unwrap_or("0").to_owned();
    (0..3)
        .map(|index| compare_numbers(&number(left, index), &number(right, index)))
        .find(|ordering| ordering.is_ne())
        .unwrap_or_else(|| match (left.prerelease, right.prerelease) {
            (None, None) => Ordering::Equal,
            (None, Some(_)) => Ordering::Greater,
            (Some(_), None) => Ordering::Less,
            (Some(left), Some(right)) => compare_prereleases(left, right),
        })
}

fn compare_numbers(left: &str, right: &str) -> Ordering {
    left.len().cmp(&right.len()).then_with(|| left.cmp(right))
}

/// Part by part: numbers by value and below words, words by byte order, fewer parts first.
fn compare_prereleases(left: &str, right: &str) -> Ordering {
    let (left, right): (Vec<&str>, Vec<&str>) = (left.split('.').collect(), right.split('.').collect());
    left.iter()
        .zip(&right)
        .map(|(left, right)| match (is_number(left), is_number(right)) {
            (true, true) => compare_numbers(left, right),
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
            (false, false) => left.cmp(right),
        })
        .find(|ordering| ordering.is_ne())
        .unwrap_or_else(|| left.len().cmp(&right.len()))
}

#[cfg(test)]
mod tests {
    use super::{check_version, compare_versions, is_language_version, is_version, language_is_at_least};

    #[test]
    fn versions_are_ordered_by_precedence() {
        let ascending = [
            "v0.0.0-20240102030405-0123456789ab",
            "v0.0.1",
            "v1.0.0-alpha",
            "v1.0.0-alpha.1",
            "v1.0.0-alpha.beta",
            "v1.0.0-beta",
            "v1.0.0-beta.2",
            "v1.0.0-beta.11",
            "v1.0.0-rc.1",
            "v1.0.0",
            "v1.9.0",
            "v1.10.0",
            "v99999999999999999999999.0.0",
        ];
        for pair in ascending.windows(2) {
            assert!(compare_versions(pair[0], pair[1]).is_lt(), "{pair:?}");
            assert!(compare_versions(pair[1], pair[0]).is_gt(), "{pair:?}");
        }
        assert!(compare_versions("v1.0.0+incompatible", "v1.0.0").is_eq());
    }

    #[test]
    fn only_canonical_versions_pass() {
        for good in [
            "v0.0.0",
            "v1.2.3",
            "v1.2.3-rc.1",
            "v2.0.0+incompatible",
            "v0.0.0-20240102030405-0123456789ab",
        ] {
            assert_eq!(check_version(good), Ok(()), "{good}");
        }
        for bad in [
            "",
            "v",
            "1.2.3",
            "v1",
            "v1.2",
            "v01.2.3",
            "v1.2.3.4",
            "v1.2.3-",
            "v1.2.3-01",
            "v1.2.3+meta",
            "latest",
        ] {
            assert!(check_version(bad).is_err(), "{bad}");
        }
        assert!(is_version("v1.2") && !is_version("v1.2-rc"));
    }

    #[test]
    fn language_versions_have_two_or_three_numbers() {
        for good in ["1.13", "1.21.0", "1.24rc1", "1.24.1beta2"] {
            assert!(is_language_version(good), "{good}");
        }
        for bad in [
            "",
            "1",
            "0.1",
            "v1.21",
            "1.21.",
            "1.02",
            "1.2.3.4",
            "1.21rc",
            "1.21-rc1",
            "go1.21",
            "1.21RC1",
            "1.21rc1x2",
            "1.i𑌷",
        ] {
            assert!(!is_language_version(bad), "{bad}");
        }
        assert!(language_is_at_least(Some("1.14"), 1, 14) && !language_is_at_least(Some("1.9.7"), 1, 14));
        assert!(language_is_at_least(Some("2.0"), 1, 14) && language_is_at_least(None, 1, 14));
    }
}
