//! Where connections and files may go: addresses, and the names of texts on a disk.

use std::net::IpAddr;
use std::path::Path;

use dateline_connectors::publisher::Publishers;
use dateline_core::content::{Content, Length, LengthUnit};
use dateline_core::egress::{PrivateHosts, vet};
use dateline_core::id::{DraftId, PublicationId};
use dateline_core::platform::Platform;
use dateline_core::publisher::{PublishRequest, Publisher, SiteKind, Target};
use dateline_core::time::from_unix_ms;
use proptest::prelude::*;
use url::Host;

use crate::hostile::{few_inputs, in_time, inputs, texts};

const URL_WORDS: &[&str] = &[
    "https://",
    "http://",
    "file:///",
    "//",
    "/",
    "@",
    ":",
    "#",
    "?",
    ".",
    "127.0.0.1",
    "127.1",
    "0x7f.1",
    "2130706433",
    "[::1]",
    "[::ffff:7f00:1]",
    "[64:ff9b::7f00:1]",
    "[2002:7f00:1::]",
    "169.254.169.254",
    "10.0.0.1",
    "localhost",
    "example.org",
    "%00",
    "%2f",
    "\\",
    "ⓛocalhost",
    "０",
    "。",
    "017700000001",
    "100.64.0.1",
    "[fe80::1%1]",
    "user:pw",
];
const URLS: &[&str] = &[
    "https://ghe.example.com/api/v3",
    "https://8.8.8.8/",
    "https://[2606:4700::1111]/x",
    "https://127.0.0.1:8377/api",
    "https://user:pw@example.org/",
    "https://0x7f000001/",
];
const TITLE_WORDS: &[&str] = &[
    "..",
    "/",
    "\\",
    "\0",
    "C:\\",
    "CON",
    "nul",
    ".",
    " ",
    "~",
    "$HOME",
    "`id`",
    "a",
    "é",
    "-",
    "_",
    "%2e%2e",
    "\n",
    "<b>",
    "---\n",
    "{{x}}",
    "'",
    "\"",
    ":",
    "|",
    "*",
    "?",
    ".git",
    ".dateline-",
];
const TITLES: &[&str] = &[
    "Weekly notes",
    "../../etc/passwd",
    "a/../../b",
    "a title that goes on and on and on and on and on and on and on and on and on and on and on and on and on and on",
];

/// Whether an address is one that the whole world reaches, by the standard library's own judgement.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => {
            let is_shared = v4.octets()[0] == 100 && (64..128).contains(&v4.octets()[1]);
            !(v4.is_loopback()
                || v4.is_private()
                || v4.is_link_local()
                || v4.is_unspecified()
                || v4.is_multicast()
                || v4.is_broadcast()
                || v4.is_documentation()
                || v4.octets()[0] == 0
                || is_shared)
        }
        IpAddr::V6(v6) => {
            let mapped = v6.to_ipv4_mapped().map(IpAddr::V4);
            mapped.is_none_or(is_public)
                && !(v6.is_loopback()
                    || v6.is_unspecified()
                    || v6.is_multicast()
                    || v6.is_unique_local()
                    || v6.is_unicast_link_local())
        }
    }
}

fn request(title: String, tag: String, folder: &Path) -> PublishRequest {
    let path = folder.to_str().expect("UTF-8").to_owned();
    PublishRequest {
        publication: PublicationId::from_bits(1),
        draft: DraftId::from_bits(1),
        revision: 1,
        platform: Platform::Markdown,
        project: title.clone(),
        authors: vec![tag.clone()],
        content: Content {
            title: Some(title),
            body: "Words.".to_owned(),
            summary: "A sentence.".to_owned(),
            tags: vec![tag],
            length: Length { used: 0, max: None, unit: LengthUnit::Characters },
        },
        target: Target::Folder { path, site: SiteKind::Hugo },
        dated_at: from_unix_ms(1_795_453_200_000),
        offset_seconds: 0,
    }
}

proptest! {
    #![proptest_config(inputs())]

    #[test]
    fn an_address_that_is_let_pass_is_public_and_encrypted(text in texts(URL_WORDS, URLS)) {
        if let Ok(url) = in_time(&text, || vet(&text, &PrivateHosts::default())) {
            prop_assert_eq!(url.scheme(), "https");
            prop_assert!(url.username().is_empty() && url.password().is_none());
            match url.host().expect("a host") {
                Host::Ipv4(address) => prop_assert!(is_public(address.into()), "{url}"),
                Host::Ipv6(address) => prop_assert!(is_public(address.into()), "{url}"),
                Host::Domain(name) => {
                    prop_assert!(name != "localhost" && !name.ends_with(".localhost"), "{url}");
                    prop_assert!(name.parse::<IpAddr>().is_err(), "{url}");
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(few_inputs())]

    #[test]
    fn a_text_lands_in_its_folder_under_a_plain_name(
        title in texts(TITLE_WORDS, TITLES),
        tag in texts(TITLE_WORDS, TITLES),
    ) {
        let outside = tempfile::tempdir().expect("a folder");
        let site = outside.path().join("site");
        std::fs::create_dir(&site).expect("a folder");
        let request = request(title, tag, &site);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let published = in_time(&format!("{:?}", request.content.title), || {
            runtime.block_on(Publishers::default().publish(&request))
        });
        let names = |path: &Path| -> Vec<String> {
            let entries = std::fs::read_dir(path).expect("a folder");
            entries.map(|entry| entry.expect("an entry").file_name().into_string().expect("UTF-8")).collect()
        };
        prop_assert_eq!(names(outside.path()), ["site"]);
        let found = names(&site);
        prop_assert_eq!(found.len(), usize::from(published.is_ok()), "{:?}", &found);
        for name in found {
            let is_plain = name.chars().all(|letter| letter.is_alphanumeric() || "-_.".contains(letter));
            prop_assert!(is_plain && !name.starts_with('.') && name.len() <= 255, "{name:?}");
        }
    }
}
