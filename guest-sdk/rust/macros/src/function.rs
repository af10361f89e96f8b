//! What the attribute is put on, and what it refuses.

use proc_macro2::{Ident, Span, TokenStream};
use syn::spanned::Spanned;
use syn::{Error, FnArg, GenericParam, ItemFn, Path, Result, ReturnType, Signature, Type};

use crate::arguments;

/// A function that can be a workflow.
pub(crate) struct WorkflowFunction {
    /// Its name.
    pub(crate) name: Ident,
    /// Whether it is `async`.
    pub(crate) asynchrony: Asynchrony,
    /// Whether it wants the request for itself, and where it says so.
    pub(crate) parameter: Parameter,
    /// Where it says what it returns.
    pub(crate) returned: Span,
    /// The enum of the plans it can answer with, if it has one.
    pub(crate) plans: Option<Path>,
}

pub(crate) enum Asynchrony {
    Sync,
    Async,
}

pub(crate) enum Parameter {
    Borrowed(Span),
    Owned(Span),
}

/// Reads the function, or tells everything that is wrong with it at once.
pub(crate) fn read(arguments: &TokenStream, item: TokenStream) -> Result<WorkflowFunction> {
    let function: ItemFn =
        syn::parse2(item).map_err(|error| Error::new(error.span(), "`#[workflow]` goes on a function with a body"))?;
    let signature = function.sig;
    let mut refusals = Refusals::default();
    let plans = arguments::read(arguments).unwrap_or_else(|refusal| {
        refusals.push(refusal);
        None
    });
    refuse_qualifiers(&signature, &mut refusals);
    refuse_generics(&signature, &mut refusals);
    let parameter = read_parameter(&signature, &mut refusals);
    refusals.into_result()?;
    Ok(WorkflowFunction {
        asynchrony: if signature.asyncness.is_some() { Asynchrony::Async } else { Asynchrony::Sync },
        parameter,
        plans,
        returned: match &signature.output {
            ReturnType::Default => signature.ident.span(),
            ReturnType::Type(_, returned) => returned.span(),
        },
        name: signature.ident,
    })
}

fn refuse_qualifiers(signature: &Signature, refusals: &mut Refusals) {
    if let Some(unsafety) = &signature.unsafety {
        refusals.add(unsafety, "a workflow cannot be `unsafe`: nobody could uphold what it asks for");
    }
    if let Some(constness) = &signature.constness {
        refusals.add(constness, "a workflow cannot be `const`: it runs on every request");
    }
    if let Some(abi) = &signature.abi {
        refusals.add(abi, "a workflow is an ordinary function: `#[workflow]` exports it by itself");
    }
}

fn refuse_generics(signature: &Signature, refusals: &mut Refusals) {
    for parameter in &signature.generics.params {
        if !matches!(parameter, GenericParam::Lifetime(_)) {
            refusals.add(parameter, "a workflow cannot be generic: the host would not know for which type to run it");
        }
    }
}

fn read_parameter(signature: &Signature, refusals: &mut Refusals) -> Parameter {
    let mut parameters = signature.inputs.iter();
    let Some(first) = parameters.next() else {
        refusals.add(&signature.ident, "a workflow takes the request: `request: &Request`");
        return Parameter::Owned(signature.ident.span());
    };
    for surplus in parameters {
        refusals.add(surplus, "a workflow takes nothing but the request: look-ups are functions of `usher_guest`");
    }
    match first {
        FnArg::Receiver(receiver) => {
            refusals.add(receiver, "a workflow is a free function: no method can be one");
            Parameter::Owned(receiver.span())
        }
        FnArg::Typed(typed) => match unwrap_group(&typed.ty) {
            Type::Reference(reference) if reference.mutability.is_some() => {
                refusals.add(reference, "a request cannot be changed: take `&Request`");
                Parameter::Borrowed(reference.span())
            }
            Type::Reference(reference) => Parameter::Borrowed(reference.span()),
            other => Parameter::Owned(other.span()),
        },
    }
}

/// Looks through the invisible parentheses that a `macro_rules!` macro puts around a type it was given.
fn unwrap_group(ty: &Type) -> &Type {
    match ty {
        Type::Group(group) => unwrap_group(&group.elem),
        Type::Paren(paren) => unwrap_group(&paren.elem),
        other => other,
    }
}

/// Collects what is wrong, so that an author sees all of it in one go.
#[derive(Default)]
struct Refusals {
    first: Option<Error>,
}

impl Refusals {
    fn add(&mut self, tokens: impl quote::ToTokens, reason: &str) {
        self.push(Error::new_spanned(tokens, reason));
    }

    fn push(&mut self, refusal: Error) {
        match &mut self.first {
            Some(first) => first.combine(refusal),
            None => self.first = Some(refusal),
        }
    }

    fn into_result(self) -> Result<()> {
        match self.first {
            Some(refusals) => Err(refusals),
            None => Ok(()),
        }
    }
}
