//! One try of one delivery: handed over within its time, and recorded.

use std::sync::Arc;
use std::time::Duration;

use dateline_core::channel::{Channel, ChannelError, Message, Sent};
use dateline_core::notification::{DeliveryOutcome, message, unsubscribe_token};
use dateline_core::store::{ClaimedDelivery, StoreError};

use crate::shared::Shared;

/// A channel bounds its own time, and knows then what became of the message. This is for one that does not.
const SEND_MAX: Duration = Duration::from_secs(40);

const PAUSE_AFTER_ERROR: Duration = Duration::from_secs(1);

/// Hands a claimed delivery over and records what came of it.
pub(super) async fn carry_out(shared: Arc<Shared>, claimed: ClaimedDelivery) {
    let (id, attempt) = (claimed.delivery.id, claimed.delivery.attempt);
    let outcome = outcome(&shared, claimed).await;
    match &outcome {
        DeliveryOutcome::Sent { .. } => tracing::info!(delivery = %id, attempt, "a message was handed over"),
        DeliveryOutcome::RetryAt { reason, .. } => {
            tracing::warn!(delivery = %id, attempt, reason, "a message was not taken; it is tried again");
        }
        DeliveryOutcome::Failed { reason } => {
            tracing::error!(delivery = %id, attempt, reason, "a message could not be delivered");
        }
        DeliveryOutcome::Unknown { reason } => {
            tracing::error!(delivery = %id, attempt, reason, "a message may have been delivered");
        }
    }
    // The message is out or not, whatever the disk says: that must be recorded once the disk can.
    loop {
        let now = shared.now();
        match shared.parts.store.finish_delivery(id, attempt, outcome.clone(), now).await {
            // Somebody recorded it meanwhile: an answer that was lost had been a yes.
            Ok(_) | Err(StoreError::StaleLease | StoreError::NotFound(_)) => return,
            Err(error) => {
                tracing::warn!(%error, delivery = %id, "its outcome cannot be recorded yet");
                tokio::time::sleep(PAUSE_AFTER_ERROR).await;
            }
        }
    }
}

async fn outcome(shared: &Shared, claimed: ClaimedDelivery) -> DeliveryOutcome {
    let ClaimedDelivery { delivery, notifications, preferences, address } = claimed;
    let Some(address) = address else {
        let reason = "mail was switched off, or its address removed, before this was sent";
        return DeliveryOutcome::Failed { reason: reason.to_owned() };
    };
    let Some(channel) = shared.parts.channels.get(&delivery.channel).cloned() else {
        let reason = "this Dateline is not set up to send mail";
        return DeliveryOutcome::Failed { reason: reason.to_owned() };
    };
    let links = &shared.settings.links;
    let token = unsubscribe_token(&shared.parts.keys, delivery.user);
    let letter = message(&delivery, &notifications, &address, links, links.unsubscribe(&token));
    let result = handed_over(channel, letter).await;
    let (now, entropy) = (shared.now(), &*shared.parts.entropy);
    DeliveryOutcome::of(result, delivery.attempt, &preferences, now, entropy)
}

/// Hands `message` over. A channel that panics or hangs may have sent it.
pub(crate) async fn handed_over(channel: Arc<dyn Channel>, message: Message) -> Result<Sent, ChannelError> {
    let sending = tokio::spawn(async move { channel.send(&message).await });
    let unknown = |reason: &str| Err(ChannelError::Unknown { reason: reason.to_owned() });
    let stop = sending.abort_handle();
    match tokio::time::timeout(SEND_MAX, sending).await {
        Ok(Ok(result)) => result,
        Ok(Err(_)) => unknown("Dateline itself went wrong while it handed the message over"),
        Err(_) => {
            stop.abort();
            unknown("the other side did not answer in time")
        }
    }
}
