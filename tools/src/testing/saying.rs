//! What tools say, as the asker reads it. Whatever is said here prints and holds no digit that the tool typed.

use agent_bill_facts::Sheet;
use serde_json::Value;

use super::FakeView;
use crate::contract::{AnyTool, Registered, Tool};
use crate::say::{Asked, Aspect, Form, Rank};

/// The printed words of a tool on what it returns for `args`.
pub fn said<T: Tool + 'static>(tool: T, view: &FakeView, args: Value, asked: &Asked) -> String {
    words(&*Registered::shared(tool), view, args, asked)
}

/// As [`said`]; in passing every other way of asking is tried, too.
pub fn words(tool: &dyn AnyTool, view: &FakeView, args: Value, asked: &Asked) -> String {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let output = runtime.block_on(tool.call(view, args));
    let mut sheet = Sheet::default();
    let result = sheet.add(tool.spec().name, tool.spec().facts, &output.result);
    let print = |asked: &Asked| {
        let said = tool.say(asked, std::slice::from_ref(&result)).unwrap_or_else(|| panic!("nothing for {asked:?}: {result}"));
        let typed = typed(&said.text, &output.result);
        assert!(!typed.contains(|c: char| c.is_ascii_digit()), "types digits: {typed}\n{}", said.text);
        let printed = sheet.print(&said.text).unwrap_or_else(|faults| panic!("{faults:?} in {}", said.text)).text;
        assert!(printed.contains(char::is_alphanumeric), "{asked:?}: {printed}");
        printed
    };
    askings().iter().for_each(|asked| {
        print(asked);
    });
    print(asked)
}

fn askings() -> Vec<Asked> {
    let forms = [Form::Prose, Form::Number, Form::YesOrNo, Form::Line, Form::Table, Form::Bullets(3)];
    let aspects = [Aspect::Cause, Aspect::Left, Aspect::Cache { saving: true }, Aspect::Cache { saving: false }, Aspect::Reconciled];
    let more = [Aspect::OneModel, Aspect::OneMonth, Aspect::Walk, Aspect::Owners, Aspect::Limits { near: true }];
    let mut all: Vec<Asked> = forms.into_iter().map(|form| Asked { form, ..Asked::default() }).collect();
    all.extend(aspects.into_iter().chain(more).map(|aspect| Asked { aspect, ..Asked::default() }));
    all.extend([
        Asked { tokens: true, part: true, ..Asked::default() },
        Asked { rank: Some(Rank::Most), polar: true, ..Asked::default() },
        Asked { rank: Some(Rank::Least), who: true, credits: true, budget: true, ..Asked::default() },
        Asked { only_new: true, limit: Some(1), ..Asked::default() },
    ]);
    all
}

/// Every text of a result: names, notes and explanations may hold digits.
fn texts(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) => found.push(text.to_lowercase()),
        Value::Array(items) => items.iter().for_each(|item| texts(item, found)),
        Value::Object(members) => members.values().for_each(|member| texts(member, found)),
        _ => {}
    }
}

/// What is left of a text without its references and without the texts of the result.
fn typed(text: &str, result: &Value) -> String {
    let mut left = String::new();
    for part in text.to_lowercase().split('{') {
        left.push_str(part.split_once('}').map_or(part, |(_, behind)| behind));
    }
    let mut known = Vec::new();
    texts(result, &mut known);
    // The month of a month to date.
    let months: Vec<String> = known.iter().filter_map(|text| text.strip_suffix(", month to date").map(str::to_owned)).collect();
    known.extend(months);
    known.sort_by_key(|text| std::cmp::Reverse(text.len()));
    known.iter().filter(|text| text.len() > 3).fold(left, |left, text| left.replace(text.as_str(), " "))
}
