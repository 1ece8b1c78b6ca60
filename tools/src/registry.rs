//! All tools, in the order in which a model reads them.

use std::sync::Arc;

use crate::contract::{AnyTool, Registered};

#[must_use]
pub fn registry() -> Vec<Arc<dyn AnyTool>> {
    vec![
        Registered::shared(crate::whoami::Whoami),
        Registered::shared(crate::spend::Spend),
        Registered::shared(crate::compare::Compare),
        Registered::shared(crate::estimate_status::EstimateStatus),
        Registered::shared(crate::unclaimed_principals::UnclaimedPrincipals),
        Registered::shared(crate::model_catalog::ModelCatalog),
        Registered::shared(crate::model_drift::ModelDrift),
        Registered::shared(crate::data_status::DataStatus),
        Registered::shared(crate::agent_usage::AgentUsageTool),
    ]
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use agent_bill_domain::estimate::EstimateUnit;
    use agent_bill_domain::money::NanoUsd;
    use agent_bill_domain::tokens::TokenCounts;
    use jiff::civil::date;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;
    use crate::contract::{Outcome, ToolOutput};
    use crate::testing::{FakeView, ModelCall, day};
    use crate::view::{AgentUsageSum, EstimateFact, OrgNode, OrgWorkload, VisibleBecause};

    /// Answers cite rows by ids that are put in beside the members of a result.
    #[test]
    fn no_result_has_a_member_of_its_own_called_id() {
        fn has_id(schema: &Value) -> bool {
            match schema {
                Value::Object(members) => {
                    members.get("properties").and_then(|properties| properties.get("id")).is_some() || members.values().any(has_id)
                }
                Value::Array(items) => items.iter().any(has_id),
                _ => false,
            }
        }
        for tool in registry() {
            assert!(!has_id(&tool.spec().output_schema), "{}", tool.spec().name);
        }
    }

    /// Every number and every date of an output schema, by its path: `rows.spend_usd`.
    fn figures_of(schema: &Value, path: &str, found: &mut BTreeSet<String>) {
        for (name, member) in schema["properties"].as_object().into_iter().flatten() {
            let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
            let kinds = member["type"].to_string();
            let last = name.rsplit('_').next().unwrap_or_default();
            let unit = ["usd", "tokens", "percent", "count", "days"].contains(&last);
            let is_date = ["date", "through", "seen", "on", "from", "month"].contains(&last) && kinds.contains("string");
            let leaf = member.get("properties").is_none() && member.get("items").is_none();
            if leaf && (unit || is_date || kinds.contains("number") || kinds.contains("integer")) {
                found.insert(path.clone());
            }
            figures_of(member, &path, found);
            figures_of(&member["items"], &path, found);
            member["anyOf"].as_array().into_iter().flatten().for_each(|any| figures_of(any, &path, found));
        }
    }

    /// Every path of a schema.
    fn paths_of(schema: &Value, path: &str, found: &mut BTreeSet<String>) {
        for (name, member) in schema["properties"].as_object().into_iter().flatten() {
            let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
            paths_of(member, &path, found);
            paths_of(&member["items"], &path, found);
            member["anyOf"].as_array().into_iter().flatten().for_each(|any| paths_of(any, &path, found));
            found.insert(path);
        }
    }

    #[test]
    fn every_number_and_date_of_a_result_is_declared_and_nothing_else_is() {
        for tool in registry() {
            let (name, schema, facts) = (tool.spec().name, &tool.spec().output_schema, tool.spec().facts);
            let (mut figures, mut paths) = (BTreeSet::new(), BTreeSet::new());
            figures_of(schema, "", &mut figures);
            paths_of(schema, "", &mut paths);
            let declared: BTreeSet<String> = facts.figures.iter().map(|figure| figure.path.to_owned()).collect();
            assert_eq!(figures.difference(&declared).collect::<Vec<_>>(), Vec::<&String>::new(), "{name}: not declared");
            assert_eq!(declared.difference(&figures).collect::<Vec<_>>(), Vec::<&String>::new(), "{name}: declared, but no figure");
            let others = facts.relations.iter().map(|(path, _)| *path).chain(facts.states.iter().map(|(path, _)| *path));
            let subjects = facts.lists.iter().flat_map(|list| {
                let fields = list.subject.iter().chain(list.period.iter().flatten()).chain(list.largest_by.iter());
                fields.map(|field| format!("{}.{field}", list.path)).chain(list.left_out.map(str::to_owned)).collect::<Vec<_>>()
            });
            for path in others.map(str::to_owned).chain(subjects) {
                assert!(paths.contains(&path), "{name}: `{path}` is no field");
            }
        }
    }

    fn call(tool: &Arc<dyn AnyTool>, view: &FakeView, args: Value) -> ToolOutput {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(tool.call(view, args))
    }

    /// `products` products with long names, each with a workload, a claim, an estimate and an unclaimed role of its own.
    fn large(products: usize) -> FakeView {
        let mut view = FakeView::company();
        for number in 0..products {
            let id = format!("n{number}");
            view.org.nodes.push(OrgNode {
                id: id.as_str().into(),
                parent: Some("web".into()),
                level: 4,
                name: format!("Product with a rather long and winding name {number}"),
                owners: vec!["Someone With A Very Long Name Indeed".to_owned(); 8],
            });
            view.org.workloads.push(OrgWorkload {
                id: id.as_str().into(),
                node: id.as_str().into(),
                name: format!("Workload with a rather long and winding name {number}"),
                description: "words ".repeat(500),
            });
            view.claim(&id, &id, date(2026, 9, 1));
            view.used(day(3), &id, 100);
            view.used(date(2026, 10, 3), &id, 50);
            let orphan = format!("orphan-{number}");
            view.used(day(4), &orphan, 10);
            view.see_unclaimed(&orphan, Some(&id), VisibleBecause::Tag, 10_000);
            view.estimates.push(EstimateFact {
                workload: id.as_str().into(),
                unit: EstimateUnit::Usd,
                amount: Some(NanoUsd::from_usd(1)),
                tokens: None,
                from_month: "2026-09".parse().unwrap(),
                committed_by: "Someone".to_owned(),
                committed_on: date(2026, 9, 1),
            });
            view.model_calls.push(ModelCall {
                on: day(3),
                person: "Fay Lead",
                conversation: "",
                sum: AgentUsageSum {
                    value: format!("custom.model-with-a-rather-long-and-winding-name-{number}"),
                    started_on: None,
                    calls: 1,
                    failed: 0,
                    running: 0,
                    estimated: 0,
                    unpriced: 0,
                    tokens: TokenCounts::default(),
                    total_tokens: 0,
                    cost: NanoUsd::from_usd(1),
                },
            });
        }
        view
    }

    #[test]
    fn the_schemas_that_models_and_clients_see_change_only_on_purpose() {
        for tool in registry() {
            let spec = serde_json::to_value(tool.spec()).unwrap();
            // In the folder of the tool, which bears its name.
            insta::with_settings!({ snapshot_path => tool.spec().name, prepend_module_to_snapshot => false, omit_expression => true }, {
                insta::assert_snapshot!("schema", serde_json::to_string_pretty(&spec).unwrap());
            });
        }
        let names: BTreeSet<String> = registry().iter().map(|tool| tool.spec().name.to_owned()).collect();
        let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let folders =
            std::fs::read_dir(sources).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.join("schema.snap").exists());
        let folders: BTreeSet<String> = folders.map(|path| path.file_name().unwrap().to_str().unwrap().to_owned()).collect();
        assert_eq!(names, folders, "listed are the former, a folder have the latter");
    }

    #[test]
    fn names_are_unique_and_arguments_are_flat_and_all_optional() {
        let tools = registry();
        let names: BTreeSet<&str> = tools.iter().map(|tool| tool.spec().name).collect();
        assert_eq!(names.len(), tools.len());
        for tool in &tools {
            let schema = &tool.spec().input_schema;
            assert_eq!(schema["type"], json!("object"), "{}", tool.spec().name);
            assert!(schema.get("required").is_none(), "{}", tool.spec().name);
            for (name, property) in schema["properties"].as_object().into_iter().flatten() {
                let kinds = property["type"].to_string();
                assert!(!kinds.contains("object") && !kinds.contains("array"), "{} {name}", tool.spec().name);
            }
            assert!(schema["properties"].to_string().len() < 5_000, "{}", tool.spec().name);
        }
    }

    #[test]
    fn every_tool_answers_a_large_organisation_in_less_than_24_kilobytes() {
        let view = large(700);
        for tool in registry() {
            let output = call(&tool, &view, json!({}));
            let bytes = output.result.to_string().len();
            assert!(bytes < 24_000, "{}: {bytes} bytes", tool.spec().name);
            assert!(matches!(output.outcome, Outcome::Ok | Outcome::Empty), "{}: {}", tool.spec().name, output.result);
            let holds_a_list = tool.spec().output_schema.to_string().contains(r#""array""#);
            assert!(bytes > 300 || !holds_a_list, "{}: {}", tool.spec().name, output.result);
        }
    }

    #[test]
    fn an_argument_that_does_not_exist_is_refused_in_words() {
        for tool in registry() {
            let output = call(&tool, &FakeView::portfolio(), json!({ "scope": "everything" }));
            assert_eq!(output.outcome, Outcome::Invalid, "{}", tool.spec().name);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn no_tool_tells_of_roles_the_asker_may_not_see(
            lines in proptest::collection::vec((1_i8..22, 0_usize..4, 1_i64..10_000), 1..20),
            of in prop_oneof![Just(""), Just("Shop"), Just("web"), Just("Retail"), Just("hidden-one"), Just("secret product")],
            group in prop_oneof![Just("product"), Just("principal"), Just("bucket"), Just("account"), Just("department")],
        ) {
            let mut view = FakeView::portfolio();
            for (on, role, cents) in lines {
                view.used(day(on), ["shop", "orphan", "hidden-one", "hidden-two"][role], cents);
            }
            view.see_unclaimed("orphan", Some("search"), VisibleBecause::SharedAccount, 100);
            view.model_calls = large(1).model_calls;
            view.model_calls[0].person = "Retail Sales";
            for tool in registry() {
                let properties = tool.spec().input_schema["properties"].clone();
                let mut args = json!({});
                for (name, value) in [("of", of), ("group_by", group)] {
                    if properties.get(name).is_some() && !value.is_empty() {
                        args[name] = json!(value);
                    }
                }
                let text = call(&tool, &view, args).result.to_string();
                for secret in ["hidden", "Retail", "Sales", "secret"] {
                    prop_assert!(!text.contains(secret), "{}: {text}", tool.spec().name);
                }
            }
        }
    }
}
