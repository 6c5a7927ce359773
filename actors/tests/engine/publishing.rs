//! Drafts: edited, decided, published once.

use std::time::Duration;

use dateline_actors::RequestError;
use dateline_actors::request::DraftText;
use dateline_core::content::Severity;
use dateline_core::draft::{Draft, DraftStatus, PublicationOutcome};
use dateline_core::platform::Platform;
use dateline_core::policy::Policy;
use dateline_core::store::StoreError;

use crate::world::{Life, Mood, World};

/// Runs an execution and returns the draft it wrote.
async fn draft(life: &Life<'_>, platform: Platform) -> Draft {
    let (_, id) = life.started(&[platform], Policy::default()).await;
    life.ended(id).await;
    life.drafts(id).await.remove(0)
}

async fn approved(life: &Life<'_>, platform: Platform) -> Draft {
    let draft = draft(life, platform).await;
    let approved = life.dateline.approve_draft(draft.id, draft.revision).await.expect("approved");
    assert_eq!(approved.state.status(), DraftStatus::Approved);
    approved
}

fn edited(draft: &Draft, body: String) -> DraftText {
    DraftText { title: draft.content.title.clone(), body, tags: Vec::new(), note: None }
}

fn is_published(outcome: Option<&PublicationOutcome>) -> bool {
    matches!(outcome, Some(PublicationOutcome::Published { .. }))
}

#[test]
fn an_edit_is_linted_again_and_a_reference_to_nothing_blocks_approval() {
    World::new().life(async |life| {
        let draft = draft(life, Platform::Devto).await;
        let text = edited(&draft, format!("{}\n\nSee #999 as well.\n", draft.content.body.trim_end()));
        let second = life.dateline.edit_draft(draft.id, 1, text).await.expect("edited");
        assert_eq!((second.revision, second.writer.as_str()), (2, "person"));
        assert_eq!(second.evidence, draft.evidence, "statements that stand keep their evidence");
        assert!(second.findings.iter().any(|finding| finding.severity == Severity::Error));
        let refused = life.dateline.approve_draft(draft.id, 2).await.expect_err("blocked");
        let RequestError::Blocked { findings } = refused else { panic!("{refused}") };
        assert!(findings.iter().any(|finding| finding.message.contains("999")), "{findings:?}");
        let mended = edited(&draft, draft.content.body.clone());
        life.dateline.edit_draft(draft.id, 2, mended).await.expect("edited");
        life.dateline.approve_draft(draft.id, 3).await.expect("approved");
    });
}

#[test]
fn only_the_newest_revision_is_edited_or_decided() {
    World::new().life(async |life| {
        let draft = draft(life, Platform::Devto).await;
        let text = edited(&draft, draft.content.body.clone());
        life.dateline.edit_draft(draft.id, 1, text.clone()).await.expect("edited");
        let refusals = [
            life.dateline.edit_draft(draft.id, 1, text).await,
            life.dateline.approve_draft(draft.id, 1).await,
            life.dateline.reject_draft(draft.id, 1, None).await,
        ];
        for refused in refusals {
            let refused = refused.expect_err("the first revision is old");
            assert!(matches!(refused, RequestError::Store(StoreError::Conflict { version: 2 })), "{refused}");
        }
    });
}

#[test]
fn an_approved_draft_is_published_once() {
    World::new().life(async |life| {
        let draft = approved(life, Platform::Devto).await;
        let first = life.dateline.publish_draft(draft.id).await.expect("published");
        assert!(is_published(first.outcome.as_ref()));
        let second = life.dateline.publish_draft(draft.id).await.expect("the recorded one");
        assert_eq!(first, second);
        let requests = life.world.publisher.requests();
        assert_eq!(requests.len(), 1);
        assert_eq!((requests[0].project.as_str(), &requests[0].content), ("lantern", &draft.content));
        assert_eq!(requests[0].authors, ["Ada Okoye"]);
        let detail = life.dateline.draft(draft.id).await.expect("a draft");
        assert_eq!(detail.draft.state.status(), DraftStatus::Published);
        assert_eq!(detail.publications, [first]);
    });
}

#[test]
fn what_is_not_approved_or_has_no_target_is_not_published() {
    World::new().life(async |life| {
        let unread = draft(life, Platform::Devto).await;
        let refused = life.dateline.publish_draft(unread.id).await.expect_err("nobody approved it");
        assert!(matches!(refused, RequestError::Store(StoreError::DraftRefused(_))), "{refused}");
        life.dateline.reject_draft(unread.id, 1, Some("too dull".to_owned())).await.expect("rejected");
        life.dateline.publish_draft(unread.id).await.expect_err("somebody rejected it");
        assert!(life.dateline.draft(unread.id).await.expect("a draft").publications.is_empty());
    });
    World::new().life(async |life| {
        let draft = approved(life, Platform::Mastodon).await;
        let refused = life.dateline.publish_draft(draft.id).await.expect_err("there is no target");
        assert!(matches!(refused, RequestError::NoTarget), "{refused}");
        assert!(life.world.publisher.requests().is_empty());
    });
}

