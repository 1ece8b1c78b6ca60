//! Why somebody did something, in their own words.

use agent_bill_domain::names::is_invisible;

use super::ActError;

/// Longest rationale, in characters.
pub(super) const MAX_RATIONALE_CHARS: usize = 2000;

/// The words of a rationale, white space collapsed.
pub(super) fn checked_rationale(text: &str, is_required: bool) -> Result<String, ActError> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if is_required && text.is_empty() {
        return Err(ActError::RationaleMissing);
    }
    if text.chars().count() > MAX_RATIONALE_CHARS || text.chars().any(|c| c.is_control() || is_invisible(c)) {
        return Err(ActError::RationaleUnfit);
    }
    Ok(text)
}
