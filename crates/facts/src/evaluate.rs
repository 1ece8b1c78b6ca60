//! What a formula comes to: exact, in a unit, and refused where it would add up what does not belong together.

use rust_decimal::Decimal;
use serde_json::Value;

use crate::declare::Figure;
use crate::fact::Fact;
use crate::formula::{Expression, Function, Operator, Reference};
use crate::sheet::{Lost, Sheet};
use crate::unit::Unit;

/// What figures are multiplied with and divided by: numbers of days, months and things, and thousands, millions and billions of them.
const MOST_OF_ANYTHING: i64 = 366;
const MAGNITUDES: [i64; 3] = [1_000, 1_000_000, 1_000_000_000];

/// A number with what it counts and the fields that it adds up.
#[derive(Debug, Clone, PartialEq)]
pub struct Quantity<'s> {
    pub number: Decimal,
    /// `None` for a constant and for a ratio.
    pub unit: Option<Unit>,
    /// The fields of which it is the sum; none after a multiplication or division.
    addends: Vec<Fact<'s>>,
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
pub fn quantity(fact: Fact<'_>) -> Result<Quantity<'_>, Refused> {
    let number: Option<Decimal> = match fact.value {
        Value::Null => return Err(Refused::NoValue(fact.field().to_owned())),
        Value::String(text) => text.parse().ok(),
        Value::Number(number) => number.to_string().parse().ok(),
        Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    };
    match (fact.figure, number) {
        (Some(figure), Some(number)) => Ok(Quantity { number, unit: Some(figure.unit), addends: vec![fact] }),
        _ => Err(Refused::NoNumber(fact.field().to_owned())),
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
            Self::Binary(operator, left, right) => operator.apply(left.evaluate(sheet)?, right.evaluate(sheet)?),
            Self::Call(function, arguments) => function.apply(spread(arguments, sheet)?),
        }
    }
}

/// A formula is no way to write any number one likes.
fn constant<'s>(number: Decimal) -> Result<Quantity<'s>, Refused> {
    let known = number.is_integer()
        && (number <= Decimal::from(MOST_OF_ANYTHING) || MAGNITUDES.iter().any(|known| number == Decimal::from(*known)));
    if known { Ok(Quantity { number, unit: None, addends: Vec::new() }) } else { Err(Refused::Constant(number)) }
}

fn field<'s>(sheet: &'s Sheet, reference: &Reference) -> Result<Quantity<'s>, Refused> {
    quantity(sheet.fact(&reference.id, &reference.names())?)
}

/// The arguments of a function, each row of a range one of them.
fn spread<'s>(arguments: &[Expression], sheet: &'s Sheet) -> Result<Vec<Quantity<'s>>, Refused> {
    let mut all = Vec::new();
    for argument in arguments {
        let Expression::Rows { first, last, fields } = argument else {
            all.push(argument.evaluate(sheet)?);
            continue;
        };
        let ids = sheet.range(first, last).ok_or_else(|| Refused::NoRange { first: first.clone(), last: last.clone() })?;
        for id in ids {
            all.push(field(sheet, &Reference { id, fields: fields.clone() })?);
        }
    }
    Ok(all)
}

impl Operator {
    fn apply<'s>(self, left: Quantity<'s>, right: Quantity<'s>) -> Result<Quantity<'s>, Refused> {
        let product =
            |number: Option<Decimal>, unit| number.map(|number| Quantity { number, unit, addends: Vec::new() }).ok_or(Refused::TooLarge);
        match self {
            Self::Plus => left.plus(right),
            Self::Minus => left.minus(&right),
            Self::Times => {
                let unit = match (left.unit, right.unit) {
                    (None, None) => return Err(unlike(None, None, "multiplied")),
                    (unit, None) | (None, unit) => unit,
                    (Some(one), Some(other)) => return Err(unlike(Some(one), Some(other), "multiplied")),
                };
                product(left.number.checked_mul(right.number), unit)
            }
            Self::Over => {
                // Dollars by dollars are a ratio, dollars by anything else still dollars: per day, per million tokens.
                let unit = match (left.unit, right.unit) {
                    (None, other) => return Err(unlike(None, other, "divided")),
                    (one, other) if one == other => None,
                    (unit, _) => unit,
                };
                if right.number.is_zero() {
                    return Err(Refused::ByZero);
                }
                product(left.number.checked_div(right.number), unit)
            }
        }
    }
}

