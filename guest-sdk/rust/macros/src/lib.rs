//! The `#[workflow]` attribute. Authors find it in the `usher-guest` crate, together with everything it expands to.

mod arguments;
mod expand;
mod function;

use proc_macro::TokenStream;
use proc_macro2::TokenStream as Tokens;

/// Makes a function the workflow of its crate.
///
/// It takes a [`&Request`](../usher_guest/struct.Request.html), or a `Request` of its own, and returns anything that
/// is [`IntoPlans`](../usher_guest/trait.IntoPlans.html):
///
/// ```
/// use usher_guest::{Request, workflow};
///
/// #[workflow]
/// fn tier(request: &Request) -> Option<&'static str> {
///     (request.claim("premium") == Some(true)).then_some("premium")
/// }
/// ```
///
/// The function stays as it is, so tests call it directly. Only when the crate is built for WebAssembly is it also
/// exported to the host. A crate has one workflow.
///
/// `plans = …` names an enum that is [`PlanSlugs`](../usher_guest/trait.PlanSlugs.html). The workflow then returns values
/// of that enum and nothing else, and its module says which plans those are, so that a server can tell its operator which
/// of them the catalog does not have.
///
/// An `async fn` is welcome where it reads better or calls something that is one. It runs from start to end without a
/// pause, because the look-ups of the contract wait by themselves; a workflow that awaits anything that is not ready
/// is refused.
#[proc_macro_attribute]
pub fn workflow(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let item = Tokens::from(item);
    match function::read(&arguments.into(), item.clone()) {
        Ok(function) => expand::expand(&function, &item).into(),
        Err(error) => {
            let error = error.into_compile_error();
            quote::quote!(#item #error).into()
        }
    }
}
