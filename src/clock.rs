//! The system's clock; everything else takes time as a parameter.

use agent_bill_domain::clock::Clock;
use jiff::Timestamp;

#[derive(Debug, Clone, Copy)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}
