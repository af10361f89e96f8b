use std::time::Duration;

use serde_json::json;

use super::*;

/// The file that the documentation shows.
const FORMAT: &str = include_str!("format.toml");

#[track_caller]
fn parse(text: &str) -> Catalog {
    Catalog::parse(text).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn an_empty_file_is_a_valid_catalog() {
    for catalog in [parse(""), parse("# nothing yet\n"), Catalog::default()] {
        assert!(catalog.features().is_empty());
        assert!(catalog.plans().is_empty());
        assert!(catalog.surfaces().is_empty());
        assert!(catalog.jwt_integrations().is_empty());
        assert_eq!(catalog.variables().len(), 0);
        assert_eq!(catalog.plan_by_slug(""), None);
        assert_eq!(catalog.surface(""), None);
    }
}

#[test]
fn features_and_properties_are_read() {
    let catalog = parse(FORMAT);
    let [article] = catalog.features() else { panic!("{:?}", catalog.features()) };
    assert_eq!((article.slug(), article.id(), article.name()), ("article", "feat_article", "Article"));

    let [enabled, quality] = article.properties() else { panic!("{article:?}") };
    assert_eq!(enabled.slug(), "enabled");
    assert_eq!(enabled.kind(), &PropertyKind::Meterable { unique_resources: true });
    assert_eq!(enabled.wins(), Wins::Higher);
    assert_eq!(enabled.fallback(), Some(&Value::Meter(Meter::Off)));
    assert_eq!(enabled.counter_id(), "default:feat_article.enabled");

    assert_eq!(quality.slug(), "quality");
    assert_eq!(quality.kind(), &PropertyKind::String { order: ["sd", "hd", "uhd"].map(Into::into).into() });
    assert_eq!(quality.fallback(), None);
}

#[test]
fn features_and_properties_have_defaults() {
    let longest = "a".repeat(64);
    let catalog = parse(&format!(
        "[features.{longest}.properties]\na.type = 'meterable'\nb.type = 'number'\nc.type = 'boolean'\n\
         d = {{ type = 'string', order = ['x'], wins = 'lower' }}\n"
    ));
    let [feature] = catalog.features() else { panic!("{:?}", catalog.features()) };
    assert_eq!(feature.name(), longest);
    assert_eq!(feature.id(), format!("feat_{longest}"));

    let [a, b, c, d] = feature.properties() else { panic!("{feature:?}") };
    assert_eq!(a.kind(), &PropertyKind::Meterable { unique_resources: false });
    assert_eq!(a.counter_id(), format!("default:feat_{longest}.a"));
    assert_eq!([a, b, c, d].map(Property::wins), [Wins::Higher, Wins::Higher, Wins::Higher, Wins::Lower]);
    assert_eq!(a.fallback(), Some(&Value::Meter(Meter::Off)));
    assert_eq!([b, c, d].map(Property::fallback), [None, None, None]);
}

#[test]
fn fallbacks_are_of_their_type() {
    #[track_caller]
    fn check(property: &str, expected: &Value) {
        let catalog = parse(&format!("[features.f.properties]\nx = {{ {property} }}\n"));
        assert_eq!(catalog.features()[0].properties()[0].fallback(), Some(expected));
    }
    let metered = Meter::Metered { limit: 3, per: Period::Lifetime };
    check("type = 'meterable', fallback = 'on'", &Value::Meter(Meter::On));
    check("type = 'meterable', fallback = { limit = 3, per = 'lifetime' }", &Value::Meter(metered));
    check("type = 'number', fallback = 2", &Value::Number(2.0));
    check("type = 'number', fallback = -2.5", &Value::Number(-2.5));
    check("type = 'boolean', fallback = false", &Value::Boolean(false));
    check("type = 'string', order = ['', 'a'], fallback = ''", &Value::Text("".into()));
}

#[test]
fn a_negative_zero_is_a_zero() {
    let catalog = parse("[features.f.properties]\nx = { type = 'number', fallback = -0.0 }\n");
    let Some(Value::Number(number)) = catalog.features()[0].properties()[0].fallback() else { panic!("a number") };
    assert!(number.is_sign_positive());
}

#[test]
fn plans_are_read() {
    let catalog = parse(FORMAT);
    let [premium] = catalog.plans() else { panic!("{:?}", catalog.plans()) };
    assert_eq!((premium.slug(), premium.name()), ("premium", "Premium"));
    assert_eq!(premium.description(), Some("Everything"));
    assert_eq!(premium.assigned_to(), [Audience::Authenticated]);
    assert_eq!(premium.products(), ["prod_premium".into()]);

    let values: Vec<_> = premium.settings().iter().map(|setting| (setting.slot, setting.value.clone())).collect();
    let metered = Meter::Metered { limit: 3, per: Period::Month };
    assert_eq!(values, [(0, Value::Meter(metered)), (1, Value::Text("uhd".into()))]);
}

#[test]
fn plans_have_defaults_and_every_audience() {
    let catalog =
        parse("[plans.all]\nassign = ['ai-bot', 'search-crawler', 'authenticated', 'anonymous']\n[plans.none]\n");
    let [all, none] = catalog.plans() else { panic!("{:?}", catalog.plans()) };
    let audiences: Vec<_> = all.assigned_to().iter().map(ToString::to_string).collect();
    assert_eq!(audiences, ["ai-bot", "search-crawler", "authenticated", "anonymous"]);
    assert_eq!((none.name(), none.description()), ("none", None));
    assert!(none.assigned_to().is_empty());
    assert!(none.products().is_empty());
}

#[test]
fn surfaces_are_read() {
    let catalog = parse(FORMAT);
    let surface = catalog.surface("article-page").unwrap();
    assert_eq!((surface.slug(), surface.name()), ("article-page", "Article page"));
    assert_eq!(surface.properties(), json!({ "layout": "wide" }).as_object().unwrap());
    let [paywall] = surface.components() else { panic!("{surface:?}") };
    assert_eq!((paywall.key(), paywall.css_selector()), ("paywall", Some("#paywall")));
    assert_eq!(paywall.properties(), json!({ "tone": "friendly" }).as_object().unwrap());

    let catalog = parse("[surfaces.page.components.banner]\n");
    let surface = catalog.surface("page").unwrap();
    assert_eq!(surface.name(), "page");
    assert!(surface.properties().is_empty());
    assert_eq!(surface.components()[0].css_selector(), None);
    assert!(surface.components()[0].properties().is_empty());
}

#[test]
fn free_form_properties_are_json_in_file_order() {
    let catalog = parse(
        "[surfaces.s.properties]\nz = 1\na = -0.5\nm.deep = [true, 'x', { y = 1, b = 2 }]\nday = 1979-05-27\n\
         at = 07:32:00\nhex = 0xff\n",
    );
    assert_eq!(
        serde_json::to_string(catalog.surfaces()[0].properties()).unwrap(),
        r#"{"z":1,"a":-0.5,"m":{"deep":[true,"x",{"y":1,"b":2}]},"day":"1979-05-27","at":"07:32:00","hex":255}"#
    );
}

#[test]
fn jwt_integrations_are_read() {
    let catalog = parse(FORMAT);
    let [accounts, partner] = catalog.jwt_integrations() else { panic!("{:?}", catalog.jwt_integrations()) };
    assert_eq!((accounts.name(), accounts.algorithm()), ("accounts", Some(JwtAlgorithm::Rs256)));
    assert_eq!(*accounts.keys(), JwtKeys::Pem("-----BEGIN PUBLIC KEY-----\n…\n-----END PUBLIC KEY-----".to_owned()));
    let line = FORMAT.lines().position(|line| line.starts_with("public-key")).unwrap() + 1;
    assert_eq!(accounts.line(), line);
    assert_eq!(accounts.identifier_claim(), "sub");
    assert_eq!(accounts.issuer(), Some("https://accounts.example"));
    assert_eq!(accounts.audience(), Some("newsroom"));
    assert_eq!(accounts.leeway(), Duration::from_secs(30));
    assert_eq!(*partner.keys(), JwtKeys::Url("https://partner.example/.well-known/jwks.json".to_owned()));
    assert_eq!(partner.algorithm(), None);
}

#[test]
fn jwt_integrations_have_defaults_and_every_algorithm() {
    let catalog = parse(
        "[jwt.a]\nalgorithm = 'RS256'\npublic-key = 'k'\n[jwt.b]\nalgorithm = 'ES256'\npublic-key = 'k'\n\
         [jwt.c]\nalgorithm = 'EdDSA'\npublic-key = 'k'\nleeway-seconds = 0\n",
    );
    let algorithms: Vec<_> =
        catalog.jwt_integrations().iter().map(|jwt| jwt.algorithm().unwrap().to_string()).collect();
    assert_eq!(algorithms, ["RS256", "ES256", "EdDSA"]);
    let [a, _, c] = catalog.jwt_integrations() else { panic!("{catalog:?}") };
    assert_eq!((a.identifier_claim(), a.issuer(), a.audience()), ("sub", None, None));
    assert_eq!([a, c].map(|jwt| jwt.leeway().as_secs()), [30, 0]);
}

#[test]
fn variables_are_read() {
    let catalog = parse("[variables]\nZ = 'last'\n_a = ''\nCURRENCY = 'EUR'\n");
    assert_eq!(catalog.variables().collect::<Vec<_>>(), [("Z", "last"), ("_a", ""), ("CURRENCY", "EUR")]);
}

#[test]
fn everything_is_in_file_order() {
    let catalog = parse(
        "[plans.z]\n[plans.a]\n[plans.m]\n[features.z]\n[features.a.properties]\ny.type = 'number'\nb.type = 'number'\n\
         [surfaces.z]\n[surfaces.a.components.y]\n[surfaces.a.components.b]\n\
         [jwt.z]\nalgorithm = 'RS256'\npublic-key = 'k'\n[jwt.a]\nalgorithm = 'RS256'\npublic-key = 'k'\n",
    );
    assert_eq!(catalog.plans().iter().map(Plan::slug).collect::<Vec<_>>(), ["z", "a", "m"]);
    assert_eq!(catalog.features().iter().map(Feature::slug).collect::<Vec<_>>(), ["z", "a"]);
    assert_eq!(catalog.features()[1].properties().iter().map(Property::slug).collect::<Vec<_>>(), ["y", "b"]);
    assert_eq!(catalog.surfaces().iter().map(Surface::slug).collect::<Vec<_>>(), ["z", "a"]);
    assert_eq!(catalog.surfaces()[1].components().iter().map(Component::key).collect::<Vec<_>>(), ["y", "b"]);
    assert_eq!(catalog.jwt_integrations().iter().map(JwtIntegration::name).collect::<Vec<_>>(), ["z", "a"]);
}

#[test]
fn a_table_is_where_its_own_header_is() {
    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        assert_eq!(parse(text).plans().iter().map(Plan::slug).collect::<Vec<_>>(), expected);
    }
    check("[plans.b.features]\n[plans.a]\n", &["b", "a"]);
    check("[plans.b.features]\n[plans.a]\n[plans.b]\n", &["a", "b"]);
    check("[plans]\nb.name = 'B'\na = { name = 'A' }\n", &["b", "a"]);
}

#[test]
fn slugs_lead_to_plans_and_surfaces() {
    let catalog = parse("[plans.b]\n[plans.a]\n[surfaces.b]\n[surfaces.a]\n");
    for slug in ["a", "b"] {
        let plan = catalog.plan_by_slug(slug).and_then(|index| catalog.plan(index));
        assert_eq!(plan.map(Plan::slug), Some(slug));
        assert_eq!(catalog.surface(slug).map(Surface::slug), Some(slug));
    }
    assert_eq!(catalog.plan_by_slug("A"), None);
    assert_eq!(catalog.surface("A"), None);
    assert!(catalog.plan_by_slug("b") < catalog.plan_by_slug("a"));
}

#[test]
fn an_index_of_another_catalog_may_have_no_plan() {
    let index = parse("[plans.a]\n[plans.b]\n").plan_by_slug("b").unwrap();
    assert_eq!(parse("[plans.a]\n").plan(index), None);
}

#[test]
fn a_catalog_can_be_shared_between_threads() {
    fn check<T: Send + Sync>() {}
    check::<Catalog>();
}
