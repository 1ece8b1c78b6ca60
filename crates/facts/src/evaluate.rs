//! What a formula comes to: exact, in a unit, and refused where it would add up what does not belong together.

use rust_decimal::Decimal;
use serde_json::Value;

use crate::formula::{Expression, Function, Operator, Reference};
use crate::measure::Measure;
use crate::sheet::{Cell, Lost, Sheet};

/// The most rows in one range: each is compared with each other one.
const MOST_ROWS: usize = 200;
/// What figures are multiplied with and divided by: numbers of days, months and things, and thousands, millions and billions of them.
const MOST_OF_ANYTHING: i64 = 366;
const MAGNITUDES: [i64; 3] = [1_000, 1_000_000, 1_000_000_000];

/// A number with what it counts and the fields that it adds up.
#[derive(Debug, Clone, PartialEq)]
pub struct Quantity<'s> {
    pub number: Decimal,
    /// `None` for a constant and for a ratio.
    pub measure: Option<Measure>,
    /// The fields of which it is the sum; none after a multiplication or division.
    addends: Vec<Cell<'s>>,
}

/// Why a formula has no result.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    #[error(transparent)]
    Lost(#[from] Lost),
    #[error("`{0}` is no number")]
    NoNumber(String),
    #[error("`{0}` has no value")]
    NoValue(String),
    #[error("{} and {} cannot be {how}", .left, .right)]
    Unlike { left: &'static str, right: &'static str, how: &'static str },
    #[error("`{total}` already holds `{part}`: it would be counted twice")]
    OwnPart { total: String, part: String },
    #[error("`{0}` is counted twice")]
    Twice(String),
    #[error("`{left}` and `{right}` are different things and have no sum")]
    OtherKind { left: String, right: String },
    #[error("`{left}` and `{right}` are of different periods and have no sum")]
    OtherPeriod { left: String, right: String },
    #[error("`{first}` to `{last}` are no rows of one result in order")]
    NoRange { first: String, last: String },
    #[error("{0} is no figure: a constant is a whole number up to 366, or a thousand, a million or a billion, beside figures of results")]
    Constant(Decimal),
    #[error("it divides by zero")]
    ByZero,
    #[error("it is too large")]
    TooLarge,
}

/// The number in a field.
///
/// # Errors
/// The field holds none.
pub fn quantity(cell: Cell<'_>) -> Result<Quantity<'_>, Refused> {
    let name = cell.field().to_owned();
    let number: Option<Decimal> = match cell.value {
        Value::Null => return Err(Refused::NoValue(name)),
        Value::String(text) => text.parse().ok(),
        Value::Number(number) => number.to_string().parse().ok(),
        Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    };
    match (Measure::of_field(&name), number) {
        (Some(measure), Some(number)) => Ok(Quantity { number, measure: Some(measure), addends: vec![cell] }),
        _ => Err(Refused::NoNumber(name)),
    }
}

impl Expression {
    /// # Errors
    /// A reference leads nowhere, or the formula combines what does not belong together.
    pub fn evaluate<'s>(&self, sheet: &'s Sheet) -> Result<Quantity<'s>, Refused> {
        match self {
            Self::Number(number) => constant(*number),
            Self::Field(reference) => field(sheet, reference),
            // Only as an argument, which `arguments` spreads.
            Self::Rows { first, last, .. } => Err(Refused::NoRange { first: first.clone(), last: last.clone() }),
            Self::Negative(inner) => inner.evaluate(sheet).map(|inner| Quantity { number: -inner.number, ..inner }),
            Self::Binary(operator, left, right) => operator.apply(left.evaluate(sheet)?, right.evaluate(sheet)?, sheet),
            Self::Call(function, arguments) => function.apply(spread(arguments, sheet)?, sheet),
        }
    }
}

/// A formula is no way to write any number one likes.
fn constant<'s>(number: Decimal) -> Result<Quantity<'s>, Refused> {
    let known = number.is_integer()
        && (number <= Decimal::from(MOST_OF_ANYTHING) || MAGNITUDES.iter().any(|known| number == Decimal::from(*known)));
    if known { Ok(Quantity { number, measure: None, addends: Vec::new() }) } else { Err(Refused::Constant(number)) }
}

fn field<'s>(sheet: &'s Sheet, Reference { id, fields }: &Reference) -> Result<Quantity<'s>, Refused> {
    let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
    quantity(sheet.cell(id, &fields)?)
}

/// The arguments of a function, each row of a range one of them.
fn spread<'s>(arguments: &[Expression], sheet: &'s Sheet) -> Result<Vec<Quantity<'s>>, Refused> {
    let mut all = Vec::new();
    for argument in arguments {
        let Expression::Rows { first, last, fields } = argument else {
            all.push(argument.evaluate(sheet)?);
            continue;
        };
        let no_range = || Refused::NoRange { first: first.clone(), last: last.clone() };
        let ((result, from), (other, to)) = sheet.place(first).zip(sheet.place(last)).ok_or_else(no_range)?;
        if result != other || from > to || to - from >= MOST_ROWS {
            return Err(no_range());
        }
        for place in from..=to {
            all.push(field(sheet, &Reference { id: format!("{result}{place}"), fields: fields.clone() })?);
        }
    }
    Ok(all)
}

