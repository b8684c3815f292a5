//! A file to begin with: one entry a schema, and every setting with its meaning and its default.

use crate::config::Setting;

/// A module of a template.
#[derive(Debug, Clone, Copy)]
pub struct TemplateModule<'a> {
    /// The name of its schema.
    pub name: &'a str,
    /// What it holds, in a sentence.
    pub summary: &'a str,
}

/// The longest line of a comment, in characters.
const WIDTH: usize = 100;

const HEAD: &str = "\
Where the data of each module is, and as whom it is reached. A module is a schema of the specs.

A service reads this file by `Persistence::from_file` and opens its own module. Look at it with \
`stellaops-db config check`. Lines that are commented out show what can be said; without them the default holds.

No secret is written here. A password or a key is a reference: `{ env: NAME }`, a variable of the environment, or \
`{ file: path }`, a file that holds it alone. A whole URL may be one, too: `url: { env: DATABASE_URL }`. `none` takes away \
what the defaults have. Times have a unit: `250ms`, `30s`, `5min`, `1h`.";

/// What the defaults of a template set: without it most modules would not connect. Their URLs are in their entries.
const SET: [Setting; 1] = [Setting::Password];

/// The text of a persistence configuration for these modules. It is in order as it is: once its references lead
/// somewhere, its modules open.
///
/// ```
/// use stellaops_db::persistence::{Persistence, TemplateModule, template};
///
/// let text = template(&[TemplateModule { name: "shop", summary: "What is sold, and to whom." }]);
/// let persistence = Persistence::from_bytes("persistence.yaml", text.as_bytes())?;
/// assert_eq!(persistence.modules().collect::<Vec<_>>(), ["shop"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn template(modules: &[TemplateModule<'_>]) -> String {
    let mut text = String::new();
    comment(&mut text, "", HEAD);
    text.push_str("version: 1\n\n");
    comment(
        &mut text,
        "",
        "What a module has where its entry below does not say otherwise.",
    );
    text.push_str("defaults:\n");
    for setting in Setting::ALL {
        if !setting.is_of_modules_alone() {
            explain(&mut text, setting, SET.contains(&setting));
        }
    }
    comment(
        &mut text,
        "",
        "One entry a module, with what is different for it.",
    );
    text.push_str("modules:\n");
    for (number, module) in modules.iter().enumerate() {
        comment(&mut text, "  ", module.summary);
        text.push_str(&format!("  {}:\n", module.name));
        if number == 0 {
            comment(&mut text, "    ", &meaning(Setting::Enabled));
        }
        text.push_str(&format!(
            "    # {}: {}\n",
            Setting::Enabled.name(),
            Setting::Enabled.example()
        ));
        text.push_str(&format!(
            "    url: postgres://{}_service@db.internal/stellaops\n\n",
            module.name
        ));
    }
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}

/// What a setting means, and a line that sets it, commented out unless it is to be set.
fn explain(text: &mut String, setting: Setting, is_set: bool) {
    comment(text, "  ", &meaning(setting));
    let sign = if is_set { "" } else { "# " };
    text.push_str(&format!("  {sign}{}: {}\n\n", setting.name(), setting.example()));
}

fn meaning(setting: Setting) -> String {
    let meaning = setting.meaning();
    match setting.default_value() {
        Some(default) => format!("{meaning} Default: {default}."),
        None => format!("{meaning} There is no default."),
    }
}

/// A comment of whole words, line by line; what stands between backticks is one.
fn comment(text: &mut String, indent: &str, words: &str) {
    for paragraph in words.split('\n') {
        let mut line = String::new();
        for word in whole_words(paragraph) {
            if !line.is_empty() && indent.len() + 3 + line.chars().count() + word.chars().count() > WIDTH {
                text.push_str(&format!("{indent}# {line}\n"));
                line.clear();
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(&word);
        }
        text.push_str(format!("{indent}# {line}").trim_end());
        text.push('\n');
    }
}

fn whole_words(paragraph: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for word in paragraph.split(' ') {
        match words.last_mut() {
            Some(last) if last.matches('`').count() % 2 == 1 => {
                last.push(' ');
                last.push_str(word);
            }
            _ => words.push(word.to_owned()),
        }
    }
    words
}
