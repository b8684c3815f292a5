//! The names that serde gives to fields, by its attributes. Only what decides about a member's name
//! and place is read; serde itself reports what it cannot read.

use stellaops_db_spec::rule;
use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, Lit, Meta, Token};

use crate::fault::Faults;

/// How a struct's fields are named.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FieldNames {
    rename_all: Case,
}

/// The cases of serde's `rename_all`, as they apply to fields in snake case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Case {
    AsWritten,
    Upper,
    Pascal,
    Camel,
    Kebab,
    UpperKebab,
}

impl FieldNames {
    /// Reads the attributes of the struct.
    pub(crate) fn read(attributes: &[Attribute], faults: &mut Faults) -> Self {
        let mut rename_all = Case::AsWritten;
        for meta in metas(attributes) {
            if let Some(word) = text_of(&meta, "rename_all") {
                rename_all = Case::parse(&word);
            }
            let other_form = [
                "transparent",
                "tag",
                "untagged",
                "into",
                "from",
                "try_from",
                "remote",
            ];
            if let Some(word) = other_form.into_iter().find(|word| meta.path().is_ident(word)) {
                let message = format!("`#[serde({word})]` writes something else than the struct's fields");
                let help = "a document's members are the fields of its struct: remove the attribute";
                faults.push(rule::ATTRIBUTE_FORM, &meta, &message, help);
            }
        }
        FieldNames { rename_all }
    }

    /// The member that a field becomes.
    pub(crate) fn member(self, field: &str, attributes: &[Attribute]) -> String {
        let renamed = metas(attributes).iter().find_map(|meta| text_of(meta, "rename"));
        renamed.unwrap_or_else(|| self.rename_all.apply(field))
    }
}

/// Whether a field is no member at all.
pub(crate) fn skipped(attributes: &[Attribute]) -> bool {
    metas(attributes).iter().any(|meta| meta.path().is_ident("skip"))
}

/// Whether a field takes the members that no other field takes.
pub(crate) fn flattened(attributes: &[Attribute]) -> bool {
    metas(attributes)
        .iter()
        .any(|meta| meta.path().is_ident("flatten"))
}

fn metas(attributes: &[Attribute]) -> Vec<Meta> {
    let serde = attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("serde"));
    serde
        .filter_map(|attribute| {
            attribute
                .parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated)
                .ok()
        })
        .flatten()
        .collect()
}

/// The text of `key = "…"`, or of `serialize` in `key(serialize = "…", deserialize = "…")`.
fn text_of(meta: &Meta, key: &str) -> Option<String> {
    if !meta.path().is_ident(key) {
        return None;
    }
    match meta {
        Meta::NameValue(pair) => match &pair.value {
            Expr::Lit(literal) => match &literal.lit {
                Lit::Str(text) => Some(text.value()),
                _ => None,
            },
            _ => None,
        },
        Meta::List(list) => {
            let inner = list
                .parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated)
                .ok()?;
            inner.iter().find_map(|meta| text_of(meta, "serialize"))
        }
        Meta::Path(_) => None,
    }
}

impl Case {
    fn parse(word: &str) -> Self {
        match word {
            "UPPERCASE" | "SCREAMING_SNAKE_CASE" => Case::Upper,
            "PascalCase" => Case::Pascal,
            "camelCase" => Case::Camel,
            "kebab-case" => Case::Kebab,
            "SCREAMING-KEBAB-CASE" => Case::UpperKebab,
            _ => Case::AsWritten,
        }
    }

    fn apply(self, field: &str) -> String {
        match self {
            Case::AsWritten => field.into(),
            Case::Upper => field.to_ascii_uppercase(),
            Case::Pascal => pascal(field),
            Case::Camel => {
                let pascal = pascal(field);
                let mut letters = pascal.chars();
                letters.next().map_or_else(String::new, |first| {
                    format!("{}{}", first.to_ascii_lowercase(), letters.as_str())
                })
            }
            Case::Kebab => field.replace('_', "-"),
            Case::UpperKebab => field.to_ascii_uppercase().replace('_', "-"),
        }
    }
}

/// As serde does it: a letter after an underscore (or at the start) becomes great, even after a digit's.
fn pascal(field: &str) -> String {
    let mut name = String::with_capacity(field.len());
    let mut starts_word = true;
    for letter in field.chars() {
        if letter == '_' {
            starts_word = true;
        } else if starts_word {
            name.push(letter.to_ascii_uppercase());
            starts_word = false;
        } else {
            name.push(letter);
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use super::Case;

    #[test]
    fn fields_are_named_as_serde_names_them() {
        let cases = [
            "camelCase",
            "PascalCase",
            "kebab-case",
            "SCREAMING_SNAKE_CASE",
            "SCREAMING-KEBAB-CASE",
            "snake_case",
        ];
        let named = cases.map(|case| Case::parse(case).apply("sbom_2_digest"));
        assert_eq!(
            named,
            [
                "sbom2Digest",
                "Sbom2Digest",
                "sbom-2-digest",
                "SBOM_2_DIGEST",
                "SBOM-2-DIGEST",
                "sbom_2_digest"
            ]
        );
    }
}
