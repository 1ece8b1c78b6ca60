//! Breakdowns: the words for them, and the row a sum belongs to.

use agent_bill_domain::ids::AccountId;
use agent_bill_domain::names::fold_name;
use agent_bill_domain::period::{DateRange, Month, week_of};
use agent_bill_domain::tokens::TokenKind;

use crate::contract::ToolError;
use crate::hierarchy::Hierarchy;
use crate::names::{account_name, model_name};
use crate::period::date_in_words;
use crate::view::{Bucket, Dimension, ModelFact, SpendFact};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Group {
    /// A level of the hierarchy.
    Level(i64),
    Workload,
    TokenType,
    Week,
    Bucket,
    Total,
    By(Dimension),
}

/// The row of a sum: `id` tells rows apart, `name` is shown.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct RowKey {
    pub id: String,
    pub name: String,
    pub owners: Vec<String>,
}

impl Group {
    /// # Errors
    /// `Tell` with the words that fit.
    pub fn read(written: &str, hierarchy: &Hierarchy) -> Result<Self, ToolError> {
        let folded = fold_name(written).replace(['_', '-'], " ");
        let word = folded.strip_prefix("by ").or_else(|| folded.strip_prefix("per ")).unwrap_or(&folded).trim();
        if let Some(level) = hierarchy.level_of_word(word) {
            return Self::level(level, word, hierarchy);
        }
        Ok(match word.strip_suffix('s').unwrap_or(word) {
            "workload" | "application" | "app" => Self::Workload,
            "model" => Self::By(Dimension::Model),
            "token type" | "token kind" | "token clas" | "token class" | "token classe" | "token" | "type" | "kind" => Self::TokenType,
            "region" | "aws region" => Self::By(Dimension::Region),
            "account" | "aws account" => Self::By(Dimension::Account),
            "day" | "date" | "daily" => Self::By(Dimension::Day),
            "week" | "weekly" => Self::Week,
            "month" | "monthly" => Self::By(Dimension::Month),
            "principal" | "role" | "iam role" | "iam principal" | "user" => Self::By(Dimension::Principal),
            "usage type" => Self::By(Dimension::UsageType),
            "bucket" | "attribution" => Self::Bucket,
            "total" | "none" | "nothing" | "all" | "" => Self::Total,
            _ => {
                let levels = hierarchy.org.levels.join(", ");
                return Err(ToolError::Tell(format!(
                    "that is not a breakdown; use one of: {levels}, workload, model, token_type, region, account, day, week, month, principal, \
                     usage_type, bucket, total"
                )));
            }
        })
    }

    fn level(level: i64, word: &str, hierarchy: &Hierarchy) -> Result<Self, ToolError> {
        if level > hierarchy.product_level() {
            return Ok(Self::Workload);
        }
        if hierarchy.org.nodes.iter().any(|node| node.level == level) || hierarchy.org.nodes.is_empty() {
            return Ok(Self::Level(level));
        }
        Err(ToolError::Tell(format!("your scope lies within one {word}, so it cannot be broken down by it; use a lower level")))
    }

    pub const fn dimension(self) -> Dimension {
        match self {
            Self::Level(_) | Self::Workload | Self::Bucket | Self::Total => Dimension::None,
            Self::TokenType => Dimension::TokenClass,
            Self::Week => Dimension::Day,
            Self::By(dimension) => dimension,
        }
    }

    /// Rows in the order of time rather than of size.
    pub const fn is_time(self) -> bool {
        matches!(self, Self::Week | Self::By(Dimension::Day | Dimension::Month))
    }

    /// The days of a row with this key, where its rows are times.
    pub fn days(self, key: &str) -> Option<DateRange> {
        match self {
            Self::Week => key.parse().ok().map(week_of),
            Self::By(Dimension::Day) => key.parse().ok().map(|day| DateRange { from: day, to: day }),
            Self::By(Dimension::Month) => key.parse().ok().map(|month: Month| DateRange { from: month.first(), to: month.last() }),
            _ => None,
        }
    }

