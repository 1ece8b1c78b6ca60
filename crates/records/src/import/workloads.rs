//! The applications under each product: `product,name,description[,id]`.

use std::collections::BTreeMap;

use agent_bill_domain::ids::{NodeId, WorkloadId};
use agent_bill_domain::names::fold_name;

use super::csv_file::{Row, Rows, shown};
use super::nodes::NodeIndex;
use super::{ImportError, stable_id};
use crate::org::Workload;

const MAX_DESCRIPTION_CHARS: usize = 1000;

/// `products` is the level workloads hang under, `label` its name.
pub(super) fn read(mut rows: Rows<'_>, nodes: &NodeIndex<'_>, products: i64, label: &str) -> Result<Vec<Workload>, ImportError> {
    rows.expect_columns(&["product", "name", "description"], &["id"])?;
    let mut workloads: BTreeMap<String, (Workload, u64)> = BTreeMap::new();
    let mut names: BTreeMap<(NodeId, String), u64> = BTreeMap::new();
    while let Some(row) = rows.next()? {
        if row.cell("product").is_empty() {
            return Err(row.refuse("product", format!("the {label} is empty; name the one this belongs to")));
        }
        let node = nodes.find(row.cell("product")).map_err(|problem| row.refuse("product", problem))?;
        if node.level != products {
            return Err(row.refuse("product", format!("`{}` is not a {label}; name one of the lowest level", shown(&node.name))));
        }
        let name = row.name("name")?;
        if let Some(first) = names.insert((node.id.clone(), fold_name(&name)), row.line) {
            return Err(row.refuse("name", format!("`{}` stands on line {first} already, but for case, accents or spacing", shown(&name))));
        }
        let id = match row.cell("id") {
            "" => stable_id("w", &format!("{}\u{1F}{}", node.id, fold_name(&name))),
            text if text.len() <= 64 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte)) => text.to_owned(),
            text => {
                return Err(row.refuse("id", format!("`{}` is not an id; use up to 64 letters, digits, - _ .", shown(text))));
            }
        };
        let workload = Workload { id: WorkloadId(id.clone()), node: node.id.clone(), name, description: description(&row)? };
        if let Some((_, first)) = workloads.insert(id, (workload, row.line)) {
            return Err(row.refuse("id", format!("the id stands on line {first} already; give each workload its own")));
        }
    }
    if workloads.is_empty() {
        return Err(rows.refuse_file("has no rows below its header; no workload would be left".to_owned()));
    }
    Ok(workloads.into_values().map(|(workload, _)| workload).collect())
}

/// Free text; it is data to everybody who reads it, a language model included.
fn description(row: &Row) -> Result<String, ImportError> {
    let text = row.cell("description");
    if text.chars().count() > MAX_DESCRIPTION_CHARS {
        return Err(row.refuse("description", format!("the text is longer than {MAX_DESCRIPTION_CHARS} characters; shorten it")));
    }
    if let Some(c) = text.chars().find(|&c| c.is_control() && c != '\n' && c != '\r' && c != '\t') {
        return Err(row.refuse("description", format!("the text holds the control character U+{:04X}; remove it", u32::from(c))));
    }
    Ok(text.split_whitespace().collect::<Vec<_>>().join(" "))
}
