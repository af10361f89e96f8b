//! Makes every look-up there is, as often as it is told to (the claim `times`), and answers with what it learned. The
//! claim `patient` makes it go on when one fails.

use usher_guest::identity::{CustomDataScope, read_custom_data, read_custom_data_with, resolve_jwt};
use usher_guest::identity::{JwtVerification, linked_sources, linked_targets};
use usher_guest::{Request, env, workflow};

#[workflow]
fn lookups(request: &Request) -> Result<Vec<String>, String> {
    let user = request.identity().user();
    let mut learned = Vec::new();
    for turn in 0..request.claim::<u32>("times").unwrap_or_default() {
        match read_custom_data::<u32>(&user, &format!("key-{turn}")) {
            Ok(value) => learned.extend(value.map(|value| format!("value-{value}"))),
            Err(_) if request.claim("patient") == Some(true) => {}
            Err(error) => return Err(error.to_string()),
        }
    }
    if request.claim::<bool>("all") == Some(true) {
        let shared = read_custom_data_with::<String>(&user, "plan", CustomDataScope::CrossBrand);
        learned.extend(shared.map_err(|error| error.to_string())?);
        learned.push(match resolve_jwt("not.a.token") {
            Ok(JwtVerification::Verified(_)) => "verified".to_owned(),
            Ok(JwtVerification::Rejected(_)) => "rejected".to_owned(),
            Err(error) => error.to_string(),
        });
        let (sources, targets) = (linked_sources(&user), linked_targets(&user));
        learned.push(format!("sources-{}", sources.map_or(0, |links| links.len())));
        learned.push(format!("targets-{}", targets.map_or(0, |links| links.len())));
        learned.extend(env::get("REGION"));
    }
    Ok(learned)
}
