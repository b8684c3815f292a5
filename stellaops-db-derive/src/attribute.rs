//! Our attributes: `#[table("…", key = "…")]`, `#[column("…")]`, `#[db_enum("…")]`, `#[value("…")]`,
//! `#[jsonb("…")]`, `#[query_row(crate = "…")]`, `#[projection("…", of = "…")]`.

use stellaops_db_spec::diagnostic::nearest;
use stellaops_db_spec::rule;
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Attribute, Ident, LitStr, Token};

use crate::fault::{Faults, quoted};

/// One of our attributes as written: a name, and settings.
#[derive(Debug, Default)]
pub(crate) struct Arguments {
    /// The text in front.
    pub(crate) name: Option<LitStr>,
    settings: Vec<(Ident, LitStr)>,
    words: Vec<Ident>,
}

impl Arguments {
    /// The value of a setting.
    pub(crate) fn setting(&self, key: &str) -> Option<&LitStr> {
        self.settings
            .iter()
            .find(|(known, _)| known.unraw() == key)
            .map(|(_, value)| value)
    }

    /// Whether a single word is there.
    pub(crate) fn has_word(&self, word: &str) -> bool {
        self.words.iter().any(|known| known == word)
    }

    /// A setting whose value is an identifier; a fault when it is none.
    pub(crate) fn identifier(&self, key: &str, faults: &mut Faults) -> Option<Ident> {
        let value = self.setting(key)?;
        let parsed = value.parse::<Ident>();
        if parsed.is_err() {
            let message = format!("`{}` is no name of a type", value.value());
            faults.push(
                rule::ATTRIBUTE_FORM,
                value,
                &message,
                &format!("write `{key} = \"NameOfTheType\"`"),
            );
        }
        parsed.ok()
    }
}

/// What an attribute may say.
pub(crate) struct Form {
    /// Its own name.
    pub(crate) name: &'static str,
    /// How it is written.
    pub(crate) example: &'static str,
    /// Whether it names something of the specs or of a result.
    pub(crate) names: bool,
    /// Its settings.
    pub(crate) settings: &'static [&'static str],
    /// Its single words.
    pub(crate) words: &'static [&'static str],
}

/// `#[table]`
pub(crate) const TABLE: Form = Form {
    name: "table",
    example: "#[table(\"<schema>.<table>\")]",
    names: true,
    settings: &["new", "patch", "assignments", "repository", "specs", "crate"],
    words: &[],
};
/// `#[column]`
pub(crate) const COLUMN: Form = Form {
    name: "column",
    example: "#[column(\"<column>\")]",
    names: true,
    settings: &[],
    words: &[],
};
/// `#[db_enum]`
pub(crate) const DB_ENUM: Form = Form {
    name: "db_enum",
    example: "#[db_enum(\"<schema>.<enum>\")]",
    names: true,
    settings: &["specs", "crate"],
    words: &[],
};
/// `#[value]`
pub(crate) const VALUE: Form = Form {
    name: "value",
    example: "#[value(\"<value>\")]",
    names: true,
    settings: &[],
    words: &[],
};
/// `#[jsonb]`
pub(crate) const JSONB: Form = Form {
    name: "jsonb",
    example: "#[jsonb(\"<schema>.<shape>\")] or #[jsonb(part)]",
    names: true,
    settings: &["former", "specs", "crate"],
    words: &["part"],
};

/// `#[query_row]`
pub(crate) const QUERY_ROW: Form = Form {
    name: "query_row",
    example: "#[query_row(crate = \"<path>\")]",
    names: false,
    settings: &["crate"],
    words: &[],
};

/// `#[projection]`
pub(crate) const PROJECTION: Form = Form {
    name: "projection",
    example: "#[projection(\"<schema>.<table>\", of = \"<Struct>\")]",
    names: true,
    settings: &["of", "specs", "crate"],
    words: &[],
};

