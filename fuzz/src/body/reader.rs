//! Values out of bytes, for bodies whose input is more than one text. What is missing is empty.

/// What is left of an input.
pub(super) struct Reader<'d> {
    rest: &'d [u8],
}

impl<'d> Reader<'d> {
    pub(super) fn new(data: &'d [u8]) -> Self {
        Reader { rest: data }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    pub(super) fn bytes(&mut self, length: usize) -> &'d [u8] {
        let (taken, rest) = self.rest.split_at(length.min(self.rest.len()));
        self.rest = rest;
        taken
    }

    /// So many bytes, with zeros behind where the input ends.
    pub(super) fn array<const N: usize>(&mut self) -> [u8; N] {
        let mut array = [0; N];
        let taken = self.bytes(N);
        array[..taken.len()].copy_from_slice(taken);
        array
    }

    pub(super) fn byte(&mut self) -> u8 {
        u8::from_be_bytes(self.array())
    }

    /// A length in one byte, and so many bytes.
    pub(super) fn run(&mut self) -> &'d [u8] {
        let length = self.byte();
        self.bytes(length.into())
    }

    pub(super) fn text(&mut self) -> String {
        String::from_utf8_lossy(self.run()).into_owned()
    }

    pub(super) fn rest(self) -> &'d [u8] {
        self.rest
    }
}
