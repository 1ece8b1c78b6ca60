//! From a frame to what the tools' words need to know of the question.

use agent_bill_domain::permission::Action;
use agent_bill_model::Briefing;
use agent_bill_tools::say::{Asked, Asker, Aspect, Form, Named, Rank};

use super::super::frame::{Frame, Topic};
use super::super::wording;

pub fn of(frame: &Frame, briefing: &Briefing) -> Asked {
    let bullets = frame.bullets.map(Form::Bullets);
    let rank = if frame.least { Rank::Least } else { Rank::Most };
    // Among all who use Agent Bill, `who` asks for the one that uses it most.
    let superlative = frame.superlative || frame.topic == Some(Topic::AgentUsage) && frame.asks_who;
    Asked {
        form: frame.form.or(bullets).unwrap_or_default(),
        aspect: aspect(frame),
        asker: Asker {
            name: briefing.person.clone(),
            own: is_own(frame, briefing),
            company_wide: briefing.company_wide,
            decides_models: wording::may(briefing, Action::DecideModel),
        },
        named: Named {
            things: frame.names.iter().map(|name| name.name.clone()).collect(),
            people: frame.people.iter().map(|person| person.name.clone()).collect(),
            principal: frame.principal.clone(),
            several_models: frame.model.is_some(),
            others: frame.asks_others(),
        },
        rank: superlative.then_some(rank),
        limit: frame.limit.and_then(|limit| usize::try_from(limit).ok()),
        tokens: frame.tokens,
        kind: frame.token_kind,
        polar: frame.polar,
        over: frame.asks_over,
        moved: frame.moved,
        who: frame.asks_who,
        credits: frame.credits,
        budget: frame.budget || frame.topic == Some(Topic::Budget),
        without_unclaimed: frame.no_unclaimed,
        only_new: frame.new_only,
        part: false,
    }
}

/// Whether the question is about all that is the asker's, without any filter.
fn is_own(frame: &Frame, briefing: &Briefing) -> bool {
    if frame.topic == Some(Topic::AgentUsage) {
        return frame.agent.is_some_and(|ask| ask.mine);
    }
    !briefing.company_wide
        && frame.names.is_empty()
        && frame.people.is_empty()
        && frame.account.is_none()
        && frame.model.is_none()
        && frame.region.is_none()
}

fn aspect(frame: &Frame) -> Aspect {
    match frame.topic {
        Some(Topic::Reconcile) => Aspect::Reconciled,
        Some(Topic::Cache) => Aspect::Cache { saving: frame.percent.is_some() },
        Some(Topic::ModelState) => Aspect::OneModel,
        Some(Topic::Diagnose) => Aspect::Walk,
        Some(Topic::Owner) => Aspect::Owners,
        Some(Topic::DataStatus) if frame.when.is_some() => Aspect::OneMonth,
        Some(Topic::AgentUsage) => match frame.agent.filter(|ask| ask.limits) {
            Some(ask) => Aspect::Limits { near: ask.near },
            None => Aspect::Whole,
        },
        _ if frame.asks_left => Aspect::Left,
        _ if frame.why => Aspect::Cause,
        _ => Aspect::Whole,
    }
}
