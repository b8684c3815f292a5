//! The way to the server: over TLS, with the server verified, or not at all.

use std::path::PathBuf;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose, date_time_ymd,
};
use stellaops_db::persistence::Persistence;
use stellaops_db::schema::scheduler::SQL;
use stellaops_db::testing::{
    NetworkServer, PostgresBinaries, ServerTls, TemplateDatabase, TestDatabase, ensure_login,
};
use stellaops_db::{Config, ConnectError, Database, TlsFault, TlsMode};

use crate::events::Events;
use crate::support::*;

/// An authority that nobody knows, in a folder with its certificate.
struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    folder: tempfile::TempDir,
}

impl Authority {
    fn new(name: &str) -> Self {
        let mut parameters = CertificateParams::default();
        parameters.distinguished_name.push(DnType::CommonName, name);
        parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        parameters.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::DigitalSignature];
        let key = KeyPair::generate().expect("a key");
        let authority = Authority {
            issuer: CertifiedIssuer::self_signed(parameters, key).expect("a certificate"),
            folder: tempfile::tempdir().expect("a folder"),
        };
        std::fs::write(authority.file("authority.pem"), authority.issuer.pem()).expect("is written");
        authority
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The path of its certificate, as a URL says it.
    fn parameter(&self) -> String {
        format!("sslrootcert={}", self.file("authority.pem").display())
    }

    /// The certificate and the key of a server that is called so, valid until the end of that year.
    fn server(&self, names: &[&str], until: i32) -> ServerTls {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let mut parameters = CertificateParams::new(names).expect("names");
        parameters.not_before = date_time_ymd(2000, 1, 1);
        parameters.not_after = date_time_ymd(until, 12, 31);
        let key = KeyPair::generate().expect("a key");
        let certificate = parameters.signed_by(&key, &self.issuer).expect("is signed");
        ServerTls {
            certificate: certificate.pem(),
            key: key.serialize_pem(),
            client_authority: None,
        }
    }

    /// Writes a client's certificate and key, and says where.
    fn client(&self) -> (PathBuf, PathBuf) {
        let mut parameters = CertificateParams::default();
        parameters
            .distinguished_name
            .push(DnType::CommonName, "a service");
        parameters.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        let key = KeyPair::generate().expect("a key");
        let certificate = parameters.signed_by(&key, &self.issuer).expect("is signed");
        let files = (self.file("client.pem"), self.file("client.key"));
        std::fs::write(&files.0, certificate.pem()).expect("is written");
        std::fs::write(&files.1, key.serialize_pem()).expect("is written");
        files
    }
}

/// A server on the network with the schema, and a database in it.
struct Remote {
    server: NetworkServer,
    database: TestDatabase,
}

impl Remote {
    /// None where no programs are there to run one.
    async fn start(tls: Option<ServerTls>) -> Option<Self> {
        let Ok(programs) = PostgresBinaries::find() else {
            eprintln!("SKIPPED: there are no programs to start a server on the network");
            return None;
        };
        let server = NetworkServer::start(programs, tls).await.expect("a server");
        let template = TemplateDatabase::from_scripts(server.server(), "secured", &[SQL]).await;
        let template = template.expect("the schema is applied");
        ensure_login(server.server(), APPLICATION, &["scheduler_app"], false)
            .await
            .expect("the login is made");
        let database = template.clone_database().await.expect("a copy");
        Some(Remote { server, database })
    }

    /// The system may be reached by that address; `0.0.0.0` leads to this machine and looks like another one.
    fn url(&self, login: &str, host: &str, parameters: &str) -> String {
        let (port, name) = (self.server.port(), self.database.name());
        format!("postgres://{login}@{host}:{port}/{name}?{parameters}")
    }

    async fn connect(&self, host: &str, parameters: &str) -> Result<Database, ConnectError> {
        Database::connect(&Config::from_url(&self.url(APPLICATION, host, parameters)).expect("a URL")).await
    }

