//! How much a derive writes: what a table with eight columns costs whoever compiles it. Constants are
//! nearly free and bodies are not, so both are counted.

use syn::visit::Visit;

use super::{expand_all, pretty, runtime, workspace};

#[derive(Default)]
struct Bodies {
    number: usize,
    texts: usize,
}

impl<'ast> Visit<'ast> for Bodies {
    fn visit_block(&mut self, body: &'ast syn::Block) {
        self.number += 1;
        syn::visit::visit_block(self, body);
    }

    fn visit_lit_str(&mut self, text: &'ast syn::LitStr) {
        self.texts += text.value().len();
    }
}

#[test]
fn a_table_with_eight_columns_stays_within_its_budget() {
    let source =
        std::fs::read_to_string(workspace().join("stellaops-db/src/schema/scheduler/execution_logs.rs"));
    let expanded = expand_all(&source.expect("the built-in struct is there"), &runtime());
    let table = expanded.first().expect("the table comes first");
    let (lines, bytes) = (pretty(table).lines().count(), table.to_string().len());
    let mut bodies = Bodies::default();
    bodies.visit_file(&syn::parse2(table.clone()).expect("the expansion is Rust"));
    let Bodies { number, texts } = bodies;
    println!("8 columns: {lines} lines, {bytes} bytes ({texts} in constant texts), {number} bodies");
    assert!(
        lines <= 360 && bytes <= 11_000 && number <= 23,
        "{lines} lines, {bytes} bytes, {number} bodies"
    );
}
