//! Guards, off unless asked for: the maintenance window, and how far the standbys are behind.

use super::{Step, Switchover};
use crate::error::Error;
use crate::json::Json;
use crate::operation::{Instance, Node, Request, show_metric_data};
use crate::text::{concat, decimal, parse_decimal, split_once};

/// A value of Cloud Eye that is older than this, in milliseconds, says nothing of now.
const MAX_METRIC_AGE_MS: i64 = 10 * 60 * 1000;

impl Switchover {
    /// Why the window of the instance forbids a swap now, if so.
    pub(super) fn outside_of_window(&self, instance: &Instance<'_>) -> Option<String> {
        if !self.options.in_maintenance_window {
            return None;
        }
        let Some((begin, end)) = instance.maintenance else {
            return Some("its maintenance window cannot be read".to_owned());
        };
        let (Some(from), Some(to)) = (second_of_day(begin), second_of_day(end)) else {
            return Some("its maintenance window cannot be read".to_owned());
        };
        let second = self.service_ms().div_euclid(1000).rem_euclid(86_400);
        // A window may pass midnight, and one that begins where it ends is the whole day.
        let inside = if from < to {
            (from..to).contains(&second)
        } else {
            second >= from || second < to
        };
        if inside {
            return None;
        }
        let window = [begin, " to ", end, " UTC"];
        Some(concat(&[
            "it is outside of the maintenance window, ",
            &concat(&window),
        ]))
    }

    pub(super) fn needs_gap_check(&self) -> bool {
        self.options.max_replication_gap_bytes.is_some() && !self.gap_checked
    }

    /// Asks Cloud Eye how far the standby at this place is behind.
    pub(super) fn gap_request(&self, standby: usize) -> Request {
        let mut args = Json::object();
        args.add_text("namespace", "SYS.DCS");
        args.add_text("metricName", "ms_repl_offset");
        for ((name, value), param) in self
            .dimensions(standby)
            .iter()
            .zip(["dim0", "dim1", "dim2", "dim3"])
        {
            args.add_text(param, &concat(&[name, ",", value]));
        }
        let from = (self.service_ms() - MAX_METRIC_AGE_MS).max(0) as u64;
        args.add_text("from", &decimal(from));
        args.add_text("to", &decimal(self.service_ms().max(0) as u64));
        args.add_number("period", 1.0);
        args.add_text("filter", "max");
        match show_metric_data::OPERATION.request(&args) {
            Ok(request) => request,
            // Dimensions that cannot be asked for: the roles are read instead, whose answer holds no datapoint.
            Err(_) => self.requests.roles.clone(),
        }
    }

    fn dimensions(&self, standby: usize) -> &[(String, String)] {
        self.standby(standby).map_or(&[], |node| &node.dimensions)
    }

    fn standby(&self, at: usize) -> Option<&Node> {
        let mut standbys = self
            .record
            .before
            .iter()
            .filter(|node| node.is_active_slave());
        standbys.nth(at)
    }

    pub(super) fn gap_read(&mut self, standby: usize, result: Result<Json, Error>) {
        let Some(node) = self.standby(standby).map(|node| node.id().to_owned()) else {
            return self.refuse("the standby nodes changed during the check");
        };
        let most = self.options.max_replication_gap_bytes.unwrap_or_default();
        let unreadable = |why: &str| {
            concat(&[
                "how far ",
                &node,
                " is behind its master cannot be read: ",
                why,
            ])
        };
        let json = match result {
            Ok(json) => json,
            Err(error) => return self.refuse(&unreadable(&error.message())),
        };
        let (at_ms, gap) = match show_metric_data::newest(&json) {
            Some(newest) if !self.dimensions(standby).is_empty() => newest,
            _ => return self.refuse(&unreadable("Cloud Eye has no value of ms_repl_offset")),
        };
        if at_ms < (self.service_ms() - MAX_METRIC_AGE_MS) as f64 {
            return self.refuse(&unreadable("the newest value of Cloud Eye is too old"));
        }
        if gap.is_nan() || gap > most as f64 {
            let (gap, most) = (decimal(gap as u64), decimal(most));
            let why = [
                &node,
                " is ",
                &gap,
                " bytes behind its master, and ",
                &most,
                " are allowed",
            ];
            return self.refuse(&concat(&why.map(|part: &str| part)));
        }
        self.step = Step::CheckGap(standby + 1);
        if self.standby(standby + 1).is_none() {
            // The swap relies on roles that were read right before it.
            self.gap_checked = true;
            self.step = Step::CheckRoles;
        }
    }
}

/// The second of the day of `HH:MM:SS`, or `HH:MM`.
fn second_of_day(text: &str) -> Option<i64> {
    let (hour, rest) = split_once(text, b':');
    let (minute, second) = split_once(rest?, b':');
    let part = |digits: &str, most: u32| {
        let number = parse_decimal(digits.as_bytes())?;
        (number <= most).then_some(i64::from(number))
    };
    Some(part(hour, 23)? * 3600 + part(minute, 59)? * 60 + part(second.unwrap_or("00"), 59)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_day() {
        assert_eq!(second_of_day("02:00:00"), Some(7200));
        assert_eq!(second_of_day("23:59:59"), Some(86_399));
        assert_eq!(second_of_day("06:30"), Some(23_400));
        for other in ["", "24:00:00", "02", "2h", "02:60:00", "a:b:c"] {
            assert_eq!(second_of_day(other), None, "{other}");
        }
    }
}
