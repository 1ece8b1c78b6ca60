//! A message that only continues the talk is completed from the question before.

use super::super::frame::{AgentAsk, Frame, Topic};

/// Fills what a follow-up leaves out.
pub(super) fn complete(previous: Option<&Frame>, frame: Frame) -> Frame {
    let Some(previous) = previous else { return with_default_topic(frame) };
    if previous.topic == Some(Topic::AgentUsage) && frame.topic != Some(Topic::AgentUsage) {
        return after_agent_usage(previous, frame);
    }
    match frame.topic {
        Some(Topic::AgentUsage) => {
            Frame { when: frame.when.clone().or_else(|| previous.when.clone().filter(|_| frame.continues)), ..frame }
        }
        None if frame.has_slots() => follow(previous, frame),
        None if frame.continues && frame.loose_count == 0 && !frame.yes && frame.word_count <= 6 => follow(previous, frame),
        Some(Topic::Compare) if frame.why && bare(&frame) => match previous.topic {
            Some(Topic::ModelState | Topic::Catalog | Topic::Drift | Topic::Unclaimed | Topic::Diagnose | Topic::DataStatus) => {
                previous.clone()
            }
            // Against an estimate the question is which tokens run ahead.
            Some(Topic::Estimate) if frame.groups.is_empty() => {
                let mut merged = inherit(previous, frame);
                merged.groups = vec!["token_type".to_owned()];
                merged
            }
            _ => inherit(previous, frame),
        },
        // `What is net of credits?`: of what was just shown.
        Some(Topic::Spend) if frame.credits && bare(&frame) && !frame.elliptic && frame.word_count <= 6 && !frame.own => {
            inherit(previous, frame)
        }
        Some(Topic::Spend) if bare(&frame) && frame.elliptic && (frame.continues || frame.credits || frame.tokens || frame.rest) => {
            let topic = previous.topic;
            let mut merged = follow(previous, frame);
            let kept = matches!(topic, Some(Topic::Spend | Topic::Compare | Topic::Estimate)) && !merged.credits;
            if !kept && topic != Some(Topic::Reconcile) {
                merged.topic = Some(Topic::Spend);
            }
            merged
        }
        // `Who owns it?`: the findings, roles and products listed before name their owners.
        Some(Topic::Owner)
            if bare(&frame)
                && frame.principal.is_none()
                && frame.continues
                && matches!(previous.topic, Some(Topic::Drift | Topic::Unclaimed | Topic::Spend)) =>
        {
            previous.clone()
        }
        Some(_) if (frame.continues || frame.elliptic) && !frame.own && !frame.beyond => inherit(previous, frame),
        _ => with_default_topic(frame),
    }
}

/// `And last month?`, `by model`, `in tokens`, `and Tom?` go on about the agent itself; a product, an account or a word of spend does not.
fn after_agent_usage(previous: &Frame, frame: Frame) -> Frame {
    let elsewhere = !frame.names.is_empty()
        || frame.account.is_some()
        || frame.region.is_some()
        || frame.model.is_some()
        || frame.principal.is_some()
        || frame.money
        || frame.credits;
    let short = frame.word_count <= 6 && (frame.continues || frame.elliptic);
    let regroups = frame.agent_by.is_some() || !frame.groups.is_empty() || frame.tokens || frame.when.is_some() || !frame.people.is_empty();
    let topic_fits = match frame.topic {
        None => frame.has_slots() || frame.agent_by.is_some() || (frame.continues && frame.loose_count == 0 && !frame.yes),
        Some(Topic::Spend) => regroups || frame.continues,
        _ => false,
    };
    if elsewhere || !short || !topic_fits {
        return with_default_topic(frame);
    }
    let agent_by = if frame.groups.is_empty() { frame.agent_by.or(previous.agent_by) } else { frame.agent_by };
    // `And mine?`
    let agent = previous.agent.map(|ask| if frame.own { AgentAsk { mine: true, others: false, ..ask } } else { ask });
    Frame { agent_by, agent, ..follow(previous, frame) }
}

fn bare(frame: &Frame) -> bool {
    frame.names.is_empty()
        && frame.people.is_empty()
        && frame.when.is_none()
        && frame.model.is_none()
        && frame.account.is_none()
        && frame.unknown.is_empty()
        && !frame.beyond
}

