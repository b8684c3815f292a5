use crate::DbEnum;

/// How a token was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, DbEnum)]
#[db_enum("authority.oauth_flow")]
pub enum OAuthFlow {
    /// With a person's password.
    Password,
    /// With a client's own credentials.
    ClientCredentials,
    /// On a device whose owner approves elsewhere.
    Device,
}

/// Whether a machine or a program may ask for tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, DbEnum)]
#[db_enum("authority.machine_status")]
pub enum MachineStatus {
    /// It may.
    Active,
    /// It may not; its row and its history stay.
    Disabled,
}
