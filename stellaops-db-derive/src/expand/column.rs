//! Typed names: a constant for each column, for each order that an index serves, and for each unique key.

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};
use stellaops_db_spec::model::{Column, ColumnType, Index, Scope, UniqueKey};
use syn::Ident;
use syn::ext::IdentExt;

use crate::check::names::unique_key_constant;
use crate::check::{JoinedColumn, JoinedTable};
use crate::input::TableInput;

/// `pub const STATUS: …; pub const BY_STATUS_NEWEST: …;`
pub(crate) fn constants(input: &TableInput, joined: &JoinedTable<'_>) -> TokenStream {
    let fields = joined.columns.iter().map(|column| field(input, joined, column));
    let generated = joined.table.columns.iter().filter(|column| column.is_generated());
    let generated = generated.map(|column| {
        // A promoted path is a text.
        let (name, position) = (constant_name(&column.name), joined.position(column));
        constant(input, column, &name, &quote!(__sdb::String), &position)
    });
    let orders = orders(joined).enumerate();
    let orders = orders.filter_map(|numbered| order(input, joined, numbered));
    let unique_keys = joined.table.unique_keys.iter().enumerate();
    let unique_keys = unique_keys.filter_map(|numbered| unique_key(input, joined, numbered));
    quote! {
        #(#fields)*
        #(#generated)*
        #(#orders)*
        #(#unique_keys)*
    }
}

fn field(input: &TableInput, joined: &JoinedTable<'_>, column: &JoinedColumn<'_>) -> TokenStream {
    let value = &column.field.value_type;
    // What changes by compare-and-swap is a status, and points at nothing.
    let kind = match (column.is_swappable, joined.points(column.column)) {
        (true, _) => Some(quote!(, __sdb::Swappable)),
        (false, true) => Some(quote!(, __sdb::Pointing)),
        _ if column.is_patchable && matches!(column.column.column_type, ColumnType::Json(_)) => {
            Some(quote!(, __sdb::Editable))
        }
        (false, false) => None,
    };
    let name = constant_name(&column.field.ident.unraw().to_string());
    constant(
        input,
        column.column,
        &name,
        &quote!(#value #kind),
        &column.literal(),
    )
}

fn constant(
    input: &TableInput,
    column: &Column,
    name: &Ident,
    parameters: &TokenStream,
    position: &Literal,
) -> TokenStream {
    let (visibility, doc) = (&input.visibility, doc(&column.doc, &column.name));
    quote! {
        #[doc = #doc]
        #visibility const #name: __sdb::Column<Self, #parameters> =
            __sdb::Column(#position, __sdb::PhantomData);
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

fn order(
    input: &TableInput,
    joined: &JoinedTable<'_>,
    (position, index): (usize, &Index),
) -> Option<TokenStream> {
    let pins = pins(joined, index)?;
    let (visibility, constant) = (&input.visibility, constant_name(&index.name));
    let scope = (index.scope == Scope::System).then(|| quote!(, __sdb::AcrossTenants));
    let position = Literal::usize_unsuffixed(position);
    let doc = format!("Order: {}.", index.why.trim_end().trim_end_matches('.'));
    Some(quote! {
        #[doc = #doc]
        #visibility const #constant: __sdb::IndexOrder<Self, (#(#pins,)*) #scope> =
            __sdb::IndexOrder(#position, __sdb::PhantomData);
    })
}

fn unique_key(
    input: &TableInput,
    joined: &JoinedTable<'_>,
    (position, key): (usize, &UniqueKey),
) -> Option<TokenStream> {
    let types = key.columns.iter().map(|column| value_type(joined, column));
    let types = types.collect::<Option<Vec<_>>>()?;
    let constant = format_ident!("{}", unique_key_constant(&key.name));
    let (visibility, position) = (&input.visibility, Literal::usize_unsuffixed(position));
    let doc = format!("Unique key: {}.", key.why.trim_end().trim_end_matches('.'));
    Some(quote! {
        #[doc = #doc]
        #visibility const #constant: __sdb::UniqueKey<Self, (#(#types,)*)> =
            __sdb::UniqueKey(#position, __sdb::PhantomData);
    })
}
