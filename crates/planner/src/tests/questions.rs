//! Question → tool calls, for several people.

use super::{check, engineer, finance, lead, manager, owner};

#[test]
fn a_product_owner_is_understood_in_many_wordings() {
    check(
        &owner(),
        &[
            ("Am I within my AI estimate this month?", "estimate_status period=this_month"),
            ("are we on track this month", "estimate_status period=this_month"),
            ("will i exceed my estimate", "estimate_status"),
            ("Will Route Planner go over its estimate?", "estimate_status of=Route Planner"),
            ("hows parcel tracker doing against the estimate", "estimate_status of=Parcel Tracker"),
            ("projected spend for the month?", "estimate_status"),
            ("where will we land at month end", "estimate_status"),
            ("whats my burn so far vs estimate, tokens not dollars", "estimate_status"),
            ("estimate status october", "estimate_status period=last_month"),
            ("were we under the estimate last month", "estimate_status period=last_month"),
            ("how much headroom is left", "estimate_status"),
            ("Am I overspending?", "estimate_status"),
            ("forecast", "estimate_status"),
            ("is my budget ok", "estimate_status"),
            ("how much wd we save if cache hit went to 60%", "estimate_status cache_target_percent=60"),
            ("whats our cache hit rate", "estimate_status"),
            ("how good is caching on route planner", "estimate_status of=Route Planner"),
            ("what if the cache rate were 75 percent", "estimate_status cache_target_percent=75"),
            ("how can we cut costs", "estimate_status"),
            ("which models am i allowed to use in live us-east-1?", "model_catalog account=live region=us-east-1 show=usable"),
            ("what models can I use", "model_catalog"),
            ("approved models in pre-live", "model_catalog account=pre-live show=usable"),
            ("can I use Opus 4.7?", "model_catalog model=opus 4.7"),
            ("is claude haiku approved for frankfurt", "model_catalog model=claude haiku region=eu-central-1"),
            ("may we use nova pro in research", "model_catalog account=research model=nova pro"),
            ("I need Opus for a 2 wk spike, how do I get it", "model_catalog model=opus"),
            ("would like to use Llama 3 70B", "model_catalog model=llama 3 70b"),
            ("role arn wont validate", "Clarify"),
            ("why does arn:aws:iam::123456789012:role/foo not validate", "data_status principal=arn:aws:iam::123456789012:role/foo"),
            ("route-planner role shows nothing, why?", "data_status principal=route-planner"),
            ("why is parcel tracker empty", "data_status of=Parcel Tracker"),
            ("why do I not see any spend for Parcel Tracker", "data_status of=Parcel Tracker"),
            ("why is output so high", "compare group_by=model + spend group_by=token_type limit=20 then_by=model"),
            ("how much did we spend yesterday", "spend period=yesterday"),
            ("spend last week", "spend period=last_week"),
            ("whats the dmage so far", "spend"),
            ("cost of Route Planner in October by model", "spend group_by=model of=Route Planner period=2026-10"),
            ("route planer spending", "spend group_by=model of=Route Planner"),
            ("parcel-tracker costs this week", "spend group_by=model of=Parcel Tracker period=this_week"),
            ("how many tokens did Route Planner use", "spend group_by=token_type of=Route Planner"),
            ("tokens by model", "spend group_by=model"),
            ("spend by region", "spend group_by=region"),
            ("daily spend since Nov 10", "spend group_by=day limit=31 period=2026-11-10..2026-11-23"),
            ("spend by day last week", "spend group_by=day limit=31 period=last_week"),
            ("how much on sonnet", "model_catalog model=sonnet"),
            ("how much did we pay for sonnet in live", "spend account=live model=sonnet"),
            ("what did output tokens cost last month", "spend group_by=token_type limit=50 period=last_month"),
            ("spend in us-east-1", "spend region=us-east-1"),
            ("any unclaimed roles?", "unclaimed_principals"),
            ("which roles has nobody claimed", "unclaimed_principals"),
            ("what changed since last week", "compare period=last_week"),
            ("why did my costs go up", "compare"),
            ("compare october to september", "compare against=2026-09 period=2026-10"),
            ("this week vs last week", "compare against=last_week period=this_week"),
            ("who am I", "whoami"),
            ("what do I have access to", "whoami"),
            ("list my workloads", "whoami"),
            ("what can I see here", "whoami"),
            ("which roles have I claimed", "whoami"),
            ("is october final", "data_status month=2026-10"),
            ("how current is the data", "data_status"),
            ("when was the data last updated", "data_status"),
            ("claim role route-planner for Route Planner", "data_status principal=route-planner"),
            ("set my estimate for Route Planner to $5,000", "estimate_status of=Route Planner"),
            ("Dispute the card for week of Nov 8, number looks doubled", "Clarify"),
            (
                "dispute the Route Planner card for the week of Nov 8",
                "spend group_by=day limit=10 of=Route Planner period=2026-11-08..2026-11-14",
            ),
            ("approve opus for me", "DenyRole"),
            ("show my cards", "NoData"),
            ("how many invocations did we make", "NoData"),
            ("what will we spend next month", "NoData"),
        ],
    );
}

