//! What the service does by itself, beside answering. A job is a file here and a line in [`all`].

mod refresh_signing_keys;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use tokio::task::JoinSet;

pub use refresh_signing_keys::RefreshSigningKeys;

use crate::app::App;

/// Done again and again while the service runs; never twice at once.
#[async_trait]
pub trait Job: Send + Sync + 'static {
    /// For logs.
    fn name(&self) -> &'static str;

    /// One run, which logs its own failures. Returns how long to wait before the next. Dropped when the service stops, so whatever it writes it
    /// writes in one transaction.
    async fn run(&self) -> Duration;
}

/// Every job of the service.
#[must_use]
pub fn all(app: &App) -> Vec<Arc<dyn Job>> {
    vec![Arc::new(RefreshSigningKeys::new(Arc::clone(&app.authenticator)))]
}

/// After a run that panicked.
const AFTER_A_PANIC: Duration = Duration::from_secs(60);

/// Jobs that run until this is dropped.
#[must_use = "the jobs stop when this is dropped"]
pub struct RunningJobs {
    _tasks: JoinSet<()>,
}

/// Starts each job at once.
pub fn start(jobs: Vec<Arc<dyn Job>>) -> RunningJobs {
    start_with(jobs, AFTER_A_PANIC)
}

fn start_with(jobs: Vec<Arc<dyn Job>>, after_a_panic: Duration) -> RunningJobs {
    let mut tasks = JoinSet::new();
    for job in jobs {
        tasks.spawn(repeat(job, after_a_panic));
    }
    RunningJobs { _tasks: tasks }
}

async fn repeat(job: Arc<dyn Job>, after_a_panic: Duration) {
    loop {
        // A set of its own ends the run when this task is ended.
        let mut run = JoinSet::new();
        run.spawn({
            let job = Arc::clone(&job);
            async move { job.run().await }
        });
        let pause = match run.join_next().await {
            Some(Ok(pause)) => pause,
            _ => {
                tracing::error!(job = job.name(), "a job panicked; it is tried again");
                after_a_panic
            }
        };
        tokio::time::sleep(pause).await;
    }
}

#[cfg(test)]
mod tests;
