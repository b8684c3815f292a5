//! JSONB documents: versions and members, as far as the conditions on a column tell them.

use super::catalog::{Column, Constraint};
use super::condition::{Scalar, conjuncts, literal, one_of, scalar};
use super::draft::Draft;
use super::json_path::Filter;
use super::nested::{bare, plain, split};
use super::toml::{self, Section};

/// What is known of a document of one version.
#[derive(Debug, Default)]
struct Document {
    version: String,
    refuses_unknown: bool,
    members: Vec<Member>,
    /// Conditions that no key of the format says, or none that is known here.
    left: Vec<String>,
}

#[derive(Debug, Default)]
struct Member {
    name: String,
    keys: Section,
    counts: bool,
}

impl Default for Section {
    fn default() -> Self {
        Section::new("", ("", ""))
    }
}

/// Lets the column hold a document, of which nothing is known yet.
pub(super) fn take_free(draft: &mut Draft<'_>, column: &Column, section: &mut Section) {
    let shape = shape_name(draft, &column.name);
    section.set("shape", toml::text(&shape));
}

/// Declares the documents that the condition describes; `false` if it is another condition.
pub(super) fn take(draft: &mut Draft<'_>, column: &str, constraint: &Constraint, condition: &str) -> bool {
    let Some(documents) = read(column, condition) else {
        return false;
    };
    let shape = shape_name(draft, column);
    let doc = toml::text(&format!("The document in {}.", draft.names.get(column)));
    let is_one = documents.len() == 1;
    if !is_one {
        let names: Vec<String> = (1..=documents.len())
            .map(|number| format!("{shape}_{number}"))
            .collect();
        let section = Section::new(format!("[shapes.{shape}]"), ("constraint", &constraint.name))
            .with("doc", doc.clone())
            .with("one_of", toml::list(names.iter().map(String::as_str)));
        draft.types.push(section);
    }
    for (number, document) in documents.into_iter().enumerate() {
        let name = match is_one {
            true => shape.clone(),
            false => format!("{shape}_{}", number + 1),
        };
        if !document.left.is_empty() {
            let missing = format!(
                "of the document {} it asks {}",
                document.version,
                document.left.join(" AND ")
            );
            draft.note(
                ("constraint", &constraint.name),
                missing,
                "the shape does not ask it",
            );
        }
        declare(draft, &name, &doc, &constraint.name, document);
    }
    true
}

/// Declares a document of any members for each column about which no condition said more.
pub(super) fn take_rest(draft: &mut Draft<'_>) {
    let columns: Vec<(String, String)> = draft
        .columns
        .iter()
        .filter_map(|section| {
            Some((
                section.object.1.clone(),
                section.get("shape")?.trim_matches('"').to_owned(),
            ))
        })
        .collect();
    for (column, shape) in columns {
        let header = format!("[shapes.{shape}]");
        if draft.types.iter().any(|section| section.header == header) {
            continue;
        }
        let schema = draft.world.schema_name(&draft.relation.schema);
        let version = format!("{schema}.{}@1", shape.replace('_', "-"));
        let missing = "nothing is known of its documents";
        let instead =
            format!("a shape that keeps all members, and asks for the member schemaVersion, {version:?}");
        draft.note(("column", &column), missing, instead);
        let section = Section::new(header, ("column", &column))
            .with(
                "doc",
                toml::text(&format!("The document in {}.", draft.names.get(&column))),
            )
            .with("version", toml::text(&version))
            .with("unknown", "\"keep\"");
        draft.types.push(section);
    }
}

fn shape_name(draft: &Draft<'_>, column: &str) -> String {
    format!("{}_{}", draft.name(), draft.names.get(column))
}