    /// Why a connection was refused: what the error says beside it begins with.
    async fn fault(&self, host: &str, parameters: &str) -> TlsFault {
        match self.connect(host, parameters).await {
            Err(error @ ConnectError::Tls { .. }) => {
                let told = error.to_string();
                assert_eq!(error.code(), Some("SDB1107"));
                let ConnectError::Tls { login, fault } = error else {
                    unreachable!("it was matched just now");
                };
                assert_eq!(login, format!("{APPLICATION}@{host}:{}", self.server.port()));
                assert!(
                    told.contains(&login) && told.contains(&fault.to_string()),
                    "{told}"
                );
                fault
            }
            other => panic!("{host} {parameters}: {other:?}"),
        }
    }
}

const IS_ENCRYPTED: &str = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()";

#[tokio::test]
async fn a_server_elsewhere_is_verified_without_being_asked_to() {
    let authority = Authority::new("an authority");
    let Some(remote) = Remote::start(Some(authority.server(&["0.0.0.0", "localhost"], 4000))).await else {
        return;
    };
    let parameter = authority.parameter();
    let database = remote.connect("0.0.0.0", &parameter).await.expect("connects");
    let mut connection = database.unscoped().acquire().await.expect("a connection");
    assert!(value::<bool>(&mut connection, IS_ENCRYPTED).await);

    assert_eq!(remote.fault("0.0.0.0", "").await, TlsFault::UnknownAuthority);
    let other = Authority::new("another authority");
    assert_eq!(
        remote.fault("0.0.0.0", &other.parameter()).await,
        TlsFault::UnknownAuthority
    );
    let verified = format!("sslmode=verify-full&{parameter}");
    remote.connect("localhost", &verified).await.expect("connects");
    let TlsFault::WrongName { presented } = remote.fault("127.0.0.1", &verified).await else {
        panic!("the certificate does not name 127.0.0.1");
    };
    assert!(
        presented.iter().any(|name| name.contains("localhost")),
        "{presented:?}"
    );
    let any_name = format!("sslmode=verify-ca&{parameter}");
    remote.connect("127.0.0.1", &any_name).await.expect("connects");
    let missing = remote
        .fault("0.0.0.0", "sslrootcert=/nonexistent/authority.pem")
        .await;
    assert!(matches!(missing, TlsFault::File { .. }), "{missing}");
}

/// The paths of a file begin at its folder, and its settings are those of all logins.
#[tokio::test]
async fn a_module_of_a_file_reaches_a_server_that_its_authority_signed() {
    let authority = Authority::new("an authority");
    let Some(remote) = Remote::start(Some(authority.server(&["0.0.0.0"], 4000))).await else {
        return;
    };
    let open = |settings: &str| {
        let url = |login| remote.url(login, "0.0.0.0", "");
        let text = format!(
            "version: 1\ndefaults: {{ {settings} }}\nmodules:\n  scheduler:\n    url: {}\n    system_url: {}\n",
            url(APPLICATION),
            url(SYSTEM)
        );
        std::fs::write(authority.file("persistence.yaml"), text).expect("is written");
        let persistence = Persistence::from_file(authority.file("persistence.yaml")).expect("is in order");
        persistence.module("scheduler").expect("opens")
    };
    let database = Database::connect(&open("tls_authority: authority.pem")).await;
    let system = database
        .expect("connects")
        .system("over TLS")
        .await
        .expect("opens");
    system.close().await.expect("closes");
    refused!(
        Database::connect(&open("")).await,
        ConnectError::Tls {
            fault: TlsFault::UnknownAuthority,
            ..
        }
    );
    let events = Events::listen();
    Database::connect(&open("tls: require")).await.expect("connects");
    assert!(events.told().contains("sslmode=\"require\""), "it is told");
}

#[tokio::test]
async fn a_certificate_that_has_expired_is_refused() {
    let authority = Authority::new("an authority");
    let Some(remote) = Remote::start(Some(authority.server(&["0.0.0.0"], 2001))).await else {
        return;
    };
    assert_eq!(
        remote.fault("0.0.0.0", &authority.parameter()).await,
        TlsFault::Expired
    );
}