#[test]
fn a_failed_publication_is_tried_again_under_its_name() {
    let world = World::new();
    world.publisher.moods.next("publish", [Mood::Fail]);
    world.life(async |life| {
        let draft = approved(life, Platform::Devto).await;
        let failed = life.dateline.publish_draft(draft.id).await.expect("a failed publication");
        assert!(matches!(&failed.outcome, Some(PublicationOutcome::Failed { reason, .. })
            if reason == "the folder is away"));
        let detail = life.dateline.draft(draft.id).await.expect("a draft");
        assert_eq!(detail.draft.state.status(), DraftStatus::Failed);
        let out = life.dateline.publish_draft(draft.id).await.expect("published");
        assert!(is_published(out.outcome.as_ref()));
        assert_eq!(failed.id, out.id);
        let requests = life.world.publisher.requests();
        assert_eq!(requests[0], requests[1], "a second try sends the same");
    });
}

#[test]
fn a_publication_left_open_by_a_crash_is_taken_up_at_the_next_start() {
    let world = World::new();
    world.publisher.moods.next("publish", [Mood::Deaf]);
    let draft = world.life(async |life| {
        let draft = approved(life, Platform::Devto).await;
        let dateline = life.dateline.clone();
        tokio::spawn(async move { dateline.publish_draft(draft.id).await });
        life.world.publisher.moods.called("publish", 1).await;
        draft.id
    });
    world.clock.pass(Duration::from_secs(3600));
    world.life(async |life| {
        let look = async || {
            let detail = life.dateline.draft(draft).await.expect("a draft");
            (detail.draft.state.status() == DraftStatus::Published).then_some(detail)
        };
        let detail = life.until("the draft is published", look).await;
        assert_eq!(detail.publications.len(), 1);
        life.dateline.publish_draft(draft).await.expect("the recorded one");
    });
    let requests = world.publisher.requests();
    assert_eq!(requests.len(), 2);
    assert_eq!(requests[0], requests[1], "the same text under the same name and date");
}

#[test]
fn a_publication_goes_on_when_its_asker_leaves() {
    let world = World::new();
    world.publisher.moods.next("publish", [Mood::Slow(Duration::from_secs(5))]);
    world.life(async |life| {
        let draft = approved(life, Platform::Devto).await;
        let asked = tokio::time::timeout(Duration::from_secs(1), life.dateline.publish_draft(draft.id)).await;
        assert!(asked.is_err(), "the asker leaves");
        let look = async || {
            let detail = life.dateline.draft(draft.id).await.expect("a draft");
            (detail.draft.state.status() == DraftStatus::Published).then_some(())
        };
        life.until("the draft is published", look).await;
    });
}

#[test]
fn two_askers_at_once_get_the_same_publication() {
    let world = World::new();
    world.publisher.moods.next("publish", [Mood::Slow(Duration::from_secs(5)); 2]);
    world.life(async |life| {
        let draft = approved(life, Platform::Devto).await;
        let dateline = &life.dateline;
        let (one, other) = tokio::join!(dateline.publish_draft(draft.id), dateline.publish_draft(draft.id));
        assert_eq!(one.expect("published"), other.expect("published"));
        assert_eq!(life.dateline.draft(draft.id).await.expect("a draft").publications.len(), 1);
        let names = life.world.publisher.requests().into_iter().map(|request| request.publication);
        assert_eq!(names.collect::<std::collections::BTreeSet<_>>().len(), 1, "one name, whoever asks");
    });
}

#[test]
fn a_publisher_that_panics_can_be_asked_again() {
    let world = World::new();
    world.publisher.moods.next("publish", [Mood::Panic]);
    world.life(async |life| {
        let draft = approved(life, Platform::Devto).await;
        life.dateline.publish_draft(draft.id).await.expect_err("the publisher is wrong");
        let out = life.dateline.publish_draft(draft.id).await.expect("published");
        assert!(is_published(out.outcome.as_ref()));
    });
}

#[test]
fn what_a_person_took_back_does_not_go_out_at_the_next_start() {
    for is_edited in [false, true] {
        let world = World::new();
        world.publisher.moods.next("publish", [Mood::Panic]);
        let id = world.life(async |life| {
            let draft = approved(life, Platform::Devto).await;
            life.dateline.publish_draft(draft.id).await.expect_err("the publisher is wrong");
            if is_edited {
                let text = edited(&draft, draft.content.body.clone());
                life.dateline.edit_draft(draft.id, 1, text).await.expect("edited");
            } else {
                life.dateline.reject_draft(draft.id, 1, None).await.expect("rejected");
            }
            draft.id
        });
        world.life(async |life| {
            life.pass(Duration::from_secs(10)).await;
            let detail = life.dateline.draft(id).await.expect("a draft");
            let expected = if is_edited { DraftStatus::Draft } else { DraftStatus::Rejected };
            assert_eq!(detail.draft.state.status(), expected);
            assert!(matches!(detail.publications[0].outcome, Some(PublicationOutcome::Failed { .. })));
        });
        assert_eq!(world.publisher.requests().len(), 1);
    }
}
