//! Rows as they come, of a statement that has a connection for itself.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;

use futures_util::{Stream, StreamExt as _};
use sqlx::postgres::{PgArguments, PgRow, Postgres};
use sqlx::{Executor as _, SqlStr};
use tokio::sync::mpsc;

use crate::connection::{Connections, InUse};
use crate::error::Error;
use crate::telemetry::{Operation, observed};

/// So many rows are read ahead of the consumer.
const AHEAD: usize = 64;

/// The session's limit is for statements whose answers are awaited. That of a stream lasts as long as the consumer
/// takes rows, and ends when the consumer leaves.
const WITHOUT_TIME_LIMIT: &str = "BEGIN READ ONLY; SET LOCAL statement_timeout = 0";

/// The rows of a statement. The server is read no faster than the consumer takes them; when the stream is
/// dropped before its end, the connection is closed, and with it the statement ends.
pub(super) fn rows(
    connections: Connections,
    namespace: Arc<str>,
    sql: SqlStr,
    arguments: PgArguments,
) -> impl Stream<Item = Result<PgRow, Error>> + Send + 'static {
    let (sender, mut receiver) = mpsc::channel(AHEAD);
    let mut producer = Some(Box::pin(produce(connections, namespace, sql, arguments, sender)) as Producer);
    futures_util::stream::poll_fn(move |context| {
        // The producer runs within the consumer: it fills the channel, and goes on when there is room.
        match receiver.poll_recv(context) {
            Poll::Pending => {}
            ready => return ready,
        }
        if let Some(running) = &mut producer
            && running.as_mut().poll(context).is_ready()
        {
            producer = None;
        }
        receiver.poll_recv(context)
    })
}

type Producer = Pin<Box<dyn Future<Output = ()> + Send>>;

async fn produce(
    connections: Connections,
    namespace: Arc<str>,
    sql: SqlStr,
    arguments: PgArguments,
    sender: mpsc::Sender<Result<PgRow, Error>>,
) {
    let text = sql.clone();
    let operation = Operation::of(text.as_str());
    let sent = send(connections, sql, arguments, &sender);
    let (result, _) = observed(&namespace, &operation, sent, |rows| *rows).await;
    if let Err(error) = result {
        let _ = sender.send(Err(error)).await;
    }
}

/// Sends the rows as they come, and says how many there were.
async fn send(
    connections: Connections,
    sql: SqlStr,
    arguments: PgArguments,
    sender: &mpsc::Sender<Result<PgRow, Error>>,
) -> Result<u64, Error> {
    let mut held = Held(Some(connections.acquire().await?));
    let query = sqlx::query_with::<Postgres, _>(sql, arguments);
    let (mut sent, mut failure) = (0, None);
    if let Some(in_use) = &mut held.0 {
        in_use.connection.execute(WITHOUT_TIME_LIMIT).await?;
        let mut rows = in_use.connection.fetch(query);
        while let Some(row) = rows.next().await {
            match row {
                Ok(row) => {
                    if sender.send(Ok(row)).await.is_err() {
                        return Ok(sent);
                    }
                    sent += 1;
                }
                Err(error) => failure = Some(error),
            }
        }
    }
    if let Some(error) = failure {
        return Err(Error::from(error));
    }
    if let Some(in_use) = &mut held.0 {
        in_use.connection.execute("COMMIT").await?;
    }
    match held.0.take() {
        Some(in_use) => in_use.settle(Ok(sent)),
        None => Ok(sent),
    }
}

/// A connection with a transaction on its way: dropped like that, it is closed, because all rows that are left
/// would have to be read before it could serve another.
struct Held(Option<InUse>);

impl Drop for Held {
    fn drop(&mut self) {
        if let Some(in_use) = self.0.take() {
            in_use.discard();
        }
    }
}
