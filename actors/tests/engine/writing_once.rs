//! A text at once, without a store.

use dateline_actors::request::{WriteOnce, WriteOnceError};
use dateline_actors::write_once;
use dateline_core::brief::Style;
use dateline_core::platform::Platform;
use dateline_core::policy::Policy;

use crate::world::{FakeSource, Mood, World};

fn ask(life: &crate::world::Life<'_>, platform: Platform) -> WriteOnce {
    WriteOnce {
        source: FakeSource::place("lantern"),
        platform,
        since: None,
        until: None,
        now: life.dateline.now(),
        project: Some("lantern".to_owned()),
        timezone: "UTC".to_owned(),
        style: Style::default(),
    }
}

#[test]
fn a_text_at_once_is_the_text_of_a_recorded_step() {
    World::new().life(async |life| {
        life.world.source.commit("lantern", "fix: keep blank lines");
        let platforms = [Platform::Devto, Platform::Bluesky, Platform::ReleaseNotes, Platform::Email];
        let (_, id) = life.started(&platforms, Policy::default()).await;
        life.ended(id).await;
        let drafts = life.drafts(id).await;
        assert_eq!(drafts.len(), platforms.len());
        for draft in drafts {
            let (source, writer) = (&*life.world.source, &*life.world.writer);
            let once = write_once(source, writer, ask(life, draft.platform)).await.expect("a text");
            let once = once.expect("something to tell");
            assert_eq!(once.rendered.content, draft.content);
            assert_eq!(once.rendered.evidence, draft.evidence);
            assert_eq!(once.findings, draft.findings);
            assert_eq!(once.brief, life.dateline.draft(draft.id).await.expect("a draft").brief);
        }
    });
}

#[test]
fn nothing_to_tell_is_no_text() {
    World::new().life(async |life| {
        life.world.source.commit("lantern", "chore: tidy up");
        let (source, writer) = (&*life.world.source, &*life.world.writer);
        let quiet = write_once(source, writer, ask(life, Platform::Devto)).await.expect("no failure");
        assert!(quiet.is_none());
        life.world.source.forget_commits("lantern");
        let empty = write_once(source, writer, ask(life, Platform::Devto)).await.expect("no failure");
        assert!(empty.is_none());
    });
}

#[test]
fn what_goes_wrong_at_once_is_said() {
    World::new().life(async |life| {
        life.world.source.commit("lantern", "feat: read tabs");
        let (source, writer) = (&*life.world.source, &*life.world.writer);
        let elsewhere = WriteOnce { timezone: "Europe/Atlantis".to_owned(), ..ask(life, Platform::Devto) };
        let refused = write_once(source, writer, elsewhere).await.expect_err("no such zone");
        assert!(matches!(refused, WriteOnceError::Timezone(_)), "{refused}");
        life.world.source.next_scans("lantern", [Mood::Fail]);
        let refused = write_once(source, writer, ask(life, Platform::Devto)).await.expect_err("a failure");
        assert!(matches!(refused, WriteOnceError::Source(_)), "{refused}");
        life.world.writer.next(Platform::Devto, [Mood::Fail]);
        let refused = write_once(source, writer, ask(life, Platform::Devto)).await.expect_err("a failure");
        assert!(matches!(refused, WriteOnceError::Write(_)), "{refused}");
    });
}