/// A message of names and periods only, without anything before it.
fn with_default_topic(mut frame: Frame) -> Frame {
    if frame.topic.is_none() && frame.has_slots() && !frame.gibberish {
        frame.topic = if frame.model.is_some() && frame.names.is_empty() && frame.when.is_none() {
            Some(Topic::ModelState)
        } else if frame.percent.is_some()
            || frame.why
            || (frame.limit.is_some() || frame.bullets.is_some() || frame.form.is_some()) && bare(&frame)
        {
            None
        } else {
            Some(Topic::Spend)
        };
    }
    frame
}

/// The previous question with what the new message names put in its place.
pub(super) fn follow(previous: &Frame, new: Frame) -> Frame {
    let mut merged = previous.clone();
    if !new.names.is_empty() || !new.people.is_empty() || !new.unknown.is_empty() || !new.ambiguous.is_empty() || new.own {
        merged.names = new.names;
        merged.people = new.people;
        merged.unknown = new.unknown;
        merged.ambiguous = new.ambiguous;
        merged.beyond = false;
        merged.excluded.retain(|name| !merged.names.iter().any(|kept| kept.name == *name));
    }
    for by in new.excluded_by {
        if !merged.excluded_by.contains(&by) {
            merged.excluded_by.push(by);
        }
    }
    for name in new.excluded {
        merged.names.retain(|kept| kept.name != name);
        if !merged.excluded.contains(&name) {
            merged.excluded.push(name);
        }
    }
    let regrouped = !new.groups.is_empty();
    if regrouped {
        merged.groups = new.groups;
    }
    if new.when.is_some() {
        merged.when = new.when;
        merged.against = None;
    }
    merged.against = new.against.or(merged.against);
    merged.account = new.account.or(merged.account);
    merged.region = new.region.or(merged.region);
    merged.model = new.model.or(merged.model);
    merged.principal = new.principal.or(merged.principal);
    merged.token_kind = new.token_kind.or(merged.token_kind);
    merged.percent = new.percent.or(merged.percent);
    merged.bullets = new.bullets.or(merged.bullets);
    merged.form = new.form;
    merged.limit = new.limit.or(merged.limit);
    merged.show = new.show.or(merged.show);
    merged.tokens |= new.tokens;
    merged.credits |= new.credits;
    merged.no_unclaimed |= new.no_unclaimed;
    merged.asks_who |= new.asks_who;
    merged.beyond |= new.beyond;
    merged.continues = true;
    merged.polar = false;
    (merged.superlative, merged.least) = (new.superlative, new.least);
    let product_wise = merged.groups.iter().all(|group| matches!(group.as_str(), "product" | "workload"));
    if regrouped
        && !product_wise
        && matches!(merged.topic, Some(Topic::Estimate | Topic::Health | Topic::Cache | Topic::Owner | Topic::Whoami))
    {
        merged.topic = Some(Topic::Spend);
    }
    if new.why {
        merged.topic = Some(Topic::Compare);
    }
    merged
}

/// The new question about what the previous one was about.
pub(super) fn inherit(previous: &Frame, mut new: Frame) -> Frame {
    let named = !new.names.is_empty() || !new.people.is_empty() || !new.unknown.is_empty() || new.own;
    if !named {
        new.names = previous.names.clone();
        new.people = previous.people.clone();
        new.unknown = previous.unknown.clone();
        new.excluded.extend(previous.excluded.iter().cloned());
        new.excluded_by.extend(previous.excluded_by.iter());
        new.excluded_by.dedup();
        new.excluded.dedup();
    }
    if new.topic == Some(Topic::Compare) && new.groups.is_empty() && previous.topic == Some(Topic::Spend) {
        new.groups = previous.groups.clone();
    }
    new.when = new.when.or_else(|| previous.when.clone());
    new.account = new.account.or_else(|| previous.account.clone());
    new.model = new.model.or_else(|| previous.model.clone());
    new.region = new.region.or_else(|| previous.region.clone());
    new.token_kind = new.token_kind.or(previous.token_kind);
    new
}
