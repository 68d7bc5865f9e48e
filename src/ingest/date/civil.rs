//! Moments, and the calendar and clock that show them.

use crate::base::time::{civil, days_since_1970};

/// A point in time, with the offset for its date and clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::ingest) struct Moment {
    /// Milliseconds since 1970, in UTC.
    pub(in crate::ingest) millis: i64,
    /// Nanoseconds beyond the milliseconds, up to 999,999.
    pub(super) nanos: u32,
    /// Seconds east of UTC.
    pub(in crate::ingest) offset: i32,
}

impl Moment {
    pub(in crate::ingest) fn new(millis: i64, offset: i32) -> Moment {
        Moment { millis, nanos: 0, offset }
    }
}

pub(super) const MILLIS_PER_DAY: i64 = 86_400_000;

/// The days after which the Gregorian calendar repeats.
const DAYS_PER_400_YEARS: i64 = 146_097;

/// A moment on the calendar and the clock of its offset.
pub(super) struct Civil {
    pub(super) year: i64,
    pub(super) month: i64,
    pub(super) day: i64,
    pub(super) day_of_year: i64,
    pub(super) weekday: i64,
    /// The seconds since the start of the day.
    pub(super) seconds: i64,
    pub(super) nanos: i64,
    pub(super) offset: i32,
}

impl Civil {
    pub(super) fn of(moment: Moment) -> Civil {
        let local = moment.millis.saturating_add(i64::from(moment.offset) * 1000);
        let (days, in_day) = (local.div_euclid(MILLIS_PER_DAY), local.rem_euclid(MILLIS_PER_DAY));
        // The calendar repeats every 400 years.
        let (cycles, days_in_cycle) = (days.div_euclid(DAYS_PER_400_YEARS), days.rem_euclid(DAYS_PER_400_YEARS));
        let (year, month, day) = civil(days_in_cycle as u32);
        let (year, month, day) = (i64::from(year) + 400 * cycles, i64::from(month), i64::from(day));
        Civil {
            year,
            month,
            day,
            day_of_year: days - days_since_1970(year, 1, 1) + 1,
            weekday: (days + 3).rem_euclid(7) + 1,
            seconds: in_day / 1000,
            nanos: in_day % 1000 * 1_000_000 + i64::from(moment.nanos),
            offset: moment.offset,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_has_its_date() {
        for days in (-1_000_000..1_000_000).step_by(37) {
            let civil = Civil::of(Moment::new(days * MILLIS_PER_DAY, 0));
            assert_eq!(days_since_1970(civil.year, civil.month, civil.day), days);
        }
    }
}
