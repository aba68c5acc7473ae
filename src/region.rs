//! Regions and endpoints, from `facts/regions.tsv` (the published endpoints of DCS and IAM).

use crate::error::Error;
use crate::suggest::Nearest;
use crate::text::concat;

/// A region that DCS is known to serve.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Region {
    /// For example `cn-north-4`.
    pub id: &'static str,
    /// Whether IAM has an endpoint of its own there.
    pub regional_iam: bool,
}

/// The IAM endpoint that serves every region.
pub const GLOBAL_IAM: &str = "https://iam.myhuaweicloud.com";

const fn region(id: &'static str, regional_iam: bool) -> Region {
    Region { id, regional_iam }
}

/// All of them, in the order of their ids.
pub static REGIONS: [Region; 34] = [
    region("ae-ad-1", true),
    region("af-north-1", false),
    region("af-south-1", true),
    region("ap-southeast-1", true),
    region("ap-southeast-2", true),
    region("ap-southeast-3", true),
    region("ap-southeast-4", true),
    region("ap-southeast-5", false),
    region("cn-east-2", true),
    region("cn-east-3", true),
    region("cn-east-4", true),
    region("cn-east-5", true),
    region("cn-north-1", true),
    region("cn-north-11", false),
    region("cn-north-12", true),
    region("cn-north-2", true),
    region("cn-north-4", true),
    region("cn-north-9", true),
    region("cn-south-1", true),
    region("cn-south-2", true),
    region("cn-south-4", false),
    region("cn-southwest-2", true),
    region("cn-southwest-3", false),
    region("eu-west-0", true),
    region("eu-west-101", false),
    region("la-north-2", true),
    region("la-south-2", true),
    region("me-east-1", true),
    region("my-kualalumpur-1", true),
    region("na-mexico-1", true),
    region("ru-moscow-1", true),
    region("ru-northwest-2", false),
    region("sa-brazil-1", true),
    region("tr-west-1", true),
];

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
        if self.regional_iam {
            concat(&["https://iam.", self.id, ".myhuaweicloud.com"])
        } else {
            GLOBAL_IAM.to_owned()
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
