//! Notifications: the caller's own, and nobody else's.

use std::str::FromStr;
use std::time::Duration;

use dateline_core::channel::{ChannelError, ChannelKind};
use dateline_core::id::{NotificationId, UserId};
use dateline_core::notification::{
    Delivery, Digest, EmailAddress, Notification, Override, Preferences, Wish, test_message,
    unsubscribed_user,
};
use dateline_core::schedule::{FaultCode, Zone};
use dateline_core::store::{NotificationFilter, Page, PageRequest, StoreError};

use super::Dateline;
use super::check::Faults;
use super::projects::CHANGE_TRIES;
use crate::notifier::handed_over;
use crate::request::{Fault, NotificationQuery, PreferencesChange, RequestError, TestOutcome, TestResult};

/// Marking everything read takes this many in one commit.
const READ_AT_ONCE: usize = 1_000;
/// One test in this time for each person.
const TEST_PACE: Duration = Duration::from_secs(15);
/// People whose last test is remembered.
const TESTERS_MAX: usize = 10_000;

impl Dateline {
    /// Returns the caller's notifications, newest first.
    ///
    /// # Errors
    /// [`RequestError::Store`] when the store cannot be read.
    pub async fn notifications(
        &self,
        query: NotificationQuery,
        page: PageRequest,
    ) -> Result<Page<Notification>, RequestError> {
        let NotificationQuery { is_read, event, project } = query;
        let filter = NotificationFilter { user: self.caller.user, is_read, event, project };
        Ok(self.store().notifications(filter, page).await?)
    }

    /// Returns how many notifications the caller has not read.
    ///
    /// # Errors
    /// [`RequestError::Store`] when the store cannot be read.
    pub async fn unread_notifications(&self) -> Result<u64, RequestError> {
        Ok(self.store().unread_notifications(self.caller.user).await?)
    }

    /// Records that the caller has read a notification.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for one that is not theirs.
    pub async fn read_notification(&self, id: NotificationId) -> Result<Notification, RequestError> {
        Ok(self.store().read_notification(self.caller.user, id, self.now()).await?)
    }

    /// Records that the caller has read everything; returns how many they had not.
    ///
    /// # Errors
    /// [`RequestError::Store`] when the store cannot be written; some may be recorded then.
    pub async fn read_notifications(&self) -> Result<u64, RequestError> {
        let (user, now) = (self.caller.user, self.now());
        let mut read = 0;
        // What arrives meanwhile was not seen: as many as there are now, and no more.
        let mut left = usize::try_from(self.unread_notifications().await?).unwrap_or(usize::MAX);
        while left > 0 {
            let done = self.store().read_notifications(user, left.min(READ_AT_ONCE), now).await?;
            if done == 0 {
                break;
            }
            read += done as u64;
            left -= done.min(left);
        }
        Ok(read)
    }

    /// Returns the deliveries that told one of the caller's notifications, oldest first.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for one that is not theirs.
    pub async fn notification_deliveries(&self, id: NotificationId) -> Result<Vec<Delivery>, RequestError> {
        Ok(self.store().deliveries(self.caller.user, id).await?)
    }

    /// Returns what the caller wants to be told.
    ///
    /// # Errors
    /// [`RequestError::Store`] when the store cannot be read.
    pub async fn notification_preferences(&self) -> Result<Preferences, RequestError> {
        Ok(self.store().preferences(self.caller.user).await?)
    }

    /// Changes what the caller wants to be told, and returns all of it.
    ///
    /// # Errors
    /// [`RequestError::Invalid`] naming every faulty field.
    pub async fn change_notification_preferences(
        &self,
        change: PreferencesChange,
    ) -> Result<Preferences, RequestError> {
        let mut tries = CHANGE_TRIES;
        loop {
            let stored = self.store().preferences(self.caller.user).await?;
            let next = changed(stored, change.clone());
            check(&next)?;
            tries -= 1;
            match self.store().put_preferences(self.caller.user, next).await {
                Err(StoreError::Conflict { .. }) if tries > 0 => {}
                done => return Ok(done?),
            }
        }
    }

    /// Switches off the mail of whomever `token` belongs to: the token is all that is asked for.
    ///
    /// # Errors
    /// [`RequestError::NoSuchToken`] for a token this instance did not make.
    pub async fn unsubscribe(&self, token: &str) -> Result<(), RequestError> {
        let user = unsubscribed_user(&self.shared.parts.keys, token).ok_or(RequestError::NoSuchToken)?;
        let mut tries = CHANGE_TRIES;
        loop {
            let stored = self.store().preferences(user).await?;
            if !stored.email_notifications {
                return Ok(());
            }
            tries -= 1;
            let next = Preferences { email_notifications: false, ..stored };
            match self.store().put_preferences(user, next).await {
                Err(StoreError::Conflict { .. }) if tries > 0 => {}
                done => return Ok(done.map(drop)?),
            }
        }
    }

