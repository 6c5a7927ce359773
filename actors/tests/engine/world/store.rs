//! The real store behind a disk that has its moments.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::Path;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use dateline_core::activity_cache::CachedActivity;
use dateline_core::brief::Brief;
use dateline_core::dependency::JobLinks;
use dateline_core::draft::{BriefDigest, Draft, Publication, PublicationOutcome};
use dateline_core::event::Event;
use dateline_core::execution::{Execution, ExecutionEvent, LeaseKey, LogLine, StepRecord, StepResult};
use dateline_core::home::Home;
use dateline_core::id::{
    BackfillId, DeliveryId, DraftId, ExecutionId, InvitationId, JobId, NotificationId, ProjectId,
    PublicationId, SecretId, SessionId, TokenId, UserId,
};
use dateline_core::instance::InstanceSettings;
use dateline_core::job::{Job, JobClock, JobView};
use dateline_core::notification::{Delivery, DeliveryOutcome, Notification, Preferences};
use dateline_core::pause::{PauseChange, Pauses};
use dateline_core::people::{
    AuditEntry, CodeDigest, EmailAddress, Invitation, Membership, PasswordHash, PasswordReset, Seat, Session,
    Token, User,
};
use dateline_core::project::Project;
use dateline_core::queue::Obstacle;
use dateline_core::received_event::{ReceivedEvent, Topic};
use dateline_core::secret::SealedSecret;
use dateline_core::source::CachedAnswer;
use dateline_core::store::{
    AccessStore, AttemptReport, ClaimRequest, Claimed, ClaimedDelivery, CommitListener, Compacted,
    CredentialStore, DeadLettersOf, DraftDecision, DraftEdit, DraftFilter, ExecutionFilter, ExecutionStats,
    FireDue, Fired, GraphStore, JobFilter, NewBackfill, NewExecution, NotificationFilter, NotificationStore,
    ObstacleQuery, OccurrenceRecord, OperationStore, Page, PageRequest, PeopleStore, PurgeRequest, Purged,
    RecordedRequest, ReplayDead, RequestKey, RequestStore, Rescue, RetentionStore, SecretChanges,
    SecretStore, SettledDead, SourceCacheStore, Steering, StepCommit, StorageUse, Store, StoreError,
    StoreGauges, Terms, Work,
};
use dateline_core::time::Timestamp;
use dateline_store::conformance::Rng;

use super::witness::Witness;

/// What happens to one call of the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// Nothing is done, and the answer is that it may not be.
    Before,
    /// It is done, and the answer is that it may not be.
    After,
    /// It is done, and the answer takes a second.
    Late,
    /// A step or an end reaches the store after this long, whether or not who sent it still lives; others are as late.
    Delayed(Duration),
}

/// What happens to coming calls, by the verb's name; and which calls there were.
#[derive(Default)]
pub(crate) struct Troubles {
    coming: Mutex<BTreeMap<String, VecDeque<Trouble>>>,
    heard: Mutex<Vec<String>>,
    /// Calls that meet any trouble once in so many times.
    at_random: Mutex<Option<(Rng, u64)>>,
}

impl Troubles {
    /// The next calls of `verb` meet these, one after another.
    pub(crate) fn next(&self, verb: &str, troubles: impl IntoIterator<Item = Trouble>) {
        let mut coming = self.coming.lock().unwrap_or_else(PoisonError::into_inner);
        coming.entry(verb.to_owned()).or_default().extend(troubles);
    }

    /// From now on one in so many calls meets some trouble.
    pub(crate) fn at_random(&self, seed: u64, one_in: u64) {
        *self.at_random.lock().unwrap_or_else(PoisonError::into_inner) = Some((Rng::new(seed), one_in));
    }

    /// From now on nothing happens to any call.
    pub(crate) fn clear(&self) {
        self.coming.lock().unwrap_or_else(PoisonError::into_inner).clear();
        *self.at_random.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Returns the verbs that were called since the last time.
    pub(crate) fn heard(&self) -> Vec<String> {
        std::mem::take(&mut *self.heard.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn take(&self, verb: &str) -> Option<Trouble> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).push(verb.to_owned());
        let mut coming = self.coming.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(trouble) = coming.get_mut(verb).and_then(VecDeque::pop_front) {
            return Some(trouble);
        }
        let mut at_random = self.at_random.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((rng, one_in)) = &mut *at_random {
            return rng.one_in(*one_in).then(|| match rng.below(4) {
                0 => Trouble::Before,
                1 => Trouble::After,
                2 => Trouble::Late,
                _ => Trouble::Delayed(Duration::from_millis(1 + rng.below(20_000))),
            });
        }
        None
    }
}

/// A store whose calls meet troubles.
pub(crate) struct TroubledStore {
    pub(crate) inner: Arc<dyn Store>,
    pub(crate) troubles: Arc<Troubles>,
    pub(crate) witness: Arc<Witness>,
}

impl TroubledStore {
    /// Makes one call, through whatever comes.
    async fn call<T>(
        &self,
        verb: &str,
        call: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        let answer = match self.troubles.take(verb) {
            None => call.await,
            Some(Trouble::Before) => Err(away()),
            Some(Trouble::After) => call.await.and_then(|_| Err(away())),
            Some(Trouble::Late) => {
                let answer = call.await;
                tokio::time::sleep(Duration::from_secs(1)).await;
                answer
            }
            Some(Trouble::Delayed(by)) => {
                tokio::time::sleep(by).await;
                call.await
            }
        };
        self.witness.called(verb, answer.is_ok());
        answer
    }

