//! Promoted paths: text members of a JSON document that become stored generated columns.

use std::sync::Arc;

use crate::check::context::{Context, suggest};
use crate::check::name::check_column_name;
use crate::model::{Column, ColumnRole, ColumnType, Generated, Item, MemberType, Shape};
use crate::rule;
use crate::syntax::{Entry, Node};

/// The columns that are generated from the paths of a column.
pub(super) fn check_paths(context: &mut Context<'_>, entry: &Entry, source: &Column) -> Vec<Column> {
    let Some(paths) = entry.node.entry("paths") else {
        return Vec::new();
    };
    let ColumnType::Json(shape) = &source.column_type else {
        context.push(
            rule::PATH_COLUMN,
            paths.key_span,
            format!("`{}` holds no JSON to promote a path of", source.name),
            "`paths` belongs to a column with a `shape`",
        );
        return Vec::new();
    };
    let shape = Arc::clone(shape);
    paths
        .node
        .items()
        .iter()
        .filter_map(|item| check_path(context, item, source, &shape))
        .collect()
}

fn check_path(context: &mut Context<'_>, item: &Node, source: &Column, shape: &Shape) -> Option<Column> {
    let name = item.get("column")?;
    let path = item.get("path")?;
    let parts: Vec<String> = path.as_str()?.split('.').map(Into::into).collect();
    check_column_name(context, name.as_str()?, name.span);
    if !leads_to_text(shape, &parts) {
        let members = shape
            .documents()
            .into_iter()
            .flat_map(|document| document.members());
        let texts: Vec<&str> = members
            .filter(|member| member.member_type == MemberType::Text)
            .map(|member| member.name.as_str())
            .collect();
        context.push(
            rule::PATH_UNKNOWN,
            path.span,
            format!("the shape `{}` has no text at `{}`", shape.name, parts.join(".")),
            suggest(&parts.join("."), texts.into_iter()),
        );
    }
    Some(Column {
        name: name.as_str()?.into(),
        doc: item.text("doc").unwrap_or_default().into(),
        column_type: ColumnType::Text,
        nullable: true,
        default: None,
        role: ColumnRole::Generated(Generated {
            source: source.name.clone(),
            path: parts,
        }),
        compare_and_swap: false,
        min: None,
        max: None,
        min_length: None,
        max_length: None,
        pattern: None,
        collation: None,
        // What is taken out of a secret is one.
        sensitive: source.sensitive,
        example: None,
        place: context.place(name.span),
    })
}

/// A path ends at a declared text, or goes into a free object, whose inside nobody declares.
fn leads_to_text(shape: &Shape, path: &[String]) -> bool {
    let Some((first, rest)) = path.split_first() else {
        return false;
    };
    shape
        .documents()
        .into_iter()
        .flat_map(|document| document.members())
        .any(|member| {
            *first == member.name
                && match (member.member_type, &member.shape) {
                    (MemberType::Text, _) => rest.is_empty(),
                    (MemberType::Object, Some(part)) => leads_to_text(part, rest),
                    (MemberType::Object, None) => !rest.is_empty(),
                    (MemberType::Map(Item::Text), _) => rest.len() == 1,
                    (MemberType::Map(Item::Object), Some(part)) => {
                        rest.len() > 1 && leads_to_text(part, &rest[1..])
                    }
                    _ => false,
                }
        })
}
