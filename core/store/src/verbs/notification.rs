//! News becomes notifications and deliveries, once for each person, in the transaction that makes the news.

use dateline_core::channel::ChannelKind;
use dateline_core::draft::{Draft, Publication};
use dateline_core::event::EventKind;
use dateline_core::execution::Execution;
use dateline_core::home::Home;
use dateline_core::id::{NotificationId, ProjectId, UserId};
use dateline_core::job::Job;
use dateline_core::notification::{News, Notification, NotificationEvent, Preferences};
use dateline_core::people::UserStatus;
use dateline_core::project::Project;
use dateline_core::store::{Missing, StoreError};
use dateline_core::time::Timestamp;

use crate::fault::Fault;
use crate::record::event_code;
use crate::tables::{
    ALL, BY_EVENT, BY_PROJECT, JOBS, MEMBERS, NOTIFICATION_INDEX, NOTIFICATION_KEYS, NOTIFICATIONS,
    NotificationKey, PREFERENCES, PROJECTS, REMOVED_PROJECTS, UNREAD, UNREAD_COUNTS, USERS,
};
use crate::transaction::{Rows, Transaction};

/// Returns the keys of a notification's index rows: none while it is not listed.
pub(crate) fn notification_keys(notification: &Notification) -> Vec<NotificationKey> {
    if !notification.is_listed {
        return Vec::new();
    }
    let (user, id) = (notification.user.bits(), notification.id.bits());
    let mut keys = vec![(user, ALL, 0, id), (user, BY_EVENT, u128::from(event_code(notification.event)), id)];
    keys.extend(notification.home.project().map(|project| (user, BY_PROJECT, project.bits(), id)));
    if notification.read_at.is_none() {
        keys.push((user, UNREAD, 0, id));
    }
    keys
}

/// Returns what a notification's index rows hold.
pub(crate) fn notification_row(notification: &Notification) -> (u8, u128, u8) {
    let is_read = u8::from(notification.read_at.is_some());
    let project = notification.home.project().map_or(0, ProjectId::bits);
    (event_code(notification.event), project, is_read)
}

/// What news is about.
enum About {
    Project(Box<Project>),
    /// What is a person's own.
    Person(UserId),
}

impl About {
    /// Returns the name of the project, and nothing for what is a person's own.
    fn name(&self) -> &str {
        match self {
            Self::Project(project) => &project.name,
            Self::Person(_) => "",
        }
    }
}

