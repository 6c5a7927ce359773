//! The one way out: connections to servers that people name go to public addresses only, and to hosts the owner allows.
//!
//! The address that was vetted is the one that is connected to: names are resolved here, what lies inside is dropped,
//! and the rest is handed to the connector. No redirect is followed and no proxy of the environment is used, so nothing
//! leads past this place.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use dateline_core::egress::{EgressRefusal, PrivateHosts, inside, vet};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::Url;

/// Why an address was not connected to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "every address of `{host}` lies inside ({kind}): the owner must allow it first (setting `privateHosts`)"
)]
pub struct Blocked {
    /// The name that was resolved.
    pub host: String,
    /// What sort of address it led to.
    pub kind: &'static str,
}

/// How patient a client is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// Until a connection stands.
    pub connect: Duration,
    /// Between two pieces of an answer.
    pub read: Duration,
    /// For a call as a whole.
    pub total: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            read: Duration::from_secs(20),
            total: Duration::from_secs(30),
        }
    }
}

/// Returns the addresses of a name.
type LookUp = Arc<dyn Fn(String) -> Looking + Send + Sync>;
type Looking = std::pin::Pin<Box<dyn Future<Output = std::io::Result<Vec<IpAddr>>> + Send>>;

/// Decides where connections may go.
#[derive(Clone)]
pub struct Egress {
    allowed: Arc<PrivateHosts>,
    look_up: LookUp,
}

impl std::fmt::Debug for Egress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Egress").field("allowed", &self.allowed).finish_non_exhaustive()
    }
}

impl Default for Egress {
    fn default() -> Self {
        Self::new(PrivateHosts::default())
    }
}

impl Egress {
    /// Returns a way out that leads inside only to the hosts `allowed`.
    pub fn new(allowed: PrivateHosts) -> Self {
        Self { allowed: Arc::new(allowed), look_up: Arc::new(|name| Box::pin(ask_system(name))) }
    }

    /// Returns the hosts inside that may be connected to.
    pub fn allowed(&self) -> &PrivateHosts {
        &self.allowed
    }

    /// Returns the address `text` names, when it may be connected to.
    ///
    /// # Errors
    /// [`EgressRefusal`] naming what is wrong with it.
    pub fn vet(&self, text: &str) -> Result<Url, EgressRefusal> {
        vet(text, &self.allowed)
    }

    /// Returns a client all of whose connections are vetted. Addresses written as numbers are not resolved: vet those
    /// with [`Egress::vet`] before each use.
    ///
    /// # Errors
    /// When the system's certificates cannot be read.
    pub fn client(&self, patience: Patience) -> reqwest::Result<reqwest::Client> {
        // Fails when a provider is there already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(patience.connect)
            .read_timeout(patience.read)
            .timeout(patience.total)
            .dns_resolver(Arc::new(self.clone()))
            .build()
    }

    async fn addresses(
        &self,
        host: String,
    ) -> Result<Vec<SocketAddr>, Box<dyn std::error::Error + Send + Sync>> {
        let found = (self.look_up)(host.clone()).await?;
        let is_allowed = self.allowed.names(&host);
        let inner = found.iter().find_map(|address| inside(*address)).filter(|_| !is_allowed);
        let vetted: Vec<SocketAddr> = found
            .into_iter()
            .filter(|address| is_allowed || inside(*address).is_none())
            .map(|address| SocketAddr::new(address, 0))
            .collect();
        match inner {
            Some(kind) if vetted.is_empty() => Err(Box::new(Blocked { host, kind })),
            Some(_) | None => Ok(vetted),
        }
    }
}

impl Resolve for Egress {
    fn resolve(&self, name: Name) -> Resolving {
        let (egress, host) = (self.clone(), name.as_str().to_owned());
        Box::pin(async move {
            let addresses = egress.addresses(host).await?;
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}

async fn ask_system(name: String) -> std::io::Result<Vec<IpAddr>> {
    Ok(tokio::net::lookup_host((name, 0)).await?.map(|address| address.ip()).collect())
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    fn egress(allowed: &[&str], answers: &'static [&'static [&'static str]]) -> Egress {
        let turn = Arc::new(AtomicUsize::new(0));
        let look_up: LookUp = Arc::new(move |_| {
            let answer = answers[turn.fetch_add(1, Ordering::SeqCst).min(answers.len() - 1)];
            let parsed = answer.iter().map(|text| text.parse().expect("an address")).collect();
            Box::pin(async move { Ok(parsed) })
        });
        Egress { allowed: Arc::new(PrivateHosts::new(allowed.iter().copied())), look_up }
    }

    async fn check(egress: &Egress, expected: Result<&[&str], &str>) {
        let found = egress.addresses("ghe.example.com".to_owned()).await;
        match (found, expected) {
            (Ok(found), Ok(expected)) => {
                let found: Vec<String> = found.iter().map(|address| address.ip().to_string()).collect();
                assert_eq!(found, expected);
            }
            (Err(error), Err(expected)) => assert!(error.to_string().contains(expected), "{error}"),
            (found, expected) => panic!("expected {expected:?}, found {found:?}"),
        }
    }

    #[tokio::test]
    async fn row_27_only_vetted_addresses_are_connected_to() {
        check(&egress(&[], &[&["1.2.3.4", "127.0.0.1"]]), Ok(&["1.2.3.4"])).await;
        check(&egress(&[], &[&["::ffff:10.0.0.1", "fd00::1"]]), Err("private network")).await;
        check(&egress(&["ghe.example.com"], &[&["10.0.0.1"]]), Ok(&["10.0.0.1"])).await;
        check(&egress(&[], &[&[]]), Ok(&[])).await;
    }

    #[tokio::test]
    async fn row_27_a_name_that_changes_is_judged_at_each_connection() {
        let egress = egress(&[], &[&["1.2.3.4"], &["169.254.169.254"]]);
        check(&egress, Ok(&["1.2.3.4"])).await;
        check(&egress, Err("link-local")).await;
    }

    #[tokio::test]
    async fn row_27_a_blocked_name_is_never_connected_to() {
        let client = egress(&[], &[&["127.0.0.1"]]).client(Patience::default()).expect("a client");
        let error = client.get("https://ghe.example.com/").send().await.expect_err("refused");
        let mut causes =
            std::iter::successors(Some(&error as &dyn std::error::Error), |error| error.source());
        assert!(causes.any(|cause| cause.is::<Blocked>()), "{error:?}");
    }
}
