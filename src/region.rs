//! Regions and endpoints, from `facts/regions.tsv` (the published endpoints of DCS and IAM).

use crate::error::Error;
use crate::suggest::Nearest;
use crate::text::concat;

/// A region that DCS is known to serve.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Region {
    /// For example `cn-north-4`.
    pub id: &'static str,
    /// The domain of the region's own IAM endpoint, where it has one.
    pub iam_domain: Option<&'static str>,
}

/// The IAM endpoint that serves every region.
pub const GLOBAL_IAM: &str = "https://iam.myhuaweicloud.com";

const COM: Option<&str> = Some("myhuaweicloud.com");
const EU: Option<&str> = Some("myhuaweicloud.eu");

const fn region(id: &'static str, iam_domain: Option<&'static str>) -> Region {
    Region { id, iam_domain }
}

/// All of them, in the order of their ids.
pub static REGIONS: [Region; 34] = [
    region("ae-ad-1", COM),
    region("af-north-1", None),
    region("af-south-1", COM),
    region("ap-southeast-1", COM),
    region("ap-southeast-2", COM),
    region("ap-southeast-3", COM),
    region("ap-southeast-4", COM),
    region("ap-southeast-5", None),
    region("cn-east-2", COM),
    region("cn-east-3", COM),
    region("cn-east-4", COM),
    region("cn-east-5", COM),
    region("cn-north-1", COM),
    region("cn-north-11", None),
    region("cn-north-12", COM),
    region("cn-north-2", COM),
    region("cn-north-4", COM),
    region("cn-north-9", COM),
    region("cn-south-1", COM),
    region("cn-south-2", COM),
    region("cn-south-4", None),
    region("cn-southwest-2", COM),
    region("cn-southwest-3", None),
    region("eu-west-0", COM),
    region("eu-west-101", EU),
    region("la-north-2", COM),
    region("la-south-2", COM),
    region("me-east-1", COM),
    region("my-kualalumpur-1", COM),
    region("na-mexico-1", COM),
    region("ru-moscow-1", COM),
    region("ru-northwest-2", None),
    region("sa-brazil-1", COM),
    region("tr-west-1", COM),
];

/// What to try when nobody answers at `url`: tools of the same cloud disagree about the domain of DCS in one region.
///
/// ```
/// use huaweicloud_dcs::region::other_domain;
/// let told = other_domain("https://dcs.eu-west-101.myhuaweicloud.com/v2/p/jobs/j");
/// assert_eq!(told, Some("try endpoint: https://dcs.eu-west-101.myhuaweicloud.eu"));
/// assert_eq!(other_domain("https://dcs.cn-north-4.myhuaweicloud.com/"), None);
/// ```
pub fn other_domain(url: &str) -> Option<&'static str> {
    match url.strip_prefix("https://dcs.eu-west-101.myhuaweicloud.")? {
        rest if rest.starts_with("com") => {
            Some("try endpoint: https://dcs.eu-west-101.myhuaweicloud.eu")
        }
        _ => Some("try endpoint: https://dcs.eu-west-101.myhuaweicloud.com"),
    }
}

impl Region {
    /// The region of that id.
    ///
    /// # Errors
    /// `InvalidArgument` with field `region`; the message names the nearest id.
    ///
    /// ```
    /// use huaweicloud_dcs::region::Region;
    /// assert_eq!(Region::find("cn-north-4").unwrap().dcs_endpoint(), "https://dcs.cn-north-4.myhuaweicloud.com");
    /// assert!(Region::find("cn-nroth-4").unwrap_err().to_string().contains("cn-north-4"));
    /// ```
    pub fn find(id: &str) -> Result<&'static Self, Error> {
        if let Some(region) = REGIONS.iter().find(|region| region.id == id) {
            return Ok(region);
        }
        let mut nearest = Nearest::to(id);
        for region in &REGIONS {
            nearest.consider(region.id);
        }
        let why = concat(&[
            "is not known; did you mean ",
            nearest.name,
            "? For a new region give endpoint",
        ]);
        Err(Error::invalid("region", &why))
    }

    /// Where DCS answers.
    pub fn dcs_endpoint(&self) -> String {
        concat(&["https://dcs.", self.id, ".myhuaweicloud.com"])
    }

    /// Where Cloud Eye answers.
    pub fn ces_endpoint(&self) -> String {
        concat(&["https://ces.", self.id, ".myhuaweicloud.com"])
    }

    /// Where IAM answers.
    pub fn iam_endpoint(&self) -> String {
        match self.iam_domain {
            Some(domain) => concat(&["https://iam.", self.id, ".", domain]),
            None => GLOBAL_IAM.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_the_published_table() {
        let rows: Vec<Vec<&str>> = include_str!("../facts/regions.tsv")
            .lines()
            .skip(1)
            .map(|row| row.split('\t').collect())
            .collect();
        assert_eq!(rows.len(), REGIONS.len());
        for (row, region) in rows.iter().zip(&REGIONS) {
            assert_eq!(row[0], region.id);
            assert_eq!(row[1], region.dcs_endpoint());
            assert_eq!(
                if row[2].is_empty() {
                    GLOBAL_IAM
                } else {
                    row[2]
                },
                region.iam_endpoint()
            );
        }
    }

    #[test]
    fn an_unknown_region_names_the_nearest() {
        for (text, near) in [
            ("cn-north4", "cn-north-4"),
            ("CN-NORTH-4", "cn-north-4"),
            ("eu-west-1", "eu-west-0"),
            ("", "ae-ad-1"),
        ] {
            let message = Region::find(text).unwrap_err().to_string();
            assert!(message.contains(near), "{text}: {message}");
        }
        assert!(Region::find(&"é".repeat(5000)).is_err());
    }
}
