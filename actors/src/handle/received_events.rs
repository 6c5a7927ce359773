//! Events from outside, and the conditions of what they start.

use dateline_core::caller::Access;
use dateline_core::condition::{ActivityFacts, Condition, ConditionError, Verdict};
use dateline_core::execution::Trigger;
use dateline_core::id::ReceivedEventId;
use dateline_core::job::{Job, JobType};
use dateline_core::people::AuditAction;
use dateline_core::received_event::{LISTENERS_MAX, ReceivedEvent, topic_faults};

use super::Dateline;
use super::check::{Faults, fault_free};
use crate::conditions::{Subject, facts};
use crate::request::{NewEvent, Received, RequestError, Trial};

impl Dateline {
    /// Tells the jobs that listen of an event: those of a project, or without one the caller's own. Each answers with an
    /// execution, all in one commit.
    ///
    /// # Errors
    /// [`RequestError::Invalid`] for an event that is none.
    pub async fn receive_event(&self, new: NewEvent) -> Result<Received, RequestError> {
        if let Some(project) = new.project {
            self.require(project, Access::Edit).await?;
        }
        let home = self.home(new.project)?;
        let at = self.now();
        let id = ReceivedEventId::fresh(at, &*self.shared.parts.entropy);
        let event = ReceivedEvent { id, topic: new.topic, data: new.data, home, at };
        fault_free(event.faults())?;
        let detail = Some(event.topic.to_string());
        let store = self.noting(AuditAction::EventReceived, id, Some(home), detail);
        let executions = store.receive_event(event).await?;
        for execution in &executions {
            self.shared.origins.remember(execution.id);
        }
        self.shared.hints.leases_changed();
        self.shared.hints.work_queued();
        Ok(Received { event: id, executions })
    }

    /// Asks a condition as a run that begins now would, of a saved job or of one that is not.
    ///
    /// # Errors
    /// [`RequestError::Invalid`] when it is no condition, or has no answer.
    pub async fn try_condition(&self, trial: Trial) -> Result<Verdict, RequestError> {
        let condition =
            Condition::parse(&trial.expression).map_err(|error| refused(&trial.expression, &error))?;
        let job = match trial.job {
            Some(job) => Some(self.job_for(job, Access::View).await?.job),
            None => None,
        };
        let told = trial.payload.or_else(|| Some(job.as_ref()?.payload.told()));
        let timezone = job.as_ref().and_then(|job| job.schedule.time_config.timezone.as_deref());
        let subject = Subject {
            job: trial.job,
            timezone,
            told: told.unwrap_or_default(),
            trigger: &Trigger::Scheduled,
            due_at: None,
            activity: trial.activity,
        };
        let facts = facts(self.store(), subject, self.now()).await?;
        condition.ask(&facts).map_err(|error| refused(condition.as_str(), &error))
    }

    /// Checks what a job listens to, and its condition against what is known now.
    pub(super) async fn check_reasons(&self, stored: Option<&Job>, job: &Job) -> Result<(), RequestError> {
        let mut faults = Faults::default();
        faults.extend(topic_faults(&job.listens_to));
        let known = stored.filter(|stored| stored.home == job.home).map(|stored| &stored.listens_to[..]);
        let news = job.listens_to.iter().enumerate();
        for (index, topic) in news.filter(|(_, topic)| known.is_none_or(|known| !known.contains(topic))) {
            let (home, except) = (job.home, stored.map(|job| job.id));
            let count = self.store().listeners(home, topic.clone(), except, LISTENERS_MAX).await?;
            if count >= LISTENERS_MAX {
                let expected = format!("an event to which fewer than {LISTENERS_MAX} jobs listen");
                faults.add(format!("/listensTo/{index}"), &topic.to_string(), expected);
            }
        }
        if let Some(condition) = &job.condition
            && let Err(error) = self.check_condition(condition, job).await?
        {
            faults.add("/condition", condition.as_str(), error.to_string());
        }
        faults.into_result()
    }

    async fn check_condition(
        &self,
        condition: &Condition,
        job: &Job,
    ) -> Result<Result<(), ConditionError>, RequestError> {
        let condition = match Condition::parse(condition.as_str()) {
            Ok(condition) => condition,
            Err(error) => return Ok(Err(error)),
        };
        if condition.asks_activity() && job.job_type() != JobType::GenerateContent {
            let known = "activity is known to GENERATE_CONTENT alone".to_owned();
            return Ok(Err(ConditionError::Unknown { name: "activity".to_owned(), known }));
        }
        let subject = Subject {
            job: None,
            timezone: job.schedule.time_config.timezone.as_deref(),
            told: job.payload.told(),
            trigger: &Trigger::Scheduled,
            due_at: None,
            activity: ActivityFacts::default(),
        };
        Ok(condition.check(&facts(self.store(), subject, self.now()).await?))
    }
}

fn refused(expression: &str, error: &ConditionError) -> RequestError {
    let mut faults = Faults::default();
    faults.add("/expression", expression, error.to_string());
    faults.into_result().err().unwrap_or(RequestError::Stopping)
}
