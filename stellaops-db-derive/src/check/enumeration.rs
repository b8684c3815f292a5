//! An enum against its values.

use heck::ToUpperCamelCase;
use stellaops_db_spec::diagnostic::nearest;
use stellaops_db_spec::model::Enum;
use stellaops_db_spec::rule;
use syn::{Ident, LitStr};

use crate::fault::{Faults, known_words, quoted};
use crate::input::{EnumInput, VariantInput};
use crate::specs::Specs;

/// An enum and its declaration.
#[derive(Debug)]
pub(crate) struct Joined<'a> {
    /// The declaration.
    pub(crate) declared: &'a Enum,
    /// The variant of each value that a row may hold, in declared order. After a fault, of those that have one.
    pub(crate) variants: Vec<&'a Ident>,
}

/// The enum that is named, and a variant for each of its values.
pub(crate) fn enumeration<'a>(
    input: &'a EnumInput,
    specs: &'a Specs,
    faults: &mut Faults,
) -> Option<Joined<'a>> {
    let written = input.declared.as_ref()?;
    let Some(declared) = specs
        .schema
        .enums
        .iter()
        .find(|declared| declared.name == specs.name)
    else {
        unknown_enum(written, specs, faults);
        return None;
    };
    let mut variants = Vec::new();
    if input.has_variants {
        let mut misspelt = Vec::new();
        for variant in &input.variants {
            check_variant(input, declared, variant, &mut misspelt, faults);
        }
        for value in declared.stored() {
            match input.variants.iter().find(|variant| variant.value == value.name) {
                Some(variant) => variants.push(&variant.ident),
                None if misspelt.contains(&value.name.as_str()) => {}
                None => {
                    let message = format!("`{}` has no variant for `{}`", input.ident, value.name);
                    let help = format!("add `{}` ({})", value.name.to_upper_camel_case(), declared.place);
                    faults.push(rule::MISSING_VARIANT, &input.ident, &message, &help);
                }
            }
        }
    }
    Some(Joined { declared, variants })
}

fn unknown_enum(written: &LitStr, specs: &Specs, faults: &mut Faults) {
    let schema = &specs.schema.name;
    let names: Vec<&str> = specs
        .schema
        .enums
        .iter()
        .map(|declared| declared.name.as_str())
        .collect();
    let help = match nearest(&specs.name, names.iter().copied()) {
        Some(near) => format!("there is `{schema}.{near}`"),
        None => format!(
            "declare `[enums.{}]` in the specs of `{schema}`; {}",
            specs.name,
            known_words("enum yet", &names)
        ),
    };
    faults.push(
        rule::UNKNOWN_ENUM,
        written,
        &format!("there is no enum `{schema}.{}`", specs.name),
        &help,
    );
}

fn check_variant<'a>(
    input: &EnumInput,
    declared: &'a Enum,
    variant: &VariantInput,
    misspelt: &mut Vec<&'a str>,
    faults: &mut Faults,
) {
    let twin = input.variants.iter().find(|other| other.value == variant.value);
    if let Some(twin) = twin.filter(|twin| twin.ident != variant.ident) {
        let message = format!("`{}` is the value of `{}` too", variant.value, twin.ident);
        faults.push(
            rule::DOUBLED_FIELD,
            &variant.ident,
            &message,
            "keep one of the two variants",
        );
        return;
    }
    if declared.stored().any(|value| value.name == variant.value) {
        return;
    }
    let free: Vec<&'a str> = declared.stored().map(|value| value.name.as_str()).collect();
    let free: Vec<&'a str> = free
        .into_iter()
        .filter(|value| !input.variants.iter().any(|other| other.value == *value))
        .collect();
    let help = match nearest(&variant.value, free.iter().copied()) {
        Some(near) => {
            misspelt.push(near);
            format!(
                "there is `{near}` ({}); rename the variant, or map it with `#[value(\"{near}\")]`",
                declared.place
            )
        }
        None if free.is_empty() => format!(
            "all values have their variant ({}): remove this one",
            declared.place
        ),
        None => format!("values without a variant: {} ({})", quoted(&free), declared.place),
    };
    let message = format!("`{}` has no value `{}`", declared.qualified(), variant.value);
    faults.push(rule::UNKNOWN_VARIANT, &variant.ident, &message, &help);
}
