//! A catalog as Rust: one enumeration of its plans.
//!
//! What is written is as `rustfmt` writes it, and silent under the strict lints of others.

use usher_decision::{Catalog, Plan};

use super::names::{self, NamesError};
use super::text::one_line;

/// Columns that a line may have before `rustfmt` breaks it.
const WIDTH: usize = 100;

/// What comes before the variants.
const ABOVE: &str = r#"
//! The plans of the catalog.

#![allow(clippy::doc_markdown, reason = "the texts are the catalog's")]
#![allow(dead_code, reason = "no workflow grants every plan")]
#![allow(unreachable_pub, reason = "a module may well be private")]

/// The plans of the catalog.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
"#;

/// What comes after the implementation of `slug`.
const BELOW: &str = r"
impl AsRef<str> for Plan {
    fn as_ref(&self) -> &str {
        self.slug()
    }
}

impl From<Plan> for String {
    fn from(plan: Plan) -> Self {
        plan.slug().to_owned()
    }
}

impl std::fmt::Display for Plan {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.slug())
    }
}

impl usher_guest::PlanSlugs for Plan {
";

/// The module of a catalog.
pub(super) fn types(catalog: &Catalog) -> Result<String, NamesError> {
    let plans = catalog.plans();
    let slugs: Vec<_> = plans.iter().map(|plan| plan.slug()).collect();
    let names = names::variants(&slugs)?;

    let documented = plans.iter().zip(&names);
    let variants = documented.map(|(plan, name)| format!("    /// {}\n    {name},\n", documentation(&about(plan))));
    let arms: String = slugs.iter().zip(&names).map(|(slug, name)| arm(name, slug)).collect();
    let list: String = names.iter().map(|name| format!("        Self::{name}.slug(),\n")).collect();

    let mut code = super::HEAD.to_owned();
    code.push_str(ABOVE);
    code.push_str(&braced("pub enum Plan ", "", &variants.collect::<String>()));
    code.push_str("\nimpl Plan {\n    /// The slug that the catalog knows the plan by.\n    #[must_use]\n");
    code.push_str("    pub const fn slug(self) -> &'static str {\n");
    code.push_str(&braced("        match self ", "        ", &arms));
    code.push_str("    }\n}\n");
    code.push_str(BELOW);
    code.push_str(&slice(&list));
    code.push_str("}\n");
    Ok(code)
}

/// What a plan is called and what it is about.
fn about(plan: &Plan) -> String {
    match plan.description() {
        Some(description) => format!("{}: {}", one_line(plan.name()), one_line(description)),
        None => one_line(plan.name()),
    }
}

fn arm(name: &str, slug: &str) -> String {
    let line = format!("            Self::{name} => \"{slug}\",\n");
    match line.len() <= WIDTH + "\n".len() {
        true => line,
        false => format!("            Self::{name} => {{\n                \"{slug}\"\n            }}\n"),
    }
}

/// The constant of all slugs. `rustfmt` leaves a list with a comment in it one element a line, however short it is.
fn slice(elements: &str) -> String {
    let declared = "    const SLUGS: &'static [&'static str] = &[";
    match elements {
        "" => format!("{declared}];\n"),
        _ => format!("{declared}\n        // In the order of the catalog.\n{elements}    ];\n"),
    }
}

fn braced(before: &str, indent: &str, content: &str) -> String {
    match content {
        "" => format!("{before}{{}}\n"),
        _ => format!("{before}{{\n{content}{indent}}}\n"),
    }
}

/// A text inside of documentation: it links nowhere, and is no HTML.
fn documentation(text: &str) -> String {
    text.replace('[', "\\[").replace(']', "\\]").replace('<', "\\<")
}

#[cfg(test)]
mod tests {
    use usher_decision::Catalog;

    use super::types;

    #[track_caller]
    fn check(catalog: &str, expected: &[&str]) {
        let types = types(&Catalog::parse(catalog).unwrap()).unwrap();
        for expected in expected {
            assert!(types.contains(expected), "{expected} is not in\n{types}");
        }
    }

    #[test]
    fn a_catalog_without_plans_has_an_enumeration_without_variants() {
        check("", &["pub enum Plan {}\n", "        match self {}\n", "&'static str] = &[];\n"]);
    }

    #[test]
    fn documentation_links_nowhere() {
        check("[plans.p]\nname = 'P [q] <b>'\n", &["    /// P \\[q\\] \\<b>\n    P,\n"]);
    }
}
