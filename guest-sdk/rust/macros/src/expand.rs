//! What the attribute puts beside the function.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use crate::function::{Asynchrony, Parameter, WorkflowFunction};

/// The function as it was, and what calls it.
///
/// The calling function is compiled everywhere, so that native builds check the types, but exported to the host only
/// in a build for WebAssembly. The constant around it keeps every name to itself and the author's function in use;
/// names beside the author's begin with `__`, for theirs could be any. The other constant is what two workflows in one
/// module collide on.
pub(crate) fn expand(function: &WorkflowFunction, item: &TokenStream) -> TokenStream {
    let call = call(function);
    quote! {
        #item

        const _A_CRATE_HAS_ONE_WORKFLOW: () = ();

        const _: fn(::usher_guest::__private::Told) -> ::usher_guest::__private::Answer = {
            fn __provision(told: ::usher_guest::__private::Told) -> ::usher_guest::__private::Answer {
                let __request = ::usher_guest::__private::begin(told);
                #call
            }

            #[cfg(target_family = "wasm")]
            const _: () = {
                struct __Workflow;

                impl ::usher_guest::__private::Guest for __Workflow {
                    fn provision(told: ::usher_guest::__private::Told) -> ::usher_guest::__private::Answer {
                        __provision(told)
                    }
                }

                ::usher_guest::__private::export_workflow!(__Workflow with_types_in ::usher_guest::__private);
            };

            __provision
        };
    }
}

/// The call itself. A parameter or an answer of the wrong type is an error where the author wrote it.
fn call(function: &WorkflowFunction) -> TokenStream {
    let name = &function.name;
    let request = match function.parameter {
        Parameter::Borrowed(written) => quote_spanned!(written=> &*__request),
        Parameter::Owned(written) => quote_spanned!(written=> ::std::mem::ManuallyDrop::into_inner(__request)),
    };
    let returned = quote_spanned!(function.returned=> __returned);
    let end = match function.asynchrony {
        Asynchrony::Sync => quote!(end),
        Asynchrony::Async => quote!(end_async),
    };
    quote! {
        let __returned = #name(#request);
        ::usher_guest::__private::#end(#returned)
    }
}
