//! A function that calls what is in a place of the table.

use std::collections::BTreeMap;

use wasm_encoder::{BlockType, Function};
use wasmparser::FuncType;

/// The functions of one type that are in the table.
#[derive(Debug)]
pub(super) struct Dispatcher {
    /// The number of the type that it is called by.
    pub(super) ty: u32,
    pub(super) signature: FuncType,
    /// The first place that has one, and what is in each from there to the last that has one.
    first: u32,
    places: Vec<Option<u32>>,
}

impl Dispatcher {
    /// Of functions in their places, if there are any, which are all of this type.
    pub(super) fn new(ty: u32, signature: FuncType, functions: Option<&BTreeMap<u32, u32>>) -> Self {
        let ends = functions.and_then(|functions| functions.first_key_value().zip(functions.last_key_value()));
        let (first, end) = ends.map_or((0, 0), |(first, last)| (*first.0, last.0.saturating_add(1)));
        let places = (first..end).map(|place| functions?.get(&place).copied()).collect();
        Self { ty, signature, first, places }
    }

    /// How many places it looks at.
    pub(super) fn size(&self) -> usize {
        self.places.len()
    }

    /// What it consists of. It has the parameters of its type, and the place behind them. What it does not know is called through
    /// the table; if there is none, a function of this number is told the place.
    pub(super) fn body(&self, wrong: Option<u32>) -> Function {
        let place = u32::try_from(self.signature.params().len()).unwrap_or(u32::MAX);
        let mut callees: Vec<u32> = self.places.iter().copied().flatten().collect();
        callees.sort_unstable();
        callees.dedup();
        let unknown = u32::try_from(callees.len()).unwrap_or(u32::MAX);
        let label = |callee: &Option<u32>| {
            let number = callee.and_then(|callee| callees.binary_search(&callee).ok());
            number.and_then(|number| u32::try_from(number).ok()).unwrap_or(unknown)
        };
        let labels: Vec<u32> = self.places.iter().map(label).collect();

        let mut function = Function::new([]);
        let mut body = function.instructions();
        (0..=unknown).for_each(|_| {
            body.block(BlockType::Empty);
        });
        body.local_get(place).i32_const(self.first.cast_signed()).i32_sub().br_table(labels, unknown).end();
        for callee in callees {
            (0..place).for_each(|parameter| {
                body.local_get(parameter);
            });
            body.call(callee).return_().end();
        }
        if let Some(wrong) = wrong {
            body.local_get(place).call(wrong).unreachable().end();
        } else {
            (0..=place).for_each(|parameter| {
                body.local_get(parameter);
            });
            body.call_indirect(0, self.ty).end();
        }
        function
    }
}
