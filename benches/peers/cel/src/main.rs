//! CEL: expressions that always end. There is no state to be fresh but the variables, and no machine code of anybody.

use std::sync::Arc;

use cel::{Context, Env, Program, Value, to_value};
use measure::{Job, Peer, record::Record};

const TIER: &str = r#"
    has(identity.jwtClaims.premium) && identity.jwtClaims.premium == true ? ["premium"]
        : identity.userType == "authenticated" ? ["registered"] : ["anonymous"]
"#;

/// The language takes no URL apart, so the campaign is looked for in its text.
const RULES: &str = r#"
    (has(identity.jwtClaims.roles) && "editor" in identity.jwtClaims.roles ? ["staff"] : [])
    + (context.countryCode in ["AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE",
        "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"] ? ["eu-privacy"] : [])
    + (context.botTags.exists(bot, bot.isVerified && bot.category == "search-crawler") ? ["search-index"] : [])
    + (instant % 86400000u >= 64800000u ? ["evening"] : [])
    + (http.url.contains("utm_source=newsletter") ? ["newsletter"] : [])
    + (context.userAgent.contains("Mobile") ? ["pocket"] : [])
    + (identity.testGroup100 < 50u ? ["new-paywall"] : [])
    + ("prod_archive" in customerData.productIds ? ["archive"] : [])
"#;

fn main() {
    let peer = Peer::new("cel");
    let environment = Arc::new(Env::stdlib());
    for job in Job::ALL {
        let program = environment.compile(match job {
            Job::Tier => TIER,
            Job::Rules => RULES,
        });
        let program = program.expect("the job is CEL");
        peer.decide(job, "shared environment", |record| {
            ask(Context::with_env(Arc::clone(&environment)), &program, record)
        });
        peer.decide(job, "fresh environment", |record| ask(Context::default(), &program, record));
    }
}

fn ask(mut context: Context<'_, '_>, program: &Program, record: &Record) -> Vec<String> {
    let Value::Map(request) = to_value(record.opened()).expect("a record can be converted") else {
        panic!("a record is a map")
    };
    for (name, value) in request.map.iter() {
        context.add_variable_from_value(name.to_string(), value.clone());
    }
    let Ok(Value::List(plans)) = program.execute(&context) else { panic!("plans are a list") };
    let text = |plan: &Value| match plan {
        Value::String(plan) => plan.as_str().to_owned(),
        _ => panic!("plans are texts"),
    };
    plans.iter().map(text).collect()
}
