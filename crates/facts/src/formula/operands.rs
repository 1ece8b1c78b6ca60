//! What a formula computes, and of which fields.

use super::{Expression, Function, Operator};
use crate::fact::Fact;
use crate::sheet::Sheet;

/// What a formula makes of the fields in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Computed {
    Difference,
    /// A percentage.
    Share,
    Ratio,
    Together,
}

/// The fields on both sides of a formula; of a sum all on the left.
#[derive(Debug, Clone)]
pub struct Operands<'s> {
    pub computed: Computed,
    pub left: Vec<Fact<'s>>,
    pub right: Vec<Fact<'s>>,
}

impl Expression {
    /// What it computes of which fields; `None` for a field alone, an average, and a field times or over a number.
    pub fn operands<'s>(&self, sheet: &'s Sheet) -> Option<Operands<'s>> {
        let of = |computed, left: &Self, right: Option<&Self>| {
            let right = right.map(|right| right.facts(sheet)).unwrap_or_default();
            Operands { computed, left: left.facts(sheet), right }
        };
        let found = match self {
            Self::Binary(Operator::Minus, left, right) => of(Computed::Difference, left, Some(right)),
            Self::Binary(Operator::Plus, ..) | Self::Call(Function::Sum, _) => return Some(of(Computed::Together, self, None)),
            Self::Binary(Operator::Times, left, right) if right.facts(sheet).is_empty() => return left.operands(sheet),
            Self::Binary(Operator::Over, left, right) if right.facts(sheet).is_empty() => return left.operands(sheet),
            Self::Binary(Operator::Over, left, right) => of(Computed::Ratio, left, Some(right)),
            Self::Call(Function::Percentage, arguments) => of(Computed::Share, arguments.first()?, arguments.get(1)),
            Self::Negative(inner) => return inner.operands(sheet),
            Self::Call(Function::Absolute, arguments) => return arguments.first()?.operands(sheet),
            _ => return None,
        };
        (!found.left.is_empty() && !found.right.is_empty()).then_some(found)
    }
}
