//! The macros, run as functions: on the specs of the shop in `tests/shop`.

mod expansion;
mod half_typed;
mod message;
mod size;

use std::path::PathBuf;

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::visit::Visit;
use syn::{Attribute, Item, Path, Token};

use crate::expand;
use crate::package::Package;

/// A package beside the specs of the shop.
fn shop() -> Package {
    Package::new(workspace().join("tests/shop"))
}

/// The package of the built-in schemas.
fn runtime() -> Package {
    Package::new(workspace().join("stellaops-db"))
}

fn workspace() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// What our derives make of each type of a source file, in its order.
fn expand_all(source: &str, package: &Package) -> Vec<TokenStream> {
    let mut found = Derived {
        package,
        expanded: Vec::new(),
    };
    found.visit_file(&syn::parse_file(source).expect("the source is Rust"));
    found.expanded
}

struct Derived<'a> {
    package: &'a Package,
    expanded: Vec<TokenStream>,
}

impl<'ast> Visit<'ast> for Derived<'_> {
    fn visit_item(&mut self, item: &'ast Item) {
        let attributes: &[Attribute] = match item {
            Item::Struct(item) => &item.attrs,
            Item::Enum(item) => &item.attrs,
            Item::Union(item) => &item.attrs,
            _ => &[],
        };
        for derive in derives(attributes) {
            let tokens = item.to_token_stream();
            match derive.as_str() {
                "Table" => self.expanded.push(expand::table(tokens, self.package)),
                "DbEnum" => self.expanded.push(expand::enumeration(tokens, self.package)),
                "QueryRow" => self.expanded.push(expand::query_row(tokens)),
                "Jsonb" => self.expanded.push(expand::document(tokens, self.package)),
                _ => {}
            }
        }
        syn::visit::visit_item(self, item);
    }
}

fn derives(attributes: &[Attribute]) -> Vec<String> {
    let derives = attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("derive"));
    let paths = derives.filter_map(|attribute| {
        attribute
            .parse_args_with(syn::punctuated::Punctuated::<Path, Token![,]>::parse_terminated)
            .ok()
    });
    paths
        .flatten()
        .filter_map(|path| path.segments.last().map(|last| last.ident.to_string()))
        .collect()
}

/// The texts of the errors in an expansion.
fn errors(expanded: &TokenStream) -> Vec<String> {
    let mut found = Errors::default();
    if let Ok(file) = syn::parse2::<syn::File>(expanded.clone()) {
        found.visit_file(&file);
    }
    found.texts
}

#[derive(Default)]
struct Errors {
    texts: Vec<String>,
}

impl<'ast> Visit<'ast> for Errors {
    fn visit_macro(&mut self, called: &'ast syn::Macro) {
        if called
            .path
            .segments
            .last()
            .is_some_and(|last| last.ident == "compile_error")
        {
            self.texts
                .extend(called.parse_body::<syn::LitStr>().map(|text| text.value()));
        }
    }
}

/// An expansion as people read it.
fn pretty(expanded: &TokenStream) -> String {
    prettyplease::unparse(&syn::parse2(expanded.clone()).expect("the expansion is Rust"))
}
