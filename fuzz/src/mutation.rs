//! Inputs made of others, the same ones for the same seed.

use fastrand::Rng;

use crate::Target;

/// The longest input.
const LONGEST: usize = 64 * 1024;

/// Bytes at the edges of what lengths, numbers and UTF-8 are.
const EDGES: [u8; 12] = [0, 1, 0x0a, 0x20, 0x22, 0x27, 0x28, 0x5c, 0x7f, 0x80, 0xc3, 0xff];

/// Makes inputs of a target's seeds and pieces.
#[derive(Debug)]
pub struct Mutator {
    rng: Rng,
    seeds: Vec<Vec<u8>>,
    pieces: &'static [&'static str],
}

impl Mutator {
    /// For a target whose committed inputs are these.
    pub fn new(target: &Target, seeds: Vec<Vec<u8>>, seed: u64) -> Self {
        Mutator {
            rng: Rng::with_seed(seed),
            seeds,
            pieces: target.pieces,
        }
    }

    /// The next input.
    pub fn next_input(&mut self) -> Vec<u8> {
        let mut input = match self.rng.u8(..8) {
            0 => self.of_pieces(),
            1 => self.noise(),
            _ => self.seed(),
        };
        for _ in 0..self.rng.usize(1..8) {
            self.change(&mut input);
        }
        input.truncate(LONGEST);
        input
    }

    fn seed(&mut self) -> Vec<u8> {
        self.rng.choice(&self.seeds).cloned().unwrap_or_default()
    }

    fn noise(&mut self) -> Vec<u8> {
        let length = self.rng.usize(..200);
        (0..length).map(|_| self.rng.u8(..)).collect()
    }

    fn of_pieces(&mut self) -> Vec<u8> {
        let number = self.rng.usize(..40);
        (0..number).flat_map(|_| self.piece()).collect()
    }

    fn piece(&mut self) -> Vec<u8> {
        self.rng
            .choice(self.pieces)
            .map(|piece| piece.as_bytes().to_vec())
            .unwrap_or_default()
    }

    /// A range of an input, short in most cases.
    fn range(&mut self, length: usize) -> std::ops::Range<usize> {
        let begin = self.rng.usize(..=length);
        let most = if self.rng.u8(..4) == 0 { length } else { 16 };
        begin..(begin + self.rng.usize(..=most)).min(length)
    }

    fn change(&mut self, input: &mut Vec<u8>) {
        let range = self.range(input.len());
        match self.rng.u8(..9) {
            0 if !input.is_empty() => {
                let at = self.rng.usize(..input.len());
                input[at] ^= 1 << self.rng.u8(..8);
            }
            1 if !input.is_empty() => {
                let at = self.rng.usize(..input.len());
                input[at] = self.edge();
            }
            2 => drop(input.drain(range)),
            3 => {
                let copy = input[range].to_vec();
                let at = self.rng.usize(..=input.len());
                drop(input.splice(at..at, copy));
            }
            // What recurses is found by what is nested deep.
            4 if self.rng.u8(..32) == 0 => {
                let many = 1 << self.rng.u8(4..15);
                let part = if self.rng.bool() {
                    self.piece()
                } else {
                    input[range.clone()].to_vec()
                };
                let times = many.min(LONGEST / part.len().max(1));
                drop(input.splice(range, part.repeat(times)));
            }
            5 => {
                let other = self.seed();
                let part = self.range(other.len());
                drop(input.splice(range, other[part].to_vec()));
            }
            6 => {
                let noise = vec![self.edge()];
                drop(input.splice(range.start..range.start, noise));
            }
            _ => {
                let piece = self.piece();
                drop(input.splice(range, piece));
            }
        }
    }

    fn edge(&mut self) -> u8 {
        match self.rng.bool() {
            true => EDGES[self.rng.usize(..EDGES.len())],
            false => self.rng.u8(..),
        }
    }
}
