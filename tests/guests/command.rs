//! An ordinary program: a component, but no workflow.

fn main() {}
