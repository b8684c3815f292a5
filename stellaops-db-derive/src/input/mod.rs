//! What was written: types as their authors wrote them, spans kept. What cannot be read is a fault
//! here and absent below; what the spec says is not known yet.

mod document;
mod enumeration;
mod projection;
mod query_row;
mod table;

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::ToTokens;
use stellaops_db_spec::rule::{self, Rule};
use syn::{Data, DeriveInput, Field, Fields, GenericArgument, LitStr, Path, PathArguments, Type};

use crate::attribute::Arguments;
use crate::fault::Faults;

pub(crate) use document::{AlternativeInput, DocumentBody, DocumentInput, MemberInput};
pub(crate) use enumeration::{EnumInput, VariantInput};
pub(crate) use projection::ProjectionInput;
pub(crate) use query_row::{QueryRowInput, ResultFieldInput};
pub(crate) use table::{FieldInput, TableInput};

/// Reads an item without its documentation, which no derive looks at: in an unoptimised build, as macros are
/// built by default, parsing it takes as long as parsing all fields.
pub(crate) fn parse(tokens: TokenStream) -> syn::Result<DeriveInput> {
    syn::parse2(without_documentation(tokens))
}

fn without_documentation(tokens: TokenStream) -> TokenStream {
    let mut kept: Vec<TokenTree> = Vec::new();
    for token in tokens {
        match token {
            TokenTree::Group(group) if is_documentation(&group) && is_pound(kept.last()) => {
                kept.pop();
            }
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
                let mut body = Group::new(Delimiter::Brace, without_documentation(group.stream()));
                body.set_span(group.span());
                kept.push(body.into());
            }
            other => kept.push(other),
        }
    }
    kept.into_iter().collect()
}

fn is_documentation(group: &Group) -> bool {
    group.delimiter() == Delimiter::Bracket
        && matches!(group.stream().into_iter().next(), Some(TokenTree::Ident(first)) if first == "doc")
}

fn is_pound(token: Option<&TokenTree>) -> bool {
    matches!(token, Some(TokenTree::Punct(sign)) if sign.as_char() == '#')
}

/// The fields of a struct that has names for them; a fault of anything else. What none is, is empty.
fn named_fields(input: &DeriveInput, rule: &'static Rule, help: &str, faults: &mut Faults) -> Vec<Field> {
    let ident = &input.ident;
    let (form, at) = match &input.data {
        Data::Struct(body) => match &body.fields {
            Fields::Named(fields) if !fields.named.is_empty() => {
                return fields.named.iter().cloned().collect();
            }
            Fields::Unnamed(fields) => ("a tuple struct", quote::quote!(#fields)),
            Fields::Named(_) | Fields::Unit => ("a struct without fields", quote::quote!(#ident)),
        },
        Data::Enum(_) => ("an enum", quote::quote!(#ident)),
        Data::Union(_) => ("a union", quote::quote!(#ident)),
    };
    faults.push(rule, at, &format!("`{ident}` is {form}"), help);
    Vec::new()
}

/// The runtime's path in generated code.
fn runtime(arguments: Option<&Arguments>, faults: &mut Faults) -> Path {
    let written = arguments.and_then(|arguments| arguments.setting("crate"));
    let parsed = written.map(LitStr::parse_with_path);
    match (written, parsed) {
        (Some(_), Some(Ok(path))) => path,
        (Some(value), _) => {
            let message = format!("`{}` is no path", value.value());
            faults.push(
                rule::ATTRIBUTE_FORM,
                value,
                &message,
                "write `crate = \"my_prelude::stellaops_db\"`",
            );
            default_runtime()
        }
        (None, _) => default_runtime(),
    }
}

fn default_runtime() -> Path {
    syn::parse_quote!(::stellaops_db)
}

/// A path out of a text literal, also `crate::…`.
trait ParsePath {
    fn parse_with_path(&self) -> syn::Result<Path>;
}

impl ParsePath for LitStr {
    fn parse_with_path(&self) -> syn::Result<Path> {
        self.parse_with(Path::parse_mod_style)
    }
}

/// A spec or a result describes one type: parameters would stand for many.
fn refuse_generics(rule: &'static Rule, input: &DeriveInput, faults: &mut Faults) {
    let generics = &input.generics;
    if !generics.params.is_empty() {
        let message = format!("`{}` has type or lifetime parameters", input.ident);
        faults.push(
            rule,
            &generics.params,
            &message,
            "write the types of the fields out",
        );
    } else if let Some(condition) = &generics.where_clause {
        let message = format!("`{}` has a where clause", input.ident);
        faults.push(rule, condition, &message, "remove it");
    }
}

/// `T` of an `Option<T>`, by its spelling.
fn inside_option(written: &Type) -> Option<&Type> {
    inside(written, "Option")
}

/// `T` of a `Sensitive<T>`, by its spelling.
fn inside_sensitive(written: &Type) -> Option<&Type> {
    inside(written, "Sensitive")
}

/// The one parameter of a type of that name.
fn inside<'a>(written: &'a Type, name: &str) -> Option<&'a Type> {
    let Type::Path(path) = ungrouped(written) else {
        return None;
    };
    let last = path
        .path
        .segments
        .last()
        .filter(|segment| segment.ident == name)?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return None;
    };
    match arguments.args.iter().collect::<Vec<_>>().as_slice() {
        [GenericArgument::Type(inside)] => Some(inside),
        _ => None,
    }
}

/// Types that came out of another macro may lie in invisible groups.
fn ungrouped(written: &Type) -> &Type {
    match written {
        Type::Group(group) => ungrouped(&group.elem),
        Type::Paren(paren) => ungrouped(&paren.elem),
        other => other,
    }
}

/// A type as it was written, for messages.
pub(crate) fn in_words(written: &Type) -> String {
    let text = written.to_token_stream().to_string();
    let mut words = String::with_capacity(text.len());
    for (index, part) in text.split(' ').enumerate() {
        let glued = index == 0
            || words.ends_with(['<', ':', '&', '(', '['])
            || part.starts_with(['<', '>', ':', ',', ')', ']']);
        if !glued {
            words.push(' ');
        }
        words.push_str(part);
    }
    words
}
