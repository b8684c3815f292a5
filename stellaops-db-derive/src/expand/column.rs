//! Typed names: a constant for each column, and for each order that an index serves.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use stellaops_db_spec::model::{Column, Direction, Index, OrderColumn, Scope};
use syn::Ident;
use syn::ext::IdentExt;

use crate::check::{JoinedColumn, JoinedTable};
use crate::expand::descriptor::option;
use crate::input::TableInput;

/// `impl GraphJob { pub const STATUS: …; pub const BY_STATUS_NEWEST: …; }`
pub(crate) fn constants(input: &TableInput, joined: &JoinedTable<'_>) -> TokenStream {
    let ident = &input.ident;
    let fields = joined.columns.iter().map(|column| field(input, joined, column));
    let generated = joined.table.columns.iter().filter(|column| column.is_generated());
    let generated = generated.map(|column| {
        // A promoted path is a text.
        constant(input, joined, column, &column.name, &quote!(__sdb::String))
    });
    let orders = orders(joined).filter_map(|index| order(input, joined, index));
    quote! {
        impl #ident {
            #(#fields)*
            #(#generated)*
            #(#orders)*
        }
    }
}

fn field(input: &TableInput, joined: &JoinedTable<'_>, column: &JoinedColumn<'_>) -> TokenStream {
    let value = &column.field.value_type;
    constant(
        input,
        joined,
        column.column,
        &column.field.ident.unraw().to_string(),
        &quote!(#value),
    )
}

fn constant(
    input: &TableInput,
    joined: &JoinedTable<'_>,
    column: &Column,
    name: &str,
    value: &TokenStream,
) -> TokenStream {
    let (visibility, doc) = (&input.visibility, doc(&column.doc, &column.name));
    let (name, position) = (constant_name(name), joined.position(column));
    let is_swappable = joined
        .table
        .swappable()
        .iter()
        .any(|swappable| swappable.name == column.name);
    let swappable = is_swappable.then(|| quote!(, __sdb::Swappable));
    quote! {
        #[doc = #doc]
        #visibility const #name: __sdb::Column<Self, #value #swappable> = __sdb::Column::new(#position);
    }
}

fn doc(doc: &str, name: &str) -> String {
    if doc.is_empty() {
        format!("The column `{name}`.")
    } else {
        doc.trim_end().into()
    }
}

/// The indexes that serve an order.
pub(crate) fn orders<'a>(joined: &JoinedTable<'a>) -> impl Iterator<Item = &'a Index> {
    joined
        .table
        .indexes
        .iter()
        .filter(|index| !index.order.is_empty())
}

/// The types of the pins; none when one has no field, which is a fault already.
pub(crate) fn pins(joined: &JoinedTable<'_>, index: &Index) -> Option<Vec<TokenStream>> {
    index
        .pinned
        .iter()
        .map(|column| value_type(joined, column))
        .collect()
}

/// The type of a column's values.
pub(crate) fn value_type(joined: &JoinedTable<'_>, column: &Column) -> Option<TokenStream> {
    if column.is_generated() {
        return Some(quote!(__sdb::String));
    }
    let value = &joined.joined(column)?.field.value_type;
    Some(quote!(#value))
}

/// The constant of a column or an order: its name in capitals.
pub(crate) fn constant_name(name: &str) -> Ident {
    format_ident!("{}", name.to_uppercase())
}

fn order(input: &TableInput, joined: &JoinedTable<'_>, index: &Index) -> Option<TokenStream> {
    let pins = pins(joined, index)?;
    let (visibility, name, constant) = (&input.visibility, &index.name, constant_name(&index.name));
    let scope = (index.scope == Scope::System).then(|| quote!(, __sdb::AcrossTenants));
    let pinned = index.pinned.iter().map(|column| joined.position(column));
    let order = index.order.iter().map(
        |OrderColumn {
             column, direction, ..
         }| {
            let (position, descends) = (joined.position(column), *direction == Direction::Descending);
            quote!((#position, #descends))
        },
    );
    let condition = option(index.condition.as_deref());
    let doc = format!("Order: {}.", index.why.trim_end().trim_end_matches('.'));
    Some(quote! {
        #[doc = #doc]
        #visibility const #constant: __sdb::IndexOrder<Self, (#(#pins,)*) #scope> =
            __sdb::IndexOrder::new(&__sdb::OrderDescriptor {
                name: #name,
                pinned: &[#(#pinned),*],
                order: &[#(#order),*],
                condition: #condition,
            });
    })
}