    pub fn key(self, hierarchy: &Hierarchy) -> String {
        match self {
            Self::Level(level) => fold_name(hierarchy.level_label(level)).replace(' ', "_"),
            Self::Workload => "workload".to_owned(),
            Self::TokenType => "token_type".to_owned(),
            Self::Week => "week".to_owned(),
            Self::Bucket => "bucket".to_owned(),
            Self::Total => "total".to_owned(),
            Self::By(dimension) => dimension.key().to_owned(),
        }
    }
}

/// What turns keys of the records into names.
pub(crate) struct Labels<'a> {
    pub hierarchy: &'a Hierarchy,
    pub models: &'a [ModelFact],
}

impl Labels<'_> {
    /// The row that `fact` falls into; `value` is its value in the group's dimension.
    pub fn row(&self, group: Group, fact: &SpendFact, value: &str) -> RowKey {
        match group {
            Group::Level(_) | Group::Workload if fact.bucket != Bucket::Attributed => bucket_row(fact.bucket),
            Group::Level(level) => self.node_row(level, fact),
            Group::Workload => self.workload_row(fact),
            Group::Bucket => bucket_row(fact.bucket),
            Group::Total => plain("total", "total"),
            Group::TokenType => token_row(value),
            Group::Week => week_row(value),
            Group::By(Dimension::Model) => plain(value, &model_name(value, self.models)),
            Group::By(Dimension::Account) if value.is_empty() => plain("", "no account"),
            Group::By(Dimension::Account) => {
                let id = AccountId::from(value);
                plain(value, &account_name(&id, &self.hierarchy.org.accounts))
            }
            Group::By(Dimension::Region) if value.is_empty() => plain("", "no Region"),
            Group::By(Dimension::Principal) if value.is_empty() => bucket_row(fact.bucket),
            Group::By(Dimension::Principal) => plain(value, principal_name(value)),
            Group::By(_) => plain(value, value),
        }
    }

    fn node_row(&self, level: i64, fact: &SpendFact) -> RowKey {
        let own = self.hierarchy.product_of(fact.workload.as_ref(), fact.node.as_ref());
        let node = own.and_then(|node| self.hierarchy.ancestor_at(&node.id, level));
        match (node, own) {
            (Some(node), _) => RowKey { id: node.id.0.clone(), name: node.name.clone(), owners: node.owners.clone() },
            // An uneven tree: the workload hangs above the level asked for.
            (None, Some(own)) => RowKey { id: own.id.0.clone(), name: own.name.clone(), owners: own.owners.clone() },
            (None, None) => bucket_row(fact.bucket),
        }
    }

    fn workload_row(&self, fact: &SpendFact) -> RowKey {
        let workload = fact.workload.as_ref().and_then(|id| self.hierarchy.workload(id));
        let Some(workload) = workload else { return bucket_row(fact.bucket) };
        let owners = self.hierarchy.node(&workload.node).map(|node| node.owners.clone()).unwrap_or_default();
        RowKey { id: workload.id.0.clone(), name: workload.name.clone(), owners }
    }
}

fn plain(id: &str, name: &str) -> RowKey {
    RowKey { id: id.to_owned(), name: name.to_owned(), owners: Vec::new() }
}

fn bucket_row(bucket: Bucket) -> RowKey {
    plain(&format!("~{}", bucket.key()), bucket.label())
}

fn token_row(class: &str) -> RowKey {
    match TokenKind::of_class(class) {
        Some(kind) => plain(kind.label(), kind.label()),
        None if class.is_empty() => plain("other", "other"),
        None => plain(class, &class.replace('_', " ")),
    }
}

fn week_row(day: &str) -> RowKey {
    day.parse().map_or_else(
        |_| plain(day, day),
        |date| {
            let week = week_of(date);
            plain(&week.from.to_string(), &format!("week from {}", date_in_words(week.from)))
        },
    )
}

/// The name in a principal key: `aws:111122223333:role/app` → `app`.
pub(crate) fn principal_name(key: &str) -> &str {
    match key.split_once('/') {
        Some((_, name)) if !name.is_empty() => name,
        _ => key.rsplit(':').next().filter(|name| !name.is_empty()).unwrap_or(key),
    }
}
