//! What the notifier knows: its tries under way.

use std::sync::Arc;
use std::time::Duration;

use dateline_core::store::StoreError;
use ractor::ActorRef;
use tokio::sync::oneshot;
use tokio::task::JoinSet;

use super::message::NotifierMessage;
use super::sending::carry_out;
use crate::hints::Hint;
use crate::shared::Shared;

/// So many messages are handed over at once.
const TRIES_MAX: usize = 4;
/// The longest sleep: a timer may stand still while the machine sleeps.
const SLEEP_MAX: Duration = Duration::from_secs(1);

pub(crate) struct NotifierState {
    shared: Arc<Shared>,
    /// Dropped with the state: what is then under way is told as unknown by the next notifier.
    tries: JoinSet<()>,
    turn: u64,
    stopping: Option<oneshot::Sender<()>>,
    is_closed: bool,
    is_store_failing: bool,
}

impl NotifierState {
    /// Takes over from whoever sent before: nobody can say any more what became of its tries.
    pub(super) async fn open(shared: Arc<Shared>) -> Result<Self, StoreError> {
        shared.hints.take(Hint::DeliveriesChanged);
        let abandoned = shared.parts.store.abandon_deliveries(shared.now()).await?;
        if abandoned > 0 {
            tracing::error!(
                deliveries = abandoned,
                "messages were cut off; whether they arrived is not known"
            );
        }
        Ok(Self {
            shared,
            tries: JoinSet::new(),
            turn: 0,
            stopping: None,
            is_closed: false,
            is_store_failing: false,
        })
    }

    pub(super) fn is_armed_for(&self, turn: u64) -> bool {
        self.turn == turn
    }

    /// Begins what is due and arms the timer for what comes next.
    pub(super) async fn take_turn(&mut self, me: &ActorRef<NotifierMessage>) {
        self.shared.hints.take(Hint::DeliveriesChanged);
        while self.tries.try_join_next().is_some() {}
        if self.is_closed {
            self.answer_when_done();
            return;
        }
        let pause = match self.begin_due(me).await {
            Ok(pause) => {
                self.is_store_failing = false;
                pause
            }
            Err(error) => {
                if !self.is_store_failing {
                    tracing::error!(%error, "due deliveries cannot be read or claimed; trying each second");
                }
                self.is_store_failing = true;
                SLEEP_MAX
            }
        };
        self.turn += 1;
        let turn = self.turn;
        me.send_after(pause, move || NotifierMessage::TimerElapsed { turn });
    }

    /// Begins as many due tries as there are free places; returns how long to sleep.
    async fn begin_due(&mut self, me: &ActorRef<NotifierMessage>) -> Result<Duration, StoreError> {
        let free = TRIES_MAX.saturating_sub(self.tries.len());
        if free == 0 {
            // A try that ends wakes us.
            return Ok(SLEEP_MAX);
        }
        // Looking costs a read; only what is due costs a commit.
        let store = &self.shared.parts.store;
        let now = self.shared.now();
        match store.next_delivery().await? {
            None => return Ok(SLEEP_MAX),
            Some(due_at) if due_at > now => {
                return Ok((due_at - now).to_std().unwrap_or_default().min(SLEEP_MAX));
            }
            Some(_) => {}
        }
        for claimed in store.claim_deliveries(free, now).await? {
            let (shared, me) = (self.shared.clone(), me.clone());
            self.tries.spawn(async move {
                carry_out(shared, claimed).await;
                // A notifier that is gone needs no free place.
                let _ = me.cast(NotifierMessage::TryEnded);
            });
        }
        Ok(if self.tries.len() < TRIES_MAX { Duration::ZERO } else { SLEEP_MAX })
    }

    /// Closes the intake: what is under way is finished, or found as SENDING at the next start.
    pub(super) fn stop(&mut self, done: oneshot::Sender<()>, me: &ActorRef<NotifierMessage>) {
        self.is_closed = true;
        self.stopping = Some(done);
        // The mailbox belongs to this actor, so it cannot be closed now.
        let _ = me.cast(NotifierMessage::TryEnded);
    }

    fn answer_when_done(&mut self) {
        if self.tries.is_empty()
            && let Some(done) = self.stopping.take()
        {
            let _ = done.send(());
        }
    }
}
