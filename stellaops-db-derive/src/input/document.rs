use stellaops_db_spec::rule;
use syn::ext::IdentExt;
use syn::punctuated::Punctuated;
use syn::{Data, DeriveInput, Fields, Ident, LitStr, Path, Token, Type, Variant};

use crate::attribute::{self, Arguments, JSONB};
use crate::fault::Faults;
use crate::input;
use crate::serde_name::{FieldNames, flattened, is_transparent, skipped, words, written_as};

/// A type with `#[derive(Jsonb)]`.
#[derive(Debug)]
pub(crate) struct DocumentInput {
    /// The type.
    pub(crate) ident: Ident,
    /// The shape that it names.
    pub(crate) shape: Option<LitStr>,
    /// The types of the shape's former versions.
    pub(crate) former: Vec<Path>,
    /// Whether it is only a part of documents.
    pub(crate) is_part: bool,
    /// The specs folder that it names.
    pub(crate) specs: Option<LitStr>,
    /// The runtime.
    pub(crate) runtime: Path,
    /// What it consists of.
    pub(crate) body: DocumentBody,
    /// Whether the type has parameters.
    pub(crate) is_generic: bool,
}

/// What a document type consists of.
#[derive(Debug)]
pub(crate) enum DocumentBody {
    /// A struct with named fields.
    Members(Vec<MemberInput>),
    /// An enum whose variants each hold one value.
    Alternatives(Vec<AlternativeInput>),
    /// A part that serde writes as another type, its only field.
    Newtype(Box<Type>),
    /// A part that is one of these words.
    Words(Vec<String>),
    /// Anything else: the types that it holds.
    Other(Vec<Type>),
}

/// A field of a document struct.
#[derive(Debug)]
pub(crate) struct MemberInput {
    /// The field.
    pub(crate) ident: Ident,
    /// The member's name, as serde writes it; none for a field that takes the undeclared ones.
    pub(crate) member: Option<String>,
    /// The type as written.
    pub(crate) written_type: Type,
    /// The type inside an `Option`, else the type itself.
    pub(crate) value_type: Type,
    /// Whether it is an `Option`.
    pub(crate) is_option: bool,
}

/// A variant of a document enum.
#[derive(Debug)]
pub(crate) struct AlternativeInput {
    /// The variant.
    pub(crate) ident: Ident,
    /// The type that it holds.
    pub(crate) held: Type,
}

impl DocumentInput {
    /// Reads a struct or an enum.
    pub(crate) fn read(input: &DeriveInput, faults: &mut Faults) -> Self {
        if !input
            .attrs
            .iter()
            .any(|attribute| attribute.path().is_ident(JSONB.name))
        {
            let message = format!("`{}` names no shape of the specs", input.ident);
            let help = "add `#[jsonb(\"<schema>.<shape>\")]`, or `#[jsonb(part)]` for a part of documents";
            faults.push(rule::ATTRIBUTE_FORM, &input.ident, &message, help);
        }
        let arguments = attribute::read(&JSONB, &input.attrs, faults);
        let runtime = input::runtime(arguments.as_ref(), faults);
        input::refuse_generics(rule::GENERICS, input, faults);
        let is_part = arguments
            .as_ref()
            .is_some_and(|arguments| arguments.has_word("part"));
        DocumentInput {
            ident: input.ident.clone(),
            former: former(arguments.as_ref(), faults),
            shape: arguments.as_ref().and_then(|arguments| arguments.name.clone()),
            is_part,
            specs: arguments
                .as_ref()
                .and_then(|arguments| arguments.setting("specs").cloned()),
            runtime,
            body: body(input, is_part, faults),
            is_generic: !input.generics.params.is_empty() || input.generics.where_clause.is_some(),
        }
    }
}

/// `former = "Note1, Note2"`.
fn former(arguments: Option<&Arguments>, faults: &mut Faults) -> Vec<Path> {
    let Some(written) = arguments.and_then(|arguments| arguments.setting("former")) else {
        return Vec::new();
    };
    let parsed = written.parse_with(Punctuated::<Path, Token![,]>::parse_terminated);
    if parsed.is_err() {
        let message = format!("`{}` names no types", written.value());
        faults.push(
            rule::ATTRIBUTE_FORM,
            written,
            &message,
            "write `former = \"Note1, Note2\"`",
        );
    }
    parsed.into_iter().flatten().collect()
}

fn body(input: &DeriveInput, is_part: bool, faults: &mut Faults) -> DocumentBody {
    match &input.data {
        _ if is_part => part_body(input),
        Data::Struct(body) => match &body.fields {
            Fields::Named(_) => DocumentBody::Members(members(input, &body.fields, faults)),
            fields => DocumentBody::Other(held(fields)),
        },
        Data::Enum(body) => alternatives(body.variants.iter()),
        Data::Union(_) => DocumentBody::Other(Vec::new()),
    }
}

/// What a part is in JSON, as far as serde's attributes tell.
fn part_body(input: &DeriveInput) -> DocumentBody {
    if let Some(other) = written_as(&input.attrs) {
        return DocumentBody::Newtype(Box::new(other));
    }
    match &input.data {
        Data::Struct(body) => match held(&body.fields).as_slice() {
            [only] if matches!(body.fields, Fields::Unnamed(_)) || is_transparent(&input.attrs) => {
                DocumentBody::Newtype(Box::new(only.clone()))
            }
            types => DocumentBody::Other(types.to_vec()),
        },
        Data::Enum(body) => match words(&input.attrs, &body.variants) {
            Some(words) => DocumentBody::Words(words),
            None => {
                let variants = body.variants.iter();
                DocumentBody::Other(variants.flat_map(|variant| held(&variant.fields)).collect())
            }
        },
        Data::Union(_) => DocumentBody::Other(Vec::new()),
    }
}

fn held(fields: &Fields) -> Vec<Type> {
    fields
        .iter()
        .filter(|field| !skipped(&field.attrs))
        .map(|field| field.ty.clone())
        .collect()
}

fn members(input: &DeriveInput, fields: &Fields, faults: &mut Faults) -> Vec<MemberInput> {
    let names = FieldNames::read(&input.attrs, faults);
    let mut members = Vec::new();
    for field in fields.iter().filter(|field| !skipped(&field.attrs)) {
        let Some(ident) = field.ident.clone() else {
            continue;
        };
        let member =
            (!flattened(&field.attrs)).then(|| names.member(&ident.unraw().to_string(), &field.attrs));
        let inside = input::inside_option(&field.ty);
        members.push(MemberInput {
            ident,
            member,
            written_type: field.ty.clone(),
            value_type: inside.unwrap_or(&field.ty).clone(),
            is_option: inside.is_some(),
        });
    }
    members
}

/// An enum whose variants each hold one value; else its types.
fn alternatives<'a>(variants: impl Iterator<Item = &'a Variant> + Clone) -> DocumentBody {
    let single = |variant: &Variant| match &variant.fields {
        Fields::Unnamed(fields) if fields.unnamed.len() == 1 => {
            let held = fields.unnamed.first()?.ty.clone();
            Some(AlternativeInput {
                ident: variant.ident.clone(),
                held,
            })
        }
        _ => None,
    };
    match variants.clone().map(single).collect() {
        Some(alternatives) => DocumentBody::Alternatives(alternatives),
        None => DocumentBody::Other(variants.flat_map(|variant| held(&variant.fields)).collect()),
    }
}
