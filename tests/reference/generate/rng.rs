//! A small generator of random numbers (splitmix64), which may begin with numbers that are given.

/// Its state.
#[derive(Debug)]
pub struct Rng {
    state: u64,
    calm: bool,
    /// What is taken before anything is drawn, from the end.
    given: Vec<u8>,
}

impl Rng {
    /// The same seed gives the same numbers.
    pub fn new(seed: u64) -> Self {
        let state = seed.wrapping_mul(0x2545_F491_4F6C_DD1D);
        Self { state, calm: seed.is_multiple_of(2), given: Vec::new() }
    }

    /// Takes its numbers from bytes as long as there are any: whoever changes one of them changes one choice.
    pub fn from_bytes(bytes: &[u8]) -> Self {
        let (first, rest) = bytes.split_first().unwrap_or((&0, &[]));
        Self { given: rest.iter().rev().copied().collect(), ..Self::new(u64::from(*first)) }
    }

    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.state ^ (self.state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// From 0 to one less than `bound`; 0 for a bound of 0.
    #[expect(clippy::cast_possible_truncation, reason = "the remainder is below a usize")]
    pub fn below(&mut self, bound: usize) -> usize {
        let number = self.given(bound).unwrap_or_else(|| self.next());
        (number % (bound.max(1) as u64)) as usize
    }

    /// One byte, or two where one could not tell all numbers apart.
    fn given(&mut self, bound: usize) -> Option<u64> {
        let low = u64::from(self.given.pop()?);
        let high = if bound > 256 { self.given.pop().unwrap_or_default() } else { 0 };
        Some(low | u64::from(high) << 8)
    }

    /// From `low` to `high`, both included.
    pub fn between(&mut self, low: usize, high: usize) -> usize {
        low + self.below(high - low + 1)
    }

    /// True in so many of a hundred cases.
    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// With another chance for every second seed, so that half of the snapshots grant much and refuse little.
    pub fn chance_if_calm(&mut self, calm: usize, else_percent: usize) -> bool {
        let percent = if self.calm { calm } else { else_percent };
        self.chance(percent)
    }

    /// One of these, of which there is at least one.
    #[expect(clippy::expect_used, reason = "the lists are never empty")]
    pub fn pick<T: Clone>(&mut self, items: &[T]) -> T {
        items.get(self.below(items.len())).cloned().expect("a list with an element")
    }

    /// Each of these with some chance, in order.
    pub fn some<T: Clone>(&mut self, items: &[T], percent: usize) -> Vec<T> {
        items.iter().filter(|_| self.chance(percent)).cloned().collect()
    }

    /// The same, but at least one.
    pub fn some_at_least_one<T: Clone>(&mut self, items: &[T], percent: usize) -> Vec<T> {
        let some = self.some(items, percent);
        if some.is_empty() { vec![self.pick(items)] } else { some }
    }

    /// Up to so many of these, none twice, in any order.
    pub fn sample<T: Clone>(&mut self, items: &[T], count: usize) -> Vec<T> {
        let mut items = items.to_vec();
        self.shuffle(&mut items);
        items.truncate(count);
        items
    }

    /// Another order.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }
}