impl Transaction<'_> {
    /// Tells that an execution has ended.
    pub(crate) fn tell_of_end(&self, execution: &Execution, now: Timestamp) -> Result<(), Fault> {
        let Some(about) = self.about(execution.home)? else { return Ok(()) };
        let job = self.get(&JOBS, execution.job.bits())?.map(|job| job.name).unwrap_or_default();
        match News::of_end(execution, about.name(), &job) {
            Some(news) => self.spread(&news, &about, now),
            None => Ok(()),
        }
    }

    /// Tells that occurrences passed unserved: all that are recorded together, at once.
    pub(crate) fn tell_of_missed(
        &self,
        job: &Job,
        missed: &[Execution],
        now: Timestamp,
    ) -> Result<(), Fault> {
        if missed.is_empty() {
            return Ok(());
        }
        let Some(about) = self.about(job.home)? else { return Ok(()) };
        let missed: Vec<&Execution> = missed.iter().collect();
        let Some(news) = News::of_missed(&missed, about.name(), &job.name) else { return Ok(()) };
        self.note_missed(job)?;
        self.spread(&news, &about, now)
    }

    /// Tells that a job was paused when `execution` failed, as the last of so many.
    pub(crate) fn tell_of_auto_pause(
        &self,
        execution: &Execution,
        failures: u32,
        job: &Job,
        now: Timestamp,
    ) -> Result<(), Fault> {
        let Some(about) = self.about(execution.home)? else { return Ok(()) };
        let news = News::of_auto_pause(execution, failures, about.name(), &job.name);
        self.spread(&news, &about, now)
    }

    /// Tells of when a run of a schedule began or ended.
    pub(crate) fn tell_of_timing(
        &self,
        event: NotificationEvent,
        run: &Execution,
        now: Timestamp,
    ) -> Result<(), Fault> {
        let Some(about) = self.about(run.home)? else { return Ok(()) };
        let job = self.get(&JOBS, run.job.bits())?.map(|job| job.name).unwrap_or_default();
        match News::of_timing(event, run, about.name(), &job) {
            Some(news) => self.spread(&news, &about, now),
            None => Ok(()),
        }
    }

    /// Tells that an execution asks whether it is to run.
    pub(crate) fn tell_of_question(&self, question: &Execution, now: Timestamp) -> Result<(), Fault> {
        let Some(about) = self.about(question.home)? else { return Ok(()) };
        let job = self.get(&JOBS, question.job.bits())?.map(|job| job.name).unwrap_or_default();
        match News::of_question(question, about.name(), &job) {
            Some(news) => self.spread(&news, &about, now),
            None => Ok(()),
        }
    }

    /// Tells that a draft waits for review.
    pub(crate) fn tell_of_draft(&self, draft: &Draft, now: Timestamp) -> Result<(), Fault> {
        let Some(about) = self.about(draft.project.into())? else { return Ok(()) };
        self.spread(&News::of_draft(draft, about.name()), &about, now)
    }

    /// Tells that a publication has failed.
    pub(crate) fn tell_of_publication(
        &self,
        publication: &Publication,
        draft: &Draft,
        now: Timestamp,
    ) -> Result<(), Fault> {
        let Some(about) = self.about(draft.project.into())? else { return Ok(()) };
        match News::of_publication(publication, draft, about.name()) {
            Some(news) => self.spread(&news, &about, now),
            None => Ok(()),
        }
    }

    fn spread(&self, news: &News, about: &About, now: Timestamp) -> Result<(), Fault> {
        self.recipients(about)?.into_iter().try_for_each(|user| self.notify(user, news, now))
    }

    /// Returns who hears of a home's news: whose it is, and a project's members; nobody who is not let in.
    fn recipients(&self, about: &About) -> Result<Vec<UserId>, Fault> {
        let (owner, members) = match about {
            About::Project(project) => {
                let id = project.id.bits();
                (project.owner, self.list(&MEMBERS, (id, 0)..=(id, u128::MAX), usize::MAX)?)
            }
            About::Person(user) => (*user, Vec::new()),
        };
        let everybody = std::iter::once(owner).chain(members.into_iter().map(|(_, member)| member.user));
        let mut recipients = Vec::new();
        for user in everybody {
            // The first owner has a record from the first start on; before it, theirs are told all the same.
            let is_let_in =
                self.get(&USERS, user.bits())?.is_none_or(|person| person.status == UserStatus::Active);
            if is_let_in && !recipients.contains(&user) {
                recipients.push(user);
            }
        }
        Ok(recipients)
    }

    /// Returns where a person's mail goes: where they want it, else to the address they sign in with.
    pub(crate) fn address_of(
        &self,
        user: UserId,
        preferences: &Preferences,
    ) -> Result<Option<String>, Fault> {
        if preferences.email_address.is_some() {
            return Ok(preferences.email_address.clone());
        }
        let person = self.get(&USERS, user.bits())?;
        Ok(person.and_then(|person| person.email).map(|email| email.to_string()))
    }

    /// Records news for one person, unless they have it already or do not want it.
    pub(crate) fn notify(&self, user: UserId, news: &News, now: Timestamp) -> Result<(), Fault> {
        let key = (user.bits(), event_code(news.event), news.subject.bits());
        if self.has(NOTIFICATION_KEYS, key)? {
            return Ok(());
        }
        let preferences = self.get(&PREFERENCES, user.bits())?.unwrap_or_default();
        let has_address = self.address_of(user, &preferences)?.is_some();
        let plan = preferences.plan(news.event, news.group(), has_address, now);
        if !plan.is_listed && plan.mail.is_none() {
            return Ok(());
        }
        let notification = news.notification(user, plan.is_listed, now);
        let id = notification.id.bits();
        self.set(NOTIFICATION_KEYS, key, id)?;
        self.put(&NOTIFICATIONS, id, &notification)?;
        if let Some(departure) = plan.mail {
            self.join_delivery(&notification, ChannelKind::Email, departure)?;
        }
        if !plan.is_listed {
            return Ok(());
        }
        for key in notification_keys(&notification) {
            self.set(NOTIFICATION_INDEX, key, notification_row(&notification))?;
        }
        self.count_unread(user, 1)?;
        self.emit_change(&notification, now)
    }

    pub(crate) fn read_notification(
        &self,
        user: UserId,
        id: NotificationId,
        now: Timestamp,
    ) -> Result<Notification, Fault> {
        let before = self.found_notification(user, id)?;
        if before.read_at.is_some() || !before.is_listed {
            return Ok(before);
        }
        let after = self.mark_read(&before, now)?;
        self.count_unread(user, -1)?;
        self.emit_change(&after, now)?;
        Ok(after)
    }

    pub(crate) fn read_notifications(
        &self,
        user: UserId,
        limit: usize,
        now: Timestamp,
    ) -> Result<usize, Fault> {
        let unread = self.rows(NOTIFICATION_INDEX, unread_of(user), limit)?;
        for ((_, _, _, id), _) in &unread {
            let before = self.found_notification(user, NotificationId::from_bits(*id))?;
            self.mark_read(&before, now)?;
        }
        if !unread.is_empty() {
            self.count_unread(user, -i64::try_from(unread.len()).unwrap_or(i64::MAX))?;
            self.emit_to(user, EventKind::Notification, user.to_string(), None, 1, now)?;
        }
        Ok(unread.len())
    }

    fn mark_read(&self, before: &Notification, now: Timestamp) -> Result<Notification, Fault> {
        let after = Notification { read_at: Some(now), version: before.version + 1, ..before.clone() };
        self.put(&NOTIFICATIONS, after.id.bits(), &after)?;
        for key in notification_keys(before) {
            self.remove(NOTIFICATION_INDEX, key)?;
        }
        for key in notification_keys(&after) {
            self.set(NOTIFICATION_INDEX, key, notification_row(&after))?;
        }
        Ok(after)
    }

    pub(super) fn count_unread(&self, user: UserId, change: i64) -> Result<(), Fault> {
        let count = self.look(UNREAD_COUNTS, user.bits())?.unwrap_or(0);
        match count.saturating_add_signed(change) {
            0 => self.remove(UNREAD_COUNTS, user.bits()).map(drop),
            count => self.set(UNREAD_COUNTS, user.bits(), count),
        }
    }

    fn emit_change(&self, notification: &Notification, now: Timestamp) -> Result<(), Fault> {
        let (id, home) = (notification.id.to_string(), Some(notification.home));
        self.emit_to(notification.user, EventKind::Notification, id, home, notification.version, now)
    }

    pub(crate) fn put_preferences(
        &self,
        user: UserId,
        preferences: &Preferences,
    ) -> Result<Preferences, Fault> {
        let stored = self.get(&PREFERENCES, user.bits())?.unwrap_or_default();
        if stored.version != preferences.version {
            return Err(StoreError::Conflict { version: stored.version }.into());
        }
        let next = Preferences { version: stored.version + 1, ..preferences.clone() };
        self.put(&PREFERENCES, user.bits(), &next)?;
        Ok(next)
    }

    fn found_notification(&self, user: UserId, id: NotificationId) -> Result<Notification, Fault> {
        let found = self.get(&NOTIFICATIONS, id.bits())?.filter(|found| found.user == user);
        found.ok_or(Fault::Refused(StoreError::NotFound(Missing::Notification)))
    }

    /// Returns what news of a home is about; of a project also when that was removed meanwhile.
    fn about(&self, home: Home) -> Result<Option<About>, Fault> {
        let id = match home {
            Home::Project(id) => id.bits(),
            Home::Person(user) => return Ok(Some(About::Person(user))),
        };
        let project = match self.get(&PROJECTS, id)? {
            Some(project) => Some(project),
            None => self.get(&REMOVED_PROJECTS, id)?.map(|removed| removed.project),
        };
        Ok(project.map(|project| About::Project(Box::new(project))))
    }
}

/// Returns the rows of what a person has not read.
fn unread_of(user: UserId) -> std::ops::RangeInclusive<NotificationKey> {
    (user.bits(), UNREAD, 0, 0)..=(user.bits(), UNREAD, 0, u128::MAX)
}
