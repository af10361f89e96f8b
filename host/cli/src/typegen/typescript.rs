//! A catalog as TypeScript: one global interface, which the package `usher-workflow` looks into.
//!
//! The file must stay one without `import` and `export`: only so does it take part wherever it lies in a project.

use usher_decision::{Catalog, Feature, Plan, Property, PropertyKind};

use super::text::one_line;

/// Columns that a line of plans may have; longer ones are one plan a line.
const WIDTH: usize = 100;

/// The declaration file of a catalog.
pub(super) fn types(catalog: &Catalog) -> String {
    let mut code = super::HEAD.to_owned();
    code.push_str("\n/** The plans and features of the catalog, for the types of `usher-workflow`. */\n");
    code.push_str("interface UsherCatalog {\n");
    code.push_str(&plans(catalog));
    code.push_str("  /** The features, and what their properties can be set to. */\n");
    let features: String = catalog.features().iter().map(feature).collect();
    code.push_str(&braced("  features: ", "  ", &features));
    code.push_str("}\n");
    code
}

fn plans(catalog: &Catalog) -> String {
    // An editor shows the comment of a property, but none for the members of a union.
    let mut code = "  /**\n   * The slug of a plan.\n".to_owned();
    if !catalog.plans().is_empty() {
        code.push_str("   *\n");
    }
    for plan in catalog.plans() {
        code.push_str(&format!("   * - {}\n", commented(&about(plan))));
    }
    code.push_str("   */\n");
    let slugs: Vec<_> = catalog.plans().iter().map(|plan| quoted(plan.slug())).collect();
    let on_one_line = format!("  plan: {};\n", union(&slugs));
    if on_one_line.trim_end().len() <= WIDTH {
        return code + &on_one_line;
    }
    code.push_str("  plan:");
    for slug in slugs {
        code.push_str(&format!("\n    | {slug}"));
    }
    code + ";\n"
}

/// What a plan is called and what it is about.
fn about(plan: &Plan) -> String {
    let mut about = format!("`{}`", plan.slug());
    if plan.name() != plan.slug() {
        about.push_str(&format!(" ({})", one_line(plan.name())));
    }
    if let Some(description) = plan.description() {
        about.push_str(&format!(": {}", one_line(description)));
    }
    about
}

fn feature(feature: &Feature) -> String {
    let properties: String = feature.properties().iter().map(property).collect();
    let name = commented(&one_line(feature.name()));
    format!("    /** {name} */\n{}", braced(&format!("    {}: ", key(feature.slug())), "    ", &properties))
}

fn property(property: &Property) -> String {
    let shape = match property.kind() {
        PropertyKind::Meterable { .. } => r#"type: "meterable""#.to_owned(),
        PropertyKind::Number => r#"type: "number""#.to_owned(),
        PropertyKind::Boolean => r#"type: "boolean""#.to_owned(),
        PropertyKind::String { order } => {
            let values: Vec<_> = order.iter().map(|value| quoted(value)).collect();
            format!(r#"type: "string"; value: {}"#, union(&values))
        }
    };
    format!("      {}: {{ {shape} }};\n", key(property.slug()))
}

/// A member whose type is an object, or an empty one on the same line.
fn braced(member: &str, indent: &str, content: &str) -> String {
    match content {
        "" => format!("{member}{{}};\n"),
        _ => format!("{member}{{\n{content}{indent}}};\n"),
    }
}

/// A union of types; `never` when there is none.
fn union(types: &[String]) -> String {
    match types {
        [] => "never".to_owned(),
        _ => types.join(" | "),
    }
}

/// A slug as the key of a member.
fn key(slug: &str) -> String {
    let is_identifier = !slug.starts_with(|first: char| first.is_ascii_digit()) && !slug.contains('-');
    if is_identifier { slug.to_owned() } else { quoted(slug) }
}

/// A text as a string literal: JSON's are TypeScript's, too.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// A text inside of a comment: it neither ends it nor is a tag in it.
fn commented(text: &str) -> String {
    text.replace("*/", "*\\/").replace('@', "\\@")
}

#[cfg(test)]
mod tests {
    use usher_decision::Catalog;

    use super::types;

    #[track_caller]
    fn check(catalog: &str, expected: &[&str]) {
        let types = types(&Catalog::parse(catalog).unwrap());
        for expected in expected {
            assert!(types.contains(expected), "{expected} is not in\n{types}");
        }
    }

    #[test]
    fn a_catalog_that_offers_nothing_has_types_that_take_nothing() {
        check("", &["  plan: never;\n", "  features: {};\n"]);
        check("[features.article]\n", &["    article: {};\n"]);
    }

    #[test]
    fn keys_are_quoted_where_they_have_to_be() {
        let property = "type = 'boolean'\n";
        check(
            &format!(
                "[features.live-sport.properties.3d]\n{property}[features.class_1.properties.default]\n{property}"
            ),
            &["    \"live-sport\": {\n      \"3d\": { type", "    class_1: {\n      default: { type"],
        );
    }

    #[test]
    fn values_are_literals_whatever_they_hold() {
        check(
            "[features.video.properties.quality]\ntype = 'string'\norder = ['a\"b\\', \"\\n\", '*/']\n",
            &[r#"quality: { type: "string"; value: "a\"b\\" | "\n" | "*/" };"#],
        );
    }

    #[test]
    fn no_text_ends_its_comment_or_is_a_tag() {
        check(
            "[features.f]\nname = '*/ evil()'\n[features.g]\nname = '@deprecated'\n\
             [plans.p]\ndescription = \"one\\n * @two\"\n",
            &["/** *\\/ evil() */", "/** \\@deprecated */", "   * - `p`: one * \\@two\n"],
        );
    }

    #[test]
    fn plans_are_one_a_line_where_they_are_many() {
        // With these two plans, the line has 100 columns.
        let (first, second) = ("a".repeat(64), "b".repeat(20));
        let catalog = |second: &str| format!("[plans.{first}]\n[plans.{second}]\n");
        check(&catalog(&second), &[&format!("  plan: \"{first}\" | \"{second}\";\n")]);
        check(&catalog(&format!("{second}b")), &[&format!("  plan:\n    | \"{first}\"\n    | \"{second}b\";\n")]);
    }
}
