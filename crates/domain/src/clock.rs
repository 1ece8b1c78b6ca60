//! Time as a parameter: the service is given the system's clock, the demo and the tests one that stands still.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;

pub trait Clock: Send + Sync {
    fn now(&self) -> Timestamp;

    /// Today's UTC date.
    fn today(&self) -> Date {
        Offset::UTC.to_datetime(self.now()).date()
    }

    /// `YYYY-MM-DDTHH:MM:SSZ`, the form every timestamp column holds.
    fn now_text(&self) -> String {
        self.now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
    }
}

pub type SharedClock = Arc<dyn Clock>;

/// Stands still at one instant.
#[derive(Debug, Clone, Copy)]
pub struct FixedClock(pub Timestamp);

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        self.0
    }
}
