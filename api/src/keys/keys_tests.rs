use std::collections::BTreeMap;
use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::{Arc, Mutex};

use dateline_core::clock::Clock;
use dateline_core::id::SecretId;
use dateline_core::secret::{SealedSecret, Secret};
use dateline_core::store::{PageRequest, SecretStore};
use dateline_store::{OpenOptions, RedbStore, WriterPlace};

use super::*;
use crate::os::{OsClock, OsEntropy};

/// More than one transaction takes.
const SECRETS: u128 = 230;

/// A data folder with a store and settings of its own.
struct Home {
    folder: DataFolder,
    config: Config,
    store: RedbStore,
    _dir: tempfile::TempDir,
}

impl Home {
    fn new() -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        let folder = DataFolder::prepare(&dir.path().join("data")).expect("it can be made");
        let options = OpenOptions { now: OsClock::new().now(), writer: WriterPlace::Thread };
        let store = RedbStore::open(folder.path(), options).expect("a store");
        let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let config = Config::plain(listen, folder.path()).expect("a configuration");
        Self { folder, config, store, _dir: dir }
    }

    async fn open(&self) -> Result<KeyChest, KeyError> {
        self.open_with(NoKeyring).await
    }

    async fn open_with(&self, keyring: impl Keyring) -> Result<KeyChest, KeyError> {
        KeyChest::open(&self.config, &self.folder, keyring, &self.store, &OsEntropy).await
    }

    async fn fill(&self, keys: &KeyRing) {
        for n in 1..=SECRETS {
            let sealed = keys.seal(SecretId::from_bits(n), &Secret::new(format!("secret {n}")), &OsEntropy);
            self.store.put_secret(sealed).await.expect("stored");
        }
    }

    async fn sealed(&self) -> Vec<SealedSecret> {
        self.store.secrets(PageRequest { limit: 1_000, after: None }).await.expect("a page").items
    }

    /// Asserts that every secret opens and that `key` alone sealed them.
    async fn assert_all_under(&self, chest: &KeyChest, key: &str) {
        let sealed = self.sealed().await;
        assert_eq!(sealed.len() as u128, SECRETS);
        for secret in sealed {
            assert_eq!(secret.key, key);
            let expected = Secret::new(format!("secret {}", secret.id.bits()));
            assert_eq!(chest.ring().open(&secret), Ok(expected));
        }
    }

    fn lines(&self) -> usize {
        fs::read_to_string(self.folder.secret_key_file()).expect("a key file").lines().count()
    }
}

/// A machine without a keyring.
struct NoKeyring;
impl Keyring for NoKeyring {
    fn get(&self, _: &str) -> Result<Option<Secret>, String> {
        Err("nobody is there".into())
    }
    fn set(&self, _: &str, _: &Secret) -> Result<(), String> {
        Err("nobody is there".into())
    }
}

/// A keyring that never answers.
struct SilentKeyring;
impl Keyring for SilentKeyring {
    fn get(&self, _: &str) -> Result<Option<Secret>, String> {
        loop {
            std::thread::park();
        }
    }
    fn set(&self, _: &str, _: &Secret) -> Result<(), String> {
        Err("nobody is there".into())
    }
}

#[derive(Clone, Default)]
struct MemoryKeyring(Arc<Mutex<BTreeMap<String, Secret>>>);
impl Keyring for MemoryKeyring {
    fn get(&self, account: &str) -> Result<Option<Secret>, String> {
        Ok(self.0.lock().expect("not poisoned").get(account).cloned())
    }
    fn set(&self, account: &str, secret: &Secret) -> Result<(), String> {
        self.0.lock().expect("not poisoned").insert(account.to_owned(), secret.clone());
        Ok(())
    }
}

