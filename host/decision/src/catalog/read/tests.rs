use super::catalog;

/// Checks which problems a file has: all of them, in full.
#[track_caller]
pub(super) fn check(text: &str, expected: &[&str]) {
    let error = catalog(text).expect_err("the file should be refused");
    let found: Vec<_> = error.problems().iter().map(ToString::to_string).collect();
    assert_eq!(found, expected);
    assert!(!found.iter().any(|problem| problem.contains('\n')), "a problem is one line");
}

const SLUG: &str = "1 to 64 ASCII letters, digits, `-` or `_`, the first a letter or digit";

#[test]
fn unknown_keys_are_refused_everywhere() {
    check(
        "plan = 1\n",
        &[
            "line 1: `plan`: unknown key; expected one of `time-zone`, `features`, `plans`, `workflows`, `surfaces`, `jwt`, `variables`",
        ],
    );
    check(
        "\n[features.article]\nnmae = 'Article'\n",
        &["line 3: `features.article.nmae`: unknown key; expected one of `name`, `id`, `properties`"],
    );
    check(
        "[features.f.properties.x]\ntype = 'number'\nlimit = 3\n",
        &["line 3: `features.f.properties.x.limit`: unknown key; \
         expected one of `type`, `wins`, `fallback`, `unique-resources`, `order`"],
    );
    check(
        "[plans.premium]\nassing = []\n",
        &["line 2: `plans.premium.assing`: unknown key; \
         expected one of `name`, `description`, `assign`, `products`, `features`"],
    );
    check(
        "[surfaces.page]\nlayout = 'wide'\n",
        &["line 2: `surfaces.page.layout`: unknown key; expected one of `name`, `properties`, `components`"],
    );
    check(
        "[surfaces.page.components.wall]\nselector = 'p'\n",
        &["line 2: `surfaces.page.components.wall.selector`: unknown key; \
             expected one of `css-selector`, `content`, `properties`"],
    );
    check(
        "[jwt.a]\nalgorithm = 'RS256'\npublic-key = 'k'\nkid = '1'\n",
        &["line 4: `jwt.a.kid`: unknown key; expected one of \
         `algorithm`, `public-key`, `jwk`, `jwks-file`, `jwks-url`, \
         `identifier-claim`, `issuer`, `audience`, `leeway-seconds`"],
    );
}

#[test]
fn sections_and_their_entries_must_be_tables() {
    check("features = 1\n", &["line 1: `features`: integer `1`; expected a table"]);
    check("plans = []\n", &["line 1: `plans`: array; expected a table"]);
    check("[features]\narticle = true\n", &["line 2: `features.article`: boolean `true`; expected a table"]);
    check("[[plans.premium]]\nname = 'x'\n", &["line 1: `plans.premium`: array; expected a table"]);
    check("[plans.p]\nfeatures = 1.5\n", &["line 2: `plans.p.features`: float `1.5`; expected a table"]);
    check("[surfaces]\npage = ''\n", &["line 2: `surfaces.page`: empty string; expected a table"]);
    check(
        "[surfaces.s.components]\nwall = 2020-01-31\n",
        &["line 2: `surfaces.s.components.wall`: date-time `2020-01-31`; expected a table"],
    );
    check("[jwt]\na = 'k'\n", &["line 2: `jwt.a`: string `k`; expected a table"]);
    check("variables = 'x'\n", &["line 1: `variables`: string `x`; expected a table"]);
}

