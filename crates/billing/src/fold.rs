//! Sums of Bedrock lines by day and by everything an answer may ask for.
//!
//! Each reader thread folds on its own; the parts are then merged. Money is converted to nano-USD line by line and added as integers, so neither the
//! number of threads nor the order of lines can change a sum.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use agent_bill_domain::bill::quantity::whole;
use agent_bill_domain::money::NanoUsd;

use super::line::{Channel, Line, LineKind};
use super::meanings::Meanings;
use super::number_map::NumberMap;
use super::strings::{EMPTY, Strings};

pub const SECONDS_PER_DAY: i64 = 86_400;

/// What separates one daily row from another. Numbers are those of [`Strings`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Key {
    /// Days since 1970-01-01 (UTC).
    pub day: i64,
    pub payer: u32,
    pub account: u32,
    pub region: u32,
    pub principal_key: u32,
    pub usage_type: u32,
    pub pricing_unit: u32,
    pub operation: u32,
    pub model_key: u32,
    pub profile: u32,
    pub channel: Channel,
    pub line_kind: LineKind,
    pub has_principal_column: bool,
}

/// Sums in 128 bits, so that no file can overflow them; narrowed once, at the end.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sums {
    pub unblended: i128,
    pub net: i128,
    pub public: i128,
    pub tokens: i128,
    pub lines: i64,
    pub sessions: i64,
    /// Seconds since 1970 of the latest end of usage.
    pub last_end: i64,
    /// A line of text tokens whose unit is unknown went in.
    pub unit_unknown: bool,
}

impl Sums {
    fn add(&mut self, other: &Self) {
        self.unblended += other.unblended;
        self.net += other.net;
        self.public += other.public;
        self.tokens += other.tokens;
        self.lines += other.lines;
        self.last_end = self.last_end.max(other.last_end);
        self.unit_unknown |= other.unit_unknown;
    }
}

/// Why a line cannot be folded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnreadableLine(pub String);

/// The lines of one period (or the part of them one thread has read).
pub struct Fold {
    strings: Arc<Strings>,
    meanings: Meanings,
    groups: NumberMap<Key, u32>,
    sums: Vec<Sums>,
    /// (group, raw principal), each once.
    sessions: NumberMap<(u32, u32), ()>,
    pub seen: Seen,
}

/// What was noticed on the way.
#[derive(Debug, Default)]
pub struct Seen {
    /// Every line of the files, whatever service.
    pub lines_read: i64,
    pub lines_bedrock: i64,
    pub safety_net_lines: i64,
    /// Lines of split cost allocation, left out.
    pub split_cost_lines: i64,
    pub usage_lines: i64,
    pub usage_lines_invoiced: i64,
    pub raw_principals: NumberMap<u32, ()>,
    /// (principal key, tag key, tag value)
    pub tags: NumberMap<(u32, u32, u32), ()>,
    pub currencies: BTreeSet<u32>,
    pub unknown_line_types: BTreeSet<u32>,
    /// Starts of the billing periods the lines name (seconds), with their lines.
    pub period_starts: BTreeMap<i64, i64>,
    /// A file without the principal column was among them.
    pub principal_column_missing: bool,
    pub principal_column_present: bool,
}

impl Fold {
    #[must_use]
    pub fn new(strings: Arc<Strings>) -> Self {
        let meanings = Meanings::new(Arc::clone(&strings));
        Self { strings, meanings, groups: NumberMap::default(), sums: Vec::new(), sessions: NumberMap::default(), seen: Seen::default() }
    }

    #[must_use]
    pub fn strings(&self) -> &Arc<Strings> {
        &self.strings
    }

    /// Adds one line that the predicate has let through.
    ///
    /// # Errors
    /// An amount is not a finite number or is out of range.
    pub fn add(&mut self, line: &Line<'_>) -> Result<(), UnreadableLine> {
        self.seen.lines_bedrock += 1;
        if self.meanings.is_split_cost(line.operation) {
            self.seen.split_cost_lines += 1;
            return Ok(());
        }
        if line.by_principal_only {
            self.seen.safety_net_lines += 1;
        }
        let kind = self.meanings.line_kind(line.line_type).unwrap_or_else(|| {
            self.seen.unknown_line_types.insert(line.line_type);
            LineKind::Fee
        });
        let sums = self.measure(line, kind)?;
        let principal_key = self.meanings.principal_key(line.principal);
        self.note(line, kind, principal_key);
        let (model_key, profile) = self.meanings.model(line);
        let key = Key {
            day: line.start.div_euclid(SECONDS_PER_DAY),
            payer: line.payer,
            account: line.account,
            region: self.meanings.region(line),
            principal_key,
            usage_type: line.usage_type,
            pricing_unit: line.pricing_unit,
            operation: line.operation,
            model_key,
            profile,
            channel: self.meanings.channel(line),
            line_kind: kind,
            has_principal_column: line.has_principal_column,
        };
        let group = self.group(key, &sums);
        if line.principal != EMPTY {
            self.sessions.insert((group, line.principal), ());
        }
        Ok(())
    }

