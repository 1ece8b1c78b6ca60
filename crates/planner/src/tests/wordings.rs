//! Wordings that once led elsewhere, one table for each cause.

use super::{briefing, check, lead, manager, owner};

#[test]
fn particles_of_verbs_are_no_change_of_spend() {
    check(
        &manager(),
        &[
            ("break it down by region", "spend group_by=region"),
            ("break it down by region >> only us-east-1 >> and per service", "spend group_by=Service region=us-east-1"),
            ("break Route Planner down by model", "spend group_by=model of=Route Planner"),
            ("why did spend go down", "compare"),
        ],
    );
}

#[test]
fn periods_are_read_beside_each_other() {
    check(
        &manager(),
        &[
            ("trend over the last six months", "spend group_by=month period=2026-05-01..2026-10-31"),
            ("spend in oct, nov and sept", "spend group_by=month period=2026-09-01..2026-11-23"),
            ("spend per team, last month vs the month before", "compare against=2026-09 group_by=Team period=last_month"),
            ("costs up vs previous week?", "compare period=last_week"),
            ("why did Route Planner go up compared to October", "compare group_by=model of=Route Planner"),
            ("what was spent Monday", "spend period=2026-11-16"),
            ("total Bedrock 2026 by month", "spend group_by=month period=year_to_date"),
            ("spend by month", "spend group_by=month period=year_to_date"),
            ("spend by week last month", "spend group_by=week period=last_month"),
            ("what's new since last week", "compare period=last_week"),
        ],
    );
}

#[test]
fn a_follow_up_may_ask_for_amount_owner_or_beginning() {
    check(
        &manager(),
        &[
            ("will Route Planner go over its estimate? >> by how much?", "estimate_status of=Route Planner"),
            ("will Route Planner go over its estimate? >> why?", "compare group_by=token_type of=Route Planner"),
            ("are we using unapproved models? >> since when?", "model_drift"),
            ("are we using unapproved models? >> who owns it", "model_drift"),
            ("spend by product last month >> without the unclaimed", "spend group_by=product period=last_month"),
            ("spend by product without unclaimed roles", "spend group_by=product"),
        ],
    );
}

#[test]
fn use_of_a_model_includes_roles_that_nobody_claimed() {
    check(
        &manager(),
        &[
            ("who used llama 3 70b", "spend model=llama 3 70b + model_drift model=llama 3 70b"),
            ("how many times was opus called", "model_drift model=opus"),
        ],
    );
}

#[test]
fn governance_is_understood_in_its_everyday_words() {
    check(
        &lead(),
        &[
            ("unallocated money in october by cause", "spend group_by=bucket include_credits=true period=2026-10"),
            ("what is pending review", "model_catalog show=pending"),
            ("which decisions still wait for the engineers", "model_catalog show=not_implemented"),
            ("when was the last load", "data_status"),
            ("when do Nov numbers stop moving", "data_status month=2026-11"),
            ("did anyone use a model we never signed off, in October?", "model_drift period=2026-10"),
        ],
    );
}

#[test]
fn trouble_with_a_role_is_diagnosed_by_its_name() {
    check(
        &owner(),
        &[
            ("role route-planner cant be claimed, help", "data_status principal=route-planner"),
            ("my role tracker-batch shows no cost, whats wrong", "data_status principal=tracker-batch"),
            (
                "when will my new role show up? arn:aws:iam::123456789012:role/foo",
                "data_status principal=arn:aws:iam::123456789012:role/foo",
            ),
            (
                "why is there nothing for parcel tracker in april",
                "data_status of=Parcel Tracker + spend group_by=model of=Parcel Tracker period=2026-04",
            ),
        ],
    );
}

#[test]
fn a_product_owner_asks_in_passing() {
    check(
        &owner(),
        &[
            ("how much are we over", "estimate_status"),
            ("on pace?", "estimate_status"),
            ("my boss wants to know if Route Planner stays within its estimate", "estimate_status of=Route Planner"),
            ("why was november cheaper than october", "compare against=2026-10 period=month_to_date"),
            ("which tokens cost me the most", "spend group_by=token_type"),
            ("what if 50% of the prompts came from cache", "estimate_status cache_target_percent=50"),
            ("write me a script that calls bedrock", "Decline"),
            ("corporate total", "DenyScope"),
            ("Service 4 spend", "DenyScope"),
        ],
    );
}

#[test]
fn a_product_called_like_a_month_is_told_from_the_month() {
    let nodes = [("March", "Service"), ("Route Planner", "Service")];
    check(
        &briefing(&["Product Owner"], &nodes, &["Nadia Ferreira"], false),
        &[
            ("what did we spend in March", "spend period=2026-03"),
            ("what did March cost in March?", "spend group_by=model of=March period=2026-03"),
            ("spend of March last month", "spend group_by=model of=March period=last_month"),
        ],
    );
}
