//! What `#[workflow]` accepts, and what it says about everything else.
//!
//! After a change to the texts, `TRYBUILD=overwrite cargo test -p usher-guest --test ui` writes the new ones.

#[test]
fn functions_that_can_be_workflows_compile() {
    trybuild::TestCases::new().pass("tests/ui/pass/*.rs");
}

#[test]
fn everything_else_is_explained() {
    trybuild::TestCases::new().compile_fail("tests/ui/fail/*.rs");
}
