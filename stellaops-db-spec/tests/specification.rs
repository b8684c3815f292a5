//! The written specification: whole, linked, and the same as the specs.

mod support;

use std::path::Path;

use stellaops_db_spec::doc::specification;
use stellaops_db_spec::load_sources;
use stellaops_db_spec::model::{Database, name};

use support::{good, sources};

#[test]
fn the_page_of_a_database_of_every_kind_reads_well() {
    let database = load_sources(&sources(&good())).unwrap_or_else(|report| panic!("{report}"));
    insta::assert_snapshot!(specification(&database));
}

#[test]
fn everything_that_is_specified_is_on_the_page() {
    let database = built_in();
    let page = specification(&database);
    for schema in &database.schemas {
        for shape in &schema.shapes {
            let section = section(&page, &format!("#### `{}`", shape.name));
            for member in shape.members() {
                assert!(
                    section.contains(&format!("\n| `{}` |", member.name)),
                    "{}.{}",
                    shape.name,
                    member.name
                );
            }
        }
    }
    for table in database.tables() {
        let section = section(&page, &format!("### {}\n", table.qualified()));
        let columns = table
            .columns
            .iter()
            .map(|column| format!("\n| `{}` |", column.name));
        let orders = table
            .indexes
            .iter()
            .map(|index| format!("\n| `{}` |", index.name));
        let unique = table
            .unique_keys
            .iter()
            .map(|key| format!("`{}`", name::unique_key(table, key)));
        let checks = table
            .checks
            .iter()
            .map(|check| format!("`{}`", name::check(table, check)));
        let finders = table.finders.iter().map(|finder| format!("`{}`", finder.name));
        for wanted in columns.chain(orders).chain(unique).chain(checks).chain(finders) {
            assert!(section.contains(&wanted), "{}: {wanted}", table.qualified());
        }
    }
}

#[test]
fn every_status_has_its_diagram_and_every_schema_its_relations() {
    let database = built_in();
    let page = specification(&database);
    let statuses = database
        .tables()
        .flat_map(|table| &table.columns)
        .filter(|column| {
            column
                .declared_enum()
                .is_some_and(|declared| declared.is_status())
        });
    assert_eq!(page.matches("stateDiagram-v2").count(), statuses.count());
    assert_eq!(page.matches("erDiagram").count(), database.schemas.len());
    let references: usize = database.tables().map(|table| table.references.len()).sum();
    assert_eq!(page.matches("--o{").count(), references);
}

#[test]
fn every_link_leads_to_a_heading() {
    let page = specification(&built_in());
    let anchors: Vec<String> = page
        .lines()
        .filter_map(|line| line.strip_prefix('#'))
        .map(|heading| anchor(heading.trim_start_matches('#').trim()))
        .collect();
    let links: Vec<&str> = page
        .split("](#")
        .skip(1)
        .filter_map(|rest| rest.split(')').next())
        .collect();
    assert!(!links.is_empty());
    for link in links {
        assert!(anchors.iter().any(|anchor| anchor == link), "#{link}");
    }
}

/// The anchor of a heading, by the rules of the renderers.
fn anchor(heading: &str) -> String {
    let kept = heading
        .chars()
        .filter(|letter| letter.is_alphanumeric() || [' ', '-', '_'].contains(letter));
    kept.collect::<String>().to_lowercase().replace(' ', "-")
}

/// From a heading to the next one of the same level or a higher one.
fn section<'a>(page: &'a str, heading: &str) -> &'a str {
    let start = page
        .find(&format!("\n{heading}"))
        .unwrap_or_else(|| panic!("no section {heading}"))
        + 1;
    let level = heading.bytes().take_while(|byte| *byte == b'#').count();
    let rest = &page[start + heading.len()..];
    let end = (1..=level)
        .filter_map(|level| rest.find(&format!("\n{} ", "#".repeat(level))))
        .min()
        .unwrap_or(rest.len());
    &page[start..start + heading.len() + end]
}

fn built_in() -> Database {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../specs");
    stellaops_db_spec::load(&folder)
        .expect("the specs can be read")
        .unwrap_or_else(|report| panic!("{report}"))
}
