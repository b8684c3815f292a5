//! The HTTP service: `cargo run --bin api -- --demo` serves a throwaway database.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use axum::Router;
use axum::http::HeaderName;
use clap::Parser;
use service::api::{BearerTokens, TrustedGateway, router};
use service::{Failure, Place, asked_to_stop, exit_code, tell_warnings, work};
use stellaops_db::{Database, TenantId};
use tokio::net::TcpListener;

/// Serves the graph jobs of each tenant. The database is that of STELLAOPS_DB_URL.
#[derive(Parser)]
struct Arguments {
    /// Where to listen.
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    #[command(flatten)]
    callers: CallersArguments,
}

#[derive(clap::Args)]
#[group(required = true, multiple = false)]
struct CallersArguments {
    /// A file of bearer tokens: lines `<SHA-256 of the token> <tenant>`.
    #[arg(long, value_name = "FILE")]
    tokens: Option<PathBuf>,
    /// The header with the tenant. Only behind a gateway that sets it, and takes it out of what clients send.
    #[arg(long, value_name = "HEADER")]
    trust_gateway: Option<HeaderName>,
    /// A throwaway database with jobs of two tenants.
    #[arg(long)]
    demo: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    tell_warnings();
    exit_code(serve(Arguments::parse()).await)
}

async fn serve(arguments: Arguments) -> Result<ExitCode, Failure> {
    let stop = asked_to_stop()?;
    let place = Place::open(arguments.callers.demo).await?;
    let listener = TcpListener::bind(arguments.listen).await?;
    let address = listener.local_addr()?;
    let service = service(place.database.clone(), arguments.callers, address).await?;
    println!("listening on http://{address}");
    // Requests that are under way are answered; their statements have time limits.
    axum::serve(listener, service).with_graceful_shutdown(stop).await?;
    place.close().await;
    println!("all requests are answered");
    Ok(ExitCode::SUCCESS)
}

async fn service(
    database: Database,
    callers: CallersArguments,
    address: SocketAddr,
) -> Result<Router, Failure> {
    if let Some(header) = callers.trust_gateway {
        return Ok(router(database, TrustedGateway { header }));
    }
    if let Some(file) = callers.tokens {
        return Ok(router(database, BearerTokens::parse(&std::fs::read_to_string(file)?)?));
    }
    let mut tokens = BearerTokens::default();
    for (name, jobs) in [("acme", 120), ("globex", 3)] {
        let tenant = TenantId::new(name)?;
        work::queue(&database, &tenant, jobs).await?;
        let token = format!("{name}-token");
        println!(
            "{name} has {jobs} jobs: curl -H 'Authorization: Bearer {token}' 'http://{address}/graph-jobs?limit=2'"
        );
        tokens = tokens.with(&token, tenant);
    }
    Ok(router(database, tokens))
}
