//! The `fastly` object that Fastly's edge compute proxy attaches to a request: the visitor's address and where that is.
//!
//! What it says about bots is left alone: none of its members is documented to say that a bot was verified.

use std::borrow::Cow;

use super::Place;
use super::cloudflare::{degrees_within, shown_of};
use crate::json::{Seen, SeenMembers};

/// The place, and the visitor's IP address.
pub(super) fn read(block: &SeenMembers<'_>) -> (Place, Option<String>) {
    let client = block.get("client").and_then(Seen::as_object);
    let geo = client.and_then(|client| client.get("geo")).and_then(Seen::as_object);
    let shown = |key| shown_of(geo?.get(key)?);
    let text = |key| shown(key).map(Cow::into_owned);
    let place = Place {
        city: text("city"),
        continent: text("continent"),
        // Lower case is how Fastly's own variables have some codes.
        country_code: shown("country_code").map(|code| code.to_ascii_uppercase()),
        is_eu_country: None,
        latitude: shown("latitude").and_then(|degrees| degrees_within(&degrees, 90.0)),
        longitude: shown("longitude").and_then(|degrees| degrees_within(&degrees, 180.0)),
        // Zero stands for none.
        metro_code: text("metro_code").filter(|code| code != "0"),
        postal_code: text("postal_code"),
        region: None,
        region_code: text("region"),
        timezone: None,
    };
    (place, client.and_then(|client| shown_of(client.get("address")?)).map(Cow::into_owned))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_geography_of_the_client_is_the_place() {
        let block = json!({
            "client": {
                "address": "203.0.113.7",
                "geo": {"city": "hamburg", "continent": "EU", "country_code": "de", "latitude": 53.55, "longitude": "9.99",
                    "metro_code": 0, "postal_code": "20095", "region": "HH", "as_number": 1, "gmt_offset": null}
            },
            "botManagement": {"verdict": "x"}
        });
        let text_of_block = block.to_string();
        let block: Seen<'_> = serde_json::from_str(&text_of_block).unwrap();
        let (place, address) = read(block.as_object().unwrap());
        let text = |text: &str| Some(text.to_owned());
        let expected = Place {
            city: text("hamburg"),
            continent: text("EU"),
            country_code: text("DE"),
            latitude: Some(53.55),
            longitude: Some(9.99),
            postal_code: text("20095"),
            region_code: text("HH"),
            ..Place::default()
        };
        assert_eq!((place, address), (expected, text("203.0.113.7")));
    }

    #[test]
    fn what_has_another_form_is_unknown() {
        for block in [json!({}), json!({"client": 7}), json!({"client": {"geo": [], "address": null}})] {
            let text = block.to_string();
            let seen: Seen<'_> = serde_json::from_str(&text).unwrap();
            assert_eq!(read(seen.as_object().unwrap()), (Place::default(), None), "{block}");
        }
    }
}
