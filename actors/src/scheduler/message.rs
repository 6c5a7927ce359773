//! What the scheduler is told.

use dateline_core::store::Position;

pub(crate) enum SchedulerMessage {
    /// Jobs or their clocks changed: look again and re-arm the timer.
    JobsChanged,
    /// The timer armed in this turn elapsed. Ignored when it has since been re-armed.
    TimerElapsed { turn: u64 },
    /// Another page of jobs waits for today's zone rules to be applied to its next occurrences.
    RulesPageDue { after: Option<Position> },
}
