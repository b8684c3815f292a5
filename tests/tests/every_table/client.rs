//! A client that sends every value as text and leaves its type to the server, so that the statements of
//! any table can be run without a struct for it.

use std::error::Error as StdError;

use stellaops_db::testing::TestDatabase;
use stellaops_db::verify::sample::Text;
use tokio_postgres::types::private::BytesMut;
use tokio_postgres::types::{Format, FromSql, IsNull, Kind, ToSql, Type};
use tokio_postgres::{Error, NoTls, Row};

/// A connection of one login.
pub(crate) struct Client {
    client: tokio_postgres::Client,
    tenant_type: Type,
}

impl Client {
    /// Connects, and looks up the type that a tenant is sent as.
    pub(crate) async fn connect(database: &TestDatabase, login: &str) -> Self {
        let (client, connection) = tokio_postgres::connect(&database.url_as(login), NoTls)
            .await
            .expect("the login connects");
        tokio::spawn(connection);
        let oid: u32 = client
            .query_one("SELECT to_regtype('stellaops.tenant')::oid", &[])
            .await
            .expect("the type is there")
            .get(0);
        let tenant_type = Type::new("tenant".into(), oid, Kind::Domain(Type::TEXT), "stellaops".into());
        Client { client, tenant_type }
    }

    /// Connects as the server's superuser, whom no privilege binds.
    pub(crate) async fn connect_as_superuser(database: &TestDatabase) -> Self {
        let options = database.connect_options();
        Client::connect(database, options.get_username()).await
    }

    /// Runs one of a table's statements. A statement of a table with tenants takes the tenant as its
    /// first parameter, which binds it.
    pub(crate) async fn run(
        &self,
        sql: &str,
        tenant: Option<&str>,
        values: &[Text],
    ) -> Result<Vec<Row>, Error> {
        let types = tenant.map(|_| self.tenant_type.clone());
        let statement = self.client.prepare_typed(sql, types.as_slice()).await?;
        let parameters: Vec<Parameter> = tenant
            .map(|tenant| Parameter(Some(tenant.to_owned())))
            .into_iter()
            .chain(values.iter().cloned().map(Parameter))
            .collect();
        let parameters: Vec<&(dyn ToSql + Sync)> =
            parameters.iter().map(|parameter| parameter as _).collect();
        self.client.query(&statement, &parameters).await
    }

    /// Runs statements without parameters, as one message.
    pub(crate) async fn execute(&self, sql: &str) -> Result<(), Error> {
        self.client.batch_execute(sql).await
    }
}

/// The SQLSTATE of an error of the server.
pub(crate) fn code(error: &Error) -> &str {
    error
        .code()
        .map_or("no answer of the server", |state| state.code())
}

/// The server's words for an error.
pub(crate) fn in_words(error: &Error) -> String {
    let answer = error.as_db_error();
    answer.map_or_else(
        || error.to_string(),
        |answer| {
            format!(
                "{} {} {}",
                answer.code().code(),
                answer.message(),
                answer.constraint().unwrap_or_default()
            )
        },
    )
}

/// What a row holds, as the server sent it.
pub(crate) fn bytes(row: &Row) -> Vec<Option<Vec<u8>>> {
    (0..row.len())
        .map(|position| row.get::<_, Option<Bytes>>(position).map(|bytes| bytes.0))
        .collect()
}

#[derive(Debug)]
struct Parameter(Text);

impl ToSql for Parameter {
    fn to_sql(&self, _: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn StdError + Sync + Send>> {
        Ok(match &self.0 {
            None => IsNull::Yes,
            Some(text) => {
                out.extend_from_slice(text.as_bytes());
                IsNull::No
            }
        })
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    fn encode_format(&self, _: &Type) -> Format {
        Format::Text
    }

    tokio_postgres::types::to_sql_checked!();
}

struct Bytes(Vec<u8>);

impl<'a> FromSql<'a> for Bytes {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn StdError + Sync + Send>> {
        Ok(Bytes(raw.to_vec()))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}
