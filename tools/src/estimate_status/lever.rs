//! The one lever that would help, in a sentence without figures. Caching lowers the input side only: an output overrun gets another remedy.

use agent_bill_domain::estimate::Band;
use agent_bill_domain::tokens::TokenKind;

pub(super) struct Situation {
    pub band: Band,
    /// The kind that runs furthest above what was expected by now.
    pub main: Option<TokenKind>,
    /// The hit rate is below our threshold and a better one would save something.
    pub cache_would_help: bool,
    pub wastes_writes: bool,
    /// The input side (input, cache reads and writes) is at least half of the spend.
    pub input_side_leads: bool,
}

pub(super) fn lever(situation: &Situation) -> &'static str {
    let over = matches!(situation.band, Band::Over | Band::FarOver);
    match situation.main {
        Some(TokenKind::Output) => {
            "Output tokens are what runs ahead: ask for shorter answers, set a lower output limit, or use a cheaper model; caching does not lower output."
        }
        Some(TokenKind::CacheWrite) | None if situation.wastes_writes => {
            "Cache points are written and hardly ever read back: remove them, or make calls share the same prefix."
        }
        Some(_) if situation.cache_would_help => {
            "The input side is what runs ahead and the cache is hit too rarely: cache the prompt prefix that repeats, so that it is read instead of sent again."
        }
        Some(TokenKind::CacheRead | TokenKind::CacheWrite) => {
            "Cached context is what runs ahead: shorten the prefix that is cached, or make fewer calls with it."
        }
        Some(TokenKind::Input) => {
            "Input tokens are what runs ahead: send less context per call, or use a cheaper model for the simple calls."
        }
        None if over && situation.cache_would_help && situation.input_side_leads => {
            "The input side leads the spend and the cache is hit too rarely: cache the prompt prefix that repeats."
        }
        None if over => "No token kind stands out: look at the models in use, a cheaper one for the simple calls helps most.",
        None if situation.cache_would_help => "The estimate holds; a better cache hit rate would lower the input side further.",
        None => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn caching_is_never_the_lever_for_an_output_overrun() {
        for band in [Band::Under, Band::OnTrack, Band::Over, Band::FarOver, Band::Unknown] {
            for (wastes_writes, input_side_leads) in [(false, false), (true, true)] {
                let text =
                    lever(&Situation { band, main: Some(TokenKind::Output), cache_would_help: true, wastes_writes, input_side_leads });
                assert!(text.contains("caching does not lower output") && !text.contains("cache the prompt"), "{text}");
            }
        }
    }

    #[test]
    fn a_lever_holds_no_figure() {
        let kinds = TokenKind::ALL.into_iter().map(Some).chain([None]);
        for main in kinds {
            for flags in 0..8 {
                let situation = Situation {
                    band: Band::FarOver,
                    main,
                    cache_would_help: flags & 1 > 0,
                    wastes_writes: flags & 2 > 0,
                    input_side_leads: flags & 4 > 0,
                };
                assert!(!lever(&situation).contains(|c: char| c.is_ascii_digit()));
                assert!(!lever(&situation).is_empty());
            }
        }
    }
}
