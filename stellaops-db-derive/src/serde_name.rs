//! The names that serde gives to fields, by its attributes. Only what decides about a member's name
//! and place is read; serde itself reports what it cannot read.

use stellaops_db_spec::rule;
use syn::ext::IdentExt;
use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, Lit, Meta, Token, Type, Variant};

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

/// The words that the variants of an enum without data become; none when it has data, or is written in
/// another form.
pub(crate) fn words(
    attributes: &[Attribute],
    variants: &Punctuated<Variant, Token![,]>,
) -> Option<Vec<String>> {
    let metas_of_enum = metas(attributes);
    let other_form = ["untagged", "tag", "into"];
    if metas_of_enum
        .iter()
        .any(|meta| other_form.iter().any(|word| meta.path().is_ident(word)))
    {
        return None;
    }
    let case = metas_of_enum.iter().find_map(|meta| text_of(meta, "rename_all"));
    let written = variants.iter().filter(|variant| !skipped(&variant.attrs));
    let word = |variant: &Variant| {
        let renamed = metas(&variant.attrs)
            .iter()
            .find_map(|meta| text_of(meta, "rename"));
        let ident = variant.ident.unraw().to_string();
        let word = renamed.unwrap_or_else(|| variant_in_case(&ident, case.as_deref().unwrap_or_default()));
        variant.fields.is_empty().then_some(word)
    };
    written
        .map(word)
        .collect::<Option<Vec<String>>>()
        .filter(|words| !words.is_empty())
}

/// The type as which serde writes another: `#[serde(into = "…")]`.
pub(crate) fn written_as(attributes: &[Attribute]) -> Option<Type> {
    let metas = metas(attributes);
    let text = metas.iter().find_map(|meta| text_of(meta, "into"))?;
    syn::parse_str(&text).ok()
}

/// Whether serde writes a struct as its only field.
pub(crate) fn is_transparent(attributes: &[Attribute]) -> bool {
    metas(attributes)
        .iter()
        .any(|meta| meta.path().is_ident("transparent"))
}

/// As serde does it: an underscore before every great letter but the first.
fn variant_in_case(ident: &str, case: &str) -> String {
    let mut snake = String::with_capacity(ident.len());
    for (position, letter) in ident.char_indices() {
        if position > 0 && letter.is_uppercase() {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    match case {
        "lowercase" => ident.to_ascii_lowercase(),
        "UPPERCASE" => ident.to_ascii_uppercase(),
        "camelCase" => {
            let mut letters = ident.chars();
            letters.next().map_or_else(String::new, |first| {
                format!("{}{}", first.to_ascii_lowercase(), letters.as_str())
            })
        }
        "snake_case" => snake,
        "SCREAMING_SNAKE_CASE" => snake.to_ascii_uppercase(),
        "kebab-case" => snake.replace('_', "-"),
        "SCREAMING-KEBAB-CASE" => snake.to_ascii_uppercase().replace('_', "-"),
        _ => ident.into(),
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
    use super::{Case, variant_in_case, words};

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

    #[test]
    fn variants_are_named_as_serde_names_them() {
        let cases = [
            "lowercase",
            "UPPERCASE",
            "PascalCase",
            "camelCase",
            "snake_case",
            "SCREAMING_SNAKE_CASE",
            "kebab-case",
            "SCREAMING-KEBAB-CASE",
        ];
        let named = cases.map(|case| variant_in_case("HmacSha256X", case));
        assert_eq!(
            named,
            [
                "hmacsha256x",
                "HMACSHA256X",
                "HmacSha256X",
                "hmacSha256X",
                "hmac_sha256_x",
                "HMAC_SHA256_X",
                "hmac-sha256-x",
                "HMAC-SHA256-X"
            ]
        );
    }

    #[test]
    fn an_enum_without_data_is_its_words() {
        let of = |item: syn::ItemEnum| words(&item.attrs, &item.variants);
        let renamed = of(syn::parse_quote! {
            #[serde(rename_all = "snake_case")]
            enum Kind { NotAffected, #[serde(rename = "FIXED")] Fixed, #[serde(skip)] Other }
        });
        assert_eq!(renamed, Some(vec!["not_affected".into(), "FIXED".into()]));
        assert_eq!(of(syn::parse_quote! { enum Kind { Plain, Data(u8) } }), None);
        assert_eq!(
            of(syn::parse_quote! { #[serde(untagged)] enum Kind { Plain } }),
            None
        );
        assert_eq!(of(syn::parse_quote! { enum Kind {} }), None);
    }
}
