//! The directives that `go.mod` and `go.work` share: `go`, `toolchain`, `replace`.

use super::directory::{check_directory, is_directory_path};
use super::fault::{FaultList, Place, Problem, quoted};
use super::lexer::{Token, TokenKind};
use super::module_path::{check_module_path, check_version_of};
use super::statement::Statement;
use super::version::{check_version, is_language_version};

/// `replace old [version] => new version`, or `=> directory`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replacement {
    /// The replaced module's path.
    pub path: String,
    /// The replaced version; every version when absent.
    pub version: Option<String>,
    /// What is used instead.
    pub target: ReplacementTarget,
    /// Where the replaced module is named.
    pub place: Place,
}

/// What a replaced module is replaced by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum ReplacementTarget {
    /// A module at one version.
    Module {
        /// Its path.
        path: String,
        /// Its version.
        version: String,
    },
    /// A directory, as written; relative to the directory of the file that says it.
    Directory(String),
}

/// Sets `slot` from a `go` line.
pub(super) fn read_language_version(
    statement: &Statement,
    slot: &mut Option<String>,
    faults: &mut FaultList,
) {
    let Some(argument) = read_once(statement, slot.is_some(), "go 1.24", faults) else {
        return;
    };
    if argument.kind != TokenKind::Word || !is_language_version(&argument.text) {
        let message = format!("{} is not a version of Go", quoted(&argument.text));
        faults.push(
            argument.place,
            message,
            "write it as `1.24` or `1.24.1`, without `v` or `go`",
        );
        return;
    }
    *slot = Some(argument.text.clone());
}

/// Sets `slot` from a `toolchain` line.
pub(super) fn read_toolchain(statement: &Statement, slot: &mut Option<String>, faults: &mut FaultList) {
    let Some(argument) = read_once(statement, slot.is_some(), "toolchain go1.24.1", faults) else {
        return;
    };
    let name = &argument.text;
    let known = name == "default" || name == "local" || name.starts_with("go1") || name.contains("-go1");
    if argument.kind != TokenKind::Word || !known {
        let message = format!("{} is not the name of a toolchain", quoted(name));
        faults.push(argument.place, message, "write it as `go1.24.1` or `default`");
        return;
    }
    *slot = Some(name.clone());
}

/// The only argument of a directive that a file holds once; reports what is wrong otherwise.
pub(super) fn read_once<'statement>(
    statement: &'statement Statement,
    repeated: bool,
    usage: &str,
    faults: &mut FaultList,
) -> Option<&'statement Token> {
    if repeated {
        let message = format!("a second {} directive", quoted(&statement.verb));
        faults.push(statement.place, message, "keep one of them");
        return None;
    }
    read_text(statement, usage, faults)
}

/// The only argument of a directive that may be repeated.
pub(super) fn read_text<'statement>(
    statement: &'statement Statement,
    usage: &str,
    faults: &mut FaultList,
) -> Option<&'statement Token> {
    match statement.arguments.as_slice() {
        [text] if text.kind != TokenKind::Punctuation => Some(text),
        _ => {
            push_usage(statement, usage, faults);
            None
        }
    }
}

/// Reports that a directive's arguments have the wrong number or kind.
pub(super) fn push_usage(statement: &Statement, usage: &str, faults: &mut FaultList) {
    let message = format!(
        "the {} directive has the wrong arguments",
        quoted(&statement.verb)
    );
    faults.push(statement.place, message, format!("write it as {}", quoted(usage)));
}

/// Reports the problem at the place and gives the value only when there is none.
pub(super) fn accept<Value>(
    result: Result<(), Problem>,
    value: Value,
    place: Place,
    faults: &mut FaultList,
) -> Option<Value> {
    match result {
        Ok(()) => Some(value),
        Err(problem) => {
            faults.push_problem(place, problem);
            None
        }
    }
}

/// Reads a `replace` line.
pub(super) fn read_replacement(statement: &Statement, faults: &mut FaultList) -> Option<Replacement> {
    let arguments = statement.arguments.as_slice();
    let arrow = arguments.iter().position(|argument| argument.is_word("=>"));
    let (old, new) = match arrow {
        Some(arrow @ (1 | 2)) => (&arguments[..arrow], &arguments[arrow + 1..]),
        _ => (&[][..], &[][..]),
    };
    let punctuated = arguments
        .iter()
        .any(|argument| argument.kind == TokenKind::Punctuation);
    let ([old_path, old_version @ ..], [new_path, new_version @ ..], false) = (old, new, punctuated) else {
        push_usage(
            statement,
            "replace example.com/old [v1.2.3] => example.com/new v1.4.0",
            faults,
        );
        return None;
    };
    let replaced = read_replaced_module(old_path, old_version.first(), faults);
    let target = match new_version {
        [] => read_directory(new_path, faults),
        [version] => read_replacing_module(new_path, version, faults),
        [_, extra, ..] => {
            let message = format!("{} after the replacing version", quoted(&extra.text));
            faults.push(
                extra.place,
                message,
                "a replacement is a module and a version, or a directory",
            );
            None
        }
    };
    let (path, version) = replaced?;
    Some(Replacement {
        path,
        version,
        target: target?,
        place: old_path.place,
    })
}

fn read_replaced_module(
    path: &Token,
    version: Option<&Token>,
    faults: &mut FaultList,
) -> Option<(String, Option<String>)> {
    let text = accept(
        check_module_path(&path.text),
        path.text.clone(),
        path.place,
        faults,
    )?;
    if let Some(version) = version {
        accept(check_version_of(&text, &version.text), (), version.place, faults)?;
    }
    Some((text, version.map(|version| version.text.clone())))
}

fn read_directory(token: &Token, faults: &mut FaultList) -> Option<ReplacementTarget> {
    let text = &token.text;
    if is_directory_path(text) {
        let target = ReplacementTarget::Directory(text.clone());
        return accept(check_directory(text), target, token.place, faults);
    }
    let remedy = match text.split_once('@') {
        Some((path, version)) => format!("write {}", quoted(&format!("{path} {version}"))),
        None => format!(
            "add a version, or write the directory as {}",
            quoted(&format!("./{text}"))
        ),
    };
    let message = format!(
        "the replacement {} has no version and is no directory",
        quoted(text)
    );
    faults.push(token.place, message, remedy);
    None
}

/// The replacing module may have another major version than its path says: forks keep the old path's code.
fn read_replacing_module(path: &Token, version: &Token, faults: &mut FaultList) -> Option<ReplacementTarget> {
    if is_directory_path(&path.text) {
        let message = format!("the replacing directory {} has a version", quoted(&path.text));
        faults.push(version.place, message, "remove the version: a directory has none");
        return None;
    }
    let checked_path = accept(
        check_module_path(&path.text),
        path.text.clone(),
        path.place,
        faults,
    );
    let checked_version = accept(
        check_version(&version.text),
        version.text.clone(),
        version.place,
        faults,
    );
    Some(ReplacementTarget::Module {
        path: checked_path?,
        version: checked_version?,
    })
}
