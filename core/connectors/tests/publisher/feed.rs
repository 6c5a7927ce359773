//! An entry in an Atom feed.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use dateline_core::publisher::{PublishError, PublishRequest, Target};
use dateline_core::time::from_unix_ms;
use tempfile::tempdir;

use super::fixture::{AT_MS, names, publish, request};

fn feed(path: &Path) -> Target {
    Target::Feed {
        path: path.to_str().expect("UTF-8").to_owned(),
        title: "News & <notes>".to_owned(),
        site_url: "https://example.org/blog".to_owned(),
    }
}

fn numbered(draft: u8, path: &Path) -> PublishRequest {
    let mut request = request(draft, feed(path));
    request.dated_at = from_unix_ms(AT_MS + i64::from(draft) * 60_000);
    request.content.title = Some(format!("Text {draft}"));
    request
}

fn read(path: &Path) -> feed_rs::model::Feed {
    feed_rs::parser::parse(fs::read(path).expect("a feed").as_slice()).expect("a feed")
}

#[tokio::test]
async fn an_entry_reads_back() {
    let folder = tempdir().expect("a folder");
    let path = folder.path().join("atom.xml");
    let published = publish(&request(1, feed(&path))).await.expect("published");
    assert_eq!(published.url.as_deref(), Some("https://example.org/blog"));
    assert_eq!(names(folder.path()), ["atom.xml"]);
    let feed = read(&path);
    assert_eq!(feed.feed_type, feed_rs::model::FeedType::Atom);
    assert_eq!(feed.title.as_ref().map(|title| title.content.as_str()), Some("News & <notes>"));
    assert_eq!(feed.id, "tag:example.org,2026-11-24:dateline/atom");
    let entry = &feed.entries[0];
    assert_eq!(entry.id, published.remote_id);
    assert!(entry.id.starts_with("tag:example.org,2026-11-23:dateline/dft_"), "{}", entry.id);
    assert_eq!(entry.title.as_ref().map(|title| title.content.as_str()), Some("Add commit_groups filter"));
    assert_eq!(entry.authors[0].name.as_deref(), Some("Ann Lee"));
    assert_eq!(entry.links[0].href, "https://example.org/blog");
    assert_eq!(entry.links[0].rel.as_deref(), Some("alternate"));
    assert_eq!(entry.updated.map(|at| at.timestamp_millis()), Some(AT_MS));
    assert_eq!(entry.categories.len(), 2);
    let content = entry.content.as_ref().expect("content");
    assert_eq!(content.content_type.to_string(), "text/html");
    let body = content.body.as_deref().expect("a body");
    assert!(body.contains("<code>commit_groups</code>") && body.contains("<h2>Fixes</h2>"), "{body}");
    assert!(fs::read_to_string(&path).expect("a feed").contains("2026-11-24T06:00:00+13:00"));
}

#[tokio::test]
async fn publishing_again_changes_no_byte() {
    let folder = tempdir().expect("a folder");
    let path = folder.path().join("atom.xml");
    let mut first = request(1, feed(&path));
    first.content.body = "Line\n\nwith `code  two`, “quotes”, ]]> & &amp; 🦋\n\n    pre\n".to_owned();
    let published = publish(&first).await.expect("published");
    publish(&numbered(2, &path)).await.expect("published");
    let before = fs::read(&path).expect("a feed");
    assert_eq!(publish(&first).await.expect("published"), published);
    assert_eq!(fs::read(&path).expect("a feed"), before);
}

#[tokio::test]
async fn a_new_revision_keeps_its_id_and_first_date() {
    let folder = tempdir().expect("a folder");
    let path = folder.path().join("atom.xml");
    let first = numbered(1, &path);
    let id = publish(&first).await.expect("published").remote_id;
    publish(&numbered(2, &path)).await.expect("published");
    let mut second = first.clone();
    second.revision = 2;
    second.dated_at = from_unix_ms(AT_MS + 3_600_000);
    second.content.title = Some("Better".to_owned());
    // The site may move: readers must not see the entry twice.
    second.target = match second.target {
        Target::Feed { path, title, .. } => {
            Target::Feed { path, title, site_url: "https://new.example/".to_owned() }
        }
        other => other,
    };
    assert_eq!(publish(&second).await.expect("published").remote_id, id);
    publish(&first).await.expect("published");
    let feed = read(&path);
    let titles: Vec<&str> = feed
        .entries
        .iter()
        .filter_map(|entry| entry.title.as_ref())
        .map(|title| title.content.as_str())
        .collect();
    assert_eq!(titles, ["Text 2", "Better"]);
    let entry = feed.entries.iter().find(|entry| entry.id == id).expect("the entry");
    assert_eq!(entry.published.map(|at| at.timestamp_millis()), Some(AT_MS + 60_000));
    assert_eq!(entry.updated.map(|at| at.timestamp_millis()), Some(AT_MS + 3_600_000));
    assert_eq!(feed.updated, entry.updated);
    assert_eq!(feed.id, "tag:example.org,2026-11-24:dateline/atom");
}

