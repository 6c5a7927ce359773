//! Mail over SMTP: what leaves, under which protection, and what each way of failing means.

use std::time::Duration;

use dateline_connectors::channel::{Greeting, MailConfig, MailWay, SmtpServer};
use dateline_core::channel::{ChannelError, Message, Sent};
use tokio::net::TcpListener;

use crate::server::{MailServer, Setup};

fn message(to: &str) -> Message {
    Message {
        delivery: None,
        key: "execution/exe_1/usr_2/dlv_3".to_owned(),
        to: format!("{to}@example.org"),
        subject: "Lantern: “Weekly words” failed".to_owned(),
        text: "Why: ünreadable\n.\n.. dots at the beginning of lines\n".to_owned(),
        html: "<p>Why: ünreadable</p>".to_owned(),
        unsubscribe: Some("https://dateline.example.org/api/notifications/unsubscribe?token=t".to_owned()),
    }
}

/// Hands a message for `to` to the server at `address`.
async fn sent(address: &str, authority: &[u8], to: &str) -> Result<Sent, ChannelError> {
    let server = SmtpServer::at(address).expect("an address");
    let server = if authority.is_empty() { server } else { server.trusting(authority.to_vec()) };
    let config =
        MailConfig { from: "Dateline <dateline@example.net>".to_owned(), way: MailWay::Smtp(server) };
    config.channel().expect("a channel").send(&message(to)).await
}

fn reason(result: &Result<Sent, ChannelError>) -> String {
    result.as_ref().expect_err("it fails").to_string()
}

#[tokio::test]
async fn a_message_arrives_as_it_was_written_under_each_protection() {
    for (tls, scheme, query) in
        [(None, "smtp", ""), (Some("starttls"), "smtp", "?tls=starttls"), (Some("implicit"), "smtps", "")]
    {
        let setup = Setup { tls, name: "localhost", login: Some("ada:p@ss:word") };
        let Some((mut server, authority)) = MailServer::start(&setup) else { return };
        let address = format!("{scheme}://ada:p%40ss%3Aword@localhost:{}{query}", server.port);
        let result = sent(&address, &authority, "ada").await;
        assert_eq!(result, Ok(Sent { reference: Some("2.0.0 taken as 42".to_owned()) }), "{tls:?}");
        let given = server.given();
        assert_eq!(
            (&given["from"], &given["to"][0]),
            (&"dateline@example.net".into(), &"ada@example.org".into())
        );
        assert_eq!((&given["isEncrypted"], &given["isSignedIn"]), (&tls.is_some().into(), &true.into()));
        assert_eq!(given["hello"], "example.net", "this machine's own name is nobody's business");
        assert!(server.rest().is_empty());
    }
}

/// Greets the server at `address`.
async fn greeted(address: &str, authority: &[u8]) -> Greeting {
    let server = SmtpServer::at(address).expect("an address").trusting(authority.to_vec());
    let config = MailConfig { from: "dateline@example.net".to_owned(), way: MailWay::Smtp(server) };
    config.greet().await.expect("a configuration")
}

#[tokio::test]
async fn a_greeting_goes_as_far_as_signing_in_and_sends_nothing() {
    let setup = Setup { tls: Some("implicit"), name: "localhost", login: Some("ada:p@ss:word") };
    let Some((server, authority)) = MailServer::start(&setup) else { return };
    let place = format!("localhost:{}", server.port);
    let welcome = greeted(&format!("smtps://ada:p%40ss%3Aword@{place}"), &authority).await;
    assert_eq!(welcome, Greeting::Welcome { server: place.clone() });
    for (address, word) in [
        (format!("smtps://ada:wr0ng@{place}"), "535"),
        (format!("smtp://ada:p%40ss%3Aword@{place}?tls=starttls"), "in time"),
    ] {
        let Greeting::Refused { server, reason } = greeted(&address, &authority).await else {
            panic!("{address} is refused");
        };
        assert!(server == place && reason.contains(word) && !reason.contains("wr0ng"), "{address}: {reason}");
    }
    assert!(server.rest().is_empty());
    let api_key = dateline_core::secret::Secret::new("re_1");
    let resend = MailConfig { from: "dateline@example.net".to_owned(), way: MailWay::Resend { api_key } };
    assert_eq!(resend.greet().await, Ok(Greeting::None), "nobody is asked");
}

