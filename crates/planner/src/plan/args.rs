//! Frames as arguments.

use agent_bill_domain::period::Month;
use agent_bill_tools::agent_usage::AgentUsageArgs;
use agent_bill_tools::estimate_status::EstimateStatusArgs;
use agent_bill_tools::spend::SpendArgs;
use agent_bill_tools::whoami::WhoamiResult;
use jiff::civil::Date;

use super::super::frame::Frame;
use super::super::names::{Kind, Name};
use super::super::period::When;
use super::{Call, call};

pub fn excluded(frame: &Frame) -> Option<String> {
    (!frame.excluded.is_empty()).then(|| frame.excluded.join(", "))
}

pub fn spend(frame: &Frame, of: Option<String>) -> SpendArgs {
    let mut groups = frame.groups.clone();
    // A token kind or a role by name is a row of its breakdown.
    if frame.token_kind.is_some() && !groups.iter().any(|group| group == "token_type") {
        groups.insert(0, "token_type".to_owned());
    } else if frame.tokens && groups.is_empty() && of.is_some() {
        groups.push("token_type".to_owned());
    }
    if frame.principal.is_some() && !groups.iter().any(|group| group == "principal") {
        groups.insert(0, "principal".to_owned());
    }
    // A value can be left out only of a breakdown that holds it.
    for by in &frame.excluded_by {
        if !groups.iter().any(|group| group == by) {
            groups.insert(0, (*by).to_owned());
        }
    }
    let mut groups = groups.into_iter();
    let group_by = groups.next();
    let then_by = groups.next();
    let group_by = group_by.or_else(|| of.is_some().then(|| "model".to_owned()));
    let limit = if frame.principal.is_some() || frame.token_kind.is_some() {
        Some(50)
    } else {
        // The top three days are told from all of them: rows of time come in order of time.
        let timely = matches!(group_by.as_deref(), Some("day" | "week" | "month"));
        frame.limit.filter(|_| !timely).or_else(|| whole_list(group_by.as_deref()))
    };
    SpendArgs {
        period: frame.when.as_ref().map(When::text),
        of,
        exclude: excluded(frame),
        group_by,
        then_by,
        model: frame.model.clone(),
        account: frame.account.clone(),
        region: frame.region.clone(),
        include_credits: frame.credits.then_some(true),
        limit,
    }
}

/// A month of days is shown whole.
fn whole_list(group: Option<&str>) -> Option<i64> {
    matches!(group, Some("day")).then_some(31)
}

/// Estimates are monthly: any other period is answered by the month it ends in.
pub fn estimate(frame: &Frame, of: Option<String>, today: Date) -> Call {
    let period = frame.when.as_ref().map(|when| {
        let month = when.month(today);
        let current = Month::of(today);
        if month == current {
            "this_month".to_owned()
        } else if month == current.previous() {
            "last_month".to_owned()
        } else {
            month.to_string()
        }
    });
    let cache_target_percent = frame.percent.filter(|percent| (1..=95).contains(percent));
    call("estimate_status", &EstimateStatusArgs { period, of, exclude: excluded(frame), cache_target_percent })
}

/// People one by one when others are meant; a time is told day by day.
pub fn agent_usage(frame: &Frame) -> Call {
    let limits = frame.agent.is_some_and(|ask| ask.limits);
    // `Your daily limit` breaks nothing down.
    let named = frame
        .groups
        .first()
        .filter(|_| !limits)
        .map(|group| if matches!(group.as_str(), "week" | "month") { "day" } else { group.as_str() });
    let group_by = frame.agent_by.or_else(|| frame.asks_others().then_some("person")).or(named).map(str::to_owned);
    let mine = frame.agent.is_some_and(|ask| ask.mine) && !frame.asks_others();
    let period = frame.when.as_ref().map(When::text);
    call("agent_usage", &AgentUsageArgs { period, group_by, only_mine: mine.then_some(true) })
}

/// The frame with a person's name replaced by what she answers for: the topmost nodes she owns, or everything but the products of others.
pub fn narrowed_to_owner(frame: &Frame, whoami: &WhoamiResult) -> Frame {
    let owned = |owners: &[String]| frame.people.iter().any(|person| owners.contains(&person.name));
    let mine: Vec<&agent_bill_tools::whoami::NodeLine> = whoami.nodes.iter().filter(|node| owned(&node.owners)).collect();
    let inside = |parent: &Option<String>| parent.as_ref().is_some_and(|parent| mine.iter().any(|node| node.name == *parent));
    let topmost: Vec<Name> =
        mine.iter().filter(|node| !inside(&node.parent)).map(|node| Name::plain(Kind::Node, &node.name, &node.level)).collect();
    let mut narrowed = frame.clone();
    narrowed.names.extend(topmost);
    narrowed.names.truncate(super::MOST_NAMES);
    narrowed
}
