use proptest::prelude::*;

use super::*;

fn channel() -> SmtpChannel {
    let from = "Dateline <dateline@example.org>".parse().expect("a mailbox");
    SmtpChannel::new(from, SmtpServer::at("smtp://localhost:1").expect("a server")).expect("a channel")
}

fn message(subject: &str, to: &str, unsubscribe: Option<&str>) -> Message {
    Message {
        delivery: None,
        key: "execution/exe_1/usr_2/dlv_3".to_owned(),
        to: to.to_owned(),
        subject: subject.to_owned(),
        text: "Plain.\n".to_owned(),
        html: "<p>Rich.</p>".to_owned(),
        unsubscribe: unsubscribe.map(str::to_owned),
    }
}

fn written(message: &Message) -> String {
    String::from_utf8(channel().mail(message).expect("a mail").formatted()).expect("mail is ASCII")
}

fn headers(mail: &str) -> Vec<&str> {
    let (headers, _) = mail.split_once("\r\n\r\n").expect("headers and a body");
    headers.split("\r\n").filter(|line| !line.starts_with(' ')).collect()
}

#[test]
fn a_mail_says_who_what_and_how_to_get_no_more() {
    let unsubscribe = "https://d.example.org/api/notifications/unsubscribe?token=usr_2.k.00";
    let mail = written(&message("Lantern: “Weekly” failed", "ada@example.org", Some(unsubscribe)));
    for expected in [
        "Message-ID: <execution.exe_1.usr_2.dlv_3@example.org>",
        "To: ada@example.org",
        "Auto-Submitted: auto-generated",
        &format!("List-Unsubscribe: <{unsubscribe}>"),
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
        "MIME-Version: 1.0",
    ] {
        assert!(headers(&mail).contains(&expected), "{expected}\n{mail}");
    }
    let (plain, html) = (mail.find("text/plain"), mail.find("text/html"));
    assert!(plain.is_some() && plain < html, "readers prefer the last alternative: {mail}");
    let without = written(&message("s", "ada@example.org", None));
    assert!(!without.contains("List-Unsubscribe"));
}

#[test]
fn an_address_that_could_end_a_header_is_refused_for_good() {
    for to in ["ada@example.org\r\nBcc: eve@example.org", "a\0da@example.org", "Ada <ada@example.org>", ""] {
        let refused = channel().mail(&message("s", to, None)).expect_err(to);
        assert!(matches!(refused, ChannelError::Permanent { .. }), "{refused}");
    }
    for bad in ["https://x/>\r\nBcc: eve@x", "https://x/ y", "https://x/\u{e9}"] {
        assert!(!written(&message("s", "ada@example.org", Some(bad))).contains("List-Unsubscribe"), "{bad}");
    }
}

proptest! {
    #[test]
    fn no_subject_makes_another_header(subject in "(?s).{0,200}") {
        let mail = written(&message(&subject, "ada@example.org", None));
        let names: Vec<&str> =
            headers(&mail).iter().filter_map(|line| line.split_once(':')).map(|(name, _)| name).collect();
        let mut known = vec!["From", "To", "Subject", "Message-ID", "Auto-Submitted", "MIME-Version", "Date", "Content-Type"];
        known.sort_unstable();
        let mut found = names.clone();
        found.sort_unstable();
        prop_assert_eq!(found, known);
    }
}