/// There is no silent return to plain text, and what is given up on request is told.
#[tokio::test]
async fn a_server_without_tls_is_refused_unless_plain_text_is_stated() {
    let Some(remote) = Remote::start(None).await else {
        return;
    };
    assert_eq!(remote.fault("0.0.0.0", "").await, TlsFault::NotOffered);
    assert_eq!(
        remote.fault("0.0.0.0", "sslmode=require").await,
        TlsFault::NotOffered
    );
    for (mode, said) in [
        ("prefer", "nobody looks whose certificate"),
        ("disable", "in plain text"),
    ] {
        let events = Events::listen();
        let database = remote
            .connect("0.0.0.0", &format!("sslmode={mode}"))
            .await
            .expect("connects");
        let told = events.told();
        assert!(
            told.contains(said) && told.contains(&format!("sslmode={mode:?}")),
            "{told}"
        );
        let mut connection = database.unscoped().acquire().await.expect("a connection");
        assert!(!value::<bool>(&mut connection, IS_ENCRYPTED).await);
    }
    let events = Events::listen();
    remote.connect("127.0.0.1", "").await.expect("connects");
    assert!(!events.told().contains("not verified"), "it is this machine");
}

#[tokio::test]
async fn all_three_logins_are_protected_alike() {
    let authority = Authority::new("an authority");
    let Some(remote) = Remote::start(Some(authority.server(&["0.0.0.0"], 4000))).await else {
        return;
    };
    let parameter = authority.parameter();
    let options = |login: &str, parameters: &str| {
        let url = remote.url(login, "0.0.0.0", parameters);
        url.parse::<sqlx::postgres::PgConnectOptions>().expect("a URL")
    };
    let config = |system: &str, replica: &str| {
        Config::from_options(options(APPLICATION, &parameter))
            .with_system_options(options(SYSTEM, system))
            .with_replica_options(options(APPLICATION, replica))
    };
    let database = Database::connect(&config(&parameter, &parameter))
        .await
        .expect("connects");
    let seen = "SELECT count(*) FROM pg_stat_activity NATURAL JOIN pg_stat_ssl WHERE usename = $1 AND ssl";
    let mut superuser = remote.database.connect().await.expect("connects");
    for (login, at_least) in [(APPLICATION, 2), (SYSTEM, 1)] {
        let (encrypted,): (i64,) = sqlx::query_as(seen)
            .bind(login)
            .fetch_one(&mut superuser)
            .await
            .expect("is asked");
        assert!(encrypted >= at_least, "{login}: {encrypted}");
    }
    database.close().await;
    for faulty in [config("", &parameter), config(&parameter, "")] {
        refused!(
            Database::connect(&faulty).await,
            ConnectError::Tls {
                fault: TlsFault::UnknownAuthority,
                ..
            }
        );
        let told = faulty.with_tls_authority(authority.file("authority.pem"));
        Database::connect(&told)
            .await
            .expect("one setting serves all logins");
    }
    let events = Events::listen();
    let weakened = config("", "").with_tls(TlsMode::Require);
    Database::connect(&weakened).await.expect("connects");
    let told = events.told();
    for login in ["application", "system", "replica"] {
        assert!(told.contains(&format!("login={login:?}")), "{login}: {told}");
    }
}

#[tokio::test]
async fn a_server_that_wants_certificates_gets_ours() {
    let authority = Authority::new("an authority");
    let mut tls = authority.server(&["0.0.0.0"], 4000);
    tls.client_authority = Some(authority.issuer.pem());
    let Some(remote) = Remote::start(Some(tls)).await else {
        return;
    };
    let parameter = authority.parameter();
    let bare = remote
        .connect("0.0.0.0", &parameter)
        .await
        .expect_err("there is no certificate");
    assert!(bare.to_string().contains("certificate"), "{bare}");
    let (certificate, key) = authority.client();
    let by_url = format!(
        "{parameter}&sslcert={}&sslkey={}",
        certificate.display(),
        key.display()
    );
    remote.connect("0.0.0.0", &by_url).await.expect("connects");
    let config = Config::from_url(&remote.url(APPLICATION, "0.0.0.0", "")).expect("a URL");
    let config = config
        .with_tls_authority(authority.file("authority.pem"))
        .with_tls_certificate(certificate, key);
    Database::connect(&config).await.expect("connects");

    let stranger = Authority::new("a stranger");
    let (certificate, key) = stranger.client();
    let strange = format!(
        "{parameter}&sslcert={}&sslkey={}",
        certificate.display(),
        key.display()
    );
    assert_eq!(
        remote.fault("0.0.0.0", &strange).await,
        TlsFault::CertificateWanted
    );
}
