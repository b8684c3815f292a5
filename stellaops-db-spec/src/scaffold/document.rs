//! The document types of a shape: a struct of members, or a choice of documents.

use heck::{ToLowerCamelCase, ToUpperCamelCase};

use crate::model::{Item, Member, MemberType, Shape, ShapeBody, Unknown};
use crate::scaffold::name;
use crate::scaffold::text::{DOCUMENT, Source};

/// Writes the types.
pub(super) fn write(source: &mut Source, shape: &Shape) {
    source.toolkit("Jsonb");
    match &shape.body {
        ShapeBody::OneOf(alternatives) => {
            source.item(&shape.doc);
            source.line("#[derive(Debug, Clone, PartialEq, Jsonb)]");
            source.line(&format!("#[jsonb(\"{}\")]", shape.qualified()));
            let own = source.type_name(&shape.name, DOCUMENT);
            source.line(&format!("pub enum {own} {{"));
            for alternative in alternatives {
                let own = source.type_name(&alternative.name, DOCUMENT);
                source.doc("    ", alternative.doc.lines().next().unwrap_or_default());
                source.line(&format!("    {own}({own}),"));
            }
            source.line("}");
        }
        ShapeBody::Document { .. } | ShapeBody::Part { .. } => members(source, shape),
    }
}

fn members(source: &mut Source, shape: &Shape) {
    source.import("serde::{Deserialize, Serialize}");
    source.item(&shape.doc);
    source.line("#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Jsonb)]");
    let former: Vec<String> = shape
        .former()
        .map(|former| source.type_name(&former.name, DOCUMENT))
        .collect();
    let former = match former.as_slice() {
        [] => String::new(),
        former => format!(", former = \"{}\"", former.join(", ")),
    };
    source.line(&format!("#[jsonb(\"{}\"{former})]", shape.qualified()));
    source.line("#[serde(rename_all = \"camelCase\")]");
    let own = source.type_name(&shape.name, DOCUMENT);
    source.line(&format!("pub struct {own} {{"));
    for member in shape.members() {
        field(source, shape, member);
    }
    if shape.unknown() == Unknown::Keep {
        source.line("    /// What is not declared.");
        source.line("    #[serde(flatten)]");
        let map = source.collection("BTreeMap");
        source.line(&format!("    pub more: {map}<String, serde_json::Value>,"));
    }
    source.line("}");
    for member in shape.members().iter().filter(|member| !member.values.is_empty()) {
        words(source, shape, member);
    }
}

fn field(source: &mut Source, shape: &Shape, member: &Member) {
    let fallback = member.name.clone();
    source.doc(
        "    ",
        member
            .doc
            .as_deref()
            .unwrap_or(&fallback)
            .lines()
            .next()
            .unwrap_or(&fallback),
    );
    let field = name::of_field(&member.name);
    if field.to_lower_camel_case() != member.name {
        source.line(&format!("    #[serde(rename = \"{}\")]", member.name));
    }
    let inside = member_type(source, shape, member);
    let whole = match member.optional {
        true => format!("Option<{inside}>"),
        false => inside,
    };
    source.line(&format!("    pub {field}: {whole},"));
}

fn member_type(source: &mut Source, shape: &Shape, member: &Member) -> String {
    let inside = item(source, shape, member);
    match member.member_type {
        MemberType::List(_) => format!("Vec<{inside}>"),
        MemberType::Set => format!("{}<{inside}>", source.collection("BTreeSet")),
        MemberType::Map(_) => format!("{}<String, {inside}>", source.collection("BTreeMap")),
        _ => inside,
    }
}

fn item(source: &mut Source, shape: &Shape, member: &Member) -> String {
    match (member.member_type.item(), &member.shape) {
        (Item::Text, _) if !member.values.is_empty() => words_name(shape, member),
        (Item::Text, _) => "String".into(),
        (Item::Integer, _) => "i64".into(),
        (Item::Boolean, _) => "bool".into(),
        (Item::Object, Some(part)) => source.type_name(&part.name, DOCUMENT),
        (Item::Object, None) => format!("{}<String, serde_json::Value>", source.collection("BTreeMap")),
    }
}

/// The enum of a member with a closed list of words.
fn words(source: &mut Source, shape: &Shape, member: &Member) {
    source.item(&format!(
        "What `{}` of a {} may be.",
        member.name,
        shape.name.replace('_', " ")
    ));
    source
        .line("#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Jsonb)]");
    source.line("#[jsonb(part)]");
    source.line(&format!("pub enum {} {{", words_name(shape, member)));
    // Sets are sorted by the bytes of their words, and a Rust set by the order of its variants.
    let mut words: Vec<&String> = member.values.iter().collect();
    words.sort();
    for word in words {
        source.line(&format!("    /// {word}"));
        source.line(&format!("    #[serde(rename = \"{word}\")]"));
        source.line(&format!("    {},", name::of_type(word)));
    }
    source.line("}");
}

fn words_name(shape: &Shape, member: &Member) -> String {
    format!(
        "{}{}",
        name::of_type(&shape.name),
        member.name.to_upper_camel_case()
    )
}
