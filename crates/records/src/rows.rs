//! How statements are run and rows are read, the same for every table: values to bind, columns to read, and one way to fetch.
//!
//! A column that holds what no writer of ours writes (a date that is none, a word that no enum has) is [`StoreError::Corrupt`], never a default.

use agent_bill_domain::ids::{AccountId, ModelKey, NodeId, PersonId, PrincipalKey, WorkloadId};
use agent_bill_domain::money::NanoUsd;
use agent_bill_domain::period::Month;
use agent_bill_domain::words::Words;
use jiff::civil::Date;
use sqlx::any::{AnyArguments, AnyRow};
use sqlx::{Any, Row};

use crate::{Store, StoreError, WriteTx};

/// One value of a statement. The columns are TEXT and BIGINT only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Bind {
    Text(String),
    Int(i64),
    OptionalText(Option<String>),
    OptionalInt(Option<i64>),
}

macro_rules! bind_from {
    ($($from:ty => |$value:ident| $bind:expr),+ $(,)?) => {
        $(impl From<$from> for Bind {
            fn from($value: $from) -> Self {
                $bind
            }
        })+
    };
}

bind_from! {
    &str => |value| Self::Text(value.to_owned()),
    String => |value| Self::Text(value),
    &String => |value| Self::Text(value.clone()),
    Option<&str> => |value| Self::OptionalText(value.map(str::to_owned)),
    i64 => |value| Self::Int(value),
    Option<i64> => |value| Self::OptionalInt(value),
    bool => |value| Self::Int(i64::from(value)),
    NanoUsd => |value| Self::Int(value.0),
    Date => |value| Self::Text(value.to_string()),
    Month => |value| Self::Text(value.to_string()),
    &AccountId => |value| Self::Text(value.0.clone()),
    &ModelKey => |value| Self::Text(value.0.clone()),
    &NodeId => |value| Self::Text(value.0.clone()),
    Option<&NodeId> => |value| Self::OptionalText(value.map(|node| node.0.clone())),
    &PersonId => |value| Self::Text(value.0.clone()),
    &PrincipalKey => |value| Self::Text(value.0.clone()),
    &WorkloadId => |value| Self::Text(value.0.clone()),
}

/// The values of a statement, `$1` first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Binds(Vec<Bind>);

impl Binds {
    #[must_use]
    pub(crate) fn and(mut self, value: impl Into<Bind>) -> Self {
        self.0.push(value.into());
        self
    }

    fn query(self, sql: &'static str) -> sqlx::query::Query<'static, Any, AnyArguments> {
        self.0.into_iter().fold(sqlx::query(sql), |query, bind| match bind {
            Bind::Text(text) => query.bind(text),
            Bind::Int(number) => query.bind(number),
            Bind::OptionalText(text) => query.bind(text),
            Bind::OptionalInt(number) => query.bind(number),
        })
    }
}

/// `binds![id, from]`: the values of a statement, `$1` first.
macro_rules! binds {
    ($($value:expr),* $(,)?) => {
        $crate::rows::Binds::default()$(.and($value))*
    };
}

pub(crate) use binds;

/// The columns of a row, each read one way.
pub(crate) trait Columns {
    fn text(&self, column: &str) -> Result<String, StoreError>;
    fn int(&self, column: &str) -> Result<i64, StoreError>;
    fn optional_int(&self, column: &str) -> Result<Option<i64>, StoreError>;
    /// `None` for NULL.
    fn nullable_text(&self, column: &str) -> Result<Option<String>, StoreError>;

    /// 0 or 1.
    fn flag(&self, column: &str) -> Result<bool, StoreError> {
        Ok(self.int(column)? == 1)
    }

    fn nano_usd(&self, column: &str) -> Result<NanoUsd, StoreError> {
        self.int(column).map(NanoUsd)
    }

    /// `None` for the empty text and for NULL.
    fn optional_text(&self, column: &str) -> Result<Option<String>, StoreError> {
        Ok(self.nullable_text(column)?.filter(|text| !text.is_empty()))
    }

    fn id<T: From<String>>(&self, column: &str) -> Result<T, StoreError> {
        self.text(column).map(T::from)
    }

    /// `None` for the empty text and for NULL.
    fn optional_id<T: From<String>>(&self, column: &str) -> Result<Option<T>, StoreError> {
        Ok(self.optional_text(column)?.map(T::from))
    }

    fn date(&self, column: &str) -> Result<Date, StoreError> {
        date(&self.text(column)?)
    }

