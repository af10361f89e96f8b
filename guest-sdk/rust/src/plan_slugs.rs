//! Plans as an enum: what a workflow can answer at all, known to the compiler and to the host.

use std::fmt::Display;

use crate::IntoPlans;

/// Lists the slugs of an enum whose values are plans, for `#[workflow(plans = …)]`.
///
/// `usher typegen --lang rust` writes such an enum from a catalog. With it, a workflow cannot answer with a plan that the
/// catalog did not have, and the module says which plans those are:
///
/// ```
/// use usher_guest::{PlanSlugs, Request, workflow};
///
/// #[derive(Clone, Copy)]
/// pub enum Plan { Premium, Registered }
///
/// impl PlanSlugs for Plan {
///     const SLUGS: &'static [&'static str] = &["premium", "registered"];
/// }
/// impl AsRef<str> for Plan {
///     fn as_ref(&self) -> &str {
///         match self {
///             Self::Premium => "premium",
///             Self::Registered => "registered",
///         }
///     }
/// }
/// impl From<Plan> for String {
///     fn from(plan: Plan) -> Self {
///         plan.as_ref().to_owned()
///     }
/// }
///
/// #[workflow(plans = Plan)]
/// fn tier(request: &Request) -> Option<Plan> {
///     request.identity().is_authenticated().then_some(Plan::Registered)
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no list of plans",
    label = "not an enum of plans",
    note = "`usher typegen --lang rust` writes an enum that implements `PlanSlugs` from a catalog"
)]
pub trait PlanSlugs: Into<String> + AsRef<str> {
    /// The slug of every plan there is: 1 to 64 ASCII letters, digits, `-` or `_` each.
    const SLUGS: &'static [&'static str];
}

/// What a workflow with `plans = P` may return: what [`IntoPlans`] takes, made of `P` and nothing else.
#[diagnostic::on_unimplemented(
    message = "a workflow with `plans = {P}` cannot answer with `{Self}`",
    label = "not made of `{P}`",
    note = "return `Vec<{P}>`, an array, a slice, an `Option`, one `{P}`, or a `Result` of these"
)]
pub trait PlansOf<P> {
    /// Lists the slugs.
    ///
    /// # Errors
    ///
    /// The workflow's own refusal to answer, in words for its author.
    fn into_plans_of(self) -> Result<Vec<String>, String>;
}

impl<P: PlanSlugs> PlansOf<P> for Vec<P> {
    fn into_plans_of(self) -> Result<Vec<String>, String> {
        self.into_plans()
    }
}

impl<P: PlanSlugs, const N: usize> PlansOf<P> for [P; N] {
    fn into_plans_of(self) -> Result<Vec<String>, String> {
        self.into_plans()
    }
}

impl<P: PlanSlugs> PlansOf<P> for &[P] {
    fn into_plans_of(self) -> Result<Vec<String>, String> {
        self.into_plans()
    }
}

impl<P: PlanSlugs> PlansOf<P> for Option<P> {
    fn into_plans_of(self) -> Result<Vec<String>, String> {
        self.into_plans()
    }
}

impl<P: PlanSlugs> PlansOf<P> for P {
    fn into_plans_of(self) -> Result<Vec<String>, String> {
        [self].into_plans()
    }
}

impl<P: PlanSlugs, A: PlansOf<P>, E: Display> PlansOf<P> for Result<A, E> {
    fn into_plans_of(self) -> Result<Vec<String>, String> {
        match self {
            Ok(plans) => plans.into_plans_of(),
            Err(error) => Err(error.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{PlanSlugs, PlansOf};

    #[derive(Clone, Copy)]
    enum Plan {
        A,
        B,
    }

    impl PlanSlugs for Plan {
        const SLUGS: &'static [&'static str] = &["a", "b"];
    }

    impl AsRef<str> for Plan {
        fn as_ref(&self) -> &str {
            match self {
                Self::A => "a",
                Self::B => "b",
            }
        }
    }

    impl From<Plan> for String {
        fn from(plan: Plan) -> Self {
            plan.as_ref().to_owned()
        }
    }

    #[track_caller]
    fn check(returned: impl PlansOf<Plan>, expected: Result<&[&str], &str>) {
        let expected = expected.map(|slugs| slugs.iter().map(|slug| (*slug).to_owned()).collect());
        assert_eq!(returned.into_plans_of(), expected.map_err(str::to_owned));
    }

    #[test]
    fn everything_made_of_the_enum_is_an_answer() {
        check(vec![Plan::A, Plan::B], Ok(&["a", "b"]));
        check([Plan::B], Ok(&["b"]));
        check([Plan::A, Plan::A].as_slice(), Ok(&["a", "a"]));
        check(Some(Plan::A), Ok(&["a"]));
        check(None::<Plan>, Ok(&[]));
        check(Plan::B, Ok(&["b"]));
        check(Ok::<_, String>(Plan::B), Ok(&["b"]));
        check(Err::<Vec<Plan>, _>("no"), Err("no"));
    }
}