#[test]
fn slugs_have_a_shape_and_a_length() {
    let longest = "a".repeat(64);
    assert!(catalog(&format!("[plans.{longest}]\n[features.{longest}]\n[surfaces.{longest}]\n")).is_ok());
    assert!(catalog("[plans.0]\n[plans.A-b_9]\n").is_ok());

    let too_long = "a".repeat(65);
    check(
        &format!("[plans.{too_long}]\n"),
        &[&format!("line 1: `plans.{too_long}`: key `{}…`; expected {SLUG}", "a".repeat(60))],
    );
    check("[plans.-a]\n", &[&format!("line 1: `plans.-a`: key `-a`; expected {SLUG}")]);
    check("[features._a]\n", &[&format!("line 1: `features._a`: key `_a`; expected {SLUG}")]);
    check(
        "[features.a.properties.'b c']\ntype = 'number'\n",
        &[&format!("line 1: `features.a.properties.\"b c\"`: key `b c`; expected {SLUG}")],
    );
    check("[surfaces.\"a\\nb\"]\n", &[&format!(r#"line 1: `surfaces."a\nb"`: key `a\nb`; expected {SLUG}"#)]);
    check("[surfaces.a.components.'']\n", &[&format!("line 1: `surfaces.a.components.\"\"`: key ``; expected {SLUG}")]);
    check(
        "[jwt.\"ü\"]\nalgorithm = 'ES256'\npublic-key = 'k'\n",
        &[&format!("line 1: `jwt.\"ü\"`: key `ü`; expected {SLUG}")],
    );
}

#[test]
fn names_are_not_blank() {
    check(
        "[plans.p]\nname = ''\ndescription = 1\n",
        &[
            "line 2: `plans.p.name`: empty string; expected a string that is not blank",
            "line 3: `plans.p.description`: integer `1`; expected a string",
        ],
    );
    check("[features.f]\nname = 1\n", &["line 2: `features.f.name`: integer `1`; expected a string that is not blank"]);
    check(
        "[surfaces.s]\nname = []\n[surfaces.s.components.c]\ncss-selector = ''\n",
        &[
            "line 2: `surfaces.s.name`: array; expected a string that is not blank",
            "line 4: `surfaces.s.components.c.css-selector`: empty string; expected a string that is not blank",
        ],
    );
}

#[test]
fn all_problems_come_out_in_one_go() {
    let text = "[variables]\nA-B = ''\n[plans.p]\nassing = []\n[features.f]\nid = ''\n";
    let error = catalog(text).unwrap_err();
    assert_eq!(error.problems().iter().map(|problem| problem.line()).collect::<Vec<_>>(), [2, 4, 6]);
    assert_eq!(
        error.to_string(),
        "line 2: `variables.A-B`: key `A-B`; \
         expected 1 to 64 ASCII letters, digits or `_`, the first no digit (and 2 more)"
    );

    let problem = &error.problems()[1];
    assert_eq!((problem.key(), problem.found()), ("plans.p.assing", "unknown key"));
    assert_eq!(problem.expected(), "one of `name`, `description`, `assign`, `products`, `features`");
}

/// Checks that a file is either read or refused with problems that are in it.
#[track_caller]
fn check_survives(text: &str) {
    let Err(error) = catalog(text) else { return };
    let last_line = text.matches('\n').count() + 1;
    assert!(!error.problems().is_empty(), "{text}");
    assert!(error.problems().iter().all(|problem| (1..=last_line).contains(&problem.line())), "{text}\n{error}");
}

#[test]
fn damaged_files_are_refused_with_problems_that_are_in_them() {
    let sound = include_str!("../format.toml");
    let damages = ["", "'", "\"", "\n", "[", "]", "{", "}", "=", ".", ",", "a", "1", "\0"];
    for ((offset, _), damage) in sound.char_indices().zip(damages.iter().cycle()) {
        let (before, after) = sound.split_at(offset);
        check_survives(before);
        check_survives(&format!("{before}{damage}{}", after.chars().skip(1).collect::<String>()));
    }
    let lines: Vec<_> = sound.split_inclusive('\n').collect();
    for (position, line) in lines.iter().enumerate() {
        let (before, after) = lines.split_at(position);
        check_survives(&[before, &[line], after].concat().concat());
        check_survives(&[before, after, &[line]].concat().concat());
        check_survives(&[before, &after[1..]].concat().concat());
    }
}
