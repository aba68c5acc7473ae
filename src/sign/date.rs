//! `X-Sdk-Date`: basic ISO 8601 in UTC, to the second. Time always comes in as an argument.

use crate::error::Error;

/// A moment as the signature writes it, `YYYYMMDDTHHMMSSZ`.
///
/// ```
/// use huaweicloud_dcs::sign::SdkDate;
/// assert_eq!(SdkDate::from_unix_ms(1_700_000_000_000).as_str(), "20231114T221320Z");
/// assert!(SdkDate::parse("20231114T221320Z").is_ok());
/// assert!(SdkDate::parse("2023-11-14").is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SdkDate([u8; 16]);

impl SdkDate {
    /// From milliseconds since 1970. Years outside 1970 to 9999 are clamped to that range.
    pub fn from_unix_ms(ms: i64) -> Self {
        const LAST: i64 = 253_402_300_799;
        let seconds = ms.div_euclid(1000).clamp(0, LAST);
        let (year, month, day) = civil(seconds / 86_400);
        let clock = seconds % 86_400;
        let mut text = *b"00000000T000000Z";
        write(&mut text[0..4], year);
        write(&mut text[4..6], month);
        write(&mut text[6..8], day);
        write(&mut text[9..11], clock / 3600);
        write(&mut text[11..13], clock / 60 % 60);
        write(&mut text[13..15], clock % 60);
        Self(text)
    }

    /// Reads `YYYYMMDDTHHMMSSZ`.
    ///
    /// # Errors
    /// `InvalidArgument` with field `date` for any other form.
    pub fn parse(text: &str) -> Result<Self, Error> {
        Self::read(text.as_bytes())
    }

    /// The same, of bytes.
    pub(crate) fn read(text: &[u8]) -> Result<Self, Error> {
        /// Month, day, hour, minute and second: where they stand, least and greatest.
        const FIELDS: [(usize, u8, u8); 5] =
            [(4, 1, 12), (6, 1, 31), (9, 0, 23), (11, 0, 59), (13, 0, 60)];
        let mut form = [0; 16];
        if text.len() == 16 {
            form.copy_from_slice(text);
        }
        let date = Self(form);
        for byte in &mut form {
            if byte.is_ascii_digit() {
                *byte = b'0';
            }
        }
        let in_range = |(at, least, most): &(usize, u8, u8)| {
            let value = (date.0[*at] - b'0') * 10 + (date.0[at + 1] - b'0');
            (*least..=*most).contains(&value)
        };
        if form == *b"00000000T000000Z" && FIELDS.iter().all(in_range) {
            return Ok(date);
        }
        Err(Error::invalid(
            "date",
            "must be YYYYMMDDTHHMMSSZ in UTC, for example 20240131T235959Z",
        ))
    }

    /// The sixteen characters.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// Milliseconds since 1970.
    pub fn unix_ms(&self) -> i64 {
        let number = |from: usize, to: usize| {
            let digits = self.0[from..to].iter();
            digits.fold(0, |number, digit| number * 10 + i64::from(digit - b'0'))
        };
        let days = days_since_1970(number(0, 4), number(4, 6), number(6, 8));
        let seconds = number(9, 11) * 3600 + number(11, 13) * 60 + number(13, 15);
        (days * 86_400 + seconds) * 1000
    }

    /// `YYYYMMDDhhmmss`, as the list of background tasks takes its times.
    pub(crate) fn digits(&self) -> String {
        let digits = self.0.iter().copied().filter(u8::is_ascii_digit);
        crate::text::from_ascii(digits.collect())
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// `YYYYMMDD`, the day of V11's scope.
    pub(crate) fn day(&self) -> &[u8] {
        &self.0[..8]
    }
}

/// Year, month and day of a day since 1970 (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms").
fn civil(days: i64) -> (i64, i64, i64) {
    let z = days + 719_468;
    let era = z / 146_097;
    let day_of_era = z % 146_097;
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 {
        shifted + 3
    } else {
        shifted - 9
    };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

/// The day since 1970 of year, month and day: the inverse of [`civil`].
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let year = year - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let shifted = if month > 2 { month - 3 } else { month + 9 };
    let day_of_year = (153 * shifted + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

fn write(digits: &mut [u8], mut value: i64) {
    for digit in digits.iter_mut().rev() {
        *digit = b'0' + (value % 10) as u8;
        value /= 10;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_reads_back_to_its_second() {
        for days in (0..2_932_896).step_by(97) {
            let ms = days * 86_400_000 + 86_399_000;
            assert_eq!(SdkDate::from_unix_ms(ms).unix_ms(), ms);
        }
        let date = SdkDate::parse("20260102T030405Z").unwrap();
        assert_eq!(date.digits(), "20260102030405");
        assert_eq!(date.unix_ms(), 1_767_323_045_000);
    }
    use proptest::prelude::*;

    #[test]
    fn known_moments() {
        for (ms, text) in [
            (0, "19700101T000000Z"),
            (951_782_400_000, "20000229T000000Z"),
            (1_709_164_799_999, "20240228T235959Z"),
            (1_709_164_800_000, "20240229T000000Z"),
            (4_102_444_799_000, "20991231T235959Z"),
            (253_402_300_799_000, "99991231T235959Z"),
            (i64::MAX, "99991231T235959Z"),
            (-1, "19700101T000000Z"),
        ] {
            assert_eq!(SdkDate::from_unix_ms(ms).as_str(), text);
        }
    }

    #[test]
    fn refuses_other_forms() {
        for text in [
            "",
            "20240131T235959",
            "20241331T235959Z",
            "20240100T235959Z",
            "20240131 235959Z",
            "20240131T245959Z",
            "２0240131T2359",
            "2024013aT235959Z",
            "20240131T235959z",
        ] {
            assert!(SdkDate::parse(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_can_be_read(ms in 0i64..253_402_300_799_999) {
            let date = SdkDate::from_unix_ms(ms);
            prop_assert_eq!(SdkDate::parse(date.as_str()).unwrap(), date);
        }
    }
}
