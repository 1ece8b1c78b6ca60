//! What may stand between braces: `a3.spend_usd`, or after `=` a formula over such references.
//!
//! ```text
//! sum     = product { ("+" | "-") product }
//! product = factor { ("*" | "/") factor }
//! factor  = ["-"] (number | reference | function "(" argument {"," argument} ")" | "(" sum ")")
//! argument = id ".." id ["."] fields | sum          (a range of rows stands in `sum` and `avg` only)
//! ```

use std::iter::Peekable;
use std::str::CharIndices;

use rust_decimal::Decimal;

use crate::fact::Fact;
use crate::sheet::Sheet;

mod operands;
pub use operands::{Computed, Operands};

/// More than this in one formula is no figure that anybody can follow.
const MOST_BYTES: usize = 600;
const MOST_DEPTH: u32 = 12;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    pub id: String,
    pub fields: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    Plus,
    Minus,
    Times,
    Over,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Function {
    Sum,
    Average,
    /// The first as a percentage of the second.
    Percentage,
    Absolute,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expression {
    Number(Decimal),
    Field(Reference),
    /// The same field of each row from the first id to the last.
    Rows {
        first: String,
        last: String,
        fields: Vec<String>,
    },
    Negative(Box<Expression>),
    Binary(Operator, Box<Expression>, Box<Expression>),
    Call(Function, Vec<Expression>),
}

/// What stands between two braces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    Field(Reference),
    Formula(Expression),
}

/// The text between two braces is neither a reference nor a formula.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "write a reference such as {{a3.spend_usd}} or a formula such as {{= a1.spend_usd - a2.spend_usd}}, with sum(…), avg(…), pct(x, y), abs(…)"
)]
pub struct Unreadable;

impl Expression {
    /// Every field of a result in it, each row of a range.
    pub fn facts<'s>(&self, sheet: &'s Sheet) -> Vec<Fact<'s>> {
        match self {
            Self::Number(_) => Vec::new(),
            Self::Field(reference) => sheet.fact(&reference.id, &reference.names()).into_iter().collect(),
            Self::Rows { first, last, fields } => {
                let names: Vec<&str> = fields.iter().map(String::as_str).collect();
                sheet.range(first, last).into_iter().flatten().filter_map(|id| sheet.fact(&id, &names).ok()).collect()
            }
            Self::Negative(inner) => inner.facts(sheet),
            Self::Binary(_, left, right) => left.facts(sheet).into_iter().chain(right.facts(sheet)).collect(),
            Self::Call(_, arguments) => arguments.iter().flat_map(|argument| argument.facts(sheet)).collect(),
        }
    }
}

impl Reference {
    pub fn names(&self) -> Vec<&str> {
        self.fields.iter().map(String::as_str).collect()
    }
}