impl Operator {
    fn apply<'s>(self, left: Quantity<'s>, right: Quantity<'s>, sheet: &Sheet) -> Result<Quantity<'s>, Refused> {
        let product = |number: Option<Decimal>, measure| {
            number.map(|number| Quantity { number, measure, addends: Vec::new() }).ok_or(Refused::TooLarge)
        };
        match self {
            Self::Plus => left.plus(right, sheet),
            Self::Minus => left.minus(&right),
            Self::Times => {
                let measure = match (left.measure, right.measure) {
                    (None, None) => return Err(unlike(None, None, "multiplied")),
                    (measure, None) | (None, measure) => measure,
                    (Some(one), Some(other)) => return Err(unlike(Some(one), Some(other), "multiplied")),
                };
                product(left.number.checked_mul(right.number), measure)
            }
            Self::Over => {
                // Dollars by dollars are a ratio, dollars by anything else still dollars: per day, per million tokens.
                let measure = match (left.measure, right.measure) {
                    (None, other) => return Err(unlike(None, other, "divided")),
                    (one, other) if one == other => None,
                    (measure, _) => measure,
                };
                if right.number.is_zero() {
                    return Err(Refused::ByZero);
                }
                product(left.number.checked_div(right.number), measure)
            }
        }
    }
}

impl Function {
    fn apply<'s>(self, arguments: Vec<Quantity<'s>>, sheet: &Sheet) -> Result<Quantity<'s>, Refused> {
        let count = arguments.len();
        let mut arguments = arguments.into_iter();
        let first = arguments.next().ok_or(Refused::TooLarge)?;
        match self {
            Self::Sum => arguments.try_fold(first, |sum, next| sum.plus(next, sheet)),
            Self::Average => {
                let sum = arguments.try_fold(first, |sum, next| sum.plus(next, sheet))?;
                let number = sum.number.checked_div(Decimal::from(count)).ok_or(Refused::TooLarge)?;
                Ok(Quantity { number, measure: sum.measure, addends: Vec::new() })
            }
            Self::Percentage => {
                let whole = arguments.next().ok_or(Refused::TooLarge)?;
                if first.measure != whole.measure || first.measure.is_none() {
                    return Err(unlike(first.measure, whole.measure, "compared"));
                }
                if whole.number.is_zero() {
                    return Err(Refused::ByZero);
                }
                let share = first.number.checked_mul(Decimal::ONE_HUNDRED).and_then(|number| number.checked_div(whole.number));
                Ok(Quantity { number: share.ok_or(Refused::TooLarge)?, measure: Some(Measure::Percent), addends: Vec::new() })
            }
            Self::Absolute => Ok(Quantity { number: first.number.abs(), ..first }),
        }
    }
}

impl<'s> Quantity<'s> {
    fn plus(mut self, other: Self, sheet: &Sheet) -> Result<Self, Refused> {
        match (self.measure, other.measure) {
            (Some(Measure::Percent), Some(Measure::Percent)) if !shares_of_one_result(&self.addends, &other.addends) => {
                return Err(unlike(self.measure, other.measure, "added up"));
            }
            (Some(one), Some(two)) if one == two => {}
            (one, two) => return Err(unlike(one, two, "added up")),
        }
        for left in &self.addends {
            for right in &other.addends {
                belong_together(left, right, sheet)?;
            }
        }
        self.number = self.number.checked_add(other.number).ok_or(Refused::TooLarge)?;
        self.addends.extend(other.addends);
        Ok(self)
    }

    fn minus(mut self, other: &Self) -> Result<Self, Refused> {
        if self.measure != other.measure || self.measure.is_none() {
            return Err(unlike(self.measure, other.measure, "subtracted"));
        }
        self.number = self.number.checked_sub(other.number).ok_or(Refused::TooLarge)?;
        if self.measure == Some(Measure::Percent) {
            self.measure = Some(Measure::Points);
        }
        Ok(self)
    }
}

fn unlike(left: Option<Measure>, right: Option<Measure>, how: &'static str) -> Refused {
    let name = |measure: Option<Measure>| measure.map_or("a plain number", Measure::name);
    Refused::Unlike { left: name(left), right: name(right), how }
}

/// Shares of the same whole add up; other percentages do not.
fn shares_of_one_result(left: &[Cell<'_>], right: &[Cell<'_>]) -> bool {
    let mut all = left.iter().chain(right);
    let Some(first) = all.next() else { return false };
    first.field() == "share_percent" && all.all(|cell| cell.result == first.result && cell.field() == first.field())
}

/// Words in the name of a field that make it another thing than what was spent.
const KINDS: [&str; 9] = ["estimate", "projected", "remaining", "limit", "recoverable", "previous", "change", "over", "budget"];

fn kind(cell: &Cell<'_>) -> &'static str {
    KINDS.into_iter().find(|kind| cell.field().contains(kind)).unwrap_or_default()
}

/// Whether two addends may stand in one sum: not a field twice, not a total beside a row that it holds, not spend beside an estimate, not two periods.
fn belong_together(left: &Cell<'_>, right: &Cell<'_>, sheet: &Sheet) -> Result<(), Refused> {
    let names = || (left.field().to_owned(), right.field().to_owned());
    if left.result == right.result && left.pointer == right.pointer {
        return Err(Refused::Twice(left.field().to_owned()));
    }
    if kind(left) != kind(right) {
        let (left, right) = names();
        return Err(Refused::OtherKind { left, right });
    }
    if left.result == right.result {
        for (total, part) in [(left, right), (right, left)] {
            let inside = part.pointer.rsplit_once('/').map_or("", |(row, _)| row);
            let around = total.pointer.rsplit_once('/').map_or("", |(row, _)| row);
            let below = inside.strip_prefix(around).is_some_and(|rest| rest.starts_with('/'));
            if part.of_row && below {
                return Err(Refused::OwnPart { total: total.field().to_owned(), part: part.field().to_owned() });
            }
        }
    } else if let (Some(one), Some(other)) = (sheet.period(left.result), sheet.period(right.result))
        && one != other
    {
        let (left, right) = names();
        return Err(Refused::OtherPeriod { left, right });
    }
    Ok(())
}

#[cfg(test)]
mod tests;
