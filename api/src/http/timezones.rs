//! `/api/timezones`: every IANA zone with what its clocks show now.

use std::sync::Arc;

use dateline_core::schedule::{Zone, all_zone_names, tzdb_version};
use poem::web::Data;
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};

use super::Shared;
use super::access::Signed;

/// Every zone, by the law in force.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct Timezones {
    /// The version of the IANA database, such as `2026f`.
    pub tzdb_version: String,
    /// Every zone, links included, by name.
    pub items: Vec<TimezoneBody>,
}

/// A zone and its present offset.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct TimezoneBody {
    /// Its IANA name.
    pub name: String,
    /// Its present offset, such as `+01:00`.
    pub offset: String,
    /// The same in seconds east of UTC.
    pub offset_seconds: i32,
}

/// The time zones' part of the interface.
pub struct TimezonesApi;

#[OpenApi(prefix_path = "/api/timezones", tag = "super::document::Group::Schedules")]
impl TimezonesApi {
    /// List time zones
    ///
    /// Every IANA name that a schedule or a project may use, with its present offset.
    #[oai(path = "/", method = "get", operation_id = "listTimezones")]
    async fn list(&self, shared: Data<&Arc<Shared>>, _caller: Signed) -> poem::Result<Json<Timezones>> {
        let now = shared.clock.now();
        let zones = all_zone_names().filter_map(|name| Zone::named(name).ok());
        let items = zones.map(|zone| {
            let offset = zone.offset_at(now);
            let offset_seconds = offset.local_minus_utc();
            TimezoneBody { name: zone.name().into(), offset: offset.to_string(), offset_seconds }
        });
        Ok(Json(Timezones { tzdb_version: tzdb_version().into(), items: items.collect() }))
    }
}