#[tokio::test]
async fn a_new_key_takes_the_place_of_the_old_one_whole() {
    let home = Home::new();
    let chest = home.open().await.expect("a key is made");
    let before = chest.ring().current();
    home.fill(&chest.ring()).await;
    let rotated = chest.rotate(&StoreAlone(&home.store, &OsEntropy), &OsEntropy).await.expect("rotated");
    assert_eq!(rotated.resealed, Resealed { count: 230, damaged: 0 });
    assert_ne!(rotated.key, before);
    home.assert_all_under(&chest, &rotated.key).await;
    assert_eq!(home.lines(), 1, "the old key is gone");
    let next = home.open().await.expect("the next start");
    home.assert_all_under(&next, &rotated.key).await;
}

/// What a process that was killed in a rotation leaves: both keys, and some of the secrets under each.
#[tokio::test]
async fn a_rotation_that_was_cut_off_anywhere_is_ended_by_the_next_start() {
    for resealed in [0, 1, 100, 229, 230] {
        let home = Home::new();
        let chest = home.open().await.expect("a key is made");
        home.fill(&chest.ring()).await;
        let old = chest.place.held().await.expect("readable").expect("a key").current;
        let new = SecretKey::fresh(&OsEntropy);
        let both = Held { current: new.clone(), earlier: vec![old] };
        chest.place.keep(&both).await.expect("kept");
        let ring = KeyRing::new(new.clone(), both.earlier.clone());
        for secret in home.sealed().await.into_iter().take(resealed) {
            let plain = ring.open(&secret).expect("it opens");
            home.store.put_secret(ring.seal(secret.id, &plain, &OsEntropy)).await.expect("stored");
        }
        drop(chest);
        let next = home.open().await.unwrap_or_else(|error| panic!("after {resealed}: {error}"));
        home.assert_all_under(&next, &new.name()).await;
        assert_eq!(home.lines(), 1, "after {resealed}");
    }
}

#[tokio::test]
async fn a_lost_or_wrong_key_refuses_the_start_and_makes_no_new_one() {
    let home = Home::new();
    let path = home.folder.secret_key_file();
    let chest = home.open().await.expect("a key is made");
    let name = chest.ring().current();
    fs::remove_file(&path).expect("removed");
    home.open().await.map(drop).expect("without secrets a new key does no harm");
    let chest = home.open().await.expect("a key");
    assert_ne!(chest.ring().current(), name);
    home.fill(&chest.ring()).await;
    let right = fs::read(&path).expect("a key file");
    fs::remove_file(&path).expect("removed");
    let lost = home.open().await.map(drop).expect_err("the key is lost").to_string();
    assert!(lost.contains(&chest.ring().current()) && lost.contains("secret.key"), "{lost}");
    assert!(!path.exists(), "no new key was made");
    write_key(&path, &"ab".repeat(32));
    let wrong = home.open().await.map(drop).expect_err("the key is wrong").to_string();
    assert!(wrong.contains(&chest.ring().current()) && !wrong.contains("abab"), "{wrong}");
    write_key(&path, "no key");
    assert!(matches!(home.open().await.map(drop), Err(KeyError::NoKey { .. })));
    write_key(&path, std::str::from_utf8(&right).expect("digits"));
    home.open().await.map(drop).expect("the right key is back");
}

fn write_key(path: &Path, text: &str) {
    crate::folder::write_private(path, text).expect("written");
}

#[cfg(unix)]
#[tokio::test]
async fn a_key_that_others_could_read_is_refused_with_the_mending_command() {
    use std::os::unix::fs::PermissionsExt;
    let home = Home::new();
    home.open().await.map(drop).expect("a key is made");
    for mode in [0o640, 0o604, 0o660] {
        fs::set_permissions(home.folder.secret_key_file(), PermissionsExt::from_mode(mode)).expect("ours");
        let error = home.open().await.map(drop).expect_err("others can read it").to_string();
        assert!(error.contains("chmod 600") && error.contains(&format!("{mode:o}")), "{error}");
    }
    fs::set_permissions(home.folder.secret_key_file(), PermissionsExt::from_mode(0o600)).expect("ours");
    home.open().await.map(drop).expect("it is closed again");
}

