use stellaops_db_spec::rule;
use syn::{DeriveInput, Ident, LitStr, Path};

use crate::attribute::{self, COLUMN, PROJECTION};
use crate::fault::Faults;
use crate::input::{self, FieldInput};

/// A struct with `#[derive(Projection)]`.
#[derive(Debug)]
pub(crate) struct ProjectionInput {
    /// The struct.
    pub(crate) ident: Ident,
    /// The table that it names.
    pub(crate) table: Option<LitStr>,
    /// The struct of the table.
    pub(crate) of: Option<Path>,
    /// The specs folder that it names.
    pub(crate) specs: Option<LitStr>,
    /// The runtime.
    pub(crate) runtime: Path,
    /// The fields.
    pub(crate) fields: Vec<FieldInput>,
    /// Whether the type has parameters, so that nothing can be implemented for it.
    pub(crate) is_generic: bool,
}

impl ProjectionInput {
    /// Reads a struct.
    pub(crate) fn read(input: &DeriveInput, faults: &mut Faults) -> Self {
        attribute::refuse(&[&COLUMN], &input.attrs, "on a struct", faults);
        let arguments = attribute::read(&PROJECTION, &input.attrs, faults);
        let is_written = |attribute: &syn::Attribute| attribute.path().is_ident(PROJECTION.name);
        if !input.attrs.iter().any(is_written) {
            let message = format!("`{}` names no table", input.ident);
            let help = format!("add `{}`", PROJECTION.example);
            faults.push(rule::ATTRIBUTE_FORM, &input.ident, &message, &help);
        }
        let of = arguments.as_ref().and_then(|arguments| {
            let of = arguments.setting("of").map(LitStr::parse::<Path>);
            if !matches!(of, Some(Ok(_))) {
                let message = format!("`{}` does not name the struct of its table", input.ident);
                let help = format!("write `{}`", PROJECTION.example);
                faults.push(rule::ATTRIBUTE_FORM, arguments.name.as_ref()?, &message, &help);
            }
            of?.ok()
        });
        let runtime = input::runtime(arguments.as_ref(), faults);
        input::refuse_generics(rule::ROW_GENERICS, input, faults);
        let help = "a projection is a struct with one named field for each column that it reads";
        let fields = input::named_fields(input, rule::ROW_FORM, help, faults);
        ProjectionInput {
            ident: input.ident.clone(),
            table: arguments.as_ref().and_then(|arguments| arguments.name.clone()),
            of,
            specs: arguments.and_then(|arguments| arguments.setting("specs").cloned()),
            runtime,
            fields: fields
                .iter()
                .filter_map(|field| FieldInput::read(field, faults))
                .collect(),
            is_generic: !input.generics.params.is_empty() || input.generics.where_clause.is_some(),
        }
    }
}
