//! Faults as people read them: the excerpt, the underline, the remedy.

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use crate::diagnostic::Fault;
use crate::source::{Sources, Span};

/// How faults are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Without colour: for files, pipes and compilers.
    Plain,
    /// With ANSI colours: for a terminal.
    Colour,
}

/// More are read by nobody, and take seconds to draw where they stand on one long line; as JSON all are given.
const SHOWN: usize = 500;

pub(super) fn render(sources: &Sources, faults: &[&Fault], subject: &str, style: Style) -> String {
    let renderer = match style {
        Style::Plain => Renderer::plain(),
        Style::Colour => Renderer::styled(),
    };
    let mut text = String::new();
    for fault in faults.iter().take(SHOWN) {
        text.push_str(&renderer.render(&[group(sources, fault)]));
        text.push_str("\n\n");
    }
    text.push_str(&match faults.len() {
        1 => format!("1 fault in {subject}\n"),
        number if number > SHOWN => format!("{number} faults in {subject}; these are the first {SHOWN}\n"),
        number => format!("{number} faults in {subject}\n"),
    });
    text
}

fn group<'a>(sources: &'a Sources, fault: &'a Fault) -> Group<'a> {
    let explain = format!("run `stellaops-db explain {}`", fault.rule.code);
    let mut group = Level::ERROR
        .primary_title(fault.message.as_str())
        .id(fault.rule.code)
        .element(snippet(sources, fault.span, AnnotationKind::Primary, ""));
    if let Some((span, label)) = &fault.related {
        group = group.element(snippet(sources, *span, AnnotationKind::Context, label));
    }
    group
        .element(Level::HELP.message(fault.help.as_str()))
        .element(Level::NOTE.message(explain))
}

fn snippet<'a>(
    sources: &'a Sources,
    span: Span,
    kind: AnnotationKind,
    label: &'a str,
) -> Snippet<'a, annotate_snippets::Annotation<'a>> {
    let file = &sources.files()[span.file];
    // Only the lines that are shown: the renderer looks at all that it is given, once for each fault.
    let (lines, line) = sources.lines(span);
    let end = span.end.min(lines.end);
    let annotation = kind.span(span.start.min(end) - lines.start..end - lines.start);
    let annotation = if label.is_empty() {
        annotation
    } else {
        annotation.label(label)
    };
    Snippet::source(&file.text[lines])
        .line_start(line)
        .path(file.path.as_ref())
        .annotation(annotation)
}