    fn measure(&mut self, line: &Line<'_>, kind: LineKind) -> Result<Sums, UnreadableLine> {
        let factor = self.meanings.factor(line.usage_type, line.pricing_unit);
        let is_text = self.meanings.usage_type(line.usage_type).token_class.text_kind().is_some();
        let tokens = match factor {
            Some(factor) if kind == LineKind::Usage => {
                whole(line.amount * factor).ok_or_else(|| UnreadableLine(not_a_number("line_item_usage_amount", line.amount)))?
            }
            _ => 0,
        };
        let unblended = nano("line_item_unblended_cost", line.unblended)?;
        let net = line.net.map_or(Ok(unblended), |net| nano("line_item_net_unblended_cost", net))?;
        Ok(Sums {
            unblended,
            net,
            public: nano("pricing_public_on_demand_cost", line.public)?,
            tokens: i128::from(tokens),
            lines: 1,
            sessions: 0,
            last_end: line.end.unwrap_or(line.start),
            unit_unknown: kind == LineKind::Usage && is_text && factor.is_none(),
        })
    }

    fn note(&mut self, line: &Line<'_>, kind: LineKind, principal_key: u32) {
        let seen = &mut self.seen;
        if kind == LineKind::Usage {
            seen.usage_lines += 1;
            seen.usage_lines_invoiced += i64::from(line.invoiced);
        }
        if line.currency != EMPTY {
            seen.currencies.insert(line.currency);
        }
        if let Some(start) = line.period_start {
            *seen.period_starts.entry(start).or_default() += 1;
        }
        if line.principal != EMPTY {
            seen.raw_principals.insert(line.principal, ());
            for (key, value) in line.tags {
                seen.tags.insert((principal_key, *key, *value), ());
            }
        }
    }

    fn group(&mut self, key: Key, sums: &Sums) -> u32 {
        // At most one group per line, and lines are counted in the file's own 32-bit row numbers.
        let next = u32::try_from(self.sums.len()).unwrap_or(u32::MAX);
        let group = *self.groups.entry(key).or_insert(next);
        match usize::try_from(group).ok().and_then(|index| self.sums.get_mut(index)) {
            Some(known) => known.add(sums),
            None => self.sums.push(*sums),
        }
        group
    }

    /// Takes in what another thread has folded with the same [`Strings`].
    pub fn merge(&mut self, other: Self) {
        let mut renumbered = vec![0; other.sums.len()];
        for (key, group) in &other.groups {
            let index = usize::try_from(*group).unwrap_or_default();
            if let (Some(sums), Some(slot)) = (other.sums.get(index), renumbered.get_mut(index)) {
                *slot = self.group(*key, sums);
            }
        }
        for (group, principal) in other.sessions.into_keys() {
            if let Some(group) = usize::try_from(group).ok().and_then(|index| renumbered.get(index)) {
                self.sessions.insert((*group, principal), ());
            }
        }
        self.seen.merge(other.seen);
    }

    /// The groups with their sums and distinct sessions, in no particular order.
    #[must_use]
    pub fn into_groups(mut self) -> (Vec<(Key, Sums)>, Seen, Meanings) {
        for (group, _) in self.sessions.into_keys() {
            if let Some(sums) = usize::try_from(group).ok().and_then(|index| self.sums.get_mut(index)) {
                sums.sessions += 1;
            }
        }
        let sums = self.sums;
        let groups = self.groups.into_iter().filter_map(|(key, group)| Some((key, *sums.get(usize::try_from(group).ok()?)?))).collect();
        (groups, self.seen, self.meanings)
    }
}

impl Seen {
    fn merge(&mut self, other: Self) {
        self.lines_read += other.lines_read;
        self.lines_bedrock += other.lines_bedrock;
        self.safety_net_lines += other.safety_net_lines;
        self.split_cost_lines += other.split_cost_lines;
        self.usage_lines += other.usage_lines;
        self.usage_lines_invoiced += other.usage_lines_invoiced;
        self.raw_principals.extend(other.raw_principals);
        self.tags.extend(other.tags);
        self.currencies.extend(other.currencies);
        self.unknown_line_types.extend(other.unknown_line_types);
        for (start, lines) in other.period_starts {
            *self.period_starts.entry(start).or_default() += lines;
        }
        self.principal_column_missing |= other.principal_column_missing;
        self.principal_column_present |= other.principal_column_present;
    }
}

fn nano(column: &str, usd: f64) -> Result<i128, UnreadableLine> {
    NanoUsd::from_f64(usd).map(|nano| i128::from(nano.0)).ok_or_else(|| UnreadableLine(not_a_number(column, usd)))
}

fn not_a_number(column: &str, value: f64) -> String {
    if value.is_finite() {
        format!("`{column}` is {value:e}, beyond what can be recorded")
    } else {
        format!("`{column}` is not a finite number; the file cannot be trusted")
    }
}
