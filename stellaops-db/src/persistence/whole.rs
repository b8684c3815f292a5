//! A module as a whole: what it has of its own and of the defaults fits together.

use stellaops_db_spec::rule;

use super::faults::Faults;
use super::read::{Module, Placed};
use super::written::Written;
use crate::config::{Given, Kind, Setting};

const TLS: [Setting; 4] = [
    Setting::Tls,
    Setting::TlsAuthority,
    Setting::TlsCertificate,
    Setting::TlsKey,
];
const URLS: [Setting; 3] = [Setting::Url, Setting::SystemUrl, Setting::ReplicaUrl];

/// `own` is what the module's own entry says.
pub(super) fn check(name: &str, module: &Module, own: &[Setting], faults: &mut Faults<'_>) {
    if !module.settings.contains_key(&Setting::Url) {
        faults.push(
            rule::CONFIGURATION_MODULE,
            &module.range,
            format!("`{name}` has no `url`, and the defaults have none"),
            format!("add `url: {}` to it, or to `defaults`", Setting::Url.example()),
        );
    }
    check_pairs(module, own, faults);
    for setting in URLS {
        let placed = module.settings.get(&setting);
        if let Some(Placed {
            range,
            value:
                Some(Written::Login {
                    tls_parameter: Some(parameter),
                    ..
                }),
        }) = placed
        {
            tls_twice(setting, parameter, range, module, faults);
        }
    }
}

/// What serves nothing alone.
fn check_pairs(module: &Module, own: &[Setting], faults: &mut Faults<'_>) {
    for (one, other, why) in [
        (
            Setting::TlsCertificate,
            Setting::TlsKey,
            "a certificate is shown with its key",
        ),
        (
            Setting::TlsKey,
            Setting::TlsCertificate,
            "a key is that of a certificate",
        ),
        (
            Setting::SystemPassword,
            Setting::SystemUrl,
            "it is the password of a login that is not named",
        ),
        (
            Setting::ReplicaPassword,
            Setting::ReplicaUrl,
            "it is the password of a login that is not named",
        ),
    ] {
        // A password among the defaults serves those modules that have the login.
        if one.kind() == Kind::Secret && !own.contains(&one) {
            continue;
        }
        // What is set to `none` was thought of: the defaults may have the other one.
        if let Some(placed) = module
            .given(one)
            .filter(|_| !module.settings.contains_key(&other))
        {
            let (one, other) = (one.name(), other.name());
            faults.push(
                rule::CONFIGURATION_VALUE,
                &placed.range,
                format!("`{one}` is given without `{other}`: {why}"),
                format!("add `{other}`, or take `{one}` out"),
            );
        }
    }
}

/// Of two answers to one question a reviewer sees one.
fn tls_twice(
    setting: Setting,
    parameter: &str,
    range: &std::ops::Range<usize>,
    module: &Module,
    faults: &mut Faults<'_>,
) {
    let Some((other, placed)) = TLS
        .into_iter()
        .find_map(|setting| Some((setting, module.given(setting)?)))
    else {
        return;
    };
    let (name, other) = (setting.name(), other.name());
    faults.push_related(
        rule::CONFIGURATION_KEY,
        range,
        format!("TLS is spoken of twice: by `{parameter}` in `{name}`, and by `{other}`"),
        format!("take `{parameter}` out of the URL"),
        (&placed.range, "and here"),
    );
}

impl Module {
    /// Whether the setting serves anything: the password of a login that there is not is not looked for.
    pub(super) fn uses(&self, setting: Setting) -> bool {
        match setting {
            Setting::SystemPassword => self.given(Setting::SystemUrl).is_some(),
            Setting::ReplicaPassword => self.given(Setting::ReplicaUrl).is_some(),
            _ => true,
        }
    }

    /// A setting that has another value than `none`.
    fn given(&self, setting: Setting) -> Option<&Placed> {
        let placed = self.settings.get(&setting)?;
        (!matches!(placed.value, Some(Written::Plain(Given::None)))).then_some(placed)
    }
}
