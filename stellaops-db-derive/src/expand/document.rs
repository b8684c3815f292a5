//! A JSONB document, or a part of one.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use stellaops_db_spec::model::{Shape, ShapeBody, Unknown};
use stellaops_db_spec::rule;
use syn::Type;
use syn::ext::IdentExt;
use syn::spanned::Spanned;

use crate::check::JoinedDocument;
use crate::expand::descriptor::option;
use crate::expand::{held, hidden};
use crate::fault;
use crate::input::{AlternativeInput, DocumentBody, DocumentInput, MemberInput};
use crate::specs::Specs;

/// Everything that a document type is given.
pub(crate) fn whole(input: &DocumentInput, joined: &JoinedDocument<'_>, specs: &Specs) -> TokenStream {
    let shape = joined.shape;
    let mut parts = Vec::new();
    match &input.body {
        DocumentBody::Alternatives(alternatives) => {
            let held: Vec<_> = alternatives.iter().map(|alternative| &alternative.held).collect();
            parts.push(assertions(input, shape, &held));
            parts.push(choice(input, shape, alternatives));
            parts.push(value(input));
        }
        DocumentBody::Members(members) => {
            let held = held::members(members, shape);
            parts.push(flattened_checks(members));
            parts.push(held.checks);
            let descriptor = descriptor(shape, &renamed(members), &held.parts);
            if shape.is_part() {
                parts.push(held::object(&input.ident, Some(&descriptor)));
            } else {
                parts.push(former_assertions(input, shape));
                parts.push(single(input, &descriptor));
                parts.push(value(input));
            }
        }
        _ => {}
    }
    parts.push(canonical(input));
    parts.push(specs.tracked(shape_files(shape)));
    hidden(&input.runtime, &parts)
}

/// The files that say what a document looks like: its own, its alternatives', and those of its parts.
fn shape_files(shape: &Shape) -> Vec<&str> {
    let mut files = vec![shape.place.file.as_ref()];
    for document in shape.stored_documents() {
        files.push(document.place.file.as_ref());
        let parts = document
            .members()
            .iter()
            .filter_map(|member| member.shape.as_ref());
        files.extend(parts.map(|part| part.place.file.as_ref()));
    }
    files
}

/// What a part of a document is given when the specs declare no shape for it.
pub(crate) fn part(input: &DocumentInput) -> TokenStream {
    let ident = &input.ident;
    let held = match &input.body {
        DocumentBody::Words(words) => held::word(ident, words),
        DocumentBody::Newtype(inner) => held::newtype(ident, inner),
        _ => held::object(ident, None),
    };
    hidden(
        &input.runtime,
        &[canonical_checks(&input.body), held, canonical(input)],
    )
}

/// A field that takes the undeclared members is held against none of them.
fn flattened_checks(members: &[MemberInput]) -> TokenStream {
    let flattened = members.iter().filter(|member| member.member.is_none());
    canonical_types(flattened.map(|member| &member.written_type))
}

/// Each type that is held must have one form in JSON; shown at the type.
fn canonical_checks(body: &DocumentBody) -> TokenStream {
    match body {
        DocumentBody::Other(types) => canonical_types(types.iter()),
        DocumentBody::Newtype(inner) => canonical_types(std::iter::once(inner.as_ref())),
        _ => TokenStream::new(),
    }
}

