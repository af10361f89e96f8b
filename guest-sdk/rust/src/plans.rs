//! What a workflow answers.

use std::fmt::Display;

/// Turns what a workflow returns into its answer: the slugs of plans, or its refusal to answer.
///
/// A workflow may return any of these, where a slug is a `&'static str`, a `String` or anything else that turns into
/// a `String`:
///
/// | returned | answered |
/// | --- | --- |
/// | `Vec` or array of slugs, slice of texts | those plans; none when empty |
/// | one slug | that plan |
/// | `Option` of a slug | that plan, or none |
/// | `Result` of any of the above, its error printable | those plans, or a refusal in the error's words |
///
/// A refusal costs this workflow its plans for this decision and nothing else: the caller still gets an answer, marked
/// as degraded, and the words are kept for the author. Duplicates are removed and unknown slugs reported by the host.
///
/// A type of your own can be an answer, too:
///
/// ```
/// use usher_guest::IntoPlans;
///
/// enum Tier { Free, Gold }
///
/// impl IntoPlans for Tier {
///     fn into_plans(self) -> Result<Vec<String>, String> {
///         match self {
///             Self::Free => Ok(vec![]),
///             Self::Gold => "gold".into_plans(),
///         }
///     }
/// }
///
/// assert_eq!(Tier::Gold.into_plans(), Ok(vec!["gold".to_owned()]));
/// ```
#[diagnostic::on_unimplemented(
    message = "a workflow cannot answer with `{Self}`",
    label = "not plan slugs",
    note = "return `Vec<&'static str>`, an array, an `Option`, one slug, or a `Result` of these"
)]
pub trait IntoPlans {
    /// Lists the slugs, each once or several times.
    ///
    /// # Errors
    ///
    /// The workflow's own refusal to answer, in words for its author.
    fn into_plans(self) -> Result<Vec<String>, String>;
}

impl<S: Into<String>> IntoPlans for Vec<S> {
    fn into_plans(self) -> Result<Vec<String>, String> {
        Ok(self.into_iter().map(Into::into).collect())
    }
}

impl<S: Into<String>, const N: usize> IntoPlans for [S; N] {
    fn into_plans(self) -> Result<Vec<String>, String> {
        Ok(self.into_iter().map(Into::into).collect())
    }
}

impl<S: AsRef<str>> IntoPlans for &[S] {
    fn into_plans(self) -> Result<Vec<String>, String> {
        Ok(self.iter().map(|slug| slug.as_ref().to_owned()).collect())
    }
}

impl<S: Into<String>> IntoPlans for Option<S> {
    fn into_plans(self) -> Result<Vec<String>, String> {
        Ok(self.into_iter().map(Into::into).collect())
    }
}

impl IntoPlans for &str {
    fn into_plans(self) -> Result<Vec<String>, String> {
        Ok(vec![self.to_owned()])
    }
}

impl IntoPlans for String {
    fn into_plans(self) -> Result<Vec<String>, String> {
        Ok(vec![self])
    }
}

impl<P: IntoPlans, E: Display> IntoPlans for Result<P, E> {
    fn into_plans(self) -> Result<Vec<String>, String> {
        match self {
            Ok(plans) => plans.into_plans(),
            Err(error) => Err(error.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::IntoPlans;

    #[track_caller]
    fn check(returned: impl IntoPlans, expected: &[&str]) {
        assert_eq!(returned.into_plans().unwrap(), expected);
    }

    #[test]
    fn lists_are_answers() {
        check(vec!["a", "b"], &["a", "b"]);
        check(Vec::<&str>::new(), &[]);
        check(vec!["a".to_owned()], &["a"]);
        check(["a", "b"], &["a", "b"]);
        check(["a", "b"].as_slice(), &["a", "b"]);
        check(["a".to_owned()].as_slice(), &["a"]);
        check([std::borrow::Cow::Borrowed("a")], &["a"]);
    }

    #[test]
    fn one_slug_or_none_is_an_answer() {
        check("a", &["a"]);
        check("a".to_owned(), &["a"]);
        check(Some("a"), &["a"]);
        check(None::<String>, &[]);
    }

    #[test]
    fn results_are_answers_or_refusals() {
        check(Ok::<_, String>(vec!["a"]), &["a"]);
        check(Ok::<_, std::fmt::Error>(Some("a")), &["a"]);
        let refused: Result<&str, _> = "x".parse::<u8>().map(|_| "a");
        assert_eq!(refused.into_plans().unwrap_err(), "invalid digit found in string");
    }
}
