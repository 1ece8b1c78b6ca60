//! `agent-bill explain`: how a string of the bill is read.

use std::io::{BufRead, Write};

use agent_bill_domain::bill::{model_name, principal, usage_type};
use clap::{Args, ValueEnum};

use crate::config::Config;

/// Show how strings of the bill are read, as CSV.
#[derive(Debug, Args)]
pub struct ExplainArgs {
    #[arg(value_enum)]
    kind: Kind,
    /// The strings; read from standard input, one a line, when none is given.
    values: Vec<String>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Kind {
    UsageType,
    Principal,
    Model,
}

/// # Errors
/// The input or the output failed.
#[expect(clippy::unused_async, reason = "the shape every command has")]
pub async fn run(args: ExplainArgs, _config: &Config, out: &mut dyn Write) -> anyhow::Result<()> {
    if args.values.is_empty() {
        explain(args.kind, std::io::stdin().lock().lines(), out)
    } else {
        explain(args.kind, args.values.into_iter().map(Ok), out)
    }
}

fn explain(kind: Kind, values: impl Iterator<Item = std::io::Result<String>>, out: &mut dyn Write) -> anyhow::Result<()> {
    let mut csv = csv::Writer::from_writer(out);
    csv.write_record(header(kind))?;
    for value in values {
        let value = value?;
        let value = value.trim_end_matches('\r');
        match kind {
            Kind::UsageType => csv.write_record(usage_type_row(value))?,
            Kind::Principal => csv.write_record(principal_row(value))?,
            Kind::Model => csv.write_record(model_row(value))?,
        }
    }
    csv.flush()?;
    Ok(())
}

const fn header(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::UsageType => {
            &["usage_type", "token_class", "tier", "routing", "context", "model", "model_key", "region", "surface", "grammar"]
        }
        Kind::Principal => &[
            "principal",
            "key",
            "kind",
            "partition",
            "account",
            "name",
            "path",
            "session",
            "sso_permission_set",
            "is_api_key",
            "broad_reason",
        ],
        Kind::Model => &["model", "model_key", "name", "provider", "mapped"],
    }
}

fn usage_type_row(value: &str) -> [String; 10] {
    let read = usage_type::parse(value);
    let model = read.model_slug.as_deref().map(model_name::canonical_name);
    let (name, key) = model.map_or_else(Default::default, |model| (model.name, model.key.0));
    [
        value.to_owned(),
        read.token_class.to_string(),
        read.tier.to_string(),
        read.routing.to_string(),
        read.context.to_string(),
        name,
        key,
        read.region.to_owned(),
        read.surface.to_string(),
        read.family.to_string(),
    ]
}

fn principal_row(value: &str) -> [String; 11] {
    let Some(read) = principal::parse(value) else {
        let mut row: [String; 11] = Default::default();
        value.clone_into(&mut row[0]);
        "none".clone_into(&mut row[2]);
        return row;
    };
    let broad_reason = read.broad_reason(1).to_owned();
    [
        value.to_owned(),
        read.key.0,
        read.kind.key().to_owned(),
        read.partition,
        read.account,
        read.name,
        read.path.unwrap_or_default(),
        read.session.unwrap_or_default(),
        read.sso_permission_set.unwrap_or_default(),
        read.is_api_key.to_string(),
        broad_reason,
    ]
}

fn model_row(value: &str) -> [String; 5] {
    let read = model_name::canonical_name(value);
    [value.to_owned(), read.key.0, read.name, read.provider, read.mapped.to_string()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn explained(kind: Kind, values: &[&str]) -> Vec<csv::StringRecord> {
        let mut out = Vec::new();
        explain(kind, values.iter().map(|value| Ok((*value).to_owned())), &mut out).unwrap();
        csv::ReaderBuilder::new().has_headers(false).from_reader(out.as_slice()).into_records().map(Result::unwrap).collect()
    }

    #[test]
    fn usage_types_come_out_in_the_columns_of_the_golden_file() {
        let rows = explained(Kind::UsageType, &["USE1-Claude4.6Opus-input-tokens-cross-region-global", "what,is \"this\""]);
        assert_eq!(rows[0].iter().take(6).collect::<Vec<_>>(), ["usage_type", "token_class", "tier", "routing", "context", "model"]);
        assert_eq!(rows[1].iter().skip(1).take(5).collect::<Vec<_>>(), ["input", "standard", "global", "default", "Claude Opus 4.6"]);
        assert_eq!((&rows[2][0], &rows[2][1]), ("what,is \"this\"", "other"));
    }

    #[test]
    fn principals_and_models_show_their_keys() {
        let rows = explained(Kind::Principal, &["arn:aws:sts::123456789012:assumed-role/R/s", ""]);
        assert_eq!((&rows[1][1], &rows[2][2]), ("aws:123456789012:role/R", "none"));
        let rows = explained(Kind::Model, &["us.anthropic.claude-opus-4-7", "who knows"]);
        assert_eq!((&rows[1][1], &rows[2][1], &rows[2][4]), ("anthropic/claude-opus-4.7", "unmapped:who-knows", "false"));
    }
}