fn canonical_types<'a>(types: impl Iterator<Item = &'a Type>) -> TokenStream {
    let checks: Vec<TokenStream> = types
        .map(|held| quote_spanned!(held.span()=> const _: () = __canonical::<#held>();))
        .collect();
    if checks.is_empty() {
        return TokenStream::new();
    }
    quote! {
        const fn __canonical<__T: __sdb::Canonical>() {}
        #(#checks)*
    }
}

/// The marker that lets the type be held in other documents.
pub(crate) fn canonical(input: &DocumentInput) -> TokenStream {
    let ident = &input.ident;
    quote! {
        #[diagnostic::do_not_recommend]
        #[automatically_derived]
        impl __sdb::Canonical for #ident {}
    }
}

/// How a document goes to and from the database.
pub(crate) fn value(input: &DocumentInput) -> TokenStream {
    let ident = &input.ident;
    quote! {
        #[diagnostic::do_not_recommend]
        #[automatically_derived]
        impl __sdb::Stored for #ident {
            type Form = __sdb::JsonForm;
        }
    }
}

/// The fields that have another name in JSON; the empty one for what is flattened.
fn renamed(members: &[MemberInput]) -> Vec<TokenStream> {
    let fields = members.iter().filter_map(|field| {
        let (own, name) = (
            field.ident.unraw().to_string(),
            field.member.as_deref().unwrap_or_default(),
        );
        (own != name).then(|| quote!((#own, #name)))
    });
    fields.collect()
}

fn descriptor(shape: &Shape, fields: &[TokenStream], parts: &[TokenStream]) -> TokenStream {
    let name = shape.qualified();
    let versions = shape
        .stored_documents()
        .into_iter()
        .filter_map(|document| document.version())
        .map(str::to_owned);
    let is_single = !matches!(&shape.body, ShapeBody::OneOf(_));
    let refuses = is_single && shape.unknown() == Unknown::Refuse;
    let members = shape.members().iter().map(|member| &member.name);
    let members = option(refuses.then(|| quote!(&[#(#members),*])));
    quote! {
        &__sdb::ShapeDescriptor { name: #name, versions: &[#(#versions),*], members: #members, fields: &[#(#fields),*], parts: &[#(#parts),*] }
    }
}

fn single(input: &DocumentInput, descriptor: &TokenStream) -> TokenStream {
    let ident = &input.ident;
    let upgrades = input.former.iter().map(|former| {
        quote_spanned! {former.span()=>
            let __document = match __sdb::upgrade::<#former, Self>(__version, __document) {
                __sdb::Err(__document) => __document,
                __read => return __read,
            };
        }
    });
    let upgrade = (!input.former.is_empty()).then(|| {
        quote! {
            fn upgrade(__version: &str, __document: __sdb::Json) -> __sdb::Upgraded<Self> {
                #(#upgrades)*
                __sdb::Err(__document)
            }
        }
    });
    quote! {
        #[diagnostic::do_not_recommend]
        #[automatically_derived]
        impl __sdb::SingleShape for #ident {
            const SHAPE: &'static __sdb::ShapeDescriptor = #descriptor;
            #upgrade
        }
    }
}

/// Each former version has a type.
fn former_assertions(input: &DocumentInput, shape: &Shape) -> TokenStream {
    let types = &input.former;
    let span = input.ident.span();
    let assertions = shape.former().map(|declared| {
        let name = declared.qualified();
        let message = format!("none of the former types of `{}` is a `{name}`", input.ident);
        let help = format!("name the type with `#[jsonb(\"{name}\")]` in `former` ({})", shape.place);
        let text = fault::text(rule::FORMER_TYPES, &message, &help);
        quote_spanned! {span=>
            const _: () = ::core::assert!(#(__sdb::same(<#types as __sdb::JsonShape>::DESCRIPTOR.name, #name))||*, #text);
        }
    });
    quote!(#(#assertions)*)
}

fn choice(input: &DocumentInput, shape: &Shape, alternatives: &[AlternativeInput]) -> TokenStream {
    let (ident, descriptor) = (&input.ident, descriptor(shape, &[], &[]));
    let variants: Vec<_> = alternatives
        .iter()
        .map(|alternative| &alternative.ident)
        .collect();
    let held: Vec<_> = alternatives.iter().map(|alternative| &alternative.held).collect();
    let known: Vec<&str> = shape
        .stored_documents()
        .into_iter()
        .filter_map(Shape::version)
        .collect();
    let unknown = format!("its version is `{{}}`, known are {}", known.join(", "));
    quote! {
        #[diagnostic::do_not_recommend]
        #[automatically_derived]
        impl __sdb::JsonShape for #ident {
            const DESCRIPTOR: &'static __sdb::ShapeDescriptor = #descriptor;

            fn to_json(&self) -> __sdb::Result<__sdb::Json, __sdb::EncodeError> {
                match self { #(Self::#variants(__held) => <#held as __sdb::JsonShape>::to_json(__held),)* }
            }

            fn from_text(__text: &str) -> __sdb::Option<Self> {
                let __version = __sdb::likely_version(__text)?;
                #(
                    if <#held as __sdb::JsonShape>::DESCRIPTOR.versions.contains(&__version) {
                        return <#held as __sdb::JsonShape>::from_text(__text).map(Self::#variants);
                    }
                )*
                __sdb::None
            }

            fn from_json(__version: &str, __document: __sdb::Json) -> __sdb::Result<Self, __sdb::String> {
                #(
                    if <#held as __sdb::JsonShape>::DESCRIPTOR.versions.contains(&__version) {
                        return __sdb::Ok(Self::#variants(<#held as __sdb::JsonShape>::from_json(__version, __document)?));
                    }
                )*
                __sdb::Err(::std::format!(#unknown, __version))
            }
        }
        #(
            #[diagnostic::do_not_recommend]
            #[automatically_derived]
            impl __sdb::HasDocument<#held> for #ident {}
        )*
    }
}

/// There are as many variants as alternatives, so it is enough that each alternative has one.
fn assertions(input: &DocumentInput, shape: &Shape, held: &[&Type]) -> TokenStream {
    let ShapeBody::OneOf(declared) = &shape.body else {
        return TokenStream::new();
    };
    let span = input.ident.span();
    let assertions = declared.iter().map(|declared| {
        let name = declared.qualified();
        let message = format!("no variant of `{}` holds a `{name}`", input.ident);
        let help = format!("each variant holds the type of one alternative ({})", shape.place);
        let text = fault::text(rule::SHAPE_ALTERNATIVES, &message, &help);
        quote_spanned! {span=>
            const _: () = ::core::assert!(#(__sdb::same(<#held as __sdb::JsonShape>::DESCRIPTOR.name, #name))||*, #text);
        }
    });
    quote!(#(#assertions)*)
}