    /// `None` for the empty text and for NULL.
    fn optional_date(&self, column: &str) -> Result<Option<Date>, StoreError> {
        self.optional_text(column)?.as_deref().map(date).transpose()
    }

    /// The end of a span: `None` while it is `9999-12-31`, which stands for "not yet".
    fn open_date(&self, column: &str) -> Result<Option<Date>, StoreError> {
        Ok(Some(self.date(column)?).filter(|date| *date != Date::MAX))
    }

    /// The UTC day of a timestamp.
    fn day(&self, column: &str) -> Result<Date, StoreError> {
        day_of(&self.text(column)?)
    }

    fn month(&self, column: &str) -> Result<Month, StoreError> {
        let text = self.text(column)?;
        text.parse().map_err(|_| StoreError::corrupt("month", &text))
    }

    /// The value of a word; a word that the enum does not have was not written by us.
    fn word<W: Words>(&self, column: &str) -> Result<W, StoreError> {
        let word = self.text(column)?;
        W::from_word(&word).ok_or_else(|| StoreError::corrupt(W::KIND, &word))
    }
}

impl Columns for AnyRow {
    fn text(&self, column: &str) -> Result<String, StoreError> {
        Ok(self.try_get(column)?)
    }

    fn int(&self, column: &str) -> Result<i64, StoreError> {
        Ok(self.try_get(column)?)
    }

    fn optional_int(&self, column: &str) -> Result<Option<i64>, StoreError> {
        Ok(self.try_get(column)?)
    }

    fn nullable_text(&self, column: &str) -> Result<Option<String>, StoreError> {
        Ok(self.try_get(column)?)
    }
}

fn date(text: &str) -> Result<Date, StoreError> {
    text.parse().map_err(|_| StoreError::corrupt("date", text))
}

/// The UTC day of a timestamp.
pub(crate) fn day_of(timestamp: &str) -> Result<Date, StoreError> {
    timestamp.get(..10).and_then(|day| day.parse().ok()).ok_or_else(|| StoreError::corrupt("timestamp", timestamp))
}

/// Whether a text could be a key of ours: PostgreSQL holds no NUL in a text, so nothing has such an id or name.
pub(crate) fn may_be_stored(text: &str) -> bool {
    !text.contains('\0')
}

impl Store {
    pub(crate) async fn rows<T>(
        &self,
        sql: &'static str,
        binds: Binds,
        read: impl Fn(&AnyRow) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        binds.query(sql).fetch_all(self.pool()).await?.iter().map(read).collect()
    }

    /// The one row that the statement always returns.
    pub(crate) async fn row<T>(
        &self,
        sql: &'static str,
        binds: Binds,
        read: impl Fn(&AnyRow) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        read(&binds.query(sql).fetch_one(self.pool()).await?)
    }

    pub(crate) async fn find_row<T>(
        &self,
        sql: &'static str,
        binds: Binds,
        read: impl Fn(&AnyRow) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        binds.query(sql).fetch_optional(self.pool()).await?.as_ref().map(read).transpose()
    }

    /// Runs a statement by itself; returns how many rows it changed.
    pub(crate) async fn execute(&self, sql: &'static str, binds: Binds) -> Result<u64, StoreError> {
        Ok(binds.query(sql).execute(self.pool()).await?.rows_affected())
    }
}

impl WriteTx {
    pub(crate) async fn rows<T>(
        &mut self,
        sql: &'static str,
        binds: Binds,
        read: impl Fn(&AnyRow) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        binds.query(sql).fetch_all(self.connection()).await?.iter().map(read).collect()
    }

    /// The one row that the statement always returns.
    pub(crate) async fn row<T>(
        &mut self,
        sql: &'static str,
        binds: Binds,
        read: impl Fn(&AnyRow) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        read(&binds.query(sql).fetch_one(self.connection()).await?)
    }

    pub(crate) async fn find_row<T>(
        &mut self,
        sql: &'static str,
        binds: Binds,
        read: impl Fn(&AnyRow) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        binds.query(sql).fetch_optional(self.connection()).await?.as_ref().map(read).transpose()
    }

    /// Returns how many rows the statement changed.
    pub(crate) async fn execute(&mut self, sql: &'static str, binds: Binds) -> Result<u64, StoreError> {
        Ok(binds.query(sql).execute(self.connection()).await?.rows_affected())
    }
}

#[cfg(test)]
mod tests;