/// Reads the one attribute of that form; more than one, and what it cannot say, are faults.
pub(crate) fn read(form: &Form, attributes: &[Attribute], faults: &mut Faults) -> Option<Arguments> {
    let mut found = attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident(form.name));
    let first = found.next()?;
    for doubled in found {
        let help = format!("keep one `#[{}]`", form.name);
        faults.push(
            rule::ATTRIBUTE_FORM,
            doubled,
            &format!("`#[{}]` is written twice", form.name),
            &help,
        );
    }
    let help = || format!("write `{}`", form.example);
    let written = match first.parse_args_with(Punctuated::<Argument, Token![,]>::parse_terminated) {
        Ok(written) => written,
        Err(cause) => {
            let message = format!("`#[{}]` is written in another form: {cause}", form.name);
            faults.push(rule::ATTRIBUTE_FORM, first, &message, &help());
            return None;
        }
    };
    let mut arguments = Arguments::default();
    for argument in written {
        take(form, argument, &mut arguments, faults);
    }
    if form.names && arguments.name.is_none() && arguments.words.is_empty() {
        faults.push(
            rule::ATTRIBUTE_FORM,
            first,
            &format!("`#[{}]` names nothing", form.name),
            &help(),
        );
        return None;
    }
    Some(arguments)
}

/// Marks attributes of ours that have no meaning in this place.
pub(crate) fn refuse(misplaced: &[&Form], attributes: &[Attribute], place: &str, faults: &mut Faults) {
    for attribute in attributes {
        if let Some(form) = misplaced.iter().find(|form| attribute.path().is_ident(form.name)) {
            let message = format!("`#[{}]` says nothing {place}", form.name);
            faults.push(rule::UNKNOWN_ATTRIBUTE, attribute, &message, "remove it");
        }
    }
}

enum Argument {
    Name(LitStr),
    Setting(Ident, LitStr),
    Word(Ident),
}

impl Parse for Argument {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        if input.peek(LitStr) {
            return Ok(Argument::Name(input.parse()?));
        }
        let key = input.call(Ident::parse_any)?;
        if input.peek(Token![=]) {
            input.parse::<Token![=]>()?;
            return Ok(Argument::Setting(key, input.parse()?));
        }
        Ok(Argument::Word(key))
    }
}

fn take(form: &Form, argument: Argument, arguments: &mut Arguments, faults: &mut Faults) {
    match argument {
        Argument::Name(name) if form.names && arguments.name.is_none() => arguments.name = Some(name),
        Argument::Name(name) => {
            let message = match form.names {
                true => format!("`#[{}]` names two things", form.name),
                false => format!("`#[{}]` names nothing", form.name),
            };
            faults.push(
                rule::ATTRIBUTE_FORM,
                name,
                &message,
                &format!("write `{}`", form.example),
            );
        }
        Argument::Setting(key, value) if form.settings.iter().any(|known| key.unraw() == *known) => {
            if arguments.setting(&key.to_string()).is_some() {
                faults.push(
                    rule::ATTRIBUTE_FORM,
                    &key,
                    &format!("`{key}` is written twice"),
                    "keep one of them",
                );
            }
            arguments.settings.push((key, value));
        }
        Argument::Word(word) if form.words.iter().any(|known| word == *known) => arguments.words.push(word),
        Argument::Setting(key, _) | Argument::Word(key) => {
            let message = format!("`#[{}]` has no `{key}`", form.name);
            faults.push(
                rule::UNKNOWN_ATTRIBUTE,
                &key,
                &message,
                &known(form, &key.to_string()),
            );
        }
    }
}

fn known(form: &Form, word: &str) -> String {
    let known: Vec<&str> = form.settings.iter().chain(form.words).copied().collect();
    let known = match (nearest(word, known.iter().copied()), known.as_slice()) {
        (Some(near), _) => format!("there is `{near}`"),
        (None, []) => format!("write `{}`", form.example),
        (None, known) => format!("known: {}", quoted(known)),
    };
    match form.names {
        true => format!("{known}; types, defaults, keys and indexes are said in the spec"),
        false => known,
    }
}
