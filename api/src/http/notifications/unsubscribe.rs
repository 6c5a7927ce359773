//! The page behind the link in a mail.

/// Where it is.
pub const PATH: &str = "/api/notifications/unsubscribe";

/// Without scripts and styles, which the interface's policy forbids; the form posts to the page's own address.
pub const PAGE: &str = "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
    <meta name=\"viewport\" content=\"width=device-width\">\n<meta name=\"color-scheme\" content=\"light dark\">\n\
    <title>Dateline: no more mail</title>\n</head>\n<body>\n<h1>No more mail from Dateline?</h1>\n\
    <p>Notifications stay in your list; only mail stops. You can switch it on again in your preferences.</p>\n\
    <form method=\"post\"><button>Send me no more mail</button></form>\n</body>\n</html>\n";
