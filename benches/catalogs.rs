//! Catalogs of any size.

use usher_host::Catalog;

/// A catalog with this many properties, of all kinds. Whoever has an account holds a plan that sets all of them, and the job
/// adds one that sets all of them again.
pub(crate) fn of_size(properties: u16) -> Catalog {
    const KINDS: [(&str, [&str; 2]); 5] = [
        ("type = \"meterable\"", ["{ limit = 10, per = \"month\" }", "\"on\""]),
        ("type = \"boolean\"", ["false", "true"]),
        ("type = \"number\"", ["1", "2"]),
        ("type = \"string\"\norder = [\"low\", \"high\"]", ["\"low\"", "\"high\""]),
        ("type = \"number\"\nwins = \"lower\"", ["5", "3"]),
    ];
    let mut features = String::new();
    let mut plans =
        [String::from("[plans.registered]\nassign = [\"authenticated\"]\n"), String::from("[plans.eu-privacy]\n")];
    for number in 0..properties {
        let (feature, place) = (number / 10, number % 10);
        let (kind, values) = KINDS.get(usize::from(number) % KINDS.len()).expect("there are as many");
        features += &format!("[features.feature-{feature}.properties.property-{place}]\n{kind}\n");
        for ((plan, text), value) in ["registered", "eu-privacy"].iter().zip(&mut plans).zip(values) {
            if place == 0 {
                *text += &format!("[plans.{plan}.features.feature-{feature}]\n");
            }
            *text += &format!("property-{place} = {value}\n");
        }
    }
    Catalog::parse(&(features + &plans.concat())).expect("the catalog is valid")
}
