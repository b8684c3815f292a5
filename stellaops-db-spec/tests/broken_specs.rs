//! Every rule of the checker, broken on purpose: code, place and remedy of each fault.

mod support;

use stellaops_db_spec::diagnostic::{Report, Style};
use stellaops_db_spec::load_sources;
use stellaops_db_spec::rule::{self, Enforcement};

use support::{Case, cases, good, sources};

#[test]
fn the_good_database_has_no_fault() {
    if let Err(report) = load_sources(&sources(&good())) {
        panic!("{report}");
    }
}

#[test]
fn every_broken_spec_is_told_exactly_its_faults() {
    let mut wrong = String::new();
    for case in cases() {
        let found = faults(&case);
        if found != case.expected {
            wrong.push_str(&format!(
                "{}\n  expected:\n{}  found:\n{}",
                case.name,
                list(&case.expected),
                list(&found)
            ));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn every_broken_spec_is_about_the_rule_of_its_folder() {
    for case in cases().iter().filter(|case| case.code() != "several") {
        let about = case.expected.iter().any(|fault| fault.starts_with(case.code()));
        assert!(about, "{} expects no fault of its own rule", case.name);
    }
}

#[test]
fn every_rule_of_the_checker_is_broken_by_a_case() {
    let cases = cases();
    for rule in rule::all().filter(|rule| rule.enforcement == Enforcement::SpecCheck) {
        let broken = cases.iter().any(|case| case.code() == rule.code);
        assert!(broken, "no case breaks {} ({})", rule.code, rule.title);
    }
}

#[test]
fn every_fault_says_what_is_wrong_and_how_to_mend_it() {
    for case in cases() {
        let report = report(&case);
        for record in report.to_records() {
            assert!(!record.message.is_empty(), "{} says nothing", case.name);
            assert!(!record.help.is_empty(), "{} helps nobody", case.name);
            let place = format!("{}:{}:{}", record.file, record.line, record.column);
            let text = &case.texts[&record.file];
            let line = text
                .lines()
                .nth(record.line as usize - 1)
                .unwrap_or_else(|| panic!("{}: {place} is behind the end of the file", case.name));
            assert!(
                record.column as usize <= line.chars().count() + 1,
                "{}: {place} is behind the end of the line",
                case.name
            );
        }
    }
}

#[test]
fn a_report_reads_the_same_as_text_and_as_data() {
    for case in cases() {
        let report = report(&case);
        let text = report.to_string();
        for record in report.to_records() {
            assert!(
                text.contains(&format!("error[{}]", record.code)),
                "{}:\n{text}",
                case.name
            );
            assert!(
                text.contains(&format!("{}:{}:{}", record.file, record.line, record.column)),
                "{}:\n{text}",
                case.name
            );
            assert!(
                text.contains(&format!("stellaops-db explain {}", record.code)),
                "{}:\n{text}",
                case.name
            );
        }
    }
}

#[test]
fn reports_show_the_excerpt_the_remedy_and_the_rule() {
    for name in [
        "SDB0001/unclosed-string",
        "SDB0002/column-key",
        "SDB0204/enum-in-two-tables",
        "SDB0304/no-value-of-the-enum",
        "SDB0405/key-of-two",
        "SDB0502/jsonb",
        "several/five-in-one-file",
        "several/form-and-meaning",
    ] {
        let case = cases().into_iter().find(|case| case.name == name);
        let case = case.unwrap_or_else(|| panic!("there is no case {name}"));
        insta::assert_snapshot!(name.replace('/', "-"), report(&case).render(Style::Plain));
    }
}

#[test]
fn the_report_does_not_depend_on_the_order_of_the_files() {
    for case in cases() {
        let files = sources(&case.texts).files().to_vec();
        let reversed = stellaops_db_spec::source::Sources::new(files.into_iter().rev().collect());
        let again = load_sources(&reversed).expect_err("the order of the files mends nothing");
        assert_eq!(again.to_string(), report(&case).to_string(), "{}", case.name);
    }
}

fn report(case: &Case) -> Report {
    match load_sources(&sources(&case.texts)) {
        Ok(_) => panic!("{} has no fault", case.name),
        Err(report) => report,
    }
}

/// The cases are as small as can be: that nothing lists the rows of their tables is told only where a
/// case is about that.
fn faults(case: &Case) -> Vec<String> {
    let silent = rule::NO_READ_PATH.code;
    match load_sources(&sources(&case.texts)) {
        Ok(_) => Vec::new(),
        Err(report) => report
            .faults()
            .iter()
            .filter(|fault| fault.rule.code != silent || case.code() == silent)
            .map(|fault| format!("{} {}", fault.rule.code, report.place(fault)))
            .collect(),
    }
}

fn list(faults: &[String]) -> String {
    faults.iter().map(|fault| format!("    {fault}\n")).collect()
}
