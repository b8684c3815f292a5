use stellaops_db_spec::rule;
use syn::ext::IdentExt;
use syn::{DeriveInput, Field, Ident, Path, Type};

use crate::attribute::{self, COLUMN, QUERY_ROW};
use crate::fault::Faults;
use crate::input;

/// A struct with `#[derive(QueryRow)]`.
#[derive(Debug)]
pub(crate) struct QueryRowInput {
    /// The struct.
    pub(crate) ident: Ident,
    /// The runtime.
    pub(crate) runtime: Path,
    /// The fields; none of a type that has no names for them.
    pub(crate) fields: Vec<ResultFieldInput>,
    /// Whether the type has parameters, so that nothing can be implemented for it.
    pub(crate) is_generic: bool,
}

/// A field of a struct with `#[derive(QueryRow)]`.
#[derive(Debug)]
pub(crate) struct ResultFieldInput {
    /// The field.
    pub(crate) ident: Ident,
    /// The column: the field's own name, or what `#[column]` says.
    pub(crate) column: String,
    /// The type as written.
    pub(crate) written_type: Type,
}

impl QueryRowInput {
    /// Reads a struct.
    pub(crate) fn read(input: &DeriveInput, faults: &mut Faults) -> Self {
        attribute::refuse(&[&COLUMN], &input.attrs, "on a struct", faults);
        let arguments = attribute::read(&QUERY_ROW, &input.attrs, faults);
        let runtime = input::runtime(arguments.as_ref(), faults);
        input::refuse_generics(rule::ROW_GENERICS, input, faults);
        let help =
            "write a struct with one named field for each column that is read; a plain tuple needs no derive";
        let fields = input::named_fields(input, rule::ROW_FORM, help, faults);
        QueryRowInput {
            ident: input.ident.clone(),
            runtime,
            fields: fields
                .iter()
                .filter_map(|field| ResultFieldInput::read(field, faults))
                .collect(),
            is_generic: !input.generics.params.is_empty() || input.generics.where_clause.is_some(),
        }
    }
}

impl ResultFieldInput {
    fn read(field: &Field, faults: &mut Faults) -> Option<Self> {
        attribute::refuse(&[&QUERY_ROW], &field.attrs, "on a field", faults);
        let ident = field.ident.clone()?;
        let named = attribute::read(&COLUMN, &field.attrs, faults).and_then(|arguments| arguments.name);
        Some(ResultFieldInput {
            column: named.map_or_else(|| ident.unraw().to_string(), |name| name.value()),
            written_type: field.ty.clone(),
            ident,
        })
    }
}
