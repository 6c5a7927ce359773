//! The one writer: applies all requests that wait to one transaction, commits it once, then answers them all.
//!
//! [`serve`] is the loop. In the product it runs on a thread of its own, since a commit blocks until the disk has
//! confirmed; in a simulation it is a task of the simulated runtime.

use std::sync::Arc;
use std::time::Duration;

use dateline_core::mistake::{Mistake, is_made};
use dateline_core::store::StoreError;
use redb::{Database, Durability, WriteTransaction};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::oneshot;

use crate::database::{Shared, closed};
use crate::fault::Fault;
use crate::transaction::Transaction;

/// The most requests one transaction takes.
const BATCH_MAX: usize = 1_000;

/// How often a database that could not be opened again is tried.
const RECOVER_EVERY: Duration = Duration::from_secs(1);

/// A verb somebody waits for.
pub(crate) trait Request: Send {
    /// Applies the verb. May be called again when its transaction was taken back.
    fn apply(&mut self, transaction: &Transaction<'_>) -> Result<(), Fault>;
    /// Remembers that the answer is no.
    fn refuse(&mut self, refusal: StoreError);
    /// Gives what [`Request::apply`] or [`Request::refuse`] came to, now that it is on the disk.
    fn answer(self: Box<Self>);
}

struct Asked<T, V> {
    verb: V,
    outcome: Option<Result<T, StoreError>>,
    reply: oneshot::Sender<Result<T, StoreError>>,
}

/// Makes a request of `verb`, and what its answer comes through.
pub(crate) fn request<T, V>(verb: V) -> (Box<dyn Request>, oneshot::Receiver<Result<T, StoreError>>)
where
    T: Send + 'static,
    V: FnMut(&Transaction<'_>) -> Result<T, Fault> + Send + 'static,
{
    let (reply, answer) = oneshot::channel();
    (Box::new(Asked { verb, outcome: None, reply }), answer)
}

impl<T: Send, V: FnMut(&Transaction<'_>) -> Result<T, Fault> + Send> Request for Asked<T, V> {
    fn apply(&mut self, transaction: &Transaction<'_>) -> Result<(), Fault> {
        self.outcome = Some(Ok((self.verb)(transaction)?));
        Ok(())
    }

    fn refuse(&mut self, refusal: StoreError) {
        self.outcome = Some(Err(refusal));
    }

    fn answer(self: Box<Self>) {
        // Whoever asked may have gone; the verb is done all the same.
        let _ = self.reply.send(self.outcome.unwrap_or_else(|| Err(closed())));
    }
}

/// The writer's side of a store.
pub(crate) struct Writer {
    shared: Arc<Shared>,
}

/// Takes turns at what arrives until nobody can ask any more.
pub(crate) async fn serve(mut writer: Writer, mut arrivals: UnboundedReceiver<Box<dyn Request>>) {
    let mut batch = Vec::new();
    loop {
        let arrived = arrivals.recv_many(&mut batch, BATCH_MAX);
        let arrived = if writer.is_broken() {
            tokio::time::timeout(RECOVER_EVERY, arrived).await
        } else {
            Ok(arrived.await)
        };
        match arrived {
            Ok(0) => break,
            Ok(_) => writer.turn(std::mem::take(&mut batch)),
            Err(_elapsed) => {
                // A failure is in the health that people see; the next turn or second tries again.
                let _ = writer.shared.recover();
            }
        }
    }
}

impl Writer {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        Self { shared }
    }

    fn is_broken(&self) -> bool {
        self.shared.health().is_err()
    }

    /// Applies `batch` in one commit and answers it.
    pub(crate) fn turn(&mut self, mut batch: Vec<Box<dyn Request>>) {
        if self.is_broken()
            && let Err(reason) = self.shared.recover()
        {
            return refuse_all(batch, &reason);
        }
        let (requests, started) = (batch.len(), stopwatch());
        let committed = self.commit(&mut batch);
        if let Some(meter) = self.shared.meter() {
            meter.committed(requests, started.elapsed(), committed.is_ok());
        }
        match committed {
            Ok(newest_event) => {
                batch.into_iter().for_each(Request::answer);
                if let Some(newest) = newest_event {
                    self.shared.tell(newest);
                }
            }
            Err(fault) => {
                let reason = fault.told();
                self.shared.set_broken(reason.clone());
                if is_made(Mistake::CommitErrorIgnored) {
                    batch.into_iter().for_each(Request::answer);
                } else {
                    refuse_all(batch, &reason);
                }
                let _ = self.shared.recover();
            }
        }
    }

    /// Commits `batch`; returns the newest event when it made any. Requests that had to be taken back are answered
    /// and gone from the batch.
    fn commit(&mut self, batch: &mut Vec<Box<dyn Request>>) -> Result<Option<u64>, Fault> {
        self.shared.with(|database| {
            loop {
                match commit_once(&self.shared, database, batch)? {
                    Commit::Done { newest_event } => return Ok(newest_event),
                    Commit::TakenBack { index, fault } => {
                        let mut offender = batch.remove(index);
                        offender.refuse(fault.told());
                        offender.answer();
                    }
                }
            }
        })
    }
}

/// Measures the disk, which has no other clock: what is measured decides nothing.
#[expect(
    clippy::disallowed_methods,
    reason = "how long the disk takes is the machine's time, also in a simulation"
)]
fn stopwatch() -> std::time::Instant {
    std::time::Instant::now()
}

fn refuse_all(batch: Vec<Box<dyn Request>>, reason: &StoreError) {
    for mut request in batch {
        request.refuse(reason.clone());
        request.answer();
    }
}

enum Commit {
    Done {
        newest_event: Option<u64>,
    },
    /// A request failed after it had written: everything was taken back.
    TakenBack {
        index: usize,
        fault: Fault,
    },
}

fn commit_once(
    shared: &Shared,
    database: &Database,
    batch: &mut [Box<dyn Request>],
) -> Result<Commit, Fault> {
    let mut write = database.begin_write()?;
    write.set_durability(if is_made(Mistake::AcknowledgedBeforeCommit) {
        Durability::None
    } else {
        Durability::Immediate
    })?;
    match apply_all(&write, batch)? {
        Applied::Failed { index, fault } => {
            write.abort()?;
            Ok(Commit::TakenBack { index, fault })
        }
        Applied::Nothing => {
            write.abort()?;
            Ok(Commit::Done { newest_event: None })
        }
        Applied::Changes { newest_event } => {
            if let Some(newest) = newest_event.filter(|_| is_made(Mistake::ToldBeforeCommit)) {
                shared.tell(newest);
            }
            write.commit()?;
            Ok(Commit::Done { newest_event })
        }
    }
}

enum Applied {
    /// There is something to commit, with these events.
    Changes { newest_event: Option<u64> },
    /// All were questions or refusals.
    Nothing,
    /// This request failed after it had written.
    Failed { index: usize, fault: Fault },
}

fn apply_all(write: &WriteTransaction, batch: &mut [Box<dyn Request>]) -> Result<Applied, Fault> {
    let transaction = Transaction::new(write)?;
    for (index, request) in batch.iter_mut().enumerate() {
        transaction.mark();
        match request.apply(&transaction) {
            Ok(()) => {}
            Err(fault @ Fault::Storage(_)) => return Err(fault),
            Err(fault) if transaction.has_written_since_mark() => {
                return Ok(Applied::Failed { index, fault });
            }
            Err(fault) => request.refuse(fault.told()),
        }
    }
    Ok(if transaction.has_written() {
        Applied::Changes { newest_event: transaction.new_events() }
    } else {
        Applied::Nothing
    })
}
