//! Names of modules and packages, and how a path's major version binds the versions it may have.

use super::fault::{Problem, quoted};
use super::version::{check_version, major};

/// File names that Windows keeps for itself; Go refuses them everywhere, so that a module can be unpacked anywhere.
const RESERVED_NAMES: [&str; 22] = [
    "CON", "PRN", "AUX", "NUL", "COM1", "COM2", "COM3", "COM4", "COM5", "COM6", "COM7", "COM8", "COM9",
    "LPT1", "LPT2", "LPT3", "LPT4", "LPT5", "LPT6", "LPT7", "LPT8", "LPT9",
];

/// Checks a module's path: a package path whose last element, when it is a major version, is a legal one.
pub(super) fn check_module_path(path: &str) -> Result<(), Problem> {
    check_package_path(path)?;
    match major_suffix(path) {
        Some(_) => Ok(()),
        None if path.starts_with("gopkg.in/") => Err(Problem::new(
            format!("the module path {} has no version", quoted(path)),
            "a path under `gopkg.in/` ends in `.v` and a number, such as `gopkg.in/yaml.v3`",
        )),
        None => Err(Problem::new(
            format!(
                "the module path {} ends in an illegal major version",
                quoted(path)
            ),
            "versions 0 and 1 have no suffix; from version 2 on the path ends in `/v2`, `/v3` and so on",
        )),
    }
}

/// Checks a package's path: elements of ASCII letters, digits and `-._~+`, between single slashes.
pub(super) fn check_package_path(path: &str) -> Result<(), Problem> {
    let reason = if path.is_empty() {
        Some("is empty".to_owned())
    } else if path.starts_with('-') {
        Some("begins with a dash".to_owned())
    } else {
        path.split('/').find_map(element_fault)
    };
    match reason {
        None => Ok(()),
        Some(reason) => Err(Problem::new(
            format!("the path {} {reason}", quoted(path)),
            "write a path such as `example.com/team/module`: ASCII letters, digits and `-._~+` between single slashes",
        )),
    }
}

/// Checks that the version is canonical and of the path's major version.
pub(super) fn check_version_of(path: &str, version: &str) -> Result<(), Problem> {
    check_version(version)?;
    let (Some(suffix), Some((major, incompatible))) = (major_suffix(path), major(version)) else {
        return Ok(());
    };
    let path_major = suffix
        .trim_start_matches(['/', '.'])
        .trim_end_matches("-unstable");
    let old_pseudo_version = suffix == ".v1" && version.starts_with("v0.0.0-");
    let matches = match path_major {
        "" => incompatible || major == "v0" || major == "v1",
        _ => major == path_major || old_pseudo_version,
    };
    if matches {
        return Ok(());
    }
    let accepted = if path_major.is_empty() {
        "v0 or v1"
    } else {
        path_major
    };
    let remedy = match path_major {
        "" => format!(
            "name the module {}, or mark the version `+incompatible`",
            quoted(&format!("{path}/{major}"))
        ),
        _ => format!("choose a version {accepted}, or the path that belongs to {major}"),
    };
    Err(Problem::new(
        format!(
            "the version {} does not belong to {}, whose versions are {accepted}",
            quoted(version),
            quoted(path)
        ),
        remedy,
    ))
}

/// The part of the path that names its major version (`/v2`, `.v3`, or nothing); `None` when it is illegal.
fn major_suffix(path: &str) -> Option<&str> {
    if path.starts_with("gopkg.in/") {
        return gopkg_suffix(path);
    }
    let before = path.trim_end_matches(|character: char| character.is_ascii_digit() || character == '.');
    let Some(prefix) = before.strip_suffix("/v").filter(|_| before.len() < path.len()) else {
        return Some("");
    };
    let suffix = &path[prefix.len()..];
    let number = &suffix[2..];
    let legal = !number.contains('.') && !number.starts_with('0') && number != "1";
    legal.then_some(suffix)
}

fn gopkg_suffix(path: &str) -> Option<&str> {
    let stable = path.strip_suffix("-unstable").unwrap_or(path);
    let prefix = stable
        .trim_end_matches(|character: char| character.is_ascii_digit())
        .strip_suffix(".v")?;
    let number = &stable[prefix.len() + ".v".len()..];
    let legal = !number.is_empty() && (number == "0" || !number.starts_with('0'));
    legal.then_some(&path[prefix.len()..])
}

fn element_fault(element: &str) -> Option<String> {
    let unexpected = element.chars().find(|&character| !is_path_character(character));
    let stem = element.split('.').next().unwrap_or_default();
    if element.is_empty() {
        Some("has an empty element: a slash at its start or end, or two in a row".to_owned())
    } else if let Some(unexpected) = unexpected {
        Some(format!("holds the character {}", quoted(&unexpected.to_string())))
    } else if element.starts_with('.') || element.ends_with('.') || element.contains("..") {
        Some(format!(
            "has an element, {}, that begins or ends with a dot or holds two in a row",
            quoted(element)
        ))
    } else if RESERVED_NAMES.iter().any(|name| name.eq_ignore_ascii_case(stem)) {
        Some(format!(
            "has the element {}, a name that Windows reserves",
            quoted(element)
        ))
    } else {
        None
    }
}

fn is_path_character(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '-' | '.' | '_' | '~' | '+')
}

#[cfg(test)]
mod tests {
    use super::{check_module_path, check_version_of};

    #[test]
    fn module_paths_follow_the_rules_of_go() {
        for good in [
            "app",
            "example.com/a",
            "example.com/a/v2",
            "example.com/a.v2",
            "gopkg.in/yaml.v3",
            "gopkg.in/x.v1-unstable",
        ] {
            assert_eq!(check_module_path(good), Ok(()), "{good}");
        }
        for bad in [
            "",
            "/a",
            "a/",
            "a//b",
            "-a",
            "a/../b",
            "./a",
            "a b",
            "a@v1",
            "ä.com/a",
            "example.com/a/v1",
            "example.com/a/v0",
            "example.com/a/v02",
            "example.com/a/v2.1",
            "gopkg.in/yaml",
            "gopkg.in/yaml.v01",
            "example.com/nul/a",
            "a/con.txt",
        ] {
            assert!(check_module_path(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn versions_belong_to_the_major_version_of_their_path() {
        for (path, version) in [
            ("example.com/a", "v0.1.0"),
            ("example.com/a", "v1.9.0"),
            ("example.com/a", "v3.0.0+incompatible"),
            ("example.com/a/v2", "v2.0.0"),
            ("gopkg.in/check.v1", "v0.0.0-20161208181325-20d25e280405"),
            ("gopkg.in/x.v2-unstable", "v2.1.0"),
        ] {
            assert_eq!(check_version_of(path, version), Ok(()), "{path} {version}");
        }
        for (path, version) in [
            ("example.com/a", "v2.0.0"),
            ("example.com/a/v2", "v1.0.0"),
            ("gopkg.in/yaml.v3", "v2.0.0"),
        ] {
            assert!(check_version_of(path, version).is_err(), "{path} {version}");
        }
    }
}
