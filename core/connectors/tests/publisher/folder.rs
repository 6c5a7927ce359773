//! A page in a static site's folder.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

use dateline_core::platform::Platform;
use dateline_core::publisher::{PublishError, SiteKind};
use tempfile::tempdir;

use super::fixture::{AT_MS, folder, names, publish, request};

#[tokio::test]
async fn a_page_gets_its_name_from_its_title() {
    for (site, name) in [
        (SiteKind::Hugo, "add-commit-groups-filter.md"),
        (SiteKind::Jekyll, "2026-11-24-add-commit-groups-filter.md"),
        (SiteKind::Astro, "add-commit-groups-filter.md"),
        (SiteKind::Zola, "add-commit-groups-filter.md"),
    ] {
        let site_folder = tempdir().expect("a folder");
        let published = publish(&request(1, folder(site_folder.path(), site))).await.expect("published");
        assert_eq!(published.remote_id, site_folder.path().join(name).to_str().expect("UTF-8"));
        assert_eq!(names(site_folder.path()), [name]);
        let text = fs::read_to_string(&published.remote_id).expect("a page");
        assert!(text.contains("2026-11-24T06:00:00+13:00") && text.ends_with("- one\n"), "{text}");
        assert_eq!(fs::metadata(&published.remote_id).expect("a page").permissions().mode() & 0o777, 0o644);
    }
}

#[tokio::test]
async fn publishing_again_changes_nothing() {
    let site = tempdir().expect("a folder");
    let request = request(1, folder(site.path(), SiteKind::Hugo));
    let first = publish(&request).await.expect("published");
    fs::write(&first.remote_id, fs::read_to_string(&first.remote_id).expect("a page") + "By hand.\n")
        .expect("written");
    let again = publish(&request).await.expect("published");
    assert_eq!(first, again);
    assert!(fs::read_to_string(&first.remote_id).expect("a page").ends_with("By hand.\n"));
    assert_eq!(names(site.path()).len(), 1);
}

#[tokio::test]
async fn a_new_revision_keeps_its_file_and_its_first_date() {
    let site = tempdir().expect("a folder");
    let first = request(1, folder(site.path(), SiteKind::Jekyll));
    let before = publish(&first).await.expect("published");
    let mut second = first.clone();
    second.revision = 2;
    second.dated_at = dateline_core::time::from_unix_ms(AT_MS + 9 * 86_400_000);
    second.content.title = Some("Another title".to_owned());
    let after = publish(&second).await.expect("published");
    assert_eq!(before, after);
    let text = fs::read_to_string(&after.remote_id).expect("a page");
    assert!(text.contains("title: \"Another title\"\ndate: 2026-11-24T06:00:00+13:00\nlast_modified_at: 2026-12-03T06:00:00+13:00"), "{text}");
    // An earlier revision that arrives late takes nothing back.
    assert_eq!(publish(&first).await.expect("published"), after);
    assert_eq!(fs::read_to_string(&after.remote_id).expect("a page"), text);
}

