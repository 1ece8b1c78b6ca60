//! Answers that need no tool: refusals by role and scope, other subjects, questions back, and kinds of record that are not kept here yet.

use agent_bill_domain::permission::Action;
use agent_bill_domain::role::Role;

use agent_bill_model::Behaviour;

use super::super::frame::{Frame, Topic, Write};
use super::super::wording::{self, Say};
use super::Context;

pub fn say(frame: &Frame, context: &Context<'_>) -> Option<Say> {
    let briefing = context.briefing;
    let Some(topic) = frame.topic else { return Some(unplaced(frame, context)) };
    let said = match topic {
        Topic::OffDomain => wording::decline(briefing),
        Topic::OtherCloud => wording::decline_other_cloud(briefing),
        Topic::JudgePerson => wording::decline_judgement(),
        Topic::Greeting => wording::greeting(briefing),
        Topic::Help => wording::help(briefing),
        Topic::LiveIam => live_iam(),
        Topic::PromptContents => Say::new(
            Behaviour::NoData,
            format!("I never see prompts or responses: the bill holds tokens and cost, not contents. {}", wording::offer(briefing)),
        ),
        Topic::Spend if frame.credits && !context.may(Action::ReadCredits) && context.may(Action::ReadSpend) => {
            wording::deny_role("credits, discounts, tax and the net", &Action::ReadCredits.who_can(), briefing)
        }
        _ => return role(topic, context).or_else(|| scope(frame, topic, context)).or_else(|| records(frame, topic, context)),
    };
    Some(said)
}

/// No topic: nothing understood, another subject, or a bare `yes`.
fn unplaced(frame: &Frame, context: &Context<'_>) -> Say {
    if frame.yes {
        return wording::nothing_to_confirm();
    }
    if !frame.unknown.is_empty() && !frame.gibberish && frame.word_count <= 3 {
        return wording::deny_scope(context.briefing);
    }
    let other_subject = (frame.loose_count > 0 || !frame.unknown.is_empty()) && frame.word_count >= 4 && !frame.gibberish;
    if other_subject { wording::decline(context.briefing) } else { wording::clarify(context.briefing) }
}

/// The permission a topic needs, and what to call it.
fn needs(topic: Topic) -> Option<(Action, &'static str)> {
    Some(match topic {
        Topic::Spend | Topic::Compare | Topic::Reconcile | Topic::Calls | Topic::Budget => (Action::ReadSpend, "spend"),
        Topic::Estimate | Topic::Cache | Topic::Health => (Action::ReadEstimates, "spend and estimates"),
        Topic::Unclaimed => (Action::ReadUnclaimedPrincipals, "the list of unclaimed roles"),
        Topic::Drift => (Action::ReadDrift, "use of unapproved models"),
        Topic::Catalog | Topic::ModelState => (Action::ReadCatalog, "the model catalog"),
        Topic::Audit => (Action::ReadAudit, "the audit log"),
        Topic::UnitCost | Topic::OtherModel => (Action::ReadSpend, "spend"),
        Topic::AgentUsage => (Action::ReadOwnAccess, "what I consume myself"),
        Topic::Write(Write::DecideModel) => (Action::DecideModel, "deciding on a model"),
        Topic::Write(Write::Claim) => (Action::ClaimPrincipal, "claiming a role"),
        Topic::Write(Write::SetEstimate) => (Action::SetEstimate, "setting an estimate"),
        Topic::Write(Write::RequestModel) => (Action::ReadCatalog, "asking for a model"),
        _ => return None,
    })
}

fn role(topic: Topic, context: &Context<'_>) -> Option<Say> {
    let briefing = context.briefing;
    if let Some((action, what)) = needs(topic) {
        return (!context.may(action)).then(|| wording::deny_role(what, &action.who_can(), briefing));
    }
    let holds = |roles: &[Role]| roles.iter().any(|role| wording::has_role(briefing, *role));
    let (who, what): (&[Role], &str) = match topic {
        Topic::Write(Write::ExecuteInAws) => return Some(never_in_aws(context)),
        Topic::Write(Write::DisputeCard | Write::AcceptCard) => (&[Role::ProductOwner, Role::PortfolioManager], "acting on a spend card"),
        Topic::Write(Write::FinishTask) => (&[Role::CloudEngineer], "closing a task"),
        Topic::Write(Write::LoadBudget) => (&[Role::Finance, Role::ProductOwner], "loading or scheduling a budget"),
        Topic::Write(Write::Access) => (&[Role::Admin], "users, roles and the hierarchy"),
        Topic::Cards => (
            &[Role::ProductOwner, Role::PortfolioManager, Role::DepartmentManager, Role::BuManager, Role::FinopsLead, Role::Finance],
            "spend cards",
        ),
        _ => return None,
    };
    let labels: Vec<&str> = who.iter().map(|role| role.label()).collect();
    (!holds(who)).then(|| wording::deny_role(what, &labels.join(", "), briefing))
}

fn never_in_aws(context: &Context<'_>) -> Say {
    let path = if context.may(Action::DecideModel) {
        "What you can do is decide: a block with your written rationale becomes a task with exact commands for a Cloud Engineer. Deciding by chat is not possible here yet, so nothing was written."
    } else {
        "The FinOps Lead decides on models and a Cloud Engineer carries out exactly what was decided."
    };
    Say::new(Behaviour::DenyRole, format!("I never execute anything in AWS. {path}"))
}

