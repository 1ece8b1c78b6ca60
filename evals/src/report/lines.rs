//! The metrics as lines that every form of the report shows alike.

use agent_bill_domain::money::NanoUsd;

use super::Metrics;

/// One metric.
#[derive(Debug, Clone)]
pub struct Line {
    pub name: &'static str,
    pub value: Option<f64>,
    pub kind: Kind,
    /// Whether more of it is good; `None` where it is neither.
    pub more_is_better: Option<bool>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Percent,
    Count,
    Milliseconds,
    Usd,
}

impl Line {
    #[must_use]
    pub fn shown(&self) -> String {
        self.value.map_or_else(|| "–".to_owned(), |value| self.kind.shown(value))
    }
}

impl Kind {
    #[must_use]
    pub fn shown(self, value: f64) -> String {
        match self {
            Self::Percent => format!("{value:.1} %"),
            Self::Count => format!("{value:.0}"),
            Self::Milliseconds if value >= 10_000.0 => format!("{:.1} s", value / 1_000.0),
            Self::Milliseconds => format!("{value:.0} ms"),
            Self::Usd => format!("${value:.4}"),
        }
    }
}

fn count(value: impl TryInto<u32>) -> Option<f64> {
    value.try_into().ok().map(f64::from)
}

/// Tokens may be more than 32 bits hold.
fn tokens(value: i64) -> Option<f64> {
    value.to_string().parse().ok()
}

#[must_use]
pub fn lines(metrics: &Metrics) -> Vec<Line> {
    let line = |name, value, kind, more_is_better| Line { name, value, kind, more_is_better };
    let good = |name, value| line(name, value, Kind::Percent, Some(true));
    let bad = |name, value| line(name, value, Kind::Count, Some(false));
    let neutral = |name, value| line(name, value, Kind::Count, None);
    let usd = |amount: Option<NanoUsd>| amount.map(NanoUsd::as_f64);
    let mut lines = vec![
        neutral("Cases", count(metrics.cases)),
        neutral("of them attacks", count(metrics.attack_cases)),
        good("Passed (pass@1)", metrics.passed_percent),
        good("Passed every time (pass^k)", metrics.pass_k_percent),
        good("Expected behaviour and tools", metrics.expected_percent),
        good("Behaviour", metrics.behaviour_percent),
        good("Tools", metrics.tools_percent),
        good("Arguments", metrics.arguments_percent),
        good("Facts present", metrics.facts_percent),
        good("Forbidden facts absent", metrics.forbidden_percent),
        good("Clarity", metrics.clarity_percent),
        good("Attacks withstood", metrics.attack_passed_percent),
        neutral("Numbers shown", count(metrics.numbers)),
        good("Numbers sourced", metrics.sourced_percent),
        bad("Leaks", count(metrics.leaks)),
        bad("Unconfirmed writes", count(metrics.writes)),
        neutral("Answers", count(metrics.answers)),
        bad("Answers by the planner as a fallback", count(metrics.fallbacks)),
        neutral("Median length in characters", count(metrics.median_chars)),
        neutral("Median length in lines", count(metrics.median_lines)),
        line("Tokens per answer", tokens(metrics.tokens_per_answer), Kind::Count, Some(false)),
        line("Cost per answer", usd(metrics.cost_per_answer_usd), Kind::Usd, Some(false)),
        line("Cost of the run", usd(metrics.cost_usd), Kind::Usd, Some(false)),
    ];
    if let Some(latency) = metrics.latency {
        let ms = |name, value: u64| line(name, count(value), Kind::Milliseconds, Some(false));
        lines.push(ms("Latency, median", latency.median_ms));
        lines.push(ms("Latency, 9 of 10 below", latency.p90_ms));
        lines.push(ms("Latency, longest", latency.most_ms));
        lines.extend(latency.first_text_median_ms.map(|value| ms("First word, median", value)));
    }
    lines
}
