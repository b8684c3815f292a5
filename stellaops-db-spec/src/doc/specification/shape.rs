//! The documents of a schema: what their members are.

use crate::doc::specification::markdown::{Page, capital, code, codes, sentence};
use crate::model::{Member, Schema, Shape, ShapeBody, Unknown};

/// Every shape of the schema, in declared order.
pub(super) fn write_all(page: &mut Page, schema: &Schema) {
    if schema.shapes.is_empty() {
        return;
    }
    page.heading(3, &format!("Documents of {}", schema.name));
    for shape in &schema.shapes {
        write(page, shape);
    }
}

fn write(page: &mut Page, shape: &Shape) {
    page.heading(4, &code(&shape.name));
    let kind = match &shape.body {
        ShapeBody::OneOf(shapes) => {
            format!(
                " One of {}.",
                codes(shapes.iter().map(|shape| shape.name.as_str()))
            )
        }
        ShapeBody::Document { version, unknown, .. } => {
            let former: Vec<&str> = shape.former().map(|former| former.name.as_str()).collect();
            let former = match former.as_slice() {
                [] => String::new(),
                former => format!(
                    " Documents of {} may still be stored.",
                    codes(former.iter().copied())
                ),
            };
            format!(
                " Version {}; {}.{former}",
                code(version),
                members_unknown(*unknown)
            )
        }
        ShapeBody::Part { unknown, .. } => {
            format!(" A part of other documents; {}.", members_unknown(*unknown))
        }
    };
    page.paragraph(&format!("{}{kind}", sentence(&shape.doc)));
    if shape.members().is_empty() {
        return;
    }
    page.row(&["member", "type", "required", "meaning"]);
    page.rule(4);
    for member in shape.members() {
        let required = if member.optional { "" } else { "yes" };
        page.row(&[
            &code(&member.name),
            &member.type_in_words(),
            required,
            &meaning(member),
        ]);
    }
}

fn members_unknown(unknown: Unknown) -> &'static str {
    match unknown {
        Unknown::Refuse => "members that are not declared are refused",
        Unknown::Keep => "members that are not declared are kept",
    }
}

fn meaning(member: &Member) -> String {
    let doc = member.doc.as_deref().map(sentence);
    let limits = member.limits_in_words();
    let limits = (!limits.is_empty()).then(|| format!("{}.", capital(&limits.join("; "))));
    doc.into_iter().chain(limits).collect::<Vec<_>>().join(" ")
}
