//! Cases made of other cases.

use voiceagent::audio::Rng;

/// An endless row of mutations of a corpus.
pub(crate) struct Mutations<'a> {
    corpus: &'a [Vec<u8>],
    rng: Rng,
}

impl<'a> Mutations<'a> {
    pub(crate) fn of(corpus: &'a [Vec<u8>]) -> Self {
        assert!(!corpus.is_empty());
        Self {
            corpus,
            rng: Rng::new(6),
        }
    }

    fn below(&mut self, end: usize) -> usize {
        self.rng.index(0, end)
    }

    /// A stretch of some case, or bytes of chance.
    fn piece(&mut self) -> Vec<u8> {
        if self.below(3) == 0 {
            let length = self.below(40);
            return (0..length).map(|_| self.rng.bits() as u8).collect();
        }
        let other = self.below(self.corpus.len());
        let other = &self.corpus[other];
        let begin = self.rng.index(0, other.len() + 1);
        let end = self.rng.index(begin, other.len() + 1);
        other[begin..end].to_vec()
    }

    fn mutate(&mut self, case: &mut Vec<u8>) {
        let begin = self.below(case.len() + 1);
        let end = (begin + self.below(30)).min(case.len());
        match self.below(5) {
            0 if begin < case.len() => case[begin] ^= 1 << self.below(8),
            1 => drop(case.drain(begin..end)),
            2 => {
                let again = case[begin..end].to_vec();
                case.splice(begin..begin, again);
            }
            3 => {
                let piece = self.piece();
                case.splice(begin..end, piece);
            }
            _ => {
                let piece = self.piece();
                case.splice(begin..begin, piece);
            }
        }
    }
}

impl Iterator for Mutations<'_> {
    type Item = Vec<u8>;

    fn next(&mut self) -> Option<Vec<u8>> {
        let base = self.below(self.corpus.len());
        let mut case = self.corpus[base].clone();
        for _ in 0..=self.below(6) {
            self.mutate(&mut case);
        }
        case.truncate(LONGEST);
        Some(case)
    }
}

/// Bytes of a case at most.
const LONGEST: usize = 4_096;