impl Content {
    /// # Errors
    /// It is neither a reference nor a formula, or too long.
    pub fn read(text: &str) -> Result<Self, Unreadable> {
        if text.len() > MOST_BYTES {
            return Err(Unreadable);
        }
        let (formula, text) = text.trim().strip_prefix('=').map_or((false, text.trim()), |formula| (true, formula));
        let mut reader = Reader { tokens: tokens(text)?, at: 0, depth: 0 };
        let content = if formula { Self::Formula(reader.sum()?) } else { Self::Field(reader.reference()?) };
        if reader.at == reader.tokens.len() { Ok(content) } else { Err(Unreadable) }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Number(Decimal),
    Word(String),
    Sign(char),
    /// `..`
    To,
}

fn tokens(text: &str) -> Result<Vec<Token>, Unreadable> {
    let mut tokens = Vec::new();
    let mut letters = text.char_indices().peekable();
    while let Some((at, c)) = letters.next() {
        let token = match c {
            _ if c.is_whitespace() => continue,
            '0'..='9' => Token::Number(number(text, at, &mut letters)?),
            'a'..='z' => Token::Word(rest(text, at, &mut letters, |c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')),
            '.' if letters.next_if(|(_, next)| *next == '.').is_some() => Token::To,
            '+' | '-' | '*' | '/' | '(' | ')' | ',' | '.' => Token::Sign(c),
            '−' => Token::Sign('-'),
            '×' => Token::Sign('*'),
            '÷' => Token::Sign('/'),
            _ => return Err(Unreadable),
        };
        tokens.push(token);
    }
    Ok(tokens)
}

fn rest(text: &str, from: usize, letters: &mut Peekable<CharIndices<'_>>, goes_on: impl Fn(char) -> bool) -> String {
    while letters.next_if(|(_, c)| goes_on(*c)).is_some() {}
    let end = letters.peek().map_or(text.len(), |(at, _)| *at);
    text.get(from..end).unwrap_or_default().to_owned()
}

/// `21`, `0.5`, `1000000`: a constant of the formula.
fn number(text: &str, from: usize, letters: &mut Peekable<CharIndices<'_>>) -> Result<Decimal, Unreadable> {
    let digits = rest(text, from, letters, |c| c.is_ascii_digit() || c == '.');
    digits.parse().map_err(|_| Unreadable)
}

struct Reader {
    tokens: Vec<Token>,
    at: usize,
    depth: u32,
}

impl Reader {
    fn takes(&mut self, wanted: &Token) -> bool {
        let here = self.tokens.get(self.at) == Some(wanted);
        self.at += usize::from(here);
        here
    }

    fn sign(&mut self, wanted: char) -> bool {
        self.takes(&Token::Sign(wanted))
    }

    fn word(&mut self) -> Result<String, Unreadable> {
        let Some(Token::Word(word)) = self.tokens.get(self.at) else { return Err(Unreadable) };
        self.at += 1;
        Ok(word.clone())
    }

    fn sum(&mut self) -> Result<Expression, Unreadable> {
        let mut left = self.product()?;
        loop {
            let operator = match (self.sign('+'), self.sign('-')) {
                (true, _) => Operator::Plus,
                (_, true) => Operator::Minus,
                _ => return Ok(left),
            };
            left = Expression::Binary(operator, Box::new(left), Box::new(self.product()?));
        }
    }

    fn product(&mut self) -> Result<Expression, Unreadable> {
        let mut left = self.factor()?;
        loop {
            let operator = match (self.sign('*'), self.sign('/')) {
                (true, _) => Operator::Times,
                (_, true) => Operator::Over,
                _ => return Ok(left),
            };
            left = Expression::Binary(operator, Box::new(left), Box::new(self.factor()?));
        }
    }

    fn factor(&mut self) -> Result<Expression, Unreadable> {
        self.depth += 1;
        if self.depth > MOST_DEPTH {
            return Err(Unreadable);
        }
        let factor = self.inner();
        self.depth -= 1;
        factor
    }

    fn inner(&mut self) -> Result<Expression, Unreadable> {
        if self.sign('-') {
            return Ok(Expression::Negative(Box::new(self.factor()?)));
        }
        if self.sign('(') {
            let inside = self.sum()?;
            return if self.sign(')') { Ok(inside) } else { Err(Unreadable) };
        }
        match self.tokens.get(self.at) {
            Some(Token::Number(number)) => {
                self.at += 1;
                Ok(Expression::Number(*number))
            }
            Some(Token::Word(_)) if self.tokens.get(self.at + 1) == Some(&Token::Sign('(')) => self.call(),
            _ => self.reference().map(Expression::Field),
        }
    }

    fn call(&mut self) -> Result<Expression, Unreadable> {
        let (function, of_rows) = match self.word()?.as_str() {
            "sum" => (Function::Sum, true),
            "avg" => (Function::Average, true),
            "pct" => (Function::Percentage, false),
            "abs" => (Function::Absolute, false),
            _ => return Err(Unreadable),
        };
        if !self.sign('(') {
            return Err(Unreadable);
        }
        let mut arguments = Vec::new();
        loop {
            arguments.push(if of_rows && self.tokens.get(self.at + 1) == Some(&Token::To) { self.rows()? } else { self.sum()? });
            if !self.sign(',') {
                break;
            }
        }
        let fits = match function {
            Function::Sum | Function::Average => true,
            Function::Percentage => arguments.len() == 2,
            Function::Absolute => arguments.len() == 1,
        };
        if self.sign(')') && fits { Ok(Expression::Call(function, arguments)) } else { Err(Unreadable) }
    }

    fn rows(&mut self) -> Result<Expression, Unreadable> {
        let first = self.word()?;
        let (true, last) = (self.takes(&Token::To), self.word()?) else { return Err(Unreadable) };
        let fields = self.fields()?;
        if fields.is_empty() { Err(Unreadable) } else { Ok(Expression::Rows { first, last, fields }) }
    }

    fn reference(&mut self) -> Result<Reference, Unreadable> {
        let id = self.word()?;
        let fields = self.fields()?;
        if fields.is_empty() { Err(Unreadable) } else { Ok(Reference { id, fields }) }
    }

    fn fields(&mut self) -> Result<Vec<String>, Unreadable> {
        let mut fields = Vec::new();
        while self.sign('.') {
            fields.push(self.word()?);
        }
        Ok(fields)
    }
}

#[cfg(test)]
mod tests;