#[tokio::test]
async fn a_stranger_s_file_is_left_alone() {
    let site = tempdir().expect("a folder");
    let name = "add-commit-groups-filter";
    let outside = tempdir().expect("a folder");
    fs::write(outside.path().join("victim"), "theirs").expect("written");
    fs::write(site.path().join(format!("{name}.md")), "theirs").expect("written");
    symlink(outside.path().join("victim"), site.path().join(format!("{name}-2.md"))).expect("a link");
    symlink(outside.path().join("new"), site.path().join(format!("{name}-3.md"))).expect("a link");
    fs::create_dir(site.path().join(format!("{name}-4.md"))).expect("a folder");
    fs::hard_link(outside.path().join("victim"), site.path().join(format!("{name}-5.md"))).expect("a link");
    rustix::fs::mknodat(
        rustix::fs::CWD,
        site.path().join(format!("{name}-6.md")),
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::from_raw_mode(0o600),
        0,
    )
    .expect("a pipe");
    let first = publish(&request(1, folder(site.path(), SiteKind::Hugo))).await.expect("published");
    assert!(first.remote_id.ends_with("-7.md"), "{first:?}");
    assert!(
        fs::read_to_string(&first.remote_id)
            .expect("a page")
            .contains("slug: \"add-commit-groups-filter-7\"")
    );
    let second = publish(&request(2, folder(site.path(), SiteKind::Hugo))).await.expect("published");
    assert!(second.remote_id.ends_with("-8.md"), "{second:?}");
    assert_eq!(fs::read_to_string(outside.path().join("victim")).expect("theirs"), "theirs");
    assert!(!outside.path().join("new").exists());
    assert_eq!(fs::read_to_string(site.path().join(format!("{name}.md"))).expect("theirs"), "theirs");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_that_comes_and_goes_leads_nowhere() {
    let (site, outside) = (tempdir().expect("a folder"), tempdir().expect("a folder"));
    let victim = outside.path().join("victim");
    fs::write(&victim, "theirs").expect("written");
    let mut page = request(1, folder(site.path(), SiteKind::Hugo));
    let place = std::path::PathBuf::from(publish(&page).await.expect("published").remote_id);
    let (spare, target) = (site.path().join("spare"), victim.clone());
    let is_done = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let swapping = tokio::task::spawn_blocking({
        let is_done = is_done.clone();
        move || {
            while !is_done.load(std::sync::atomic::Ordering::Acquire) {
                symlink(&target, &spare).expect("a link");
                fs::rename(&spare, &place).expect("it takes the page's place");
                let _ = fs::remove_file(&place);
            }
        }
    });
    for revision in 2..300 {
        page.revision = revision;
        // It may be refused; it may not follow the link.
        let _ = publish(&page).await;
    }
    is_done.store(true, std::sync::atomic::Ordering::Release);
    swapping.await.expect("it ends");
    assert_eq!(fs::read_to_string(&victim).expect("theirs"), "theirs");
    assert_eq!(names(outside.path()), ["victim"]);
}

#[tokio::test]
async fn no_title_leaves_the_folder() {
    for (title, expected) in [
        ("../../etc/passwd", "etc-passwd.md"),
        ("/etc/passwd", "etc-passwd.md"),
        ("a/../../x", "a-x.md"),
        ("C:\\Windows", "c-windows.md"),
        ("\\\\host\\share", "host-share.md"),
        ("CON", "con-post.md"),
        ("nul.", "nul-post.md"),
        ("... ", "post.md"),
        ("x\0y", "xy.md"),
        ("漢字", "post.md"),
        (".hidden", "hidden.md"),
    ] {
        let parent = tempdir().expect("a folder");
        let site = parent.path().join("site");
        fs::create_dir(&site).expect("a folder");
        let mut request = request(1, folder(&site, SiteKind::Zola));
        request.content.title = Some(title.to_owned());
        publish(&request).await.expect("published");
        assert_eq!(names(&site), [expected], "{title:?}");
        assert_eq!(names(parent.path()), ["site"]);
    }
    let site = tempdir().expect("a folder");
    let mut request = request(1, folder(site.path(), SiteKind::Jekyll));
    request.content.title = Some("long ".repeat(200));
    publish(&request).await.expect("published");
    assert!(names(site.path())[0].len() < 120);
}

#[tokio::test]
async fn a_place_that_takes_no_files_says_why() {
    let parent = tempdir().expect("a folder");
    fs::write(parent.path().join("file"), "x").expect("written");
    for (path, words) in [
        (parent.path().join("missing").to_str().expect("UTF-8").to_owned(), "there is no folder"),
        (parent.path().join("file").to_str().expect("UTF-8").to_owned(), "is not a folder"),
        (parent.path().join("file/x").to_str().expect("UTF-8").to_owned(), "is not a folder"),
        ("relative/site".to_owned(), "must be an absolute path"),
        (format!("{}\0x", parent.path().display()), "must be an absolute path"),
        (format!("/{}", "x".repeat(300)), "cannot be written"),
    ] {
        let request =
            request(1, dateline_core::publisher::Target::Folder { path: path.clone(), site: SiteKind::Hugo });
        let error = publish(&request).await.expect_err("refused");
        assert!(matches!(error, PublishError::Rejected { .. }), "{error:?}");
        assert!(error.to_string().contains(words), "{path:?} gives {error}");
        assert!(!error.to_string().contains('\0'));
    }
    assert_eq!(names(parent.path()), ["file"]);
}

#[tokio::test]
async fn a_folder_nobody_may_write_says_why() {
    let site = tempdir().expect("a folder");
    fs::set_permissions(site.path(), fs::Permissions::from_mode(0o555)).expect("set");
    if fs::write(site.path().join("probe"), "").is_ok() {
        println!("SKIPPED 1 test: this user may write anywhere");
        return;
    }
    let error = publish(&request(1, folder(site.path(), SiteKind::Hugo))).await.expect_err("refused");
    assert!(
        matches!(error, PublishError::Rejected { .. }) && error.to_string().contains("cannot be written"),
        "{error}"
    );
}

#[tokio::test]
async fn what_a_dead_process_left_behind_is_no_obstacle() {
    let site = tempdir().expect("a folder");
    let request = request(1, folder(site.path(), SiteKind::Hugo));
    fs::write(site.path().join(format!(".dateline-{}.tmp", request.draft)), "half a pa").expect("written");
    publish(&request).await.expect("published");
    assert_eq!(names(site.path()), ["add-commit-groups-filter.md"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn publishers_at_once_make_one_file_a_draft() {
    let site = tempdir().expect("a folder");
    let mut tasks = Vec::new();
    for number in 0..24_u8 {
        let request = request(number % 6, folder(site.path(), SiteKind::Hugo));
        tasks.push(tokio::spawn(async move { publish(&request).await.expect("published").remote_id }));
    }
    let mut paths = Vec::new();
    for task in tasks {
        paths.push(task.await.expect("no panic"));
    }
    paths.sort();
    paths.dedup();
    assert_eq!(paths.len(), 6);
    assert_eq!(names(site.path()).len(), 6);
}

#[tokio::test]
async fn plain_posts_become_pages_too() {
    let site = tempdir().expect("a folder");
    let mut request = request(1, folder(site.path(), SiteKind::Hugo));
    request.platform = Platform::Linkedin;
    request.content.title = None;
    request.content.body = "One \\(two\\) \\#3\n#rust".to_owned();
    let published = publish(&request).await.expect("published");
    assert!(published.remote_id.ends_with("/one-sentence.md"));
    let text = fs::read_to_string(published.remote_id).expect("a page");
    assert!(text.ends_with("One \\(two\\) \\#3\\\n\\#rust\n"), "{text}");
}
