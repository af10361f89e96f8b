//! What the attribute puts beside the function.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

use crate::function::{Asynchrony, Parameter, WorkflowFunction};

/// The function as it was, and what calls it.
///
/// The calling function is compiled everywhere, so that native builds check the types, but exported to the host only
/// in a build for WebAssembly. The constant around it keeps every name to itself and the author's function in use;
/// names beside the author's begin with `__`, for theirs could be any. The other constant is what two workflows in one
/// module collide on.
pub(crate) fn expand(function: &WorkflowFunction, item: &TokenStream) -> TokenStream {
    let call = call(function);
    let (check, plans) = declared(function);
    quote! {
        #item

        const _A_CRATE_HAS_ONE_WORKFLOW: () = ();

        #check

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
                ::usher_guest::__private::stamp_manifest!(#plans);
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
    // The compiler blames what stands for the type of the answer.
    let answer = quote_spanned!(function.returned=> _);
    let end = match (&function.asynchrony, &function.plans) {
        (Asynchrony::Sync, None) => quote!(end),
        (Asynchrony::Async, None) => quote!(end_async),
        (Asynchrony::Sync, Some(plans)) => quote!(end_of::<#plans, #answer>),
        (Asynchrony::Async, Some(plans)) => quote!(end_async_of::<#plans, #answer>),
    };
    quote! {
        let __returned = #name(#request);
        ::usher_guest::__private::#end(#returned)
    }
}

/// What is checked of the plans that the author names, and how the manifest gets them. The check is there in native
/// builds, too: an author's editor makes those.
fn declared(function: &WorkflowFunction) -> (TokenStream, TokenStream) {
    let Some(plans) = &function.plans else {
        return (TokenStream::new(), quote!(::std::option::Option::None));
    };
    let slugs = quote_spanned!(plans.span()=> <#plans as ::usher_guest::PlanSlugs>::SLUGS);
    let check = quote_spanned! {plans.span()=>
        const _: () = ::usher_guest::__private::check_slugs(#slugs);
    };
    (check, quote!(::std::option::Option::Some(#slugs)))
}
