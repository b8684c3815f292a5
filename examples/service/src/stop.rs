use std::future::Future;
use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal};

/// Ready when the program is asked to stop: by SIGTERM, as an orchestrator does, or by Ctrl-C. Asked a second time,
/// the program ends at once. Signals count from this call on, not from the first poll.
///
/// # Errors
/// When the operating system takes no handler.
pub fn asked_to_stop() -> io::Result<impl Future<Output = ()> + Send + 'static> {
    let mut signals = [signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?];
    Ok(async move {
        one_of(&mut signals).await;
        eprintln!("stopping");
        tokio::spawn(async move {
            one_of(&mut signals).await;
            std::process::exit(130);
        });
    })
}

async fn one_of([terminate, interrupt]: &mut [Signal; 2]) {
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
}
