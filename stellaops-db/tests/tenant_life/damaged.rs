//! `tenant import` of what is not as it was exported.

use std::fs;
use std::path::Path;

use crate::world::{SYSTEM, exported, filled, fingerprint, said, target};

/// A copy of an export, changed.
fn copy(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, to.join(path.file_name().unwrap())).unwrap();
    }
}

/// Writes a manifest that fits a changed file: only the lines themselves can tell.
fn forge(folder: &Path, file: &str) {
    use sha2::{Digest as _, Sha256};
    let path = folder.join("manifest.json");
    let mut manifest: serde_json::Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    let bytes = fs::read(folder.join(file)).unwrap();
    let hexadecimal = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let files = manifest["files"].as_array_mut().unwrap();
    let entry = files.iter_mut().find(|entry| entry["file"] == file).unwrap();
    entry["rows"] = bytes.iter().filter(|byte| **byte == b'\n').count().into();
    entry["bytes"] = bytes.len().into();
    entry["sha256"] = hexadecimal(&Sha256::digest(&bytes)).into();
    manifest.as_object_mut().unwrap().remove("digest");
    let digest = Sha256::digest(serde_jcs::to_vec(&manifest).unwrap());
    manifest["digest"] = hexadecimal(&digest).into();
    fs::write(path, manifest.to_string()).unwrap();
}

#[tokio::test]
async fn a_damaged_export_is_refused_before_anything_is_written() {
    let (source, target) = (filled().await, target().await);
    let folder = tempfile::tempdir().unwrap();
    let sound = folder.path().join("sound");
    exported(&source.url_as(SYSTEM), "acme", &sound);
    let jobs = "scheduler.graph_jobs.ndjson";
    let change = |folder: &Path, change: &dyn Fn(String) -> String| {
        let text = fs::read_to_string(folder.join(jobs)).unwrap();
        fs::write(folder.join(jobs), change(text)).unwrap();
    };
    type Damage<'a> = Box<dyn Fn(&Path) + 'a>;
    let damages: [(&str, Damage<'_>, &str); 9] = [
        (
            "missing",
            Box::new(|folder| fs::remove_file(folder.join(jobs)).unwrap()),
            "scheduler.graph_jobs.ndjson is missing",
        ),
        (
            "flipped",
            Box::new(|folder| change(folder, &|text| text.replacen("snow", "sn0w", 1))),
            "of another hash than in the manifest",
        ),
        (
            "shorter",
            Box::new(|folder| change(folder, &|text| text[..text.len() / 2].into())),
            "it has no end",
        ),
        (
            "unfinished",
            Box::new(|folder| fs::remove_file(folder.join("manifest.json")).unwrap()),
            "there is no manifest.json",
        ),
        (
            "manifest",
            Box::new(|folder| {
                let path = folder.join("manifest.json");
                let text = fs::read_to_string(&path).unwrap();
                fs::write(&path, text.replace("\"tenant\": \"acme\"", "\"tenant\": \"eve\"")).unwrap();
            }),
            "its digest is another one",
        ),
        (
            "foreign row",
            Box::new(|folder| {
                change(folder, &|text| {
                    text.replacen("\"tenant_id\":\"acme\"", "\"tenant_id\":\"globex\"", 1)
                });
                forge(folder, jobs);
            }),
            "line 1: it is a row of another tenant",
        ),
        (
            "foreign parent",
            Box::new(|folder| {
                let name = "authority.license_usage.ndjson";
                let text = fs::read_to_string(folder.join(name)).unwrap();
                let changed = text.replace("license_tenant_id\":\"acme\"", "license_tenant_id\":\"globex\"");
                assert_ne!(changed, text);
                fs::write(folder.join(name), changed).unwrap();
                forge(folder, name);
            }),
            "`license_tenant_id` is another tenant",
        ),
        (
            "spelling",
            Box::new(|folder| {
                change(folder, &|text| {
                    text.replacen("{\"attempts\"", "{ \"attempts\"", 1)
                });
                forge(folder, jobs);
            }),
            "it is not canonical",
        ),
        (
            "stranger",
            Box::new(|folder| fs::write(folder.join("vex.more.ndjson"), "").unwrap()),
            "vex.more.ndjson is not in the manifest",
        ),
    ];
    let mut superuser = target.connect().await.unwrap();
    let before = fingerprint(&mut superuser, "acme").await;
    for (name, damage, fault) in damages {
        let damaged = folder.path().join(name);
        copy(&sound, &damaged);
        damage(&damaged);
        let (code, told) = said(&[
            "import",
            &target.url(),
            "--from",
            damaged.to_str().unwrap(),
            "--as-superuser",
        ]);
        assert!(code == 1 && told.contains(fault), "{name}: {told}");
        assert_eq!(fingerprint(&mut superuser, "acme").await, before, "{name}");
    }
}
