//! Where messages begin and end in a stream of bytes: a type byte, a length that counts itself, the body.

use std::ops::ControlFlow;

/// The type byte and the four bytes of the length.
const HEADER: u8 = 5;

/// A place in the stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    /// A message of this type begins before this byte of the chunk.
    Starts { kind: u8, at: usize },
    /// The message ends before this byte of the chunk.
    Ends { at: usize },
}

/// Follows one direction of one connection, whatever the chunks are that it arrives in.
pub(super) struct Framing {
    missing_header: u8,
    length: u32,
    missing_body: usize,
}

impl Framing {
    pub(super) fn new() -> Self {
        Self {
            missing_header: HEADER,
            length: 0,
            missing_body: 0,
        }
    }

    /// Shows the marks in a chunk, until `see` breaks.
    pub(super) fn scan<B>(
        &mut self,
        chunk: &[u8],
        mut see: impl FnMut(Mark) -> ControlFlow<B>,
    ) -> ControlFlow<B> {
        let mut at = 0;
        while let Some(&byte) = chunk.get(at) {
            if self.missing_header == HEADER {
                see(Mark::Starts { kind: byte, at })?;
                self.missing_header -= 1;
                self.length = 0;
                at += 1;
                continue;
            }
            if self.missing_header > 0 {
                self.length = self.length << 8 | u32::from(byte);
                self.missing_header -= 1;
                at += 1;
                if self.missing_header > 0 {
                    continue;
                }
                self.missing_body = self.length.saturating_sub(4) as usize;
            } else {
                let taken = self.missing_body.min(chunk.len() - at);
                self.missing_body -= taken;
                at += taken;
            }
            if self.missing_body == 0 {
                self.missing_header = HEADER;
                see(Mark::Ends { at })?;
            }
        }
        ControlFlow::Continue(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marks(chunks: &[&[u8]]) -> Vec<Mark> {
        let mut framing = Framing::new();
        let mut seen = Vec::new();
        for chunk in chunks {
            let _ = framing.scan(chunk, |mark| {
                seen.push(mark);
                ControlFlow::<()>::Continue(())
            });
        }
        seen
    }

    #[test]
    fn messages_are_found_in_one_chunk_and_byte_by_byte() {
        let stream = b"C\0\0\0\x07ABC1\0\0\0\x04Z\0\0\0\x05I";
        let whole = marks(&[stream]);
        let expected = [(b'C', 0, 8), (b'1', 8, 13), (b'Z', 13, 19)];
        let expected: Vec<Mark> = expected
            .into_iter()
            .flat_map(|(kind, start, end)| [Mark::Starts { kind, at: start }, Mark::Ends { at: end }])
            .collect();
        assert_eq!(whole, expected);

        let bytes: Vec<&[u8]> = stream.chunks(1).collect();
        let kinds = |marks: &[Mark]| -> Vec<Option<u8>> {
            let kind = |mark: &Mark| {
                if let Mark::Starts { kind, .. } = mark {
                    Some(*kind)
                } else {
                    None
                }
            };
            marks.iter().map(kind).collect()
        };
        assert_eq!(kinds(&marks(&bytes)), kinds(&expected));
    }

    #[test]
    fn a_break_ends_the_scan_at_its_place() {
        let mut framing = Framing::new();
        let stopped = framing.scan(b"Z\0\0\0\x05IZ\0\0\0\x05I", |mark| match mark {
            Mark::Ends { at } => ControlFlow::Break(at),
            Mark::Starts { .. } => ControlFlow::Continue(()),
        });
        assert_eq!(stopped, ControlFlow::Break(6));
    }
}