    /// Sends the caller a test mail at once, and says what came of it.
    ///
    /// # Errors
    /// [`RequestError::TooSoon`] shortly after another test, [`RequestError::Invalid`] without an address.
    pub async fn test_notification(&self) -> Result<TestResult, RequestError> {
        let user = self.caller.user;
        let Some(address) = self.notification_preferences().await?.email_address else {
            let mut faults = Faults::default();
            faults.add("/emailAddress", "", "an address in the notification preferences");
            return Err(faults.into_result().err().unwrap_or(RequestError::Stopping));
        };
        self.pace_test(user)?;
        let Some(channel) = self.shared.parts.channels.get(&ChannelKind::Email).cloned() else {
            let detail = "this Dateline is not set up to send mail".to_owned();
            return Ok(TestResult { outcome: TestOutcome::Failed, address, detail });
        };
        let key = NotificationId::fresh(self.now(), &*self.shared.parts.entropy).to_string();
        let sent = handed_over(channel, test_message(user, &key, &address)).await;
        let (outcome, detail) = match sent {
            Ok(sent) => {
                let said = sent.reference.map(|said| format!(" It said: {said}")).unwrap_or_default();
                (TestOutcome::Sent, format!("The mail server took it.{said}"))
            }
            Err(ChannelError::Permanent { reason } | ChannelError::Transient { reason, .. }) => {
                (TestOutcome::Failed, reason)
            }
            Err(ChannelError::Unknown { reason }) => (TestOutcome::Unknown, reason),
        };
        Ok(TestResult { outcome, address, detail })
    }

    fn pace_test(&self, user: UserId) -> Result<(), RequestError> {
        let now = self.shared.parts.clock.monotonic();
        let mut tested = self.shared.tested_at.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        tested.retain(|_, at| now.saturating_sub(*at) < TEST_PACE);
        if let Some(at) = tested.get(&user) {
            return Err(RequestError::TooSoon { wait: TEST_PACE.saturating_sub(now.saturating_sub(*at)) });
        }
        if tested.len() < TESTERS_MAX {
            tested.insert(user, now);
        }
        Ok(())
    }
}

fn changed(stored: Preferences, change: PreferencesChange) -> Preferences {
    Preferences {
        email_notifications: change.email_notifications.unwrap_or(stored.email_notifications),
        email_address: change.email_address.unwrap_or(stored.email_address),
        notification_events: change.notification_events.unwrap_or(stored.notification_events),
        overrides: change.overrides.unwrap_or(stored.overrides),
        quiet_hours: change.quiet_hours.unwrap_or(stored.quiet_hours),
        digest: change.digest.unwrap_or(stored.digest),
        version: stored.version,
    }
}

fn check(preferences: &Preferences) -> Result<(), RequestError> {
    let mut faults = Faults::default();
    if let Some(address) = &preferences.email_address
        && EmailAddress::from_str(address).is_err()
    {
        faults.add("/emailAddress", address, "an address such as `ada@example.org`, ASCII only");
    }
    let events = &preferences.notification_events;
    for (index, event) in events.iter().enumerate() {
        if events[..index].contains(event) {
            faults.add(format!("/notificationEvents/{index}"), event.name(), "each event at most once");
        }
    }
    check_overrides(preferences, &mut faults);
    if let Some(quiet) = &preferences.quiet_hours {
        if quiet.from == quiet.to {
            faults.add("/quietHours/to", &quiet.to.to_string(), "another time than `from`");
        }
        zone("/quietHours/timezone", &quiet.timezone, &mut faults);
    }
    if let Digest::Daily { timezone, at: _ } = &preferences.digest {
        zone("/digest/timezone", timezone, &mut faults);
    }
    faults.into_result()
}

fn check_overrides(preferences: &Preferences, faults: &mut Faults) {
    let overrides = &preferences.overrides;
    for (index, one) in overrides.iter().enumerate() {
        let pointer = format!("/overrides/{index}");
        let is_twin = |other: &Override| (other.event, other.channel) == (one.event, one.channel);
        if overrides[..index].iter().any(is_twin) {
            faults.add(format!("{pointer}/event"), one.event.name(), "each event and channel at most once");
        }
        if one.channel == ChannelKind::InApp && one.wish == Wish::Digest {
            faults.add(format!("{pointer}/wish"), "DIGEST", "OFF or IMMEDIATE: only mail is gathered");
        }
        let is_mail_about_mail = one.channel == ChannelKind::Email && one.event.is_about_mail();
        if is_mail_about_mail && one.wish != Wish::Off {
            faults.add(format!("{pointer}/event"), one.event.name(), "no mail about a mail: IN_APP, or OFF");
        }
    }
}

fn zone(pointer: &str, name: &str, faults: &mut Faults) {
    if let Err(unknown) = Zone::named(name) {
        let near = unknown.suggestion.unwrap_or("Europe/Berlin");
        let expected = format!("an IANA zone name such as `{near}`");
        faults.push(Fault::at(pointer, FaultCode::UnknownTimezone, name, expected));
    }
}
