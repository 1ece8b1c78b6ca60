//! The limits on what may be consumed.

use super::Usage;
use crate::say::{Cite, Row};

use super::super::LimitLine;

/// From this share on a limit is close.
const CLOSE_PERCENT: f64 = 80.0;

/// How the limit that would stop the asker first stands.
pub(super) fn binding(near: bool, usage: &Usage) -> String {
    let limits = usage.rows("limits", &usage.limits);
    let Some(line) = limits.iter().find(|line| line.binding) else { return "no limit is set.".to_owned() };
    let state = match (line.reached, line.used_percent) {
        (Some(true), _) => "reached: ",
        (_, Some(share)) if share >= CLOSE_PERCENT => "close: ",
        // Hidden use binds only when less of it is left than of one's own day.
        (None, _) => "close: ",
        _ if near => "not near: ",
        _ => "",
    };
    let used = line.used_percent.map(|_| format!("; {} of it is used", line.cite("used_percent"))).unwrap_or_default();
    format!("{state}the limit that stops you first is {} for {}{used}.", allowed(line), line.name)
}

pub(super) fn all(usage: &Usage) -> Vec<String> {
    let line = |line: &Row<'_, LimitLine>| {
        let used = match (line.used_usd, line.used_tokens) {
            (Some(_), Some(_)) => format!(", used {} and {} tokens", line.cite("used_usd"), line.cite("used_tokens")),
            _ => String::new(),
        };
        let binding = if line.binding { " (stops you first)" } else { "" };
        format!("Limit for {}: {}{used}{binding}", line.name, allowed(line))
    };
    usage.rows("limits", &usage.limits).iter().map(line).collect()
}

fn allowed(line: &Row<'_, LimitLine>) -> String {
    format!("{} or {} tokens", line.cite("limit_usd"), line.cite("limit_tokens"))
}