/// Names outside the scope, periods ahead, names that are not clear.
fn scope(frame: &Frame, topic: Topic, context: &Context<'_>) -> Option<Say> {
    let briefing = context.briefing;
    // What other people ask is no part of the hierarchy: the tool shows one's own use, whoever was named.
    if topic == Topic::AgentUsage {
        return None;
    }
    // A task is not a place in the hierarchy.
    let of_task = matches!(topic, Topic::Tasks | Topic::TaskCommand);
    if !of_task && (frame.beyond || !frame.unknown.is_empty()) {
        // Whoever sees everything is not told of a scope because of a word that is no name.
        let word = !frame.beyond && (frame.foreign || briefing.company_wide && frame.unknown_words == frame.unknown.len());
        return Some(if word { wording::not_understood(briefing) } else { wording::deny_scope(briefing) });
    }
    if !frame.ambiguous.is_empty() {
        return Some(wording::clarify_name(&frame.ambiguous));
    }
    if !frame.excluded_by.is_empty() && !matches!(topic, Topic::Spend | Topic::Write(_)) {
        let text = "A single model, account or Region can be left out of spend only. Ask for the spend without it, or for everything.";
        return Some(Say::new(Behaviour::Clarify, text));
    }
    let dated = !matches!(topic, Topic::Catalog | Topic::ModelState | Topic::DataStatus | Topic::Whoami | Topic::Owner | Topic::Write(_));
    let ahead = frame.when.as_ref().is_some_and(|when| when.is_future(context.today));
    (dated && ahead).then(|| wording::future(briefing))
}

/// What cannot be looked up here yet, and what must be asked back.
fn records(frame: &Frame, topic: Topic, context: &Context<'_>) -> Option<Say> {
    let briefing = context.briefing;
    let many = frame.names.is_empty() && products(context).len() > 1;
    Some(match topic {
        Topic::Cards => {
            wording::not_kept("Weekly spend cards", "I can show the spend behind them, for example `spend by product last week`.")
        }
        Topic::Tasks => wording::not_kept("Engineer tasks", tasks_instead(context)),
        Topic::TaskCommand => wording::not_kept("Engineer tasks and their stored commands", tasks_instead(context)),
        Topic::Audit => wording::not_kept(
            "The audit log",
            "An operator can check it with `agent-bill audit verify`; I can show who decided on a model, when and why.",
        ),
        Topic::Budget => wording::not_kept("Annual budgets", "I can show spend and estimates."),
        Topic::Errand => Say::new(
            Behaviour::Decline,
            format!("I only answer here: I send nothing, set no alerts and write no files. {}", wording::offer(briefing)),
        ),
        Topic::UnitCost => wording::not_kept(
            "A cost per request, user or document",
            "The bill holds no such counts; I can show spend and tokens, by model or role.",
        ),
        Topic::OtherModel => wording::not_kept(
            "What another model would have cost",
            "The bill holds what was used, and another model needs other tokens for the same work; I can show spend and tokens by model.",
        ),
        Topic::Calls => Say::new(
            Behaviour::NoData,
            "The bill holds no invocation counts. They come from model invocation logs where those are delivered, and I show them beside use of unapproved models; otherwise I can show tokens.",
        ),
        Topic::Diagnose if frame.principal.is_none() && frame.names.is_empty() => Say::new(
            Behaviour::Clarify,
            "Which role is it? Paste its ARN or its name, for example the role ARN of your application or an assumed-role ARN from a log.",
        ),
        Topic::Write(Write::FinishTask) => wording::deny_scope(briefing),
        Topic::Write(Write::LoadBudget) => wording::not_kept("Budgets", "Nothing was written. I can show spend and estimates."),
        Topic::Write(Write::Access) => Say::new(
            Behaviour::Confirm,
            "Nothing was written: people, roles and the hierarchy are loaded with `agent-bill org import`, not by chat.",
        ),
        Topic::Write(Write::DisputeCard | Write::AcceptCard) if many => wording::clarify_name(&products(context)),
        Topic::Write(Write::DecideModel | Write::RequestModel) if frame.model.is_none() => {
            Say::new(Behaviour::Clarify, "Which model, and for which account and Region? Name it as in `Claude Sonnet in prod`.")
        }
        _ => return None,
    })
}

fn tasks_instead(context: &Context<'_>) -> &'static str {
    if context.may(Action::ReadCatalog) {
        "I can show which approved decisions are not implemented yet."
    } else {
        "A Cloud Engineer can look them up."
    }
}

fn live_iam() -> Say {
    Say::new(
        Behaviour::NoData,
        "I cannot see live IAM, only what was decided and marked implemented. To check the role itself, run the read-only commands \
         `aws iam list-attached-role-policies --role-name ROLE` and `aws iam list-role-policies --role-name ROLE`.",
    )
}

/// Products of the asker: nodes of the lowest level in scope.
fn products(context: &Context<'_>) -> Vec<String> {
    let lowest = context.briefing.levels.last();
    context.briefing.nodes.iter().filter(|node| lowest.is_none_or(|level| node.level == *level)).map(|node| node.name.clone()).collect()
}
