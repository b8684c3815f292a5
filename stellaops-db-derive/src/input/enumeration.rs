use heck::ToSnakeCase;
use stellaops_db_spec::rule;
use syn::ext::IdentExt;
use syn::{Data, DeriveInput, Ident, LitStr, Path, Variant};

use crate::attribute::{self, DB_ENUM, VALUE};
use crate::fault::Faults;
use crate::input;
use crate::serde_name::words;

/// An enum with `#[derive(DbEnum)]`.
#[derive(Debug)]
pub(crate) struct EnumInput {
    /// The enum.
    pub(crate) ident: Ident,
    /// The enum of the specs that it names.
    pub(crate) declared: Option<LitStr>,
    /// The specs folder that it names.
    pub(crate) specs: Option<LitStr>,
    /// The runtime.
    pub(crate) runtime: Path,
    /// The variants.
    pub(crate) variants: Vec<VariantInput>,
    /// The words that serde writes for the variants, where it writes words.
    pub(crate) words: Option<Vec<String>>,
    /// Whether variants could be read at all.
    pub(crate) has_variants: bool,
    /// Whether the type has parameters.
    pub(crate) is_generic: bool,
}

/// A variant of an enum with `#[derive(DbEnum)]`.
#[derive(Debug)]
pub(crate) struct VariantInput {
    /// The variant.
    pub(crate) ident: Ident,
    /// The value: the variant's name in snake case, or what `#[value]` says.
    pub(crate) value: String,
}

impl EnumInput {
    /// Reads an enum.
    pub(crate) fn read(input: &DeriveInput, faults: &mut Faults) -> Self {
        if !input
            .attrs
            .iter()
            .any(|attribute| attribute.path().is_ident(DB_ENUM.name))
        {
            let message = format!("`{}` names no enum of the specs", input.ident);
            faults.push(
                rule::ATTRIBUTE_FORM,
                &input.ident,
                &message,
                "add `#[db_enum(\"<schema>.<enum>\")]`",
            );
        }
        attribute::refuse(&[&VALUE], &input.attrs, "on an enum", faults);
        let arguments = attribute::read(&DB_ENUM, &input.attrs, faults);
        let runtime = input::runtime(arguments.as_ref(), faults);
        input::refuse_generics(rule::GENERICS, input, faults);
        let variants = variants(input, faults);
        let has_variants = variants.is_some();
        let variants = variants
            .into_iter()
            .flatten()
            .map(|variant| VariantInput::read(variant, faults))
            .collect();
        EnumInput {
            ident: input.ident.clone(),
            declared: arguments.as_ref().and_then(|arguments| arguments.name.clone()),
            specs: arguments
                .as_ref()
                .and_then(|arguments| arguments.setting("specs").cloned()),
            runtime,
            variants,
            words: match &input.data {
                Data::Enum(body) => words(&input.attrs, &body.variants),
                _ => None,
            },
            has_variants,
            is_generic: !input.generics.params.is_empty() || input.generics.where_clause.is_some(),
        }
    }
}

fn variants<'a>(
    input: &'a DeriveInput,
    faults: &mut Faults,
) -> Option<impl Iterator<Item = &'a Variant> + use<'a>> {
    if let Data::Enum(body) = &input.data {
        return Some(body.variants.iter());
    }
    let help =
        "`DbEnum` is for the values of an enum of the specs; a table derives `Table`, a document `Jsonb`";
    faults.push(
        rule::STRUCT_FORM,
        &input.ident,
        &format!("`{}` is no enum", input.ident),
        help,
    );
    None
}

impl VariantInput {
    fn read(variant: &Variant, faults: &mut Faults) -> Self {
        if !variant.fields.is_empty() {
            let message = format!("the variant `{}` carries data", variant.ident);
            let help = "one number or one text is stored: keep the data in a column of its own";
            faults.push(rule::VARIANT_DATA, &variant.fields, &message, help);
        }
        let named = attribute::read(&VALUE, &variant.attrs, faults).and_then(|arguments| arguments.name);
        let value = named.map_or_else(
            || variant.ident.unraw().to_string().to_snake_case(),
            |name| name.value(),
        );
        VariantInput {
            ident: variant.ident.clone(),
            value,
        }
    }
}
