//! How much a proof plays: little while working, more in continuous integration, most before a release.

/// How much is played.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    /// For whoever is at work.
    Quick,
    /// For every change.
    Ci,
    /// Before a release.
    Release,
}

impl Size {
    /// Returns what `DATELINE_TEST_SIZE` asks for: little when it is not set.
    ///
    /// # Panics
    /// When it asks for something else.
    pub fn asked() -> Self {
        match std::env::var("DATELINE_TEST_SIZE").as_deref() {
            Ok("release") => Self::Release,
            Ok("ci") => Self::Ci,
            Ok("quick") | Err(_) => Self::Quick,
            Ok(other) => panic!("DATELINE_TEST_SIZE is `{other}`; it is quick, ci or release"),
        }
    }

    /// Returns what belongs to this size.
    pub fn of<T>(self, quick: T, ci: T, release: T) -> T {
        match self {
            Self::Quick => quick,
            Self::Ci => ci,
            Self::Release => release,
        }
    }
}