#[tokio::test]
async fn a_key_that_is_set_wins_and_is_replaced_by_setting_another() {
    let mut home = Home::new();
    home.config.secret_key = Some(Secret::new("11".repeat(32)));
    let chest = home.open().await.expect("the key is set");
    assert!(!home.folder.secret_key_file().exists());
    home.fill(&chest.ring()).await;
    let refused = chest
        .rotate(&StoreAlone(&home.store, &OsEntropy), &OsEntropy)
        .await
        .expect_err("only the operator can");
    assert!(matches!(refused, KeyError::IsASetting));
    home.config.secret_key = Some(Secret::new("22".repeat(32)));
    let lost = home.open().await.map(drop).expect_err("the earlier key is missing");
    assert!(matches!(lost, KeyError::Lost { .. }), "{lost}");
    home.config.secret_key_earlier = Some(Secret::new("11".repeat(32)));
    home.open().await.map(drop).expect("both are set");
    home.config.secret_key_earlier = None;
    let chest = home.open().await.expect("everything is under the new key");
    home.assert_all_under(&chest, &SecretKey::new([0x22; 32]).name()).await;
}

#[tokio::test]
async fn a_keyring_takes_the_key_over_from_its_file() {
    let mut home = Home::new();
    let chest = home.open().await.expect("a key is made");
    home.fill(&chest.ring()).await;
    let name = chest.ring().current();
    home.config.secret_key_source = KeySource::Keyring;
    let keyring = MemoryKeyring::default();
    let chest = home.open_with(keyring.clone()).await.expect("it moves");
    home.assert_all_under(&chest, &name).await;
    assert!(!home.folder.secret_key_file().exists());
    let rotated = chest.rotate(&StoreAlone(&home.store, &OsEntropy), &OsEntropy).await.expect("rotated");
    let next = home.open_with(keyring).await.expect("the next start");
    home.assert_all_under(&next, &rotated.key).await;
    let lost = home.open_with(NoKeyring).await.map(drop).expect_err("the keyring is away");
    assert!(matches!(lost, KeyError::Lost { .. }), "{lost}");
    assert!(!home.folder.secret_key_file().exists(), "no new key over stored secrets");
}

#[tokio::test]
async fn an_absent_or_silent_keyring_falls_back_to_the_key_file_at_once() {
    for is_silent in [false, true] {
        let mut home = Home::new();
        home.config.secret_key_source = KeySource::Keyring;
        let clock = OsClock::new();
        let chest =
            if is_silent { home.open_with(SilentKeyring).await } else { home.open_with(NoKeyring).await };
        let chest = chest.expect("the key is kept in a file");
        assert!(clock.monotonic() < Duration::from_secs(2), "{:?}", clock.monotonic());
        assert!(chest.place().contains("secret.key"));
        assert_eq!(home.lines(), 1);
    }
}

#[tokio::test]
async fn looking_for_the_key_makes_and_moves_nothing() {
    let mut home = Home::new();
    let sighted = async |home: &Home, keyring: &MemoryKeyring| {
        KeyChest::sighted(&home.config, &home.folder, keyring.clone()).await.expect("it can be looked at")
    };
    let keyring = MemoryKeyring::default();
    assert_eq!(sighted(&home, &keyring).await.key, None);
    assert!(!home.folder.secret_key_file().exists(), "no key was made");
    let chest = home.open().await.expect("a chest");
    let key = sighted(&home, &keyring).await.key.expect("the key in the file");
    assert_eq!(chest.place(), sighted(&home, &keyring).await.place);
    home.config.secret_key_source = KeySource::Keyring;
    assert_eq!(sighted(&home, &keyring).await.key.as_deref(), Some(key.as_str()), "it is still in the file");
    assert!(home.folder.secret_key_file().exists(), "and stays there until a start");
    let refused = KeyChest::sighted(&home.config, &home.folder, NoKeyring).await;
    assert!(matches!(refused, Err(KeyError::Io { .. })), "{refused:?}");
}
