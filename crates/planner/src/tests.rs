//! What the planner understands and says, by tables of varied wording and hand-made results.

use jiff::civil::date;
use serde_json::Value;

use super::frame::{Frame, Topic};
use super::parse::Known;
use super::plan::{Context, Plan, plan};
use super::understand::{Understanding, understand};
use agent_bill_model::{BriefNode, BriefWorkload, Briefing};

mod agent_usage;
mod follow_ups;
mod questions;
mod robustness;
mod turns;
mod wordings;

/// A second organisation, unlike the demo's: other labels, other names.
pub fn briefing(roles: &[&str], nodes: &[(&str, &str)], people: &[&str], company_wide: bool) -> Briefing {
    Briefing {
        person: "Nadia Ferreira".to_owned(),
        roles: roles.iter().map(|role| (*role).to_owned()).collect(),
        company_wide,
        levels: ["Division", "Group", "Team", "Service"].map(str::to_owned).to_vec(),
        nodes: nodes.iter().map(|(name, level)| BriefNode { name: (*name).to_owned(), level: (*level).to_owned() }).collect(),
        workloads: nodes
            .iter()
            .filter(|(_, level)| *level == "Service")
            .map(|(name, _)| BriefWorkload { name: format!("{name} API"), product: (*name).to_owned() })
            .collect(),
        people: people.iter().map(|person| (*person).to_owned()).collect(),
        accounts: ["live", "pre-live", "research", "playground"].map(str::to_owned).to_vec(),
        principals: ["route-planner", "claims-reader"].map(str::to_owned).to_vec(),
        names_left_out: false,
        today: Some(date(2026, 11, 23)),
        data_through: Some(date(2026, 11, 21)),
    }
}

/// Answers for two services.
pub fn owner() -> Briefing {
    briefing(&["Product Owner"], &[("Route Planner", "Service"), ("Parcel Tracker", "Service")], &["Nadia Ferreira"], false)
}

/// Answers for a team with three services.
pub fn manager() -> Briefing {
    briefing(
        &["Portfolio Manager"],
        &[("Logistics", "Team"), ("Route Planner", "Service"), ("Parcel Tracker", "Service"), ("Dock Assistant", "Service")],
        &["Nadia Ferreira", "Tom Okoro", "Inés Vidal"],
        false,
    )
}

pub fn lead() -> Briefing {
    briefing(
        &["FinOps Lead"],
        &[
            ("Operations", "Division"),
            ("Transport", "Group"),
            ("Logistics", "Team"),
            ("Route Planner", "Service"),
            ("Parcel Tracker", "Service"),
            ("Insurance", "Division"),
            ("Claims Triage", "Service"),
        ],
        &["Nadia Ferreira", "Tom Okoro", "Inés Vidal"],
        true,
    )
}

pub fn engineer() -> Briefing {
    briefing(&["Cloud Engineer"], &[], &[], false)
}

pub fn finance() -> Briefing {
    Briefing { roles: vec!["Finance".to_owned()], ..lead() }
}

pub fn understood(briefing: &Briefing, turns: &[&str]) -> Understanding {
    let (last, earlier) = turns.split_last().expect("a question");
    let earlier: Vec<String> = earlier.iter().map(|text| (*text).to_owned()).collect();
    understand(&earlier, last, &Known::of(briefing))
}

pub fn frame(briefing: &Briefing, turns: &[&str]) -> Frame {
    understood(briefing, turns).frames.into_iter().next().unwrap_or_default()
}

pub fn planned(briefing: &Briefing, turns: &[&str]) -> Plan {
    let frame = frame(briefing, turns);
    plan(&frame, &Context { briefing, today: date(2026, 11, 23), whoami: None })
}

/// The plan in one line: `spend group_by=model period=last_month`, or the behaviour.
pub fn outline(briefing: &Briefing, turns: &[&str]) -> String {
    match planned(briefing, turns) {
        Plan::Say(said) => format!("{:?}", said.behaviour),
        Plan::Calls(calls) => {
            let lines: Vec<String> = calls
                .iter()
                .map(|call| {
                    let mut line = call.name.to_owned();
                    if let Value::Object(members) = &call.args {
                        for (key, value) in members {
                            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                            line.push_str(&format!(" {key}={value}"));
                        }
                    }
                    line
                })
                .collect();
            lines.join(" + ")
        }
    }
}

/// Checks a table of questions against outlines and reports all that differ at once.
pub fn check(briefing: &Briefing, table: &[(&str, &str)]) {
    let wrong: Vec<String> = table
        .iter()
        .filter_map(|(question, expected)| {
            let turns: Vec<&str> = question.split(" >> ").collect();
            let found = outline(briefing, &turns);
            (found != *expected)
                .then(|| format!("{question}\n   expected {expected}\n   found    {found}   {:?}", frame(briefing, &turns).topic))
        })
        .collect();
    assert!(wrong.is_empty(), "{} of {} differ:\n{}", wrong.len(), table.len(), wrong.join("\n"));
}

#[test]
fn a_topic_is_found_for_each_of_these_whatever_the_spelling() {
    for (question, topic) in
        [("am i witihn my estimat", Topic::Estimate), ("unclamed roels", Topic::Unclaimed), ("spnding by modle", Topic::Spend)]
    {
        assert_eq!(frame(&manager(), &[question]).topic, Some(topic), "{question}");
    }
}