    /// Sends a worker's write, which may arrive after its worker is gone.
    async fn send<T: Send + 'static>(
        &self,
        verb: &str,
        write: impl Future<Output = Result<T, StoreError>> + Send + 'static,
    ) -> Result<T, StoreError> {
        let answer = match self.troubles.take(verb) {
            None => write.await,
            Some(Trouble::Before) => Err(away()),
            Some(Trouble::After) => write.await.and_then(|_| Err(away())),
            Some(Trouble::Late) => {
                let answer = write.await;
                tokio::time::sleep(Duration::from_secs(1)).await;
                answer
            }
            Some(Trouble::Delayed(by)) => {
                let late = tokio::spawn(async move {
                    tokio::time::sleep(by).await;
                    write.await
                });
                late.await.unwrap_or_else(|_| Err(away()))
            }
        };
        self.witness.called(verb, answer.is_ok());
        answer
    }
}

/// Whether the lease is in force; `None` when that cannot be read.
async fn holds(store: &dyn Store, lease: LeaseKey) -> Option<bool> {
    let found = store.execution(lease.execution).await.ok()?;
    Some(found.state.lease().is_some_and(|held| held.epoch == lease.epoch))
}

fn away() -> StoreError {
    StoreError::Unavailable { reason: "the disk did not answer".to_owned() }
}

type Answer<'f, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'f>>;

