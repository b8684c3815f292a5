//! The members of a shape: name, type, the words and patterns of texts.

use crate::check::context::{Context, Declared};
use crate::check::member_bound::check_bounds;
use crate::check::member_example::check_example;
use crate::check::part::check_shape;
use crate::check::pattern::check_pattern;
use crate::model::{Item, Member, MemberType};
use crate::rule;
use crate::syntax::{Entry, Node};

/// The member that holds the version; the runtime writes and checks it.
const VERSION_MEMBER: &str = "schemaVersion";

/// The members of a shape in declared order. None when one of them is not known: the paths into it
/// would be reported as well.
pub(super) fn check_members(
    context: &mut Context<'_>,
    shape: &Entry,
    entries: &[&Entry],
    declared: &Declared,
) -> Option<Vec<Member>> {
    let written = shape.node.get("members").map(Node::entries).unwrap_or_default();
    let mut members = Vec::new();
    for entry in written {
        members.extend(check_member(context, entry, entries, declared));
    }
    (members.len() == written.len()).then_some(members)
}

fn check_member(
    context: &mut Context<'_>,
    entry: &Entry,
    entries: &[&Entry],
    declared: &Declared,
) -> Option<Member> {
    let node = &entry.node;
    if node.faulty {
        return None;
    }
    check_member_name(context, entry);
    let member_type = member_type(node);
    check_items(context, node, member_type);
    check_texts(context, node, member_type);
    let shape = check_shape(context, node, member_type, entries, declared)?;
    let texts = node.get("values").map(Node::items).unwrap_or_default();
    let mut member = Member {
        name: entry.key.clone(),
        doc: node.text("doc").map(Into::into),
        member_type,
        optional: node.flag("optional"),
        pattern: node.text("pattern").map(Into::into),
        values: texts.iter().filter_map(Node::as_str).map(Into::into).collect(),
        shape,
        min: node.integer("min"),
        max: node.integer("max"),
        min_length: node.integer("min_length"),
        max_length: node.integer("max_length"),
        example: None,
        place: context.place(entry.key_span),
    };
    if check_bounds(context, entry, &member) {
        member.example = check_example(context, node, &member);
    }
    Some(member)
}

fn member_type(node: &Node) -> MemberType {
    let item = match node.text("of").unwrap_or("text") {
        "integer" => Item::Integer,
        "boolean" => Item::Boolean,
        "object" => Item::Object,
        _ => Item::Text,
    };
    match node.text("type").unwrap_or("text") {
        "integer" => MemberType::Integer,
        "boolean" => MemberType::Boolean,
        "list" => MemberType::List(item),
        "set" => MemberType::Set,
        "map" => MemberType::Map(item),
        "object" => MemberType::Object,
        _ => MemberType::Text,
    }
}

/// Members become fields and parts of paths, which are joined by dots.
fn check_member_name(context: &mut Context<'_>, entry: &Entry) {
    let mut bytes = entry.key.bytes();
    let good_start = bytes.next().is_some_and(|byte| byte.is_ascii_alphabetic());
    if !good_start || !bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
        context.push(
            rule::NAME_FORM,
            entry.key_span,
            format!("`{}` is no name for a member", entry.key),
            "use a letter, then letters, digits and _: `sbomDigest`",
        );
    }
    if entry.key == VERSION_MEMBER {
        context.push(
            rule::MEMBER_RESERVED,
            entry.key_span,
            format!("the member `{VERSION_MEMBER}` is not declared"),
            "remove it: the shape's `version` is stored there by the runtime",
        );
    }
}

fn check_items(context: &mut Context<'_>, node: &Node, member_type: MemberType) {
    let takes_items = matches!(member_type, MemberType::List(_) | MemberType::Map(_));
    if let Some(of) = node.entry("of").filter(|_| !takes_items) {
        let help = match member_type {
            MemberType::Set => "remove it: the items of a set are texts; other items need a list",
            _ => "remove it, or make the member a list or a map",
        };
        let word = node.text("type").unwrap_or_default();
        context.push(
            rule::MEMBER_OF,
            of.key_span,
            format!("`of` says nothing about a member of type `{word}`"),
            help,
        );
    }
}

/// `pattern` and `values`: only of texts, and only one of the two.
fn check_texts(context: &mut Context<'_>, node: &Node, member_type: MemberType) {
    let no_texts = member_type.item() != Item::Text;
    if let Some(pattern) = node.entry("pattern").filter(|_| no_texts) {
        context.push(
            rule::MEMBER_PATTERN,
            pattern.key_span,
            format!(
                "a member of type {} holds no text to match a pattern",
                member_type.in_words()
            ),
            "remove it, or let the member hold texts",
        );
    }
    check_pattern(context, node);
    let Some(values) = node.entry("values") else {
        return;
    };
    if no_texts {
        context.push(
            rule::MEMBER_VALUES,
            values.key_span,
            format!(
                "a member of type {} holds no text to be one of `values`",
                member_type.in_words()
            ),
            "remove it, or let the member hold texts; integers have `min` and `max`",
        );
        return;
    }
    let lengths = ["min_length", "max_length"].map(|key| (key, member_type == MemberType::Text));
    for (key, excluded) in [("pattern", true)].into_iter().chain(lengths) {
        if let Some(other) = node.entry(key).filter(|_| excluded) {
            context.push(
                rule::MEMBER_VALUES,
                other.key_span,
                format!("`{key}` says nothing beside `values`"),
                "remove one of the two: `values` lists all that is allowed",
            );
        }
    }
    check_words(context, values);
}

fn check_words(context: &mut Context<'_>, values: &Entry) {
    let items = values.node.items();
    if items.is_empty() {
        context.push(
            rule::MEMBER_VALUES,
            values.node.span,
            "there is no value to choose from",
            "list the allowed values, or remove `values`",
        );
    }
    for (position, item) in items.iter().enumerate() {
        if item.as_str().is_some_and(|word| word.contains(char::is_control)) {
            context.push(
                rule::MEMBER_VALUES,
                item.span,
                "this word holds a control character",
                "words are for people and programs to read: use letters, digits and signs",
            );
        }
        let before = items.iter().take(position);
        let twin = before.into_iter().find(|other| other.as_str() == item.as_str());
        if let Some(twin) = twin {
            context.diagnostics.push_related(
                rule::MEMBER_VALUES,
                item.span,
                format!("`{}` is listed twice", item.as_str().unwrap_or_default()),
                "keep one of them",
                (twin.span, "first listed here".into()),
            );
        }
    }
}
