//! What the attribute is told: nothing, or the enum of the plans that its workflow can answer with.

use proc_macro2::TokenStream;
use syn::parse::{Parse, ParseStream};
use syn::{Error, Ident, Path, Result, Token};

/// Reads `plans = PATH`, if there is anything at all.
pub(crate) fn read(arguments: &TokenStream) -> Result<Option<Path>> {
    if arguments.is_empty() {
        return Ok(None);
    }
    match syn::parse2::<Plans>(arguments.clone()) {
        Ok(Plans(path)) => Ok(Some(path)),
        Err(_) => Err(Error::new_spanned(
            arguments,
            "`#[workflow]` takes one argument at most: `plans = …`, the path of the enum whose values it returns",
        )),
    }
}

struct Plans(Path);

impl Parse for Plans {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let name: Ident = input.parse()?;
        if name != "plans" {
            return Err(Error::new_spanned(name, "unknown"));
        }
        input.parse::<Token![=]>()?;
        let path = input.parse()?;
        input.parse::<Option<Token![,]>>()?;
        Ok(Self(path))
    }
}
