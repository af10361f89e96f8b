//! The enum of plans that the cases share, as `usher typegen --lang rust` would write it.

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Plan {
    Premium,
    Registered,
}

impl usher_guest::PlanSlugs for Plan {
    const SLUGS: &'static [&'static str] = &["premium", "registered"];
}

impl AsRef<str> for Plan {
    fn as_ref(&self) -> &str {
        match self {
            Self::Premium => "premium",
            Self::Registered => "registered",
        }
    }
}

impl From<Plan> for String {
    fn from(plan: Plan) -> Self {
        plan.as_ref().to_owned()
    }
}
