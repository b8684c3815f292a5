//! Programs on a throwaway database.

use std::process::{Output, Stdio};

use service::Place;
use stellaops_db::TenantId;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

/// A program on the database of a place, with all that it says kept.
pub(crate) fn program(path: &str, place: &Place) -> Command {
    let mut command = Command::new(path);
    command.envs(place.environment()).stdin(Stdio::null());
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    command
}

/// SIGTERM, as an orchestrator sends it.
pub(crate) async fn terminate(child: &Child) {
    let kill = format!("kill -TERM {}", child.id().unwrap());
    assert!(Command::new("sh").args(["-c", &kill]).status().await.unwrap().success());
}

/// The next line of standard output; nothing of it is lost.
pub(crate) async fn line(child: &mut Child) -> String {
    let mut line = String::new();
    let mut output = BufReader::with_capacity(1, child.stdout.take().unwrap());
    output.read_line(&mut line).await.unwrap();
    child.stdout = Some(output.into_inner());
    line
}

pub(crate) fn said(output: &Output) -> String {
    let [told, warned] = [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes));
    format!("{told}{warned}")
}

pub(crate) fn tenant(name: &str) -> TenantId {
    TenantId::new(name).unwrap()
}
