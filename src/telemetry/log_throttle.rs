//! The same trouble, logged once in a while.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long a trouble that lasts is kept quiet about.
const PAUSE: Duration = Duration::from_secs(60);

#[derive(Debug, Default)]
pub(super) struct LogThrottle {
    last: Mutex<Option<Instant>>,
}

impl LogThrottle {
    /// Whether it is time to say it (again); counts as said.
    pub fn is_due(&self, now: Instant) -> bool {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let due = last.is_none_or(|last| now.saturating_duration_since(last) >= PAUSE);
        if due {
            *last = Some(now);
        }
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trouble_that_lasts_is_told_once_a_minute() {
        let (throttle, start) = (LogThrottle::default(), Instant::now());
        let said = (0_u64..150).filter(|second| throttle.is_due(start + Duration::from_secs(*second)));
        assert_eq!(said.collect::<Vec<_>>(), [0, 60, 120]);
    }
}
