//! What each verb of a repository costs beside plain sqlx, the usual transaction around it, and
//! tokio-postgres pipelined. `README.md` says how to run it and how to read the tables.

mod call;
mod measure;
mod options;
mod report;
mod row;
mod stage;
mod statistics;
mod stock;
mod verb;
mod way;

use clap::Parser;

use crate::options::Options;

/// Any error: this program tells it and ends.
type Fault = Box<dyn std::error::Error + Send + Sync>;

// One thread: a caller who waits is woken without a detour, for every way alike, and least noise.
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Fault> {
    let options = Options::parse();
    let (stage, mut stock) = stage::set_up(&options).await?;
    let measured = measure::all(&stage, &mut stock, &options).await?;
    let report = report::Report::new(&stage.version, &options, measured);
    println!("{}", report.print(options.format));
    stage.close().await
}
