//! Requests per person, as a token bucket in the form of the generic cell rate algorithm: one instant per person.
//!
//! Memory is bounded: a person whose bucket is full again is forgotten without loss, and beyond the limit of the table the person closest to
//! full is forgotten first (which errs in that person's favour).
//! `docs/decisions/0009-rate-limit.md` says why it is ours.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use agent_bill_domain::ids::PersonId;

const MAX_PEOPLE: usize = 10_000;

pub struct RateLimit {
    /// Time in which one request is earned.
    interval: Duration,
    /// How far the bucket may run ahead of time.
    allowance: Duration,
    /// When each bucket will be full again.
    full_at: Mutex<HashMap<PersonId, Instant>>,
}

impl RateLimit {
    /// `burst` requests at once, refilled at `per_minute`. Zero counts as one.
    #[must_use]
    pub fn new(per_minute: u32, burst: u32) -> Self {
        let interval = Duration::from_secs(60) / per_minute.max(1);
        Self { interval, allowance: interval.saturating_mul(burst.max(1)), full_at: Mutex::default() }
    }

    /// Takes one request out of the bucket.
    ///
    /// # Errors
    /// The time until there is one again.
    pub fn take(&self, person: &PersonId, now: Instant) -> Result<(), Duration> {
        let mut full_at = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        let start = full_at.get(person).copied().filter(|at| *at > now).unwrap_or(now);
        let next = start + self.interval;
        let ahead = next.saturating_duration_since(now);
        if ahead > self.allowance {
            return Err(ahead.saturating_sub(self.allowance));
        }
        if full_at.len() >= MAX_PEOPLE && !full_at.contains_key(person) {
            make_room(&mut full_at, now);
        }
        full_at.insert(person.clone(), next);
        Ok(())
    }
}

fn make_room(full_at: &mut HashMap<PersonId, Instant>, now: Instant) {
    full_at.retain(|_, at| *at > now);
    if full_at.len() >= MAX_PEOPLE
        && let Some(nearest) = full_at.iter().min_by_key(|(_, at)| **at).map(|(person, _)| person.clone())
    {
        full_at.remove(&nearest);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_burst_is_allowed_and_then_one_per_interval() {
        let limit = RateLimit::new(60, 3);
        let (person, start) = (PersonId::from("p"), Instant::now());
        for _ in 0..3 {
            assert_eq!(limit.take(&person, start), Ok(()));
        }
        assert_eq!(limit.take(&person, start), Err(Duration::from_secs(1)));
        assert_eq!(limit.take(&person, start + Duration::from_secs(1)), Ok(()));
        assert!(limit.take(&person, start + Duration::from_secs(1)).is_err());
    }

    #[test]
    fn one_person_does_not_use_up_anothers_requests() {
        let limit = RateLimit::new(1, 1);
        let now = Instant::now();
        assert!(limit.take(&PersonId::from("a"), now).is_ok());
        assert!(limit.take(&PersonId::from("a"), now).is_err());
        assert!(limit.take(&PersonId::from("b"), now).is_ok());
    }

    #[test]
    fn memory_stays_bounded() {
        let limit = RateLimit::new(1, 1);
        let now = Instant::now();
        for i in 0..MAX_PEOPLE + 50 {
            limit.take(&PersonId::from(format!("p{i}")), now).unwrap();
        }
        assert_eq!(limit.full_at.lock().unwrap().len(), MAX_PEOPLE);
    }

    proptest! {
        #[test]
        fn no_pattern_of_requests_gets_more_than_burst_plus_rate(gaps in prop::collection::vec(0_u64..3_000, 1..200), per_minute in 1_u32..600, burst in 1_u32..20) {
            let limit = RateLimit::new(per_minute, burst);
            let (person, start) = (PersonId::from("p"), Instant::now());
            let (mut elapsed, mut granted) = (0_u64, 0_u64);
            for gap in gaps {
                elapsed += gap;
                granted += u64::from(limit.take(&person, start + Duration::from_millis(elapsed)).is_ok());
            }
            prop_assert!(granted <= u64::from(burst) + elapsed * u64::from(per_minute) / 60_000 + 1);
        }
    }
}
