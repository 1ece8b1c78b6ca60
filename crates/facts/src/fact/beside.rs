//! What stands beside a field: in its member, its row or its result.

use super::{Fact, Span, declared, span_in, span_of};
use crate::declare::Figure;

impl<'s> Fact<'s> {
    /// Another field of the member in which it stands.
    pub(crate) fn sibling_of(&self, field: &str) -> Option<Fact<'s>> {
        let (member, _) = self.pointer.rsplit_once('/')?;
        let pointer = format!("{member}/{field}");
        let value = self.noted.result.pointer(&pointer)?;
        Some(Fact::new(self.result, self.noted, pointer, value))
    }

    /// The days of a period of its result, as far as they have data.
    pub(crate) fn loaded(&self, span: Span) -> Span {
        let through = self.period_member().and_then(|member| member.get("data_through")).and_then(span_of).map(|span| span.to);
        Span { to: through.filter(|through| *through >= span.from && *through < span.to).unwrap_or(span.to), ..span }
    }

    /// What else is declared beside it.
    pub(crate) fn figures_beside(&self) -> Vec<&'static Figure> {
        let path = declared(&self.pointer);
        let member = path.rsplit_once('.').map_or("", |(member, _)| member);
        let beside = |figure: &&Figure| figure.path != path && figure.path.rsplit_once('.').map_or("", |(own, _)| own) == member;
        self.noted.facts.figures.iter().filter(beside).collect()
    }

    /// The earlier of the two periods that its result sets beside each other.
    pub(crate) fn compared_with(&self) -> Option<Span> {
        let member = self.noted.facts.figures.iter().find_map(|figure| figure.period)?;
        span_in(self.noted.result.get(member)?)
    }

    /// The figure of its row by which the list is ordered.
    #[must_use]
    pub fn ordering(&self) -> Option<Fact<'s>> {
        let (_, list) = self.rows().pop()?;
        let fields = list?.largest_by?;
        self.sibling(&fields.replace('.', "/"))
    }
}
