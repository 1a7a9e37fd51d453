//! Choices and pieces out of any bytes.

/// Bytes that decide, one after another, what is done; zeros once they have run out.
pub(crate) struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn byte(&mut self) -> u8 {
        let Some((&byte, rest)) = self.0.split_first() else {
            return 0;
        };
        self.0 = rest;
        byte
    }

    /// One of these.
    pub(crate) fn one_of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[usize::from(self.byte()) % choices.len()]
    }

    /// Up to 65,535.
    pub(crate) fn number(&mut self) -> u16 {
        u16::from_le_bytes([self.byte(), self.byte()])
    }

    /// As many as the next byte says, at most.
    pub(crate) fn piece(&mut self) -> &'a [u8] {
        let length = usize::from(self.byte()).min(self.0.len());
        let (piece, rest) = self.0.split_at(length);
        self.0 = rest;
        piece
    }

    /// All that is left.
    pub(crate) fn rest(&mut self) -> &'a [u8] {
        std::mem::take(&mut self.0)
    }
}

/// Cuts `whole` into pieces whose lengths these bytes say.
pub(crate) fn cut<'a, T>(whole: &'a [T], lengths: &[u8]) -> Vec<&'a [T]> {
    let mut pieces = Vec::new();
    let mut rest = whole;
    for &length in lengths.iter().cycle().take(rest.len()) {
        let (piece, behind) = rest.split_at(rest.len().min(usize::from(length)));
        pieces.push(piece);
        rest = behind;
    }
    pieces.push(rest);
    pieces
}