macro_rules! pass_on {
    ($($verb:ident($($argument:ident: $kind:ty),*) -> $answer:ty;)*) => {$(
        fn $verb<'s, 'f>(&'s self, $($argument: $kind),*) -> Answer<'f, $answer>
        where
            's: 'f,
            Self: 'f,
        {
            Box::pin(self.call(stringify!($verb), self.inner.$verb($($argument),*)))
        }
    )*};
}

#[async_trait]
impl OperationStore for TroubledStore {
    pass_on! {
        gauges() -> StoreGauges;
        storage() -> StorageUse;
        compact() -> Compacted;
        obstacles(asked: ObstacleQuery) -> Vec<Option<Obstacle>>;
    }
}

#[async_trait]
impl RetentionStore for TroubledStore {
    pass_on! {
        purge(request: PurgeRequest) -> Purged;
        pin_execution(id: ExecutionId, now: Timestamp) -> Execution;
        unpin_execution(id: ExecutionId, now: Timestamp) -> Execution;
    }
}

#[async_trait]
impl SecretStore for TroubledStore {
    pass_on! {
        put_secret(secret: SealedSecret) -> ();
        secret(id: SecretId) -> SealedSecret;
        remove_secret(id: SecretId) -> ();
        reseal_secrets(pairs: Vec<(SealedSecret, SealedSecret)>) -> usize;
        secrets(page: PageRequest) -> Page<SealedSecret>;
    }
}

#[async_trait]
impl NotificationStore for TroubledStore {
    pass_on! {
        notifications(filter: NotificationFilter, page: PageRequest) -> Page<Notification>;
        unread_notifications(user: UserId) -> u64;
        notification(user: UserId, id: NotificationId) -> Notification;
        read_notification(user: UserId, id: NotificationId, now: Timestamp) -> Notification;
        read_notifications(user: UserId, limit: usize, now: Timestamp) -> usize;
        deliveries(user: UserId, notification: NotificationId) -> Vec<Delivery>;
        next_delivery() -> Option<Timestamp>;
        claim_deliveries(limit: usize, now: Timestamp) -> Vec<ClaimedDelivery>;
        finish_delivery(id: DeliveryId, attempt: u32, outcome: DeliveryOutcome, now: Timestamp) -> Delivery;
        abandon_deliveries(now: Timestamp) -> usize;
        preferences(user: UserId) -> Preferences;
        put_preferences(user: UserId, preferences: Preferences) -> Preferences;
    }
}

#[async_trait]
impl RequestStore for TroubledStore {
    async fn under(&self, terms: Terms, work: Work<'_>) {
        self.inner.under(terms, work).await;
    }

    pass_on! {
        request(user: UserId, name: [u8; 32], now: Timestamp) -> Option<RecordedRequest>;
        record_answer(key: RequestKey, answer: SealedSecret) -> ();
    }
}

#[async_trait]
impl SourceCacheStore for TroubledStore {
    pass_on! {
        cached_activity(project: ProjectId) -> Option<CachedActivity>;
        cached_answer(project: ProjectId, key: String) -> Option<CachedAnswer>;
        keep_answer(project: ProjectId, key: String, answer: CachedAnswer, now: Timestamp) -> ();
    }
}

#[async_trait]
impl GraphStore for TroubledStore {
    pass_on! {
        job_links(job: JobId) -> JobLinks;
        receive_event(event: ReceivedEvent) -> Vec<Execution>;
        listeners(home: Home, topic: Topic, except: Option<JobId>, limit: usize) -> usize;
        followers(execution: ExecutionId) -> Vec<ExecutionId>;
    }
}

#[async_trait]
impl PeopleStore for TroubledStore {
    pass_on! {
        create_user(user: User) -> User;
        replace_user(user: User) -> User;
        remove_user(id: UserId, heir: Option<UserId>, now: Timestamp) -> ();
        user(id: UserId) -> User;
        user_by_email(email: EmailAddress) -> User;
        users(page: PageRequest) -> Page<User>;
        create_invitation(invitation: Invitation) -> Invitation;
        revoke_invitation(id: InvitationId, now: Timestamp) -> Invitation;
        invitation(code: CodeDigest) -> Invitation;
        invitations(page: PageRequest) -> Page<Invitation>;
        accept_invitation(code: CodeDigest, user: User) -> User;
        put_password_reset(reset: PasswordReset) -> ();
        password_reset(code: CodeDigest) -> PasswordReset;
        use_password_reset(code: CodeDigest, password: PasswordHash, now: Timestamp) -> User;
        instance_settings() -> InstanceSettings;
        replace_instance_settings(settings: InstanceSettings) -> InstanceSettings;
        audit_log(within: Option<BTreeSet<Home>>, page: PageRequest) -> Page<AuditEntry>;
    }
}

#[async_trait]
impl CredentialStore for TroubledStore {
    pass_on! {
        create_token(token: Token) -> Token;
        revoke_token(id: TokenId, now: Timestamp) -> Token;
        touch_token(id: TokenId, at: Timestamp) -> ();
        token(id: TokenId) -> Token;
        tokens(user: UserId, page: PageRequest) -> Page<Token>;
        token_holder(digest: CodeDigest) -> Option<(Token, User)>;
        create_session(session: Session) -> Session;
        end_session(id: SessionId) -> ();
        session(id: SessionId) -> Session;
        session_holder(digest: CodeDigest) -> Option<(Session, User)>;
    }
}

#[async_trait]
impl AccessStore for TroubledStore {
    pass_on! {
        put_member(membership: Membership) -> Membership;
        remove_member(project: ProjectId, user: UserId) -> ();
        members(project: ProjectId, page: PageRequest) -> Page<(Membership, User)>;
        seat(project: ProjectId, user: UserId) -> Option<Seat>;
        reach(user: UserId) -> BTreeSet<Home>;
        projects_among(among: BTreeSet<ProjectId>, page: PageRequest) -> Page<Project>;
    }
}

#[async_trait]
impl Store for TroubledStore {
    pass_on! {
        create_project(project: Project, secrets: SecretChanges) -> Project;
        replace_project(project: Project, secrets: SecretChanges) -> Project;
        remove_project(id: ProjectId, now: Timestamp) -> ();
        project(id: ProjectId) -> Project;
        projects(page: PageRequest) -> Page<Project>;
        create_job_with(job: Job, clock: JobClock, secrets: SecretChanges) -> JobView;
        replace_job_with(job: Job, clock: Option<JobClock>, secrets: SecretChanges) -> JobView;
        cancel_job(id: JobId, now: Timestamp) -> ();
        job(id: JobId) -> JobView;
        jobs(filter: JobFilter, page: PageRequest) -> Page<JobView>;
        pause_job(id: JobId, change: PauseChange) -> JobView;
        pause_project(id: ProjectId, change: PauseChange) -> Project;
        pause_engine(change: PauseChange) -> Pauses;
        engine_pauses() -> Pauses;
        due_jobs(now: Timestamp, limit: usize) -> Vec<JobView>;
        live_jobs(page: PageRequest) -> Page<JobView>;
        create_execution(new: NewExecution) -> Execution;
        create_backfill(new: NewBackfill) -> ();
        cancel_backfill(job: JobId, backfill: Option<BackfillId>, now: Timestamp) -> usize;
        renew(keys: Vec<LeaseKey>, expires_at: Timestamp, now: Timestamp) -> Vec<(LeaseKey, Steering)>;
        rescue(which: Rescue, now: Timestamp) -> Vec<ExecutionId>;
        replay_dead(request: ReplayDead) -> SettledDead;
        dismiss_dead(of: DeadLettersOf, limit: usize, now: Timestamp) -> SettledDead;
        steer(id: ExecutionId, event: ExecutionEvent, now: Timestamp) -> Execution;
        execution(id: ExecutionId) -> Execution;
        steps(id: ExecutionId) -> Vec<StepRecord>;
        logs(id: ExecutionId, page: PageRequest) -> Page<LogLine>;
        executions(filter: ExecutionFilter, page: PageRequest) -> Page<Execution>;
        execution_stats(filter: ExecutionFilter) -> ExecutionStats;
        occurrences(job: JobId, from: Option<Timestamp>, to: Option<Timestamp>, page: PageRequest)
            -> Page<OccurrenceRecord>;
        draft(id: DraftId) -> Draft;
        drafts(filter: DraftFilter, page: PageRequest) -> Page<Draft>;
        revisions(id: DraftId) -> Vec<Draft>;
        brief(digest: BriefDigest) -> Brief;
        edit_draft(edit: DraftEdit) -> Draft;
        decide_draft(decision: DraftDecision) -> Draft;
        begin_publication(publication: Publication) -> Publication;
        finish_publication(id: PublicationId, outcome: PublicationOutcome) -> Publication;
        publications(draft: DraftId) -> Vec<Publication>;
        open_publications() -> Vec<Publication>;
        events_after(seq: u64, limit: usize) -> Vec<Event>;
        newest_event() -> u64;
        health() -> ();
    }

    fn audited(&self, entry: AuditEntry) -> Arc<dyn Store> {
        let (troubles, witness) = (self.troubles.clone(), self.witness.clone());
        Arc::new(Self { inner: self.inner.audited(entry), troubles, witness })
    }

    fn listen(&self, listener: Arc<dyn CommitListener>) {
        self.inner.listen(self.witness.beside(listener, &self.inner));
    }

    async fn fire_due(&self, plan: FireDue) -> Result<Fired, StoreError> {
        let seen = plan.clone();
        let answer = self.inner.fire_due(plan);
        let witnessed = async {
            let answer = answer.await;
            if let Ok(fired) = &answer {
                self.witness.fired(&seen);
                self.witness.check_overlap(&*self.inner, &seen, fired).await;
            }
            answer
        };
        self.call("fire_due", witnessed).await
    }

    async fn claim(&self, request: ClaimRequest) -> Result<Vec<Claimed>, StoreError> {
        let answer = self.inner.claim(request);
        let witnessed = async {
            let answer = answer.await;
            if let Ok(claimed) = &answer
                && !claimed.is_empty()
            {
                self.witness.claimed(claimed);
                self.witness.check_limits(&*self.inner).await;
            }
            answer
        };
        self.call("claim", witnessed).await
    }

    async fn record_step(&self, commit: StepCommit) -> Result<(), StoreError> {
        let (inner, witness) = (self.inner.clone(), self.witness.clone());
        let (lease, name) = (commit.lease, commit.step.name.clone());
        let is_done = matches!(commit.step.result, StepResult::Done { .. });
        witness.step_ran(lease, &name, is_done);
        let write = async move {
            let is_held = holds(&*inner, lease).await;
            let answer = inner.record_step(commit).await;
            witness.wrote("record_step", lease, is_held, answer.is_ok());
            answer
        };
        let answer = self.send("record_step", write).await;
        if answer.is_ok() && is_done {
            self.witness.step_recorded(lease, name);
        }
        answer
    }

    async fn finish(&self, report: AttemptReport) -> Result<Execution, StoreError> {
        let (inner, witness, lease) = (self.inner.clone(), self.witness.clone(), report.lease);
        let write = async move {
            let is_held = holds(&*inner, lease).await;
            let answer = inner.finish(report).await;
            witness.wrote("finish", lease, is_held, answer.is_ok());
            answer
        };
        self.send("finish", write).await
    }

    async fn backup(&self, to: &Path) -> Result<u64, StoreError> {
        match self.troubles.take("backup") {
            None => self.inner.backup(to).await,
            Some(_) => Err(away()),
        }
    }
}
