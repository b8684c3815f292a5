//! The derive macros of stellaops-db: a type held against its specification.
//!
//! Use them through `stellaops_db`, which re-exports them. Each macro goes the same way: what was
//! written (`input`) is joined with what the spec says (`specs`, `check`), and only what fits
//! is turned into tokens (`expand`). All faults of a type are reported together, and after a fault
//! something is still emitted that type-checks (`fallback`), so that no error but ours appears.

mod attribute;
mod check;
mod expand;
mod fallback;
mod fault;
mod input;
mod package;
mod serde_name;
mod specs;
#[cfg(test)]
mod tests;

use package::Package;
use proc_macro::TokenStream;

/// Makes a struct the row of a table: `#[table("<schema>.<table>")]`.
///
/// The struct has one public or private field for each column of `specs/<schema>/<table>.toml`;
/// a field of another name than its column says `#[column("<name>")]`. Types, defaults, keys and
/// indexes come from the spec and are never repeated here.
///
/// Beside the trait implementations, a struct `GraphJob` is given
/// * typed columns and orders: `GraphJob::STATUS`, `GraphJob::BY_STATUS_NEWEST`;
/// * `GraphJob::new_row(…)`, which takes the required columns and returns a `NewGraphJob` with
///   setters for the others;
/// * `GraphJob::patch()`, which returns a `GraphJobPatch` with setters for what may be patched;
/// * `GraphJobRepository`, with a finder for each unique key and each order.
///
/// `#[table("…", new = "…", patch = "…", repository = "…")]` names those types otherwise,
/// `specs = "<folder>"` names the specs folder, from the package's own, and `crate = "<path>"` names
/// the runtime where it is re-exported.
#[proc_macro_derive(Table, attributes(table, column))]
pub fn derive_table(input: TokenStream) -> TokenStream {
    expand::table(input.into(), &Package::from_environment()).into()
}

/// Makes an enum the values of an enum of the specs: `#[db_enum("<schema>.<enum>")]`.
///
/// Variants are the declared values in camel case; one of another name says `#[value("<name>")]`.
/// The enum must be `Copy` and `Eq`.
#[proc_macro_derive(DbEnum, attributes(db_enum, value))]
pub fn derive_db_enum(input: TokenStream) -> TokenStream {
    expand::enumeration(input.into(), &Package::from_environment()).into()
}

/// Makes a type a JSONB document, or a part that the specs declare: `#[jsonb("<schema>.<shape>")]`.
///
/// A shape of one document, or of a part, is a struct whose fields, under the names that serde gives
/// them, are the shape's members, each of a type that holds the member. A shape with alternatives is an enum with one variant for each, which holds that
/// alternative's type. Either way the type implements serde's `Serialize` and `Deserialize` as well
/// (an enum of alternatives need not).
///
/// `#[jsonb(part)]` is for types that no shape declares: an enum without data for the closed words of a
/// text, a struct around one other type, or what stands in a free object.
#[proc_macro_derive(Jsonb, attributes(jsonb))]
pub fn derive_jsonb(input: TokenStream) -> TokenStream {
    expand::document(input.into(), &Package::from_environment()).into()
}

/// Makes a struct a row of a query: what `scope.query("…")` is read into.
///
/// The struct has one field for each column that it reads, in any order; a field of another name than its
/// column says `#[column("<name>")]`. A column that may be NULL needs an `Option`. No spec is asked.
///
/// `#[query_row(crate = "<path>")]` names the runtime where it is re-exported.
#[proc_macro_derive(QueryRow, attributes(query_row, column))]
pub fn derive_query_row(input: TokenStream) -> TokenStream {
    expand::query_row(input.into()).into()
}

/// Makes a struct a projection of a table: some of its columns, which a list or a look-up reads in place of the
/// whole row. `#[projection("<schema>.<table>", of = "<Struct>")]` names the table and its struct.
///
/// Each field is a column of the table, checked like a field of the table's own struct; columns that the
/// database computes from JSON can be read too. A field of another name than its column says
/// `#[column("<name>")]`.
///
/// `specs = "<folder>"` names the specs folder, from the package's own, and `crate = "<path>"` the runtime
/// where it is re-exported.
#[proc_macro_derive(Projection, attributes(projection, column))]
pub fn derive_projection(input: TokenStream) -> TokenStream {
    expand::projection(input.into(), &Package::from_environment()).into()
}