#[tokio::test]
async fn the_newest_fifty_stay() {
    let folder = tempdir().expect("a folder");
    let path = folder.path().join("atom.xml");
    for draft in (1..=52).rev() {
        publish(&numbered(draft, &path)).await.expect("published");
    }
    let feed = read(&path);
    let titles: Vec<&str> = feed
        .entries
        .iter()
        .filter_map(|entry| entry.title.as_ref())
        .map(|title| title.content.as_str())
        .collect();
    assert_eq!(titles.len(), 50);
    assert_eq!((titles[0], titles[49]), ("Text 52", "Text 3"));
}

#[tokio::test]
async fn hostile_words_stay_words() {
    let folder = tempdir().expect("a folder");
    let path = folder.path().join("atom.xml");
    let mut hostile = request(1, feed(&path));
    let words = "</entry><script>x</script> ]]> &lt; \u{0}\u{1b}\u{fffe}\u{202e} {{x}}";
    hostile.content.title = Some(words.to_owned());
    hostile.content.body = format!("{words} [x](javascript:alert(1)) ![i](https://a.b/c)");
    hostile.content.summary = words.to_owned();
    hostile.content.tags = vec![words.to_owned()];
    hostile.authors = vec![words.to_owned(), " ".to_owned()];
    publish(&hostile).await.expect("published");
    publish(&numbered(2, &path)).await.expect("read back");
    let feed = read(&path);
    assert_eq!(feed.entries.len(), 2);
    let entry = feed.entries.iter().find(|entry| entry.categories.len() == 1).expect("the entry");
    assert_eq!(
        entry.title.as_ref().map(|title| title.content.as_str()),
        Some("</entry><script>x</script> ]]> &lt; {{x}}")
    );
    let body = entry.content.as_ref().and_then(|content| content.body.as_deref()).expect("a body");
    assert!(
        !body.contains("<script") && !body.contains("href=\"javascript") && !body.contains("<img"),
        "{body}"
    );
}

#[tokio::test]
async fn what_is_not_ours_is_left_as_it_is() {
    let folder = tempdir().expect("a folder");
    let path = folder.path().join("atom.xml");
    publish(&numbered(1, &path)).await.expect("published");
    let ours = fs::read_to_string(&path).expect("a feed");
    let foreign = [
        String::new(),
        "theirs".to_owned(),
        "<rss version=\"2.0\"><channel/></rss>".to_owned(),
        "<feed xmlns=\"http://www.w3.org/2005/Atom\"><id>tag:x,2026:y</id><title>t</title></feed>".to_owned(),
        ours.replace("Dateline</generator>", "Other</generator>"),
        ours[..ours.len() / 2].to_owned(),
        ours[..ours.len() - 9].to_owned(),
        ours.replace("</entry>", "</entri>"),
        ours.replace("dateline:revision", "other:revision"),
        "<feed>".to_owned() + &"<a>".repeat(200_000) + "</feed>",
    ];
    for text in foreign {
        fs::write(&path, &text).expect("written");
        let error = publish(&numbered(2, &path)).await.expect_err("refused");
        assert!(matches!(error, PublishError::Rejected { .. }), "{error:?}");
        assert!(error.to_string().contains("atom.xml"), "{error}");
        assert_eq!(fs::read_to_string(&path).expect("theirs"), text);
    }
    fs::write(&path, b"\xff\xfe").expect("written");
    publish(&numbered(2, &path)).await.expect_err("refused");
    assert_eq!(names(folder.path()), ["atom.xml"]);
}

#[tokio::test]
async fn a_feed_is_an_ordinary_file_in_a_folder_that_exists() {
    let folder = tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    fs::write(path("victim"), "theirs").expect("written");
    symlink(path("victim"), path("link.xml")).expect("a link");
    symlink(path("new"), path("dangling.xml")).expect("a link");
    fs::hard_link(path("victim"), path("hard.xml")).expect("a link");
    fs::create_dir(path("folder.xml")).expect("a folder");
    for name in [
        "link.xml",
        "dangling.xml",
        "hard.xml",
        "folder.xml",
        "missing/atom.xml",
        "victim/atom.xml",
        "..",
        ".",
        "",
    ] {
        let error = publish(&request(1, feed(&path(name)))).await;
        assert!(matches!(error, Err(PublishError::Rejected { .. })), "{name}: {error:?}");
    }
    assert_eq!(fs::read_to_string(path("victim")).expect("theirs"), "theirs");
    assert!(!path("new").exists());
    for site_url in
        ["", "example.org", "ftp://x.y", "javascript:x", "https://u:p@x.y/", "file:///x", "https://"]
    {
        let target = Target::Feed {
            path: path("a.xml").to_str().expect("UTF-8").to_owned(),
            title: "x".to_owned(),
            site_url: site_url.to_owned(),
        };
        let error = publish(&request(1, target)).await.expect_err("refused");
        assert!(error.to_string().contains("absolute http"), "{error}");
    }
    assert!(!path("a.xml").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn publications_at_once_all_arrive() {
    let folder = tempdir().expect("a folder");
    let path = folder.path().join("atom.xml");
    let tasks: Vec<_> = (0..40_u8)
        .map(|number| {
            let request = numbered(number % 20, &path);
            tokio::spawn(async move { publish(&request).await.expect("published") })
        })
        .collect();
    for task in tasks {
        task.await.expect("no panic");
    }
    assert_eq!(read(&path).entries.len(), 20);
    assert_eq!(names(folder.path()), ["atom.xml"]);
}
