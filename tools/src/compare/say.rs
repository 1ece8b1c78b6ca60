//! What changed, in words: the later amount and how it moved, then what moved most.

use agent_bill_domain::money::NanoUsd;
use agent_bill_domain::tokens::TokenKind;

use super::{CompareResult, Driver};
use crate::empty::EmptyReason;
use crate::say::{
    Asked, Aspect, Cite, Kind, Move, Noted, Page, Row, Said, Table, capital, during, freshness, notes, sentence, spender, the_period,
};

const MOST_DRIVERS: usize = 5;

type Compared = Noted<CompareResult>;

pub(super) fn say(asked: &Asked, results: &[Compared]) -> Option<Said> {
    let (first, rest) = results.split_first()?;
    let mut page = page(asked, first);
    // Of several, each movement is told and no driver.
    if !rest.is_empty() {
        page.rows.clear();
        page.more = rest.iter().map(|compared| capital(&self::page(asked, compared).lead)).collect();
    }
    page.end = vec![notes(&first.notes), freshness(first, "current", &first.current)];
    page.end.retain(|text| !text.is_empty());
    if asked.kind.is_some() {
        page.end.insert(0, "The bill shows tokens and cost, not prompts, so I cannot say what was asked of the models.".to_owned());
    }
    Some(page.said(asked))
}

fn page(asked: &Asked, compared: &Compared) -> Page {
    if let Some(empty) = &compared.empty {
        let kind = if empty.reason == EmptyReason::TrueZero { Kind::Answer } else { Kind::Empty };
        return Page { kind, lead: sentence(&empty.explanation), ..Page::default() };
    }
    let movement = movement(compared, "change", compared.change_usd);
    let who = spender(asked, &compared.scope);
    let (now, before) = (during(compared, "current", &compared.current), the_period(compared, "previous", &compared.previous));
    if let Some(kind) = asked.kind {
        let lead = format!(
            "taking {kind} to mean {kind} tokens, {who} used {} {now}, against {} in {before}.",
            compared.cite(&tokens("current", kind)),
            compared.cite(&tokens("previous", kind)),
        );
        let all = format!("All spend: {}, {movement} from {}.", compared.cite("current_usd"), compared.cite("previous_usd"));
        let number = Some(compared.cite(&tokens("current", kind)));
        return Page { kind: Kind::Assumed, lead, number, more: vec![all, effects(compared)], ..Page::default() };
    }
    let on = if asked.asker.own && !compared.scope.contains(", ") { format!(" on {}", compared.scope) } else { String::new() };
    let lead = format!(
        "{who} spent {}{on} {now}, {movement} from {} in {before}{}.",
        compared.cite("current_usd"),
        compared.cite("previous_usd"),
        cause(asked, compared),
    );
    let verdict = asked.moved.filter(|_| asked.polar).map(|moved| match moved {
        Move::Up => compared.change_usd > NanoUsd::ZERO,
        Move::Down => compared.change_usd < NanoUsd::ZERO,
    });
    let moved = moved(compared);
    Page {
        lead,
        verdict,
        number: Some(compared.cite("change_usd")),
        rows: moved.iter().take(MOST_DRIVERS).map(line).collect(),
        table: Some(table(&moved)),
        more: vec![effects(compared)],
        ..Page::default()
    }
}

fn tokens(period: &str, kind: TokenKind) -> String {
    format!("{period}_tokens.{}_tokens", kind.label().replace(' ', "_"))
}

/// `up {…} ({…})`; `change` begins the names of the fields.
fn movement(compared: &Compared, change: &str, amount: NanoUsd) -> String {
    let share = compared.change_percent.map(|_| format!(" ({})", compared.size(&format!("{change}_percent")))).unwrap_or_default();
    match direction(compared, &format!("{change}_usd"), amount) {
        Some(moved) => format!("{moved}{share}"),
        None => "unchanged".to_owned(),
    }
}

fn direction(cited: &impl Cite, field: &str, amount: NanoUsd) -> Option<String> {
    match amount {
        NanoUsd::ZERO => None,
        amount if amount.is_negative() => Some(format!("down {}", cited.size(field))),
        _ => Some(format!("up {}", cited.cite(field))),
    }
}

/// What moved most in the same direction, where a reason is asked for.
fn cause(asked: &Asked, compared: &Compared) -> String {
    let along = |row: &Row<'_, Driver>| row.change_usd.is_negative() == compared.change_usd.is_negative();
    let first = moved(compared).into_iter().find(along).filter(|_| asked.aspect == Aspect::Cause);
    let told = first.and_then(|row| Some((row.cite("name"), direction(&row, "change_usd", row.change_usd)?)));
    told.map(|(name, moved)| format!(", most of all {name} ({moved})")).unwrap_or_default()
}

fn moved(compared: &Compared) -> Vec<Row<'_, Driver>> {
    compared.rows("drivers", &compared.drivers).into_iter().filter(|row| row.change_usd != NanoUsd::ZERO).collect()
}

fn line(row: &Row<'_, Driver>) -> String {
    let moved = direction(row, "change_usd", row.change_usd).unwrap_or_default();
    format!("{}: {moved}, from {} to {}", row.cite("name"), row.cite("previous_usd"), row.cite("current_usd"))
}

fn table(moved: &[Row<'_, Driver>]) -> Table {
    let cells =
        |row: &Row<'_, Driver>| ["name", "previous_usd", "current_usd", "change_usd"].map(|field| row.cite(field)).into_iter().collect();
    Table { head: vec!["Name", "Before", "Now", "Change"], rows: moved.iter().map(cells).collect() }
}

fn effects(compared: &Compared) -> String {
    let effects = [
        ("volume", "effects.volume_usd", compared.effects.volume_usd),
        ("mix of models and token types", "effects.mix_usd", compared.effects.mix_usd),
        ("prices", "effects.rate_usd", compared.effects.rate_usd),
    ];
    let told: Vec<String> = effects
        .into_iter()
        .filter(|(_, _, amount)| amount.abs() >= NanoUsd::from_cents(1))
        .filter_map(|(name, field, amount)| Some(format!("{name} {}", direction(compared, field, amount)?)))
        .collect();
    if compared.change_usd == NanoUsd::ZERO || told.is_empty() { String::new() } else { format!("Of the change: {}.", told.join(", ")) }
}
