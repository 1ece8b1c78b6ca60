//! How numbers look in a text. Each named group says what a match is; the order of the alternatives matters, the first that fits takes the words.

use std::sync::LazyLock;

use regex::Regex;

const MONTH: &str = "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|(?-i:May|MAY)|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?";

/// `2026-11-21`, `20 to 21 Nov 2026`, `Nov 20–21`, `21st of November`, `Nov 2026`, `November 21, 2026`, `October`, `in May`.
const DATES: &str = r"
      (?P<iso>\b\d{4}-\d{2}-\d{2}\b)
    | (?P<isomonth>\b\d{4}-\d{2}\b)
    | \b(?P<mdr_m>MONTH)\.?\s+(?P<mdr_from>\d{1,2})(?:st|nd|rd|th)?\s?(?:-|–|to|and|through|&)\s?(?P<mdr_to>\d{1,2})(?:st|nd|rd|th)?(?:,?\s+(?P<mdr_y>\d{4}))?\b
    | \b(?P<range>\d{1,2})(?:st|nd|rd|th)?\s?(?:-|–|to|and|through|&)\s?(?P<dmy_d>\d{1,2})(?:st|nd|rd|th)?\s+(?P<dmy_m>MONTH)\.?(?:,?\s+(?P<dmy_y>\d{4}))?\b
    | \b(?P<d>\d{1,2})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<dm>MONTH)\.?(?:,?\s+(?P<dy>\d{4}))?\b
    | \b(?P<mm>MONTH)\.?\s+(?P<my>\d{4})\b
    | \b(?P<mdm>MONTH)\.?\s+(?P<mdd>\d{1,2})(?:st|nd|rd|th)?(?:,?\s+(?P<mdy>\d{4}))?\b
    | (?-i:\b(?P<month>January|February|April|June|July|August|September|October|November|December)\b)
    | (?-i:\b(?:in|for|since|of|from|to|until|through|during|by|last|than)\s+(?P<short>May|March)\b)";

/// List numbers, `the second half`, `per million`: no figures.
const NO_FIGURES: &str = r"
      (?m:^[\ \t]*(?P<item>\d{1,2})[.)]\ )
    | \b(?:first|second|other|1st|2nd)\s+(?:half|third|quarter)\b(?P<part>)
    | \bper\s+(?:hundred|thousand|million|billion)\b(?P<rate>)";

/// Proportions in words; with what makes a compound of them (`double-check`) they are none.
const PROPORTIONS: &str = r"
      \b(?P<proportion>
          half | halve[sd]? | halving | (?:a|one|1|2)[\ -]thirds? | (?:a|one|1|3)[\ -]quarters?[\ ]of
        | (?:a|one|1)[\ -](?:fifth|tenth) | an?[\ -](?:sixth|seventh|eighth|ninth)
        | twice | doubl(?:e[sd]?|ing) | tripl(?:e[sd]?|ing) | thrice | quadrupl(?:e[sd]?|ing) | quintupl(?:e[sd]?|ing) | \w+fold
      )\b(?P<compound>[\ -](?:check|day|hour|year|month|week|hourly|yearly)\w*)?";

/// A magnitude without its number, then numbers with currency, ordinal ending, magnitude and unit. What is glued to the digits, an `odd` magnitude
/// and another currency make a number that cannot be read.
const AMOUNTS: &str = r"
      \b(?P<bare>hundreds?|thousands?|millions?|billions?|trillions?|dozens)\b
    | (?P<cur>
          US\$\s? | \$\s? | \bUSD\s?
        | (?P<foreign>[€£¥₹]\s? | \b[A-Z]{1,3}\$\s? | \b(?:EUR|GBP|JPY|INR|CHF)\s?)
      )?
      (?P<num>\d+(?:,\d+)*(?:\.\d+)?)
      (?P<nth>(?:st|nd|rd|th)\b)?
      (?P<glue>[_'’^\d]*)
      (?:
          \s?(?P<suffix>k|m|b|bn)\b
        | [\s,(–-]*(?:in\s+)?(?P<scale>thousand|million|billion)\b
        | [\s,(–-]*(?:in\s+)?(?P<odd>t|tn|mn|mm|mil|mille|mln|bln|thou|mio|mrd|hundreds?|dozens?|thousands|millions|billions|trillions?|lakhs?|crores?|squared|cubed)\b
      )?
      (?:\s?(?P<tail>
          % | percent\b | pct\b | USD\b | (?:US\s)?dollars?\b | bucks?\b | tokens?\b | days?\b
        | (?P<other>[€£¥₹] | (?:EUR|GBP|JPY|INR|CHF|euros?|pounds?|yen|cents?|grand)\b)
      ))?";

/// `None` only if the pattern itself were wrong; then nothing is ever supported.
pub(super) static NUMBERS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let alternatives = [DATES, NO_FIGURES, PROPORTIONS, AMOUNTS].join("|").replace("MONTH", MONTH);
    Regex::new(&format!("(?xi){alternatives}")).ok()
});
