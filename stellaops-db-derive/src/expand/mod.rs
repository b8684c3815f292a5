//! Tokens. Nothing here can fail: what would be an error is a check that is missing.
//!
//! Everything but the generated types lies in one anonymous constant, in which `__sdb` is the
//! runtime's hidden module; paths are absolute and locals begin with `__`, so that no name of the
//! user's module can be meant instead.

pub(crate) mod assignments;
mod column;
mod compatible;
mod default;
pub(crate) mod descriptor;
mod document;
mod enumeration;
pub(crate) mod held;
mod projection;
mod query_row;
mod queue;
pub(crate) mod reader;
pub(crate) mod repository;
mod row;

use proc_macro2::TokenStream;
use quote::quote;
use syn::Path;

pub(crate) use document::{canonical as document_canonical, value as document_value};
pub(crate) use enumeration::value as enum_value;

use crate::check::{self, JoinedTable};
use crate::fallback;
use crate::fault::Faults;
use crate::input::{self, DocumentInput, EnumInput, ProjectionInput, QueryRowInput, TableInput};
use crate::package::Package;
use crate::specs::Specs;

/// `#[derive(Table)]`
pub(crate) fn table(tokens: TokenStream, package: &Package) -> TokenStream {
    let written = match input::parse(tokens) {
        Ok(written) => written,
        Err(error) => return error.to_compile_error(),
    };
    let mut faults = Faults::default();
    let input = TableInput::read(&written, &mut faults);
    let table = input.table.as_ref().filter(|_| !input.is_generic);
    let specs = table.and_then(|table| Specs::read(table, input.specs.as_ref(), package, &mut faults));
    let joined = specs
        .as_ref()
        .and_then(|specs| check::table(&input, specs, &mut faults));
    match (faults.finish(), joined, &specs) {
        (None, Some(joined), Some(specs)) => whole_table(&input, &joined, specs),
        (error, joined, _) => {
            let error = error.map(|error| error.to_compile_error());
            let fallback = fallback::table(&input, joined.as_ref());
            quote! { #error #fallback }
        }
    }
}

/// `#[derive(DbEnum)]`
pub(crate) fn enumeration(tokens: TokenStream, package: &Package) -> TokenStream {
    let written = match input::parse(tokens) {
        Ok(written) => written,
        Err(error) => return error.to_compile_error(),
    };
    let mut faults = Faults::default();
    let input = EnumInput::read(&written, &mut faults);
    let declared = input.declared.as_ref().filter(|_| !input.is_generic);
    let specs =
        declared.and_then(|declared| Specs::read(declared, input.specs.as_ref(), package, &mut faults));
    let joined = specs
        .as_ref()
        .and_then(|specs| check::enumeration(&input, specs, &mut faults));
    match (faults.finish(), joined, &specs) {
        (None, Some(joined), Some(specs)) => enumeration::whole(&input, &joined, specs),
        (error, ..) => {
            let error = error.map(|error| error.to_compile_error());
            let fallback = fallback::enumeration(&input);
            quote! { #error #fallback }
        }
    }
}

/// `#[derive(Jsonb)]`
pub(crate) fn document(tokens: TokenStream, package: &Package) -> TokenStream {
    let written = match input::parse(tokens) {
        Ok(written) => written,
        Err(error) => return error.to_compile_error(),
    };
    let mut faults = Faults::default();
    let input = DocumentInput::read(&written, &mut faults);
    if input.is_part && faults.is_empty() {
        return document::part(&input);
    }
    let shape = input.shape.as_ref().filter(|_| !input.is_generic);
    let specs = shape.and_then(|shape| Specs::read(shape, input.specs.as_ref(), package, &mut faults));
    let joined = specs
        .as_ref()
        .and_then(|specs| check::document(&input, specs, &mut faults));
    match (faults.finish(), joined, &specs) {
        (None, Some(joined), Some(specs)) => document::whole(&input, &joined, specs),
        (error, ..) => {
            let error = error.map(|error| error.to_compile_error());
            let fallback = fallback::document(&input);
            quote! { #error #fallback }
        }
    }
}

/// `#[derive(QueryRow)]`
pub(crate) fn query_row(tokens: TokenStream) -> TokenStream {
    let written = match input::parse(tokens) {
        Ok(written) => written,
        Err(error) => return error.to_compile_error(),
    };
    let mut faults = Faults::default();
    let input = QueryRowInput::read(&written, &mut faults);
    let fields = check::query_row(&input, &mut faults);
    match (faults.finish(), fields) {
        (None, Some(fields)) => query_row::whole(&input, &fields),
        (error, _) => {
            let error = error.map(|error| error.to_compile_error());
            let fallback = fallback::query_row(&input);
            quote! { #error #fallback }
        }
    }
}

/// `#[derive(Projection)]`
pub(crate) fn projection(tokens: TokenStream, package: &Package) -> TokenStream {
    let written = match input::parse(tokens) {
        Ok(written) => written,
        Err(error) => return error.to_compile_error(),
    };
    let mut faults = Faults::default();
    let input = ProjectionInput::read(&written, &mut faults);
    let table = input.table.as_ref().filter(|_| !input.is_generic);
    let specs = table.and_then(|table| Specs::read(table, input.specs.as_ref(), package, &mut faults));
    let joined = specs
        .as_ref()
        .and_then(|specs| check::projection(&input, specs, &mut faults));
    match (faults.finish(), joined, &specs, &input.of) {
        (None, Some(joined), Some(specs), Some(of)) => projection::whole(&input, of, &joined, specs),
        (error, ..) => {
            let error = error.map(|error| error.to_compile_error());
            let fallback = fallback::projection(&input);
            quote! { #error #fallback }
        }
    }
}

fn whole_table(input: &TableInput, joined: &JoinedTable<'_>, specs: &Specs) -> TokenStream {
    let tracked = specs.tracked(files(joined, &specs.schema_file()));
    let checks = compatible::checks(&input.ident.to_string(), joined);
    let statements = checks.statements;
    let parts = [
        checks.constants,
        descriptor::table(input, joined),
        names(input, joined),
        repository::implementation(input, joined),
        quote! { #tracked #statements },
    ];
    let types = types(input, joined);
    let hidden = hidden(&input.runtime, &parts);
    quote! { #types #hidden }
}

/// The generated types, beside the struct so that others can name them.
pub(crate) fn types(input: &TableInput, joined: &JoinedTable<'_>) -> TokenStream {
    let assignments = assignments::declaration(input, &joined.table.qualified());
    let callers = repository::Callers::of(joined.table);
    let repository = repository::declaration(input, &joined.table.qualified(), callers);
    let reader = reader::declaration(input, joined.table);
    quote! { #assignments #repository #reader }
}

/// What a struct is given beside the implementation of `Table`: all that can be told from the columns
/// that have a field.
pub(crate) fn names(input: &TableInput, joined: &JoinedTable<'_>) -> TokenStream {
    let ident = &input.ident;
    let constants = column::constants(input, joined);
    let constructors = assignments::constructors(input, joined);
    let assignments = assignments::implementation(input, joined);
    quote! {
        impl #ident { #constants #constructors }
        #assignments
    }
}

/// An anonymous constant in which `__sdb` is the runtime. Its last part may be statements: a constant of their
/// own would be one more body to compile.
pub(crate) fn hidden(runtime: &Path, parts: &[TokenStream]) -> TokenStream {
    quote! {
        #[allow(dead_code, deprecated, private_interfaces, unreachable_pub, clippy::all, clippy::pedantic, rustdoc::all)]
        const _: () = {
            use #runtime::__private as __sdb;
            #(#parts)*
        };
    }
}

/// The spec files that decide about a table: its own, the schema's, and those of its enums, shapes
/// and parents.
fn files<'a>(joined: &'a JoinedTable<'_>, schema: &'a str) -> Vec<&'a str> {
    use stellaops_db_spec::model::ColumnType;
    let table = joined.table;
    let of_type = |column: &'a std::sync::Arc<stellaops_db_spec::model::Column>| match &column.column_type {
        ColumnType::Enum(declared) => Some(declared.place.file.as_ref()),
        ColumnType::Json(shape) => Some(shape.place.file.as_ref()),
        _ => None,
    };
    let types = table.columns.iter().filter_map(of_type);
    [schema, table.place.file.as_ref()]
        .into_iter()
        .chain(types)
        .collect()
}