impl Function {
    fn apply<'s>(self, arguments: Vec<Quantity<'s>>) -> Result<Quantity<'s>, Refused> {
        let count = arguments.len();
        let mut arguments = arguments.into_iter();
        let first = arguments.next().ok_or(Refused::TooLarge)?;
        match self {
            Self::Sum => arguments.try_fold(first, |sum, next| sum.plus(next)),
            Self::Average => {
                let sum = arguments.try_fold(first, |sum, next| sum.plus(next))?;
                let number = sum.number.checked_div(Decimal::from(count)).ok_or(Refused::TooLarge)?;
                Ok(Quantity { number, unit: sum.unit, addends: Vec::new() })
            }
            Self::Percentage => {
                let whole = arguments.next().ok_or(Refused::TooLarge)?;
                if first.unit != whole.unit || first.unit.is_none() {
                    return Err(unlike(first.unit, whole.unit, "compared"));
                }
                if whole.number.is_zero() {
                    return Err(Refused::ByZero);
                }
                let share = first.number.checked_mul(Decimal::ONE_HUNDRED).and_then(|number| number.checked_div(whole.number));
                Ok(Quantity { number: share.ok_or(Refused::TooLarge)?, unit: Some(Unit::Percent), addends: Vec::new() })
            }
            Self::Absolute => Ok(Quantity { number: first.number.abs(), ..first }),
        }
    }
}

impl<'s> Quantity<'s> {
    fn plus(mut self, other: Self) -> Result<Self, Refused> {
        match (self.unit, other.unit) {
            (Some(Unit::Percent), Some(Unit::Percent)) if !shares_of_one_result(&self.addends, &other.addends) => {
                return Err(unlike(self.unit, other.unit, "added up"));
            }
            (Some(one), Some(two)) if one == two => {}
            (one, two) => return Err(unlike(one, two, "added up")),
        }
        for left in &self.addends {
            for right in &other.addends {
                belong_together(left, right)?;
            }
        }
        self.number = self.number.checked_add(other.number).ok_or(Refused::TooLarge)?;
        self.addends.extend(other.addends);
        Ok(self)
    }

    fn minus(mut self, other: &Self) -> Result<Self, Refused> {
        if self.unit != other.unit || self.unit.is_none() {
            return Err(unlike(self.unit, other.unit, "subtracted"));
        }
        self.number = self.number.checked_sub(other.number).ok_or(Refused::TooLarge)?;
        if self.unit == Some(Unit::Percent) {
            self.unit = Some(Unit::Points);
        }
        Ok(self)
    }
}

fn unlike(left: Option<Unit>, right: Option<Unit>, how: &'static str) -> Refused {
    let name = |unit: Option<Unit>| unit.map_or("a plain number", Unit::name);
    Refused::Unlike { left: name(left), right: name(right), how }
}

/// Shares of the same whole add up; other percentages do not.
fn shares_of_one_result(left: &[Fact<'_>], right: &[Fact<'_>]) -> bool {
    let mut all = left.iter().chain(right);
    let Some(first) = all.next() else { return false };
    let is_share = first.figure.is_some_and(|figure| figure.measure == "share");
    is_share && all.all(|fact| fact.result == first.result && fact.figure == first.figure)
}

/// Amounts of these have a sum: what was spent, whoever it belongs to; tokens of any kind; what a bill holds beside usage.
const FAMILIES: [&[&str]; 3] = [
    &["spend", "unattributed spend", "unclaimed spend", "unapproved spend", "spend left out"],
    &["tokens", "input tokens", "output tokens", "cache read tokens", "cache write tokens"],
    &["credits", "discounts", "refunds", "tax", "fees"],
];

fn alike(left: &Figure, right: &Figure) -> bool {
    let family = |measure: &str| FAMILIES.iter().position(|family| family.contains(&measure));
    left.kind == right.kind && (left.measure == right.measure || family(left.measure).is_some_and(|own| family(right.measure) == Some(own)))
}

/// Whether two addends may stand in one sum: not a field twice, not a total beside a part that it holds, not spend beside an estimate, not two
/// periods of one thing and another.
fn belong_together(left: &Fact<'_>, right: &Fact<'_>) -> Result<(), Refused> {
    let names = || (left.field().to_owned(), right.field().to_owned());
    if left.result == right.result && left.pointer == right.pointer {
        return Err(Refused::Twice(left.field().to_owned()));
    }
    if !left.figure.zip(right.figure).is_some_and(|(left, right)| alike(left, right)) {
        let (left, right) = names();
        return Err(Refused::OtherKind { left, right });
    }
    if left.result == right.result {
        for (total, part) in [(left, right), (right, left)] {
            if is_part(part, total) {
                return Err(Refused::OwnPart { total: total.field().to_owned(), part: part.field().to_owned() });
            }
        }
    } else if let (Some(one), Some(other)) = (left.period(), right.period())
        && one != other
    {
        let (left, right) = names();
        return Err(Refused::OtherPeriod { left, right });
    }
    Ok(())
}

/// A field of a row below the other, or declared as a part of it.
fn is_part(part: &Fact<'_>, total: &Fact<'_>) -> bool {
    let inside = part.pointer.rsplit_once('/').map_or("", |(row, _)| row);
    let around = total.pointer.rsplit_once('/').map_or("", |(row, _)| row);
    let below = inside.strip_prefix(around).is_some_and(|rest| rest.starts_with('/'));
    let declared = part.figure.is_some_and(|figure| figure.part_of.contains(&total.field())) && inside == around;
    let of_it = part.figure.zip(total.figure).is_some_and(|(part, total)| part.measure == total.measure);
    declared || part.row().is_some() && below && of_it
}

#[cfg(test)]
mod tests;
