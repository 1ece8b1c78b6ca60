//! Questions that lean on the one before.

use super::{check, frame, manager, owner};

#[test]
fn follow_ups_keep_what_they_do_not_replace() {
    check(
        &manager(),
        &[
            (
                "Which of my products is spending the most? >> drop Route planner and show the rest by model",
                "spend exclude=Route Planner group_by=model",
            ),
            ("spend by product last month >> and the month before last?", "spend group_by=product period=2026-09"),
            ("spend by product last month >> only pre-live", "spend account=pre-live group_by=product period=last_month"),
            ("spend by product last month >> by region instead", "spend group_by=region period=last_month"),
            (
                "how much did Route Planner spend last week >> what about Dock Assistant?",
                "spend group_by=model of=Dock Assistant period=last_week",
            ),
            (
                "how much did Route Planner spend last week >> same for parcel tracker",
                "spend group_by=model of=Parcel Tracker period=last_week",
            ),
            ("how much did Route Planner spend last week >> why?", "compare group_by=model of=Route Planner period=last_week"),
            ("how much did Route Planner spend last week >> and its cache rate?", "estimate_status of=Route Planner period=this_month"),
            ("any unclaimed roles? >> and last month?", "unclaimed_principals period=last_month"),
            ("any unclaimed roles? >> in research only", "unclaimed_principals account=research"),
            ("are we using unapproved models? >> what about october", "model_drift period=2026-10"),
            ("spend last week >> Dock Assistant only", "spend group_by=model of=Dock Assistant period=last_week"),
            ("spend last week >> what about Tom's?", "whoami"),
            ("spend last week >> in tokens", "spend period=last_week"),
            ("spend by model >> top 3 only", "spend group_by=model limit=3"),
            ("spend last week >> and Marketing?", "DenyScope"),
            (
                "how much did Route Planner spend last week >> thanks >> and yesterday?",
                "spend group_by=model of=Route Planner period=yesterday",
            ),
            ("how much did Route Planner spend last week >> are we ok?", "estimate_status + model_drift + unclaimed_principals"),
            ("spend last week >> how current is the data", "data_status"),
        ],
    );
}

#[test]
fn an_estimate_question_carries_over_to_another_month_and_product() {
    check(
        &owner(),
        &[
            ("Am I within my AI estimate this month? >> and last month?", "estimate_status period=last_month"),
            ("Am I within my AI estimate this month? >> and Parcel Tracker alone?", "estimate_status of=Parcel Tracker period=this_month"),
            ("Am I within my AI estimate this month? >> show it by model", "spend group_by=model period=month_to_date"),
            ("can i use opus 4.7? >> and in research?", "model_catalog account=research model=opus 4.7"),
            (
                "Dispute the card for week of Nov 8 >> Parcel Tracker",
                "spend group_by=day limit=10 of=Parcel Tracker period=2026-11-08..2026-11-14",
            ),
            (
                "role arn wont validate >> arn:aws:iam::123456789012:role/tracker",
                "data_status principal=arn:aws:iam::123456789012:role/tracker",
            ),
        ],
    );
}

#[test]
fn a_question_of_its_own_does_not_inherit() {
    let fresh = frame(&manager(), &["how much did Route Planner spend last week", "what is our total spend this month?"]);
    assert!(fresh.names.is_empty());
}
