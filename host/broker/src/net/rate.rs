//! The rate limit of a grant, over all of its runs: a token bucket that holds one second's worth, kept as the
//! moment at which it will be full again (GCRA, ATM Forum TM 4.0). Time is an argument.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

/// Buckets that are full again are dropped when there are more than this many.
const SWEEP_AT: usize = 1024;

/// A bucket for each grant (uid, generation).
#[derive(Default)]
pub(crate) struct Rates(Mutex<HashMap<(String, i64), Duration>>);

impl Rates {
    /// Takes one token, in advance if need be: how long to wait for it. None, and no token taken, where that
    /// would be longer than `patience`.
    pub(crate) fn take(
        &self,
        grant: &(String, i64),
        per_second: u32,
        now: Duration,
        patience: Duration,
    ) -> Option<Duration> {
        let step = Duration::from_secs(1).checked_div(per_second)?;
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let full_at = buckets.get(grant).copied().unwrap_or_default().max(now);
        let wait = (full_at + step).saturating_sub(now + Duration::from_secs(1));
        if wait > patience {
            return None;
        }
        if buckets.len() >= SWEEP_AT {
            buckets.retain(|_, full_at| *full_at > now);
        }
        buckets.insert(grant.clone(), full_at + step);
        Some(wait)
    }

    /// Gives back a token that was taken in advance and not used.
    pub(crate) fn give_back(&self, grant: &(String, i64), per_second: u32) {
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let (Some(full_at), Some(step)) =
            (buckets.get_mut(grant), Duration::from_secs(1).checked_div(per_second))
        {
            *full_at = full_at.saturating_sub(step);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Duration = Duration::from_secs(100);

    fn grant(uid: &str) -> (String, i64) {
        (uid.to_owned(), 1)
    }

    #[test]
    fn g1_allowed_a_burst_of_one_second_and_then_at_the_rate() {
        let rates = Rates::default();
        for _ in 0..10 {
            assert_eq!(rates.take(&grant("a"), 10, NOW, Duration::MAX), Some(Duration::ZERO));
        }
        let tenth = Duration::from_millis(100);
        assert_eq!(rates.take(&grant("a"), 10, NOW, Duration::MAX), Some(tenth));
        assert_eq!(rates.take(&grant("a"), 10, NOW + tenth, Duration::MAX), Some(tenth));
        assert_eq!(rates.take(&grant("b"), 10, NOW, Duration::MAX), Some(Duration::ZERO));
    }

    #[test]
    fn g1_a_token_that_was_not_used_is_another_ones() {
        let rates = Rates::default();
        let take = || rates.take(&grant("a"), 1, NOW, Duration::MAX);
        let second = Duration::from_secs(1);
        assert_eq!([take(), take()], [Some(Duration::ZERO), Some(second)]);
        rates.give_back(&grant("a"), 1);
        assert_eq!([take(), take()], [Some(second), Some(2 * second)]);
    }

    #[test]
    fn g1_denied_what_would_wait_longer_than_the_run_lives() {
        let rates = Rates::default();
        assert_eq!(rates.take(&grant("a"), 1, NOW, Duration::ZERO), Some(Duration::ZERO));
        assert_eq!(rates.take(&grant("a"), 1, NOW, Duration::from_millis(999)), None);
        assert_eq!(rates.take(&grant("a"), 1, NOW, Duration::from_secs(1)), Some(Duration::from_secs(1)));
        assert_eq!(rates.take(&grant("a"), 0, NOW, Duration::MAX), None);
    }
}
