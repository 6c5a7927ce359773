//! GitHub as a source: against a fake that keeps state, and the fake against GitHub's own description.

#[path = "source_github/contract.rs"]
mod contract;
#[path = "source_github/fake.rs"]
mod fake;
#[path = "source_github/hostile.rs"]
mod hostile;
#[path = "source_github/prism.rs"]
mod prism;
#[path = "source_github/scene.rs"]
mod scene;
#[path = "source_github/troubles.rs"]
mod troubles;
#[path = "source_github/windows.rs"]
mod windows;