#[test]
fn names_outside_the_scope_are_denied_alike_and_never_bent_into_similar_ones() {
    check(
        &owner(),
        &[
            ("what's HR Portal spending", "DenyScope"),
            ("whats hr portal spending", "DenyScope"),
            ("how much did checkout cost", "DenyScope"),
            ("spend of fraud signals", "DenyScope"),
            ("Is Claims Triage within estimate?", "DenyScope"),
            ("unclaimed roles in Insurance", "DenyScope"),
            ("total for the whole company?", "DenyScope"),
            ("what do other teams spend", "DenyScope"),
            ("show me everyone's spend", "DenyScope"),
            ("spend of all divisions", "DenyScope"),
            ("what does my division spend", "DenyScope"),
            ("Route Optimizer spend", "DenyScope"),
            ("Parcel Tracker Europe spend", "DenyScope"),
            ("how is Xylophone doing", "DenyScope"),
            ("tom's spend", "DenyScope"),
            ("compare my spend with Dock Assistant", "DenyScope"),
            ("spend for \"Dock Assistant\"", "DenyScope"),
            ("what is the budget of Marketing", "DenyScope"),
        ],
    );
}

#[test]
fn a_manager_is_understood_in_many_wordings() {
    check(
        &manager(),
        &[
            ("Which of my services is spending the most on Bedrock?", "spend group_by=Service"),
            ("Which of my products spends most", "spend group_by=product"),
            ("break down the spending by model please", "spend group_by=model"),
            ("top 2 services by cost", "spend group_by=Service limit=2"),
            ("rank the services by spend last month", "spend group_by=Service period=last_month"),
            ("who is my biggest spender", "spend"),
            ("cheapest product this week?", "spend group_by=product period=this_week"),
            ("how much did my team spend this week", "spend period=this_week"),
            ("total for Logistics", "spend group_by=model of=Logistics"),
            ("Logistics spend by service and model", "spend group_by=Service of=Logistics then_by=model"),
            ("spend per account in Q3", "spend group_by=account period=2026-07-01..2026-09-30"),
            ("everything except Route Planner, by model", "spend exclude=Route Planner group_by=model"),
            ("spend without parcel tracker", "spend exclude=Parcel Tracker"),
            ("Route Planner vs Parcel Tracker", "spend group_by=model of=Route Planner + spend group_by=model of=Parcel Tracker"),
            ("how much was spent on opus", "spend model=opus"),
            ("most expensive model", "spend group_by=model"),
            ("which model costs us the most", "spend group_by=model"),
            ("any unclaimed roles?", "unclaimed_principals"),
            ("orphaned roles this month", "unclaimed_principals period=month_to_date"),
            ("roles nobody claimed in research account", "unclaimed_principals account=research"),
            ("Are we ok?", "estimate_status + model_drift + unclaimed_principals"),
            ("hows logistics doing", "estimate_status of=Logistics + model_drift of=Logistics + unclaimed_principals of=Logistics"),
            ("anything I should worry about", "estimate_status + model_drift + unclaimed_principals"),
            ("who hasnt accepted their cards yet", "NoData"),
            ("are we using any models that were not approved", "model_drift"),
            ("unapproved models?", "model_drift"),
            ("shadow ai usage last month", "model_drift period=last_month"),
            ("who owns Dock Assistant", "whoami"),
            ("who is responsible for parcel tracker", "whoami"),
            ("what about Tom's spend", "whoami"),
            ("how much did Inés spend", "whoami"),
            ("Is Tom doing his job?", "Decline"),
            ("is ines any good at managing costs", "Decline"),
            (
                "what changed since last week, 3 bullets",
                "compare period=last_week + model_drift period=last_week + unclaimed_principals period=last_week",
            ),
            ("why did Route Planner jump", "compare group_by=model of=Route Planner"),
            ("close task 88", "DenyRole"),
            ("spend in December 2027", "NoData"),
            ("trend over time", "spend group_by=day limit=31"),
            ("spend by month this year", "spend group_by=month period=year_to_date"),
            ("spend for the last 3 months by month", "spend group_by=month period=2026-08-01..2026-10-31"),
            ("costs between Nov 3 and Nov 9", "spend period=2026-11-03..2026-11-09"),
            ("costs Nov 3-9", "spend period=2026-11-03..2026-11-09"),
            ("spend on 5 november", "spend period=2026-11-05"),
            ("kosten letzten monat", "spend period=last_month"),
            ("cuánto gasto este mes", "spend period=month_to_date"),
            ("combien de dépenses la semaine dernière", "spend period=last_week"),
        ],
    );
}

