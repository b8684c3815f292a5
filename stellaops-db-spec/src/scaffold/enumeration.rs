//! The Rust enum of a declared one.

use heck::ToSnakeCase;

use crate::model::Enum;
use crate::scaffold::name;
use crate::scaffold::text::{ENUM, Source};

/// Writes the enum.
pub(super) fn write(source: &mut Source, declared: &Enum) {
    source.toolkit("DbEnum");
    source.item(&declared.doc);
    source.line("#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, DbEnum)]");
    source.line(&format!("#[db_enum(\"{}\")]", declared.qualified()));
    let own = source.type_name(&declared.name, ENUM);
    source.line(&format!("pub enum {own} {{"));
    for value in &declared.values {
        let variant = name::of_type(&value.name);
        source.line(&format!("    /// {}", value.name.replace('_', " ")));
        if variant.to_snake_case() != value.name {
            source.line(&format!("    #[value(\"{}\")]", value.name));
        }
        source.line(&format!("    {variant},"));
    }
    source.line("}");
}
