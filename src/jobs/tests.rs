use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;

struct Counted {
    runs: AtomicUsize,
    at_once: AtomicUsize,
    panics: bool,
}

#[async_trait]
impl Job for Counted {
    fn name(&self) -> &'static str {
        "counted"
    }

    async fn run(&self) -> Duration {
        assert_eq!(self.at_once.fetch_add(1, Ordering::SeqCst), 0, "two runs at once");
        self.runs.fetch_add(1, Ordering::SeqCst);
        tokio::task::yield_now().await;
        self.at_once.fetch_sub(1, Ordering::SeqCst);
        assert!(!self.panics, "this job always panics");
        Duration::from_millis(1)
    }
}

fn counted(panics: bool) -> Arc<Counted> {
    Arc::new(Counted { runs: AtomicUsize::new(0), at_once: AtomicUsize::new(0), panics })
}

async fn has_run(job: &Counted, times: usize) {
    let wait = async {
        while job.runs.load(Ordering::SeqCst) < times {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), wait).await.unwrap();
}

#[tokio::test]
async fn a_job_runs_at_once_and_again_after_its_pause_until_the_service_stops() {
    let job = counted(false);
    let running = start(vec![job.clone()]);
    has_run(&job, 3).await;
    drop(running);
    tokio::time::sleep(Duration::from_millis(20)).await;
    let runs = job.runs.load(Ordering::SeqCst);
    tokio::time::sleep(Duration::from_millis(20)).await;
    assert_eq!(job.runs.load(Ordering::SeqCst), runs);
}

#[tokio::test]
async fn a_job_that_panics_is_tried_again_and_stops_no_other() {
    let (panicking, healthy) = (counted(true), counted(false));
    let _running = start_with(vec![panicking.clone(), healthy.clone()], Duration::from_millis(1));
    has_run(&panicking, 3).await;
    has_run(&healthy, 3).await;
}
