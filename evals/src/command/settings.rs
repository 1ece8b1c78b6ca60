//! From configuration and command line to what a run uses.

use std::path::{Path, PathBuf};

use agent_bill::config::{Config, DemoConfig, ModelChoice};
use agent_bill_domain::money::NanoUsd;

use super::RunArgs;

/// A run on Bedrock that says nothing about money stops there.
const MOST_USD: NanoUsd = NanoUsd::from_usd(25);

/// What the service is configured with: the person's own configuration, with the model that is measured.
///
/// # Errors
/// The outcome is not valid.
pub(super) fn configured(config: &Config, args: &RunArgs) -> anyhow::Result<Config> {
    let mut config = config.clone();
    config.model = args.model;
    if let Some(id) = &args.model_id {
        config.bedrock.model_id.clone_from(id);
    }
    // The clock of the organisation stands still, so one day of each person lasts the whole run: without room the planner would answer from the
    // middle of the run on, and be measured instead. The run has a limit of its own.
    if config.model == ModelChoice::Planner {
        config.validate()?;
        return Ok(config);
    }
    let limits = &mut config.bedrock.limits;
    limits.person_day_usd = limits.person_day_usd.max(NanoUsd::from_usd(1_000_000));
    limits.month_usd = limits.month_usd.max(NanoUsd::from_usd(1_000_000));
    limits.person_day_tokens = limits.person_day_tokens.max(1_000_000_000_000);
    limits.month_tokens = limits.month_tokens.max(1_000_000_000_000);
    config.validate()?;
    Ok(config)
}

/// What the report calls the model.
pub(super) fn model_name(config: &Config) -> &str {
    match config.model {
        ModelChoice::Planner => "planner",
        ModelChoice::Bedrock => &config.bedrock.model_id,
    }
}

/// What a run may spend.
pub(super) fn most(config: &Config, args: &RunArgs) -> Option<NanoUsd> {
    args.most_usd.or((config.model == ModelChoice::Bedrock).then_some(MOST_USD))
}

/// A folder that was asked for, here or in the configuration.
pub(super) fn demo_folder(named: Option<&Path>, config: &Config) -> Option<PathBuf> {
    let configured = Some(&config.demo.directory).filter(|folder| **folder != DemoConfig::default().directory);
    named.map(Path::to_path_buf).or_else(|| configured.cloned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_model_of_the_command_line_is_measured_and_may_spend_what_the_run_allows() {
        let args = RunArgs { model: ModelChoice::Bedrock, model_id: Some("amazon.nova-pro-v1:0".to_owned()), ..RunArgs::default() };
        let config = configured(&Config::default(), &args).unwrap();
        assert_eq!(model_name(&config), "amazon.nova-pro-v1:0");
        assert_eq!(most(&config, &args), Some(MOST_USD));
        assert!(config.bedrock.limits.person_day_usd > MOST_USD);
        assert_eq!(config.bedrock.limits.turn_usd, Config::default().bedrock.limits.turn_usd);
    }

    #[test]
    fn the_demo_is_made_anew_unless_a_folder_is_named() {
        let mut config = Config::default();
        assert_eq!(demo_folder(None, &config), None);
        config.demo.directory = "kept".into();
        assert_eq!(demo_folder(None, &config), Some("kept".into()));
        assert_eq!(demo_folder(Some(Path::new("other")), &config), Some("other".into()));
    }
}
