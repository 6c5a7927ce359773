//! The seam to randomness: ids, jitter and back-off draw from here and nowhere else.

/// A source of random bytes; seeded in simulation, the operating system's in the product.
pub trait Entropy: Send + Sync + 'static {
    /// Fills `bytes` with random bytes.
    fn fill(&self, bytes: &mut [u8]);

    /// Returns a random number in `0..bound`, or 0 when `bound` is 0.
    fn below(&self, bound: u64) -> u64 {
        if bound == 0 {
            return 0;
        }
        let mut bytes = [0; 8];
        self.fill(&mut bytes);
        // The bias of a plain remainder is below 2⁻³² for every bound used here (milliseconds of a delay).
        u64::from_le_bytes(bytes) % bound
    }
}
