//! What stellaops-db costs beside plain sqlx, tokio-postgres pipelined, SeaORM and diesel-async. `README.md` says
//! how to run it and how to read the table.

mod call;
mod document;
mod options;
mod outcome;
mod report;
mod row;
mod stage;
mod statistics;
mod stock;
mod verb;
mod way;
mod work;

use clap::Parser;

use crate::options::Options;

/// Any error: this program tells it and ends.
type Fault = Box<dyn std::error::Error + Send + Sync>;

// One thread: a caller who waits is woken without a detour, for every way alike, and least noise.
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Fault> {
    let options = Options::parse();
    if let Some(errand) = &options.errand {
        return work::run_errand(errand).await;
    }
    let (stage, mut stock) = stage::set_up(&options).await?;
    let outcome = work::all(&stage, &mut stock, &options).await?;
    let report = report::Report::new(&stage.version, &options, outcome);
    println!("{}", report.print(options.format));
    stage.close().await
}
