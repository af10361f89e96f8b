//! Geography: where an IP address is, by a database in MaxMind's format that the operator keeps.

use std::net::IpAddr;
use std::path::{Path, PathBuf};

use maxminddb::geoip2::City;
use maxminddb::{MaxMindDbError, Reader};

use crate::access::Place;

/// A database of places, whole in memory. City databases know everything that a [`Place`] has, country ones the country.
pub struct Geography {
    reader: Reader<Vec<u8>>,
}

/// Why a database cannot be used. The operator's move.
#[derive(Debug, thiserror::Error)]
#[error(
    "geography database `{}`: expected a whole file in MaxMind's format (.mmdb); the operator has to fetch it again, or to \
     correct the path", path.display()
)]
pub struct GeographyError {
    path: PathBuf,
    source: Box<dyn std::error::Error + Send + Sync>,
}

impl Geography {
    /// Reads a database and goes through all of it, so that a damaged one is found now and not by a visitor.
    ///
    /// # Errors
    ///
    /// The file cannot be read, has another format, or is damaged.
    pub fn open(path: &Path) -> Result<Self, GeographyError> {
        let reader = Reader::open_readfile(path).and_then(|reader| reader.verify().map(|()| reader));
        let source = |error| match error {
            // The other says its cause by itself, and as its source once more.
            MaxMindDbError::Io(error) => error.into(),
            other => Box::from(other),
        };
        reader
            .map(|reader| Self { reader })
            .map_err(|error| GeographyError { path: path.to_owned(), source: source(error) })
    }

    /// Where an address is; nothing is known of one that the database does not have.
    pub(crate) fn place(&self, address: IpAddr) -> Place {
        let city = self.reader.lookup(address).and_then(|found| found.decode::<City<'_>>());
        // Its records were gone through when it was opened.
        let Ok(Some(city)) = city else { return Place::default() };
        let text = |text: Option<&str>| text.filter(|text| !text.is_empty()).map(ToOwned::to_owned);
        let region = city.subdivisions.first();
        Place {
            city: text(city.city.names.english),
            continent: text(city.continent.code),
            country_code: text(city.country.iso_code),
            is_eu_country: city.country.is_in_european_union,
            latitude: city.location.latitude,
            longitude: city.location.longitude,
            metro_code: city.location.metro_code.map(|code| code.to_string()),
            postal_code: text(city.postal.code),
            region: region.and_then(|region| text(region.names.english)),
            region_code: region.and_then(|region| text(region.iso_code)),
            timezone: text(city.location.time_zone),
        }
    }
}

impl std::fmt::Debug for Geography {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Geography").field("kind", &self.reader.metadata().database_type).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
