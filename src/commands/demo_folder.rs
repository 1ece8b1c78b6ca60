//! The folder of the demo: made by one process at a time, and never made out of a folder that somebody else filled.
//!
//! Making the demo anew begins with removing what an interrupted or older run left, under names that anybody could use (`export`). So the first
//! thing written is a mark; a folder that holds things but no mark is left alone. The mark is also the lock of whoever makes the demo.

use std::fs::{self, File, TryLockError};
use std::io::Write;
use std::path::Path;

use anyhow::{Context, bail};

/// Written first: what stands beside it was made here. Locked while the demo is being made.
const MARK: &str = ".agent-bill-demo";

/// Written last: without it the folder is made anew.
const READY: &str = "ready";

/// What the demo's data looks like; a change makes older folders be rebuilt.
const VERSION: &str = concat!(env!("CARGO_PKG_VERSION"), " 2\n");

/// What the demo consists of, apart from the mark.
const FOLDERS: [&str; 3] = ["export", "invocation-logs", "organisation"];
const FILES: [&str; 5] = [READY, "truth.json", "agent-bill.db", "agent-bill.db-wal", "agent-bill.db-shm"];

/// Whether the demo in `folder` is complete and of this version.
#[must_use]
pub fn is_ready(folder: &Path) -> bool {
    fs::read_to_string(folder.join(READY)).is_ok_and(|version| version == VERSION)
}

/// The demo's folder while its content is being made; dropping it lets others in.
pub struct Making<'a> {
    folder: &'a Path,
    _mark: File,
}

impl<'a> Making<'a> {
    /// Waits for another process that is making the demo in this folder. `None`: by then it was complete.
    ///
    /// # Errors
    /// The folder cannot be written, or holds what the demo did not make.
    pub fn begin(folder: &'a Path, out: &mut dyn Write) -> anyhow::Result<Option<Self>> {
        let cannot = |what: &str| format!("`{}` cannot be {what}", folder.display());
        fs::create_dir_all(folder).with_context(|| cannot("made"))?;
        let path = folder.join(MARK);
        // A demo of before there was a mark has one of the other two.
        let ours = [MARK, READY, "truth.json"].iter().any(|name| folder.join(name).exists());
        if !ours && fs::read_dir(folder).with_context(|| cannot("read"))?.next().is_some() {
            bail!("`{}` holds files that are not the demo's; set `demo.directory` to an empty or new folder", folder.display());
        }
        let mark = File::options().create(true).append(true).open(&path).with_context(|| cannot("written"))?;
        match mark.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                writeln!(out, "Another process is creating the demo organisation in {}; waiting for it …", folder.display())?;
                out.flush()?;
                mark.lock().with_context(|| cannot("locked"))?;
            }
            Err(TryLockError::Error(error)) => return Err(error).with_context(|| cannot("locked")),
        }
        if is_ready(folder) {
            return Ok(None);
        }
        let making = Self { folder, _mark: mark };
        making.clear()?;
        Ok(Some(making))
    }

    /// Removes what an interrupted or older run left.
    fn clear(&self) -> anyhow::Result<()> {
        for name in FILES {
            let path = self.folder.join(name);
            if path.exists() {
                fs::remove_file(&path).with_context(|| format!("`{}` cannot be removed", path.display()))?;
            }
        }
        for name in FOLDERS {
            let path = self.folder.join(name);
            if path.exists() {
                fs::remove_dir_all(&path).with_context(|| format!("`{}` cannot be removed", path.display()))?;
            }
        }
        Ok(())
    }

    /// # Errors
    /// The folder cannot be written.
    pub fn finish(self) -> anyhow::Result<()> {
        let ready = self.folder.join(READY);
        fs::write(&ready, VERSION).with_context(|| format!("`{}` cannot be written", ready.display()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_somebody_else_filled_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("export")).unwrap();
        fs::write(folder.path().join("export/bill.csv"), "precious").unwrap();
        let refused = Making::begin(folder.path(), &mut Vec::new()).map(|_| ()).unwrap_err().to_string();
        assert!(refused.contains("not the demo's"), "{refused}");
        assert!(folder.path().join("export/bill.csv").exists());
    }

    #[test]
    fn an_interrupted_demo_is_cleared_and_made_anew() {
        let folder = tempfile::tempdir().unwrap();
        let begin = || Making::begin(folder.path(), &mut Vec::new()).unwrap();
        drop(begin().unwrap());
        fs::create_dir(folder.path().join("export")).unwrap();
        fs::write(folder.path().join("agent-bill.db"), "half").unwrap();
        let again = begin().unwrap();
        assert!(!folder.path().join("export").exists() && !folder.path().join("agent-bill.db").exists());
        assert!(!is_ready(folder.path()));
        again.finish().unwrap();
        assert!(is_ready(folder.path()) && begin().is_none());
    }

    #[test]
    fn a_second_process_waits_and_finds_the_demo_made() {
        let folder = tempfile::tempdir().unwrap();
        let first = Making::begin(folder.path(), &mut Vec::new()).unwrap().unwrap();
        std::thread::scope(|threads| {
            let second = threads.spawn(|| {
                let mut said = Vec::new();
                let made = Making::begin(folder.path(), &mut said).unwrap().is_none();
                (made, String::from_utf8(said).unwrap())
            });
            std::thread::sleep(std::time::Duration::from_millis(100));
            first.finish().unwrap();
            let (made, said) = second.join().unwrap();
            assert!(made && said.contains("waiting"), "{said}");
        });
    }
}
