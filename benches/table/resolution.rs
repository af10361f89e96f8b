//! Resolution alone: one value for each property of a catalog.

use usher_decision::{Provisioning, Resolution, UserType, Visitor};

use crate::catalogs;
use crate::clock::{Case, in_turns};
use crate::row::Row;

pub(crate) fn rows() -> Vec<Row> {
    let cases =
        [("10 properties", 10), ("100 properties", 100), ("1 000 properties", 1_000)].map(|(name, properties)| {
            let catalog = catalogs::of_size(properties);
            let visitor = Visitor { user_type: UserType::Authenticated, verified_bot: None, product_ids: &[] };
            let plans = Provisioning::of_static(&catalog, &visitor);
            Case::short(name, move || Resolution::of(&catalog, &plans))
        });
    let [ten, hundred, thousand] = in_turns(cases);
    vec![
        Row::of("resolution", &ten),
        Row::of("resolution", &hundred).ratio(hundred.ratio_to(&ten), "10 properties", None),
        Row::of("resolution", &thousand).ratio(thousand.ratio_to(&ten), "10 properties", None),
    ]
}
