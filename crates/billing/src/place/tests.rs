use std::io::Read;

use object_store::memory::InMemory;

use super::*;

async fn bucket(keys: &[&str]) -> Arc<InMemory> {
    let store = Arc::new(InMemory::new());
    for key in keys {
        store.put(&Path::from(*key), key.as_bytes().to_vec().into()).await.unwrap();
    }
    store
}

fn names(places: &[Place]) -> Vec<String> {
    places.iter().map(ToString::to_string).collect()
}

#[tokio::test]
async fn a_place_prints_itself_as_its_owner_knows_it() {
    let folder = tempfile::tempdir().unwrap();
    let real = folder.path().canonicalize().unwrap();
    std::fs::write(real.join("a b%20.csv"), "x").unwrap();
    std::fs::create_dir(real.join("empty")).unwrap();
    let listing = Place::folder(folder.path()).unwrap().list().await.unwrap();
    assert_eq!(names(&listing.files), [real.join("a b%20.csv").display().to_string()]);
    assert_eq!(names(&listing.folders), [real.join("empty").display().to_string()]);
    assert_eq!(listing.folders[0].parent().to_string(), real.display().to_string());
    let store = bucket(&["exports/a.csv", "exports/deep/er/b.csv", "other/c.csv"]).await;
    let exports = Place::in_store("s3://bucket", store, "exports").unwrap();
    let listing = exports.list().await.unwrap();
    assert_eq!(
        (names(&listing.files), names(&listing.folders)),
        (vec!["s3://bucket/exports/a.csv".to_owned()], vec!["s3://bucket/exports/deep".to_owned()])
    );
    assert_eq!(names(&exports.files_below(1).await.unwrap()), ["s3://bucket/exports/a.csv"]);
    assert_eq!(names(&exports.files_below(2).await.unwrap()), ["s3://bucket/exports/a.csv", "s3://bucket/exports/deep/er/b.csv"]);
    assert!(exports.below(&["..", "other"]).is_none());
}

#[tokio::test]
async fn an_error_names_the_object_it_is_about() {
    let place = Place::in_store("s3://bucket", bucket(&[]).await, "exports/m.json").unwrap();
    let error = place.bytes().await.unwrap_err().to_string();
    assert!(error.starts_with("`s3://bucket/exports/m.json` cannot be read: ") && !error.contains('\n'), "{error}");
    assert_eq!(place.details().await.unwrap(), None);
    let folder = tempfile::tempdir().unwrap();
    let missing = Place::folder(folder.path()).unwrap().below(&["m.json"]).unwrap();
    let error = missing.bytes().await.unwrap_err().to_string();
    assert!(error.ends_with("m.json` cannot be read: No such file or directory (os error 2)"), "{error}");
    std::fs::write(folder.path().join("m.json"), "x").unwrap();
    assert_eq!(missing.below(&["deeper"]).unwrap().details().await.unwrap(), None);
}

#[test]
fn an_object_is_read_from_its_start_or_in_pieces_and_a_local_file_stays_one() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let store = runtime.block_on(bucket(&["a/file"]));
    let place = Place::in_store("s3://bucket", store, "a/file").unwrap();
    let open = || place.open(runtime.handle()).unwrap();
    assert_eq!(&open().start(3).unwrap()[..], b"a/f");
    let mut text = String::new();
    open().stream().unwrap().read_to_string(&mut text).unwrap();
    assert_eq!(text, "a/file");
    let Content::Ranges(ranges) = open() else { panic!("no file system is below it") };
    assert_eq!((ranges.size(), ranges.fetch_all(&[0..1, 2..4]).unwrap()), (6, vec![Bytes::from("a"), Bytes::from("fi")]));
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("x"), "x").unwrap();
    let local = Place::folder(folder.path()).unwrap().below(&["x"]).unwrap();
    assert!(matches!(local.open(runtime.handle()), Ok(Content::File(_))));
}