fn declare(draft: &mut Draft<'_>, shape: &str, doc: &str, constraint: &str, document: Document) {
    let mut section = Section::new(format!("[shapes.{shape}]"), ("constraint", constraint))
        .with("doc", doc)
        .with("version", toml::text(&document.version));
    if !document.refuses_unknown {
        section.set("unknown", "\"keep\"");
    }
    draft.types.push(section);
    for member in document.members {
        let mut keys = member.keys;
        keys.header = format!("[shapes.{shape}.members.{}]", toml::key(&member.name));
        keys.object = ("constraint".into(), constraint.into());
        draft.types.push(keys);
    }
}

/// `column IS NULL OR CASE column ->> 'schemaVersion' WHEN … END IS TRUE`
fn read(column: &str, condition: &str) -> Option<Vec<Document>> {
    let canonical = plain(condition);
    let mut text = bare(&canonical);
    let nullable = format!("({column} IS NULL) OR ");
    text = bare(text.strip_prefix(nullable.as_str()).unwrap_or(text));
    text = bare(text.strip_suffix(" IS TRUE")?);
    let cases = text
        .strip_prefix(&format!("CASE ({column} ->> 'schemaVersion') WHEN "))?
        .strip_suffix(" ELSE NULL::boolean END")?;
    let alternative = |case: &String| {
        let (version, condition) = case.split_once(" THEN ")?;
        let mut document = Document {
            version: literal(version)?,
            ..Document::default()
        };
        for part in conjuncts(condition) {
            document.take(column, &part);
        }
        document.finish();
        Some(document)
    };
    split(cases, " WHEN ").iter().map(alternative).collect()
}

impl Document {
    fn take(&mut self, column: &str, part: &str) {
        if let Some(inside) = part
            .strip_prefix("COALESCE(")
            .and_then(|part| part.strip_suffix(", true)"))
        {
            for part in conjuncts(inside) {
                self.take(column, &part);
            }
            return;
        }
        let taken = self
            .take_type(column, part)
            .or_else(|| self.take_text(column, part))
            .or_else(|| self.take_path(column, part))
            .or_else(|| self.take_function(column, part))
            .or_else(|| self.take_names(column, part));
        if taken.is_none() && part != format!("jsonb_typeof({column}) = 'object'") {
            self.left.push(part.to_owned());
        }
    }

    /// `jsonb_typeof(column -> 'member') = 'string'`, in `COALESCE` for one that may be absent.
    fn take_type(&mut self, column: &str, part: &str) -> Option<()> {
        let (optional, part) = match part.strip_prefix("COALESCE(") {
            Some(part) => (true, part),
            None => (false, part),
        };
        let typed = part.strip_prefix(&format!("jsonb_typeof(({column} -> "))?;
        let (name, kind) = typed.split_once("))")?;
        let kind = literal(kind.rsplit_once(" = ")?.1)?;
        let word = match kind.as_str() {
            "string" => "text",
            "number" => "integer",
            "boolean" => "boolean",
            "array" => "list",
            "object" => "object",
            _ => return None,
        };
        let mut keys = Section::default().with("type", toml::text(word));
        if optional {
            keys.set("optional", "true");
        }
        self.members.push(Member {
            name: literal(name)?,
            keys,
            counts: word != "integer",
        });
        Some(())
    }

    /// Conditions on a text: words, a pattern, a length.
    fn take_text(&mut self, column: &str, part: &str) -> Option<()> {
        if let Some(measured) = part.strip_prefix(&format!("char_length(({column} ->> ")) {
            let (name, bound) = measured.split_once(")) ")?;
            let (key, number) = match bound.split_once(' ')? {
                (">=", number) => ("min_length", number),
                ("<=", number) => ("max_length", number),
                _ => return None,
            };
            let Scalar::Integer(number) = scalar(number)? else {
                return None;
            };
            return self.set(&literal(name)?, key, number.to_string());
        }
        let collated = part.strip_prefix(&format!("(({column} ->> "))?;
        let (name, rest) = collated.split_once(") COLLATE \"C\")")?;
        let name = literal(name)?;
        if rest == " ~ '^-?[0-9]+$'" && self.member(&name)?.keys.get("type") == Some("\"integer\"") {
            self.member(&name)?.counts = true;
            return Some(());
        }
        if let Some(pattern) = rest.strip_prefix(" ~ ") {
            return self.set(&name, "pattern", toml::text(&literal(pattern)?));
        }
        let words: Option<Vec<String>> = one_of(rest)?
            .into_iter()
            .map(|word| match word {
                Scalar::Text(text) => Some(text),
                Scalar::Integer(_) => None,
            })
            .collect();
        self.set(&name, "values", toml::list(words?.iter().map(String::as_str)))
    }

