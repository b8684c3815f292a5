//! A module that is opened: its references are followed, and nothing of what they lead to is told.

use std::ops::Range;
use std::path::Path;

use stellaops_db_spec::rule;

use super::faults::Faults;
use super::read::Module;
use super::reference::{Environment, Reference};
use super::written::Written;
use crate::config::{Config, Given, GivenSettings, Kind, LoginUrl, NO_KEYS, Setting, cursor_keys};

/// What it takes to follow references.
pub(super) struct Resolver<'a> {
    pub(super) folder: &'a Path,
    pub(super) environment: Environment<'a>,
}

impl Resolver<'_> {
    /// The configuration of a module that is whole. Every reference that leads nowhere is a fault.
    pub(super) fn config(&self, name: &str, module: &Module, faults: &mut Faults<'_>) -> Option<Config> {
        let mut given = GivenSettings::new();
        given.insert(Setting::ApplicationName, Given::Text(name.to_owned()));
        let used = module
            .settings
            .iter()
            .filter(|(setting, _)| module.uses(**setting));
        for (setting, placed) in used {
            if let Some(written) = &placed.value {
                let value = self.value(*setting, written, &placed.range, faults);
                given.extend(value.map(|value| (*setting, value)));
            }
        }
        Config::of_given(given)
    }

    fn value(
        &self,
        setting: Setting,
        written: &Written,
        range: &Range<usize>,
        faults: &mut Faults<'_>,
    ) -> Option<Given> {
        match written {
            Written::Plain(Given::Path(path)) => Some(Given::Path(self.folder.join(path))),
            Written::Plain(given) => Some(given.clone()),
            Written::Login { options, .. } => Some(Given::Login(options.clone())),
            Written::Reference(reference) => {
                let text = self.follow(reference, range, faults)?;
                match setting.kind() {
                    Kind::Url => login(setting, &text, range, faults),
                    _ => Some(Given::Secret(text)),
                }
            }
            Written::References(references) => self.keys(setting, references, faults),
        }
    }

    fn follow(&self, reference: &Reference, range: &Range<usize>, faults: &mut Faults<'_>) -> Option<String> {
        match reference.resolve(self.folder, self.environment) {
            Ok(text) => Some(text),
            Err((message, help)) => {
                faults.push(rule::CONFIGURATION_REFERENCE, range, message, help);
                None
            }
        }
    }

    fn keys(
        &self,
        setting: Setting,
        references: &[(Range<usize>, Reference)],
        faults: &mut Faults<'_>,
    ) -> Option<Given> {
        let mut keys = Vec::new();
        for (range, reference) in references {
            let text = self.follow(reference, range, faults)?;
            match cursor_keys([text.trim()]) {
                Some(key) => keys.extend(key),
                None => {
                    let message = format!("what `{}` refers to is {NO_KEYS}", setting.name());
                    let help = "make one by `openssl rand -hex 32`";
                    faults.push(rule::CONFIGURATION_REFERENCE, range, message, help);
                }
            }
        }
        Some(Given::Keys(keys))
    }
}

/// A whole URL that was referred to may hold its password.
fn login(setting: Setting, text: &str, range: &Range<usize>, faults: &mut Faults<'_>) -> Option<Given> {
    match LoginUrl::parse(text.trim()) {
        Ok(login) => Some(Given::Login(Box::new(login.options))),
        Err(fault) => {
            let message = format!("what `{}` refers to is {fault}", setting.name());
            let help = format!("let it be a URL such as {}", setting.example());
            faults.push(rule::CONFIGURATION_REFERENCE, range, message, help);
            None
        }
    }
}
