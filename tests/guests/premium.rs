//! Grants `premium` to everybody but those in the country that the operator's variable `EXCEPT` names.

use usher_guest::{Request, env, workflow};

#[workflow]
fn premium(request: &Request) -> Option<&'static str> {
    let is_excepted = env::get("EXCEPT").is_some_and(|country| request.context().country_code == Some(country));
    (!is_excepted).then_some("premium")
}
