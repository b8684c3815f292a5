//! Numbers for tests that try many things.

/// Numbers that look like chance and are the same in every run.
#[derive(Debug, Clone)]
pub struct Numbers(pub u64);

impl Numbers {
    /// The next number, less than `limit`; 0 where the limit is 0.
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or_default() % limit.max(1)
    }

    /// Puts values into another order.
    pub fn shuffle<V>(&mut self, values: &mut [V]) {
        for position in (1..values.len()).rev() {
            values.swap(position, self.below(position + 1));
        }
    }
}
