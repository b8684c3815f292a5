use std::sync::Arc;

use crate::diagnostic::{Diagnostics, nearest};
use crate::model::{Column, Enum, Shape};
use crate::rule::Rule;
use crate::source::{Place, Sources, Span};

/// What every check needs: where faults go, and where bytes are.
pub(super) struct Context<'a> {
    pub(super) sources: &'a Sources,
    pub(super) diagnostics: &'a mut Diagnostics,
}

impl Context<'_> {
    pub(super) fn push(
        &mut self,
        rule: &'static Rule,
        span: Span,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.diagnostics.push(rule, span, message, help);
    }

    pub(super) fn place(&self, span: Span) -> Place {
        self.sources.place(span)
    }
}

/// The enums and shapes of a schema. What was declared with a fault is remembered by name, so that
/// its uses are not reported as well.
#[derive(Default)]
pub(super) struct Declared {
    pub(super) enums: Vec<Arc<Enum>>,
    pub(super) shapes: Vec<Arc<Shape>>,
    pub(super) enum_spans: Vec<(String, Span)>,
    pub(super) shape_spans: Vec<(String, Span)>,
    /// The enums with a fault in them, of which some are declared all the same.
    pub(super) enums_in_doubt: Vec<String>,
    /// Whether a file could not be read whole, so that a name may be declared all the same.
    pub(super) incomplete: bool,
}

impl Declared {
    /// Whether nothing of the schema declares an enum of that name, faulty or not.
    pub(super) fn lacks_enum(&self, name: &str) -> bool {
        !self.incomplete && !self.enum_spans.iter().any(|(known, _)| known == name)
    }

    /// Whether nothing of the schema declares a shape of that name, faulty or not.
    pub(super) fn lacks_shape(&self, name: &str) -> bool {
        !self.incomplete && !self.shape_spans.iter().any(|(known, _)| known == name)
    }
}

/// The help for a name that is not there: the nearest one, or all.
pub(super) fn suggest<'a>(word: &str, known: impl Iterator<Item = &'a str> + Clone) -> String {
    let all = known.clone().collect::<Vec<_>>();
    match nearest(word, known) {
        Some(name) => format!("did you mean `{name}`?"),
        None if all.is_empty() => "there is none to choose from; declare it first".into(),
        None => format!("known here: {}", all.join(", ")),
    }
}

/// The names of columns, for [`suggest`].
pub(super) fn column_names(columns: &[Arc<Column>]) -> impl Iterator<Item = &str> + Clone {
    columns.iter().map(|column| column.name.as_str())
}