    /// `jsonb_path_exists(column, 'strict …', silent => true) IS NOT TRUE`
    fn take_path(&mut self, column: &str, part: &str) -> Option<()> {
        let path = part
            .strip_prefix(&format!("jsonb_path_exists({column}, "))?
            .strip_suffix("::jsonpath, silent => true) IS NOT TRUE")?;
        let filter = Filter::read(&literal(path)?)?;
        let member = self.member(&filter.member)?;
        match filter.step {
            "[*]" | ".*" if member.keys.get("of").is_none() => {
                if filter.step == ".*" {
                    member.keys.set("type", "\"map\"");
                }
                member.keys.set("of", toml::text(filter.item?));
            }
            "" => {}
            _ => return None,
        }
        for (key, value) in filter.keys {
            member.keys.set(key, value);
        }
        Some(())
    }

    /// What the shared functions are asked.
    fn take_function(&mut self, column: &str, part: &str) -> Option<()> {
        if let Some(path) = part
            .strip_prefix(&format!("stellaops.are_sets({column}, "))
            .and_then(|part| part.strip_suffix("::jsonpath)"))
        {
            let member = self.member(literal(path)?.strip_prefix("$.\"")?.strip_suffix('"')?)?;
            member.keys.set("type", "\"set\"");
            member.keys.remove("of");
            return Some(());
        }
        if let Some(rest) = part.strip_prefix(&format!("strpos((jsonb_path_query_array({column}, ")) {
            let (path, _) = rest.split_once("::jsonpath))")?;
            let name = items_of(&literal(path)?)?;
            let is_counted = self.member(&name)?.keys.get("of") == Some("\"integer\"");
            return is_counted.then_some(());
        }
        let rest = part
            .strip_prefix(&format!("stellaops.texts_fit({column}, "))?
            .strip_suffix(')')?;
        let (path, rules) = rest.split_once("::jsonpath, ")?;
        let pattern = literal(rules.strip_prefix("pattern => ")?)?;
        self.set(&items_of(&literal(path)?)?, "pattern", toml::text(&pattern))
    }

    /// `column - ARRAY[…] = '{}'`: no other members.
    fn take_names(&mut self, column: &str, part: &str) -> Option<()> {
        let list = part
            .strip_prefix(&format!("({column} - ARRAY["))?
            .strip_suffix("]) = '{}'::jsonb")?;
        let names: Option<Vec<String>> = split(list, ", ").iter().map(|name| literal(name)).collect();
        let known = self.members.iter().map(|member| member.name.as_str());
        self.refuses_unknown = names?
            .iter()
            .map(String::as_str)
            .eq(std::iter::once("schemaVersion").chain(known));
        self.refuses_unknown.then_some(())
    }

    fn finish(&mut self) {
        for member in &mut self.members {
            if !member.counts {
                self.left.push(format!("{} is a number of any kind", member.name));
            }
        }
    }

    fn member(&mut self, name: &str) -> Option<&mut Member> {
        self.members.iter_mut().find(|member| member.name == name)
    }

    fn set(&mut self, name: &str, key: &str, value: String) -> Option<()> {
        self.member(name)?.keys.set(key, value);
        Some(())
    }
}

/// The member of `$."member"[*]` and `$."member".*`.
fn items_of(path: &str) -> Option<String> {
    let path = path.strip_prefix("$.\"")?;
    let name = path.strip_suffix("\"[*]").or_else(|| path.strip_suffix("\".*"))?;
    (!name.contains('"')).then(|| name.to_owned())
}
