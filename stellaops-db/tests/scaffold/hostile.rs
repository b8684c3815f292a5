//! A database whose names and comments are made to break what is written of it.

use std::path::{Component, Path};

use crate::support::{database, scaffold, shown};

const SCRIPT: &str = r####"
CREATE SCHEMA "../../etc";
CREATE SCHEMA "Sales ""Q1""";
CREATE TABLE "../../etc"."passwd.toml" (id uuid PRIMARY KEY);
CREATE TABLE "Sales ""Q1""".select (
  id uuid PRIMARY KEY,
  "from" text COLLATE "C",
  "a""b" text COLLATE "C" CHECK ("a""b" ~ '^''"""\\$'),
  "A.B" integer CHECK ("A.B" BETWEEN 1 AND 2),
  "a_b" integer CHECK ("a_b" >= 1),
  "[indexes]" boolean,
  "🦀" bytea
);
COMMENT ON TABLE "Sales ""Q1""".select IS E'"""\n[columns.evil]\ntype = "text"\n"""\\';
COMMENT ON COLUMN "Sales ""Q1""".select."from" IS E'ends with a backslash \\';
COMMENT ON COLUMN "Sales ""Q1""".select.a_b IS E'\u0001 tab\t and\r\nlines ''''''';
CREATE INDEX "drop table; --" ON "Sales ""Q1""".select ("from") WHERE "from" <> '"]' AND id IS NOT NULL;
"####;

#[tokio::test]
async fn names_and_comments_stay_what_they_are() {
    let database = database("scaffold_hostile", vec![SCRIPT.into()]).await;
    let scaffolded = scaffold(&database).await;
    for file in &scaffolded.files {
        let components: Vec<Component<'_>> = Path::new(&file.path).components().collect();
        assert!(
            components.iter().all(|part| matches!(part, Component::Normal(_))),
            "{}",
            file.path
        );
        let table: toml::Table =
            toml::from_str(&file.text).unwrap_or_else(|error| panic!("{error}\n{}", file.text));
        let columns = table.get("columns").and_then(toml::Value::as_table);
        assert!(
            columns.is_none_or(|columns| !columns.contains_key("evil")),
            "{}",
            file.text
        );
    }
    let shown = shown(&scaffolded).replace(database.name(), "hostile_database");
    insta::assert_snapshot!(shown);
}