#[test]
fn the_finops_lead_is_understood_in_many_wordings() {
    check(
        &lead(),
        &[
            ("Are we using any Bedrock models we haven't approved?", "model_drift"),
            ("is anyone running unsanctioned models", "model_drift"),
            ("drift this week", "model_drift period=this_week"),
            ("use of llama that was never approved", "model_drift model=llama"),
            ("What allocation gaps opened this week, biggest first", "unclaimed_principals period=this_week"),
            ("which approved scopes arent implemented yet", "model_catalog show=not_implemented"),
            ("approvals waiting for implementation", "model_catalog show=not_implemented"),
            ("who approved llama 3 70b for research and why", "model_catalog account=research model=llama 3 70b show=all"),
            ("why was opus blocked", "model_catalog model=opus show=all"),
            ("blocked models", "model_catalog show=blocked"),
            ("which models are pending review", "model_catalog show=pending"),
            (
                "restrict claude opus 4.7 everywhere except route planner pre-live",
                "model_catalog model=claude opus 4.7 show=all + spend group_by=account model=claude opus 4.7 then_by=workload",
            ),
            (
                "please block llama 3 70b",
                "model_catalog model=llama 3 70b show=all + spend group_by=account model=llama 3 70b then_by=workload",
            ),
            ("can you just block llama 3 70b in AWS now", "DenyRole"),
            ("what roles can act thru MCP right now?", "model_catalog show=agentic"),
            ("agentic approvals", "model_catalog show=agentic"),
            ("Bedrock total for Oct, all accounts, tie it to the bill", "spend group_by=bucket include_credits=true period=2026-10"),
            ("reconcile october with the invoice", "spend group_by=bucket include_credits=true period=2026-10"),
            ("how much is unattributed", "spend group_by=bucket include_credits=true"),
            ("total spend", "spend"),
            ("total for the whole company last month by division", "spend group_by=Division period=last_month"),
            ("spend by group", "spend group_by=Group"),
            ("Claims Triage spend last week by model and region", "spend group_by=model of=Claims Triage period=last_week then_by=region"),
            ("spend by role", "spend group_by=principal"),
            ("how much did claims-reader spend", "spend group_by=principal limit=50"),
            ("spend by usage type", "spend group_by=usage_type"),
            ("is november final?", "data_status month=2026-11"),
            ("when does october close", "data_status month=2026-10"),
            ("is the deny still on the role after i applied it?", "NoData"),
            ("what prompts are people sending", "NoData"),
            ("show the audit log", "NoData"),
            ("what's our Azure OpenAI cost", "Decline"),
            ("whats the weather in Lisbon", "Decline"),
            ("tell me a joke", "Decline"),
            ("write me a python function", "Decline"),
            ("asdf??", "Clarify"),
            ("qwerty zxcv", "Clarify"),
            ("??", "Clarify"),
            ("hi", "Answer"),
            ("help", "Answer"),
            ("yes", "Clarify"),
        ],
    );
}

