//! The figures that are promised of the interface, measured over HTTP against the program itself in a process of its own.
//!
//! `cargo bench -p dateline-api --bench figures` prints them all; `-- reads`, `-- statistics`, `-- listeners` and
//! `-- sign-in` print one part. Each is told beside its aim, and nothing is judged by the exit code: machines differ, and
//! the one that asks runs beside the one that answers.

mod filling;
mod listeners;
mod load;
mod person;
mod reads;
mod server;
mod sign_in;
mod wire;

use std::time::Duration;

/// One line of the table.
struct Figure {
    what: String,
    measured: String,
    aim: String,
    is_met: bool,
}

impl Figure {
    fn new(what: impl Into<String>, measured: String, aim: impl Into<String>, is_met: bool) -> Self {
        Self { what: what.into(), measured, aim: aim.into(), is_met }
    }
}

fn ms(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1e3)
}

fn print(figures: &[Figure]) {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    println!("\n{cores} processors, shared by the server and the one that asks\n");
    let width = |of: fn(&Figure) -> &str| figures.iter().map(|it| of(it).chars().count()).max().unwrap_or(0);
    let (what, measured, aim) = (width(|it| &it.what), width(|it| &it.measured), width(|it| &it.aim));
    for figure in figures {
        let met = if figure.is_met { "met" } else { "MISSED" };
        println!("{:what$}  {:measured$}  {:aim$}  {met}", figure.what, figure.measured, figure.aim);
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let asked: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let is_asked = |part: &str| asked.is_empty() || asked.iter().any(|word| word == part);
    let mut figures = Vec::new();
    if ["reads", "statistics", "sign-in"].into_iter().any(is_asked) {
        let folder = tempfile::tempdir().expect("a folder");
        let data = folder.path().join("data");
        filling::fill(&data).await;
        let server = server::Server::start(&data);
        if is_asked("statistics") {
            figures.extend(reads::statistics(&server).await);
        }
        if is_asked("reads") {
            figures.extend(reads::lists(&server).await);
        }
        if is_asked("sign-in") {
            figures.extend(sign_in::measure(&server).await);
        }
    }
    if is_asked("listeners") {
        figures.extend(listeners::measure().await);
    }
    print(&figures);
}