#[tokio::test]
async fn each_no_means_what_the_server_said() {
    let Some((mut server, _)) = MailServer::start(&Setup::default()) else { return };
    let address = format!("smtp://127.0.0.1:{}", server.port);
    for (to, is_for_ever) in [("rcpt550", true), ("rcpt450", false), ("data554", true), ("data451", false)] {
        let result = sent(&address, &[], to).await;
        let is_right = match &result {
            Err(ChannelError::Permanent { .. }) => is_for_ever,
            Err(ChannelError::Transient { .. }) => !is_for_ever,
            _ => false,
        };
        assert!(is_right, "{to}: {result:?}");
        assert!(reason(&result).contains(&to[4..]), "{to}: {}", reason(&result));
        if to.starts_with("data") {
            server.given();
        }
    }
}

#[tokio::test]
async fn a_connection_cut_after_the_content_leaves_the_outcome_unknown() {
    let Some((mut server, _)) = MailServer::start(&Setup::default()) else { return };
    let result = sent(&format!("smtp://127.0.0.1:{}", server.port), &[], "cut").await;
    server.given();
    assert!(matches!(result, Err(ChannelError::Unknown { .. })), "{result:?}");
    assert!(server.rest().is_empty(), "it was not sent again");
}

#[tokio::test]
async fn a_server_that_never_says_whether_it_took_the_message_leaves_it_unknown() {
    let Some((server, _)) = MailServer::start(&Setup::default()) else { return };
    let result = sent(&format!("smtp://127.0.0.1:{}", server.port), &[], "hang").await;
    assert!(matches!(result, Err(ChannelError::Unknown { .. })), "{result:?}");
}

#[tokio::test]
async fn a_silent_server_or_none_at_all_is_tried_again() {
    let silent = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = silent.local_addr().expect("an address").port();
    let held = tokio::spawn(async move { silent.accept().await });
    let address = format!("smtp://127.0.0.1:{port}");
    let asked = tokio::time::timeout(Duration::from_secs(25), sent(&address, &[], "ada"));
    let result = asked.await.expect("silence is bounded");
    assert!(matches!(result, Err(ChannelError::Transient { .. })), "{result:?}");
    drop(held.await);
    let result = sent(&address, &[], "ada").await;
    assert!(matches!(result, Err(ChannelError::Transient { .. })), "nobody listens: {result:?}");
}

#[tokio::test]
async fn nothing_is_said_to_a_server_that_is_not_the_one_that_was_meant() {
    let cases = [
        // Somebody in between took STARTTLS out of what the server offers.
        (Setup::default(), "smtp", "?tls=starttls", "STARTTLS"),
        (Setup { tls: Some("implicit"), name: "other.example", ..Setup::default() }, "smtps", "", "valid"),
        (
            Setup { tls: Some("starttls"), name: "other.example", ..Setup::default() },
            "smtp",
            "?tls=starttls",
            "valid",
        ),
    ];
    for (setup, scheme, query, word) in cases {
        let Some((server, authority)) = MailServer::start(&setup) else { return };
        let address = format!("{scheme}://ada:secret@localhost:{}{query}", server.port);
        let result = sent(&address, &authority, "ada").await;
        assert!(matches!(result, Err(ChannelError::Transient { .. })), "{result:?}");
        assert!(reason(&result).contains(word), "{}", reason(&result));
        assert!(server.rest().is_empty());
    }
    // A certificate nobody vouches for.
    let Some((server, _)) =
        MailServer::start(&Setup { tls: Some("implicit"), name: "localhost", login: None })
    else {
        return;
    };
    let result = sent(&format!("smtps://localhost:{}", server.port), &[], "ada").await;
    assert!(matches!(result, Err(ChannelError::Transient { .. })), "{result:?}");
    assert!(server.rest().is_empty());
}

#[tokio::test]
async fn a_wrong_password_is_the_operators_to_mend_and_is_not_shown() {
    let setup = Setup { login: Some("ada:right"), ..Setup::default() };
    let Some((server, _)) = MailServer::start(&setup) else { return };
    let result = sent(&format!("smtp://ada:canary@127.0.0.1:{}", server.port), &[], "ada").await;
    assert!(matches!(result, Err(ChannelError::Transient { .. })), "{result:?}");
    assert!(!reason(&result).contains("canary") && reason(&result).contains("535"), "{}", reason(&result));
}
