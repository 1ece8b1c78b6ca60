//! The organisations that are asked, made anew for a run so that no earlier conversation or decision can colour it.

mod hostile;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use agent_bill::app::App;
use agent_bill::commands::demo_run::prepare;
use agent_bill::commands::local::{is_demo, open_app};
use agent_bill::config::Config;
use anyhow::{Context, ensure};
use tempfile::TempDir;

use crate::case::WorldName;
use crate::world::World;

/// One organisation, its service, and what its records hold.
pub struct Stage {
    pub app: App,
    pub world: World,
}

/// The organisations of a run. Those in a temporary folder vanish with it.
pub struct Stages {
    stages: BTreeMap<WorldName, Stage>,
    _folder: TempDir,
}

impl Stages {
    /// Makes and opens the organisations named. The demo lies in `demo` (made when missing, kept), or else in a temporary folder.
    ///
    /// # Errors
    /// A folder cannot be written, the records cannot be loaded, or the service cannot be assembled from `config`.
    pub async fn open(config: &Config, demo: Option<&Path>, names: &BTreeSet<WorldName>) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir().context("no temporary folder can be made")?;
        let demo = demo.map_or_else(|| folder.path().join("demo"), Path::to_path_buf);
        let config = evaluated(config, demo.clone())?;
        prepare(&config, &mut std::io::sink()).await.context("the demo organisation cannot be made")?;
        let mut stages = BTreeMap::new();
        for name in names {
            let folder = match name {
                WorldName::Demo => demo.clone(),
                WorldName::Hostile => hostile::make(&config, &demo, &folder.path().join("hostile")).await?,
            };
            let app = open_app(&evaluated(&config, folder)?).await?;
            let mut world = World::named(*name);
            world.learn_amounts(&app).await?;
            stages.insert(*name, Stage { app, world });
        }
        Ok(Self { stages, _folder: folder })
    }

    /// # Errors
    /// When it was not named to [`Stages::open`].
    pub fn get(&self, name: WorldName) -> anyhow::Result<&Stage> {
        self.stages.get(&name).with_context(|| format!("the organisation `{name:?}` was not opened"))
    }

    pub fn iter(&self) -> impl Iterator<Item = (WorldName, &Stage)> {
        self.stages.iter().map(|(name, stage)| (*name, stage))
    }
}

/// The configuration of a person's own service, turned to an organisation of ours: model, Region and prices stay, records and sign-in do not.
fn evaluated(config: &Config, directory: PathBuf) -> anyhow::Result<Config> {
    let mut config = config.clone();
    config.database_url = None;
    config.database_url_file = None;
    config.identity = None;
    config.listen = Config::default().listen;
    config.demo.directory = directory;
    ensure!(
        is_demo(&config),
        "the working directory holds `agent-bill.db`, which would be asked instead of the organisation of the evaluation; run this elsewhere"
    );
    Ok(config)
}
