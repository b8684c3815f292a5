use quote::format_ident;
use stellaops_db_spec::rule;
use syn::ext::IdentExt;
use syn::{DeriveInput, Field, Ident, LitStr, Path, Type, Visibility};

use crate::attribute::{self, Arguments, COLUMN, DB_ENUM, JSONB, PROJECTION, TABLE, VALUE};
use crate::fault::Faults;
use crate::input;

/// A struct with `#[derive(Table)]`.
#[derive(Debug)]
pub(crate) struct TableInput {
    /// The struct.
    pub(crate) ident: Ident,
    /// Who may see it; generated types are seen by the same.
    pub(crate) visibility: Visibility,
    /// The table that it names.
    pub(crate) table: Option<LitStr>,
    /// The specs folder that it names.
    pub(crate) specs: Option<LitStr>,
    /// The runtime.
    pub(crate) runtime: Path,
    /// The type of a new row.
    pub(crate) new: Ident,
    /// The type of a patch.
    pub(crate) patch: Ident,
    /// The type of which both are.
    pub(crate) assignments: Ident,
    /// The type of a repository.
    pub(crate) repository: Ident,
    /// The fields.
    pub(crate) fields: Vec<FieldInput>,
    /// Whether fields could be read at all.
    pub(crate) has_fields: bool,
    /// Whether the type has parameters, so that nothing can be implemented for it.
    pub(crate) is_generic: bool,
}

/// A field of a struct with `#[derive(Table)]`.
#[derive(Debug)]
pub(crate) struct FieldInput {
    /// The field.
    pub(crate) ident: Ident,
    /// The column: the field's own name, or what `#[column]` says.
    pub(crate) column: String,
    /// The type as written.
    pub(crate) written_type: Type,
    /// The type without its `Option`.
    pub(crate) value_type: Type,
    /// Whether it is an `Option`.
    pub(crate) is_option: bool,
    /// The type of the column's values: without `Option` and `Sensitive`.
    pub(crate) held_type: Type,
    /// Whether it is a `Sensitive`.
    pub(crate) is_sensitive: bool,
}

impl TableInput {
    /// Reads a struct.
    pub(crate) fn read(input: &DeriveInput, faults: &mut Faults) -> Self {
        let arguments = arguments(input, faults);
        let ident = &input.ident;
        let name = ident.unraw();
        let mut generated = |key: &str, default: Ident| {
            let written = arguments
                .as_ref()
                .and_then(|arguments| arguments.identifier(key, faults));
            written.unwrap_or(default)
        };
        let new = generated("new", format_ident!("New{name}"));
        let patch = generated("patch", format_ident!("{name}Patch"));
        let assignments = generated("assignments", format_ident!("{name}Assignments"));
        let repository = generated("repository", format_ident!("{name}Repository"));
        let runtime = input::runtime(arguments.as_ref(), faults);
        input::refuse_generics(rule::GENERICS, input, faults);
        let help = "a table is a struct with one named field for each column";
        let fields = input::named_fields(input, rule::STRUCT_FORM, help, faults);
        let has_fields = !fields.is_empty();
        let fields = fields
            .iter()
            .filter_map(|field| FieldInput::read(field, faults))
            .collect();
        TableInput {
            ident: ident.clone(),
            visibility: input.vis.clone(),
            table: arguments.as_ref().and_then(|arguments| arguments.name.clone()),
            specs: arguments
                .as_ref()
                .and_then(|arguments| arguments.setting("specs").cloned()),
            runtime,
            new,
            patch,
            assignments,
            repository,
            fields,
            has_fields,
            is_generic: !input.generics.params.is_empty() || input.generics.where_clause.is_some(),
        }
    }
}

impl TableInput {
    /// The struct and the types that are generated for it.
    pub(crate) fn types(&self) -> [&Ident; 5] {
        [
            &self.ident,
            &self.new,
            &self.patch,
            &self.assignments,
            &self.repository,
        ]
    }

    /// Whether those have names of their own.
    pub(crate) fn types_are_distinct(&self) -> bool {
        let types = self.types();
        types
            .iter()
            .enumerate()
            .all(|(position, ident)| !types[..position].contains(ident))
    }
}

fn arguments(input: &DeriveInput, faults: &mut Faults) -> Option<Arguments> {
    let written = input
        .attrs
        .iter()
        .any(|attribute| attribute.path().is_ident(TABLE.name));
    if !written {
        let message = format!("`{}` names no table", input.ident);
        faults.push(
            rule::ATTRIBUTE_FORM,
            &input.ident,
            &message,
            "add `#[table(\"<schema>.<table>\")]`",
        );
    }
    attribute::refuse(&[&COLUMN], &input.attrs, "on a struct", faults);
    attribute::read(&TABLE, &input.attrs, faults)
}

impl FieldInput {
    pub(super) fn read(field: &Field, faults: &mut Faults) -> Option<Self> {
        attribute::refuse(
            &[&TABLE, &DB_ENUM, &VALUE, &JSONB, &PROJECTION],
            &field.attrs,
            "on a field",
            faults,
        );
        let ident = field.ident.clone()?;
        let arguments = attribute::read(&COLUMN, &field.attrs, faults);
        let named = arguments
            .and_then(|arguments| arguments.name)
            .map(|name| name.value());
        let inside = input::inside_option(&field.ty);
        let value_type = inside.unwrap_or(&field.ty);
        let held = input::inside_sensitive(value_type);
        Some(FieldInput {
            column: named.unwrap_or_else(|| ident.unraw().to_string()),
            value_type: value_type.clone(),
            is_option: inside.is_some(),
            held_type: held.unwrap_or(value_type).clone(),
            is_sensitive: held.is_some(),
            written_type: field.ty.clone(),
            ident,
        })
    }
}