#[test]
fn roles_without_spend_are_told_who_can() {
    check(
        &engineer(),
        &[
            ("how much did we spend", "DenyRole"),
            ("what is the estimate status", "DenyRole"),
            ("any unclaimed roles?", "DenyRole"),
            ("what do i run for the checkout approval", "NoData"),
            ("what is my next task", "NoData"),
            ("close task 88", "DenyScope"),
            ("is the deny still on the role after i applied it?", "NoData"),
            ("which approvals are not implemented yet", "model_catalog show=not_implemented"),
            ("approve opus for live", "DenyRole"),
            ("who am i", "whoami"),
        ],
    );
}

#[test]
fn finance_asks_for_chargeback_credits_and_month_ends() {
    check(
        &finance(),
        &[
            ("chargeback by group for last month", "spend group_by=Group period=last_month"),
            ("chargeback by department for last month", "spend group_by=department period=last_month"),
            ("chargeback by group for last month >> include credits", "spend group_by=Group include_credits=true period=last_month"),
            ("net of credits for october", "spend include_credits=true period=2026-10"),
            ("when is November final?", "data_status month=2026-11"),
            ("AI spend by team vs budget YTD", "spend group_by=Team period=year_to_date"),
            ("which models are approved", "DenyRole"),
            ("are unapproved models in use", "DenyRole"),
        ],
    );
}

#[test]
fn what_is_left_out_is_never_what_is_asked_for() {
    check(
        &lead(),
        &[
            ("total spend excluding pre-live", "spend exclude=pre-live group_by=account"),
            ("spend outside live", "spend exclude=live group_by=account"),
            ("spend without us-east-1", "spend exclude=us-east-1 group_by=region"),
            ("spend in all regions except us-east-1", "spend exclude=us-east-1 group_by=region"),
            ("spend without claude sonnet 4.6", "spend exclude=claude sonnet 4.6 group_by=model"),
            ("spend apart from Route Planner", "spend exclude=Route Planner"),
            ("spend other than Route Planner", "spend exclude=Route Planner"),
            ("are we over estimate without Route Planner", "estimate_status exclude=Route Planner"),
            ("are we over estimate >> drop Route Planner", "estimate_status exclude=Route Planner"),
            ("which models are approved except claude opus 4.7", "Clarify"),
            ("spend only in live and pre-live", "Clarify"),
            ("spend in account 4444 5555 6666", "DenyScope"),
            ("spend in account 44445555666", "DenyScope"),
            ("spend in account 444455556666", "spend account=444455556666"),
        ],
    );
}

#[test]
fn a_word_that_would_change_the_answer_and_that_nothing_took_is_asked_back() {
    check(
        &lead(),
        &[
            ("average spend per month, may to october", "Clarify"),
            ("daily average this month, weekdays only", "Clarify"),
            ("which products spent more than 5k in october", "Clarify"),
            ("which unclaimed roles burn more than 700 bucks", "Clarify"),
            ("which products never spent anything", "Clarify"),
            ("spend last month in euros", "Clarify"),
            ("spend of the first ten days of november", "Clarify"),
            // Said `yes`: what can be answered without it.
            ("average spend by model >> yes", "spend group_by=model"),
        ],
    );
}

#[test]
fn another_language_is_not_understood_and_whoever_sees_everything_is_told_of_no_scope_because_of_a_word() {
    let german = "Wie viel haben wir letzten Monat insgesamt ausgegeben?";
    check(
        &lead(),
        &[(german, "Clarify"), ("what did the rollout of zanzibar cost", "Clarify"), ("what did Zanzibar Express cost", "DenyScope")],
    );
    check(&owner(), &[("Wie viel haben wir im Oktober ausgegeben?", "Clarify"), ("¿Cuánto hemos gastado en octubre?", "Clarify")]);
    // Form alone decides, never whether the name exists.
    check(&manager(), &[("what did zanzibar cost", "DenyScope"), ("what did Zanzibar cost", "DenyScope")]);
}
