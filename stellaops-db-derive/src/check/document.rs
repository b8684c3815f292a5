//! A document type against its shape.

use stellaops_db_spec::diagnostic::nearest;
use stellaops_db_spec::model::{Member, Shape, ShapeBody, Unknown};
use stellaops_db_spec::rule;
use syn::LitStr;

use crate::fault::{Faults, known_words, quoted};
use crate::input::{DocumentBody, DocumentInput, MemberInput, in_words};
use crate::specs::Specs;

/// A document type and its shape.
#[derive(Debug)]
pub(crate) struct Joined<'a> {
    /// The shape.
    pub(crate) shape: &'a Shape,
}

/// The shape that is named, and whether the type is what it says.
pub(crate) fn document<'a>(
    input: &DocumentInput,
    specs: &'a Specs,
    faults: &mut Faults,
) -> Option<Joined<'a>> {
    let written = input.shape.as_ref()?;
    let Some(shape) = specs.schema.shapes.iter().find(|shape| shape.name == specs.name) else {
        unknown_shape(written, specs, faults);
        return None;
    };
    check_former(input, shape, faults);
    match (&shape.body, &input.body) {
        (
            ShapeBody::Document { members, unknown, .. } | ShapeBody::Part { members, unknown },
            DocumentBody::Members(written),
        ) => {
            check_members(input, shape, members, *unknown, written, faults);
        }
        (ShapeBody::Document { .. } | ShapeBody::Part { .. }, _) => {
            let message = format!(
                "`{}` is one document, and `{}` is no struct with named fields",
                shape.qualified(),
                input.ident
            );
            let help = format!("write a struct with a field for each member ({})", shape.place);
            faults.push(rule::SHAPE_ALTERNATIVES, &input.ident, &message, &help);
        }
        (ShapeBody::OneOf(alternatives), DocumentBody::Alternatives(written))
            if written.len() == alternatives.len() => {}
        (ShapeBody::OneOf(alternatives), _) => {
            let names: Vec<&str> = alternatives.iter().map(|shape| shape.name.as_str()).collect();
            let message = format!(
                "`{}` is one of {}, and `{}` is not",
                shape.qualified(),
                quoted(&names),
                input.ident
            );
            let help = format!(
                "write an enum with one variant for each, which holds that document's type ({})",
                shape.place
            );
            faults.push(rule::SHAPE_ALTERNATIVES, &input.ident, &message, &help);
        }
    }
    Some(Joined { shape })
}

/// As many types as former versions; which is which is asked of their descriptors.
fn check_former(input: &DocumentInput, shape: &Shape, faults: &mut Faults) {
    let declared: Vec<&str> = shape.former().map(|former| former.name.as_str()).collect();
    if declared.len() == input.former.len() {
        return;
    }
    let (message, help) = match declared.as_slice() {
        [] => (
            format!("`{}` has no former version", shape.qualified()),
            format!(
                "remove `former`, or declare the shapes in the spec ({})",
                shape.place
            ),
        ),
        declared => (
            format!(
                "`{}` has former versions, {}",
                shape.qualified(),
                quoted(declared)
            ),
            format!(
                "write `former = \"…\"` with the type of each, and `From` it ({})",
                shape.place
            ),
        ),
    };
    faults.push(rule::FORMER_TYPES, &input.ident, &message, &help);
}

fn unknown_shape(written: &LitStr, specs: &Specs, faults: &mut Faults) {
    let schema = &specs.schema.name;
    let names: Vec<&str> = specs
        .schema
        .shapes
        .iter()
        .map(|shape| shape.name.as_str())
        .collect();
    let help = match nearest(&specs.name, names.iter().copied()) {
        Some(near) => format!("there is `{schema}.{near}`"),
        None => format!(
            "declare `[shapes.{}]` in the specs of `{schema}`; {}",
            specs.name,
            known_words("shape yet", &names)
        ),
    };
    faults.push(
        rule::UNKNOWN_SHAPE,
        written,
        &format!("there is no shape `{schema}.{}`", specs.name),
        &help,
    );
}

fn check_members(
    input: &DocumentInput,
    shape: &Shape,
    members: &[Member],
    unknown: Unknown,
    written: &[MemberInput],
    faults: &mut Faults,
) {
    let mut misspelt = Vec::new();
    for field in written {
        match &field.member {
            None if unknown == Unknown::Keep => {}
            None => {
                let message = format!("`{}` keeps no undeclared members", shape.qualified());
                let help = format!(
                    "remove the flattened field, or write `unknown = \"keep\"` in the spec ({})",
                    shape.place
                );
                faults.push(rule::UNKNOWN_MEMBER, &field.ident, &message, &help);
            }
            Some(name) => check_member(shape, members, written, field, name, &mut misspelt, faults),
        }
    }
    for member in members {
        let is_there = written
            .iter()
            .any(|field| field.member.as_deref() == Some(member.name.as_str()));
        if !is_there && !misspelt.contains(&member.name.as_str()) {
            let message = format!("`{}` has no field for the member `{}`", input.ident, member.name);
            faults.push(
                rule::MISSING_MEMBER,
                &input.ident,
                &message,
                &format!("add it ({})", member.place),
            );
        }
    }
}

fn check_member<'a>(
    shape: &Shape,
    members: &'a [Member],
    written: &[MemberInput],
    field: &MemberInput,
    name: &str,
    misspelt: &mut Vec<&'a str>,
    faults: &mut Faults,
) {
    let is_named = |field: &MemberInput, name: &str| field.member.as_deref() == Some(name);
    let twin = written.iter().find(|other| is_named(other, name));
    if let Some(twin) = twin.filter(|twin| twin.ident != field.ident) {
        let message = format!("`{name}` is the member of `{}` too", twin.ident);
        faults.push(
            rule::DOUBLED_FIELD,
            &field.ident,
            &message,
            "keep one of the two fields",
        );
        return;
    }
    if let Some(member) = members.iter().find(|member| member.name == name) {
        check_option(member, field, faults);
        return;
    }
    let names = members.iter().map(|member| member.name.as_str());
    let free: Vec<&'a str> = names
        .filter(|name| !written.iter().any(|other| is_named(other, name)))
        .collect();
    let help = match nearest(name, free.iter().copied()) {
        Some(near) => {
            misspelt.push(near);
            format!(
                "there is a member `{near}` ({}); rename the field, or write `#[serde(rename = \"{near}\")]`",
                shape.place
            )
        }
        None if free.is_empty() => format!("all members have their field ({}): remove this one", shape.place),
        None => format!("members without a field: {} ({})", quoted(&free), shape.place),
    };
    let message = format!("`{}` has no member `{name}`", shape.qualified());
    faults.push(rule::UNKNOWN_MEMBER, &field.ident, &message, &help);
}

fn check_option(member: &Member, field: &MemberInput, faults: &mut Faults) {
    let written = in_words(&field.written_type);
    if member.optional && !field.is_option {
        let message = format!(
            "the member `{}` may be absent, and `{written}` cannot",
            member.name
        );
        let help = format!(
            "write `Option<{written}>`, or take `optional` out of the spec ({})",
            member.place
        );
        faults.push(rule::MEMBER_OPTION, &field.written_type, &message, &help);
    } else if !member.optional && field.is_option {
        let message = format!("the member `{}` is always there", member.name);
        let help = format!(
            "write the type without `Option`, or `optional = true` in the spec ({})",
            member.place
        );
        faults.push(rule::MEMBER_OPTION, &field.written_type, &message, &help);
    }
}
