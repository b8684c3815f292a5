//! The feed of a catalogue of exploited vulnerabilities, one JSON object a line, and its way into `vuln.kev_flags`.

mod entry;
mod import;
mod made_up;

use std::io;
use std::path::Path;

use futures_util::stream::{self, BoxStream, StreamExt as _};
use tokio::io::{AsyncBufRead, AsyncBufReadExt as _, BufReader};

pub use entry::Entry;
pub use import::{Catalogue, Imported, RefusedLine, SoFar};
pub use made_up::made_up;

/// A feed, line by line: never more than one line is held here.
pub struct Feed {
    /// The lines, without their ends.
    pub lines: BoxStream<'static, io::Result<Vec<u8>>>,
    /// How long all of it is, where that is known.
    pub bytes: Option<u64>,
}

impl Feed {
    /// A file.
    ///
    /// # Errors
    /// It cannot be read.
    pub async fn of_file(path: &Path) -> io::Result<Self> {
        let file = tokio::fs::File::open(path).await?;
        let bytes = file.metadata().await?.len();
        Ok(Feed { lines: lines(BufReader::new(file)), bytes: Some(bytes) })
    }

    /// Standard input.
    pub fn of_input() -> Self {
        Feed { lines: lines(BufReader::new(tokio::io::stdin())), bytes: None }
    }

    /// So many entries that nobody published.
    pub fn of_made_up(number: u64) -> Self {
        let lines = made_up(number).map(|line| Ok(line.into_bytes()));
        Feed { lines: stream::iter(lines).boxed(), bytes: None }
    }
}

/// Bytes, not texts: a line that is no UTF-8 is refused like any other, and does not end the feed.
fn lines(reader: impl AsyncBufRead + Send + Unpin + 'static) -> BoxStream<'static, io::Result<Vec<u8>>> {
    let next = |mut lines: tokio::io::Split<_>| async move {
        Ok::<_, io::Error>(lines.next_segment().await?.map(|line| (line, lines)))
    };
    stream::try_unfold(reader.split(b'\n'), next).boxed()
}
