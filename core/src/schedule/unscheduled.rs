//! The schedule that names nothing: its job runs when somebody asks, or when what it waits for comes.

use super::{CompiledSchedule, Fault, FaultCode, Schedule, ScheduleError, compile};

impl Schedule {
    /// Checks a schedule of frequency NONE: of its times only the zone means something.
    pub(super) fn compile_unscheduled(&self) -> Result<CompiledSchedule, ScheduleError> {
        let mut faults = Vec::new();
        let config = serde_json::to_value(&self.time_config).unwrap_or_default();
        for (field, value) in
            config.as_object().into_iter().flatten().filter(|(field, _)| *field != "timezone")
        {
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            faults.push(Fault::new(FaultCode::InvalidField, field, &value, "no such field for NONE"));
        }
        match compile::zone(&self.time_config, &mut faults) {
            Some(zone) if faults.is_empty() => Ok(CompiledSchedule::unscheduled(zone)),
            Some(_) | None => Err(ScheduleError { faults }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Frequency, Rules, TimeConfig};
    use super::*;
    use crate::time::from_unix_ms;

    fn compile(json: &str) -> Result<CompiledSchedule, ScheduleError> {
        let time_config: TimeConfig = serde_json::from_str(json).expect("a time config");
        Schedule { frequency: Frequency::None, time_config }.compile(&Rules::default())
    }

    #[test]
    fn it_names_no_occurrence_and_has_a_zone() {
        let compiled = compile(r#"{"timezone":"Europe/Berlin"}"#).expect("it is right");
        assert_eq!(compiled.next_after(from_unix_ms(0)), Ok(None));
        assert!(compiled.names_nothing());
        assert_eq!(compiled.zone().to_string(), "Europe/Berlin");
        assert_eq!(compiled.description(), "Not by the clock (Europe/Berlin)");
    }

    #[test]
    fn times_mean_nothing_and_are_refused_each() {
        let check = |json, pointers: &[&str]| {
            let faults = compile(json).expect_err(json).faults;
            let found: Vec<&str> = faults.iter().map(|fault| fault.pointer.as_str()).collect();
            assert_eq!(found, pointers);
        };
        check("{}", &["/timeConfig/timezone"]);
        check(
            r#"{"hour":9,"timezone":"Europe/Berln","endAt":"2027-01-01T00:00:00Z"}"#,
            &["/timeConfig/hour", "/timeConfig/endAt", "/timeConfig/timezone"],
        );
    }
}
