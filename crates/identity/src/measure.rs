//! How many tokens a second the verifier checks, for `make bench`: the whole check, from text to believed claims, with a known key.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::local_issuer::{LocalIssuer, LocalIssuerError};
use super::refusal::Refusal;
use agent_bill_domain::clock::{FixedClock, SharedClock};

#[derive(Debug, Clone, Copy)]
pub struct Measured {
    pub checks: u64,
    pub elapsed: Duration,
    pub token_bytes: usize,
}

impl Measured {
    /// Checks in one second, rounded down.
    #[must_use]
    pub fn per_second(&self) -> u64 {
        let micros = self.elapsed.as_micros().max(1);
        u64::try_from(u128::from(self.checks).saturating_mul(1_000_000) / micros).unwrap_or(u64::MAX)
    }
}

#[derive(Debug, thiserror::Error)]
pub enum MeasureError {
    #[error(transparent)]
    Issuer(#[from] LocalIssuerError),
    #[error("a good token was refused: {0}")]
    Refused(#[from] Refusal),
}

/// Checks one token again and again on this thread for at least `time`. Nothing of a check is cached between tokens.
///
/// # Errors
/// When no token can be made or a good one is refused.
pub async fn measure_token_checks(time: Duration) -> Result<Measured, MeasureError> {
    let clock: SharedClock = Arc::new(FixedClock(jiff::Timestamp::now()));
    let issuer = Arc::new(LocalIssuer::new(Arc::clone(&clock))?);
    let verifier = issuer.verifier(clock);
    let token = issuer.token_for("3f0c7a52-6a0e-4c1c-9a53-8d2f5f1b7e10", "lena@example.com", &["product_owner", "portfolio_manager"])?;
    verifier.verify(&token).await?;
    let started = Instant::now();
    let mut checks = 0_u64;
    while started.elapsed() < time {
        for _ in 0..100 {
            verifier.verify(&token).await?;
        }
        checks += 100;
    }
    Ok(Measured { checks, elapsed: started.elapsed(), token_bytes: token.len() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_measurement_counts_real_checks() {
        let measured = measure_token_checks(Duration::from_millis(20)).await.unwrap();
        assert!(measured.checks >= 100 && measured.elapsed >= Duration::from_millis(20));
        let rate = Measured { checks: 500, elapsed: Duration::from_millis(250), token_bytes: 0 }.per_second();
        assert_eq!(rate, 2000);
    }
}
