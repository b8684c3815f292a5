//! The registry of rules: whole, sorted, and the same in the terminal and on the page.

use stellaops_db_spec::diagnostic::Diagnostics;
use stellaops_db_spec::doc::{explain, rules_markdown};
use stellaops_db_spec::rule::{self, Enforcement};
use stellaops_db_spec::source::{SourceFile, Sources};
use stellaops_db_spec::syntax::parse;

#[test]
fn codes_are_sorted_and_no_code_is_used_twice() {
    let codes: Vec<&str> = rule::all().map(|rule| rule.code).collect();
    for pair in codes.windows(2) {
        assert!(pair[0] < pair[1], "{} stands before {}", pair[0], pair[1]);
    }
}

#[test]
fn every_rule_has_a_title_a_reason_and_two_different_examples() {
    for rule in rule::all() {
        let code = rule.code;
        let digits = code.strip_prefix("SDB").unwrap_or_default();
        assert!(
            digits.len() == 4 && digits.bytes().all(|byte| byte.is_ascii_digit()),
            "{code}"
        );
        assert!(!rule.title.contains('\n'), "{code}");
        assert!(!rule.title.is_empty() && !rule.title.ends_with('.'), "{code}");
        assert!(rule.reason.ends_with('.'), "{code}");
        assert!(
            !rule.wrong.trim().is_empty() && !rule.right.trim().is_empty(),
            "{code}"
        );
        assert_ne!(rule.wrong, rule.right, "{code}");
    }
}

#[test]
fn the_examples_of_the_checker_are_toml() {
    for rule in rule::all().filter(|rule| rule.enforcement == Enforcement::SpecCheck) {
        for example in [rule.wrong, rule.right] {
            let mut diagnostics = Diagnostics::new();
            let is_toml = !parse(0, example, &mut diagnostics).faulty;
            let sources = Sources::new(vec![SourceFile {
                path: "specs/app/things.toml".into(),
                text: example.into(),
            }]);
            let told = diagnostics.finish(&sources).map_err(|report| report.to_string());
            let wanted = rule != rule::TOML_SYNTAX || example == rule.right;
            assert_eq!(is_toml, wanted, "{}: {told:?}", rule.code);
        }
    }
}

#[test]
fn only_rules_of_the_checker_beyond_form_and_types_can_be_waived() {
    for rule in rule::all().filter(|rule| rule.waivable) {
        assert_eq!(rule.enforcement, Enforcement::SpecCheck, "{}", rule.code);
        assert!(!rule.code.starts_with("SDB00"), "{}", rule.code);
    }
}

#[test]
fn whether_a_rule_can_be_waived_is_said_in_the_terminal_and_on_the_page() {
    let said = |rule| explain(rule).contains("[[waivers]]");
    for rule in rule::all().filter(|rule| !rule.wrong.contains("[[waivers]]")) {
        assert_eq!(said(rule), rule.waivable, "{}", rule.code);
    }
    assert!(rules_markdown().contains("may be excused"));
}

#[test]
fn titles_are_distinct() {
    let mut titles: Vec<&str> = rule::all().map(|rule| rule.title).collect();
    titles.sort_unstable();
    let before = titles.len();
    titles.dedup();
    assert_eq!(titles.len(), before);
}

#[test]
fn a_rule_is_found_by_its_code_in_any_case() {
    for rule in rule::all() {
        assert_eq!(rule::find(rule.code), Some(rule));
        assert_eq!(rule::find(&rule.code.to_lowercase()), Some(rule));
    }
    assert_eq!(rule::find("SDB9999"), None);
}

#[test]
fn the_page_and_the_terminal_say_all_of_every_rule() {
    let page = rules_markdown();
    for rule in rule::all() {
        let shown = explain(rule);
        for part in [rule.code, rule.title, rule.enforcement.as_str()] {
            assert!(page.contains(part), "{} is not whole on the page", rule.code);
            assert!(shown.contains(part), "{} is not whole in the terminal", rule.code);
        }
        for line in rule.wrong.lines().chain(rule.right.lines()) {
            assert!(page.contains(line), "{}: {line}", rule.code);
            assert!(shown.contains(line), "{}: {line}", rule.code);
        }
        let words: Vec<&str> = shown.split_whitespace().collect();
        assert!(words.join(" ").contains(rule.reason), "{}", rule.code);
        assert!(page.contains(rule.reason), "{}", rule.code);
    }
}

#[test]
fn explaining_a_rule_reads_well_in_a_terminal() {
    insta::assert_snapshot!(explain(rule::NOT_LEAKPROOF));
    insta::assert_snapshot!(explain(rule::UNKNOWN_FIELD));
    insta::assert_snapshot!(explain(rule::INDEX_PREFIX));
}
