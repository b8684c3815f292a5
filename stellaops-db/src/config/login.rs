//! What the options of a login may not hold, whether a URL or the program made them.

use sqlx::postgres::PgConnectOptions;

use super::session_options::forbidden;

/// Why a login cannot be used. Its parts are never repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum LoginFault {
    /// The driver writes each part with a NUL behind it.
    #[error(
        "not a login without a NUL: what stands behind the one in its {part} would be a setting of its own"
    )]
    Nul { part: &'static str },
    #[error("not a login that leaves `{name}` alone: take it out of `options`, or of PGOPTIONS; {remedy}")]
    Option {
        name: &'static str,
        remedy: &'static str,
    },
}

/// Looks at all that a session of the login begins with.
///
/// # Errors
/// [`LoginFault`].
pub(super) fn look_at_login(options: &PgConnectOptions) -> Result<(), LoginFault> {
    let parts = [
        ("host", Some(options.get_host())),
        ("user", Some(options.get_username())),
        ("database", options.get_database()),
        ("options", options.get_options()),
        ("application name", options.get_application_name()),
    ];
    for (part, text) in parts {
        if text.is_some_and(|text| text.contains('\0')) {
            return Err(LoginFault::Nul { part });
        }
    }
    match options.get_options().and_then(forbidden) {
        Some((name, remedy)) => Err(LoginFault::Option { name, remedy }),
        None => Ok(()),
    }
}
