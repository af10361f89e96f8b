use super::*;

/// The same rate in every fold.
fn even(happened: u64, of: u64) -> Rates {
    Rates { happened: [happened; FOLDS], of: [of; FOLDS] }
}

fn all() -> Kept {
    Kept([true; FOLDS])
}

fn above(one: &Rates, other: &Rates) -> Excess {
    all().rate(one).above(&all().rate(other))
}

#[test]
fn a_difference_is_a_departure_when_there_are_enough_decisions() {
    for (of, is_beyond) in [(50, false), (200, true), (2_000, true)] {
        let excess = above(&even(of / 10, of), &even(of * 72 / 100, of * 9));
        assert!((excess.found - 0.02).abs() < 1e-9, "{excess:?}");
        assert_eq!(excess.at_least > 0.0, is_beyond, "{of} {excess:?}");
    }
    let excess = above(&even(20, 20), &even(0, 180));
    assert!(excess.at_least > 0.95, "{excess:?}");
}

#[test]
fn rates_that_are_equal_or_lower_are_no_excess() {
    for (one, other) in [(0, 0), (3, 3), (0, 3), (100, 100), (50, 100)] {
        assert!(above(&even(one, 100), &even(other, 100)).at_least <= 0.0, "{one} {other}");
    }
    assert!(above(&even(0, 0), &even(1, 100)).at_least < 0.0, "nothing was decided");
}

#[test]
fn one_user_who_asks_all_the_time_is_one_user() {
    let mut rates = even(0, 100);
    // A tenth of all decisions, and each of these holds a plan that hardly anybody else has.
    (rates.happened[7], rates.of[7]) = (700, 700);
    let rate = all().rate(&rates);
    assert!(rate.design_effect > 50.0, "{rate:?}");
    assert!(rate.above(&all().rate(&even(0, 1_000))).at_least < 0.0);
}

#[test]
fn a_fold_that_holds_too_much_is_left_out_on_both_sides() {
    let even = [100; FOLDS];
    let (mut most, mut more) = (even, even);
    (most[7], more[7]) = (900, 901);
    assert_eq!(Kept::of(&even, &most), all(), "an eighth");
    let kept = Kept::of(&even, &more);
    assert_eq!((kept.parts(&even), kept.sum(&more)), (63, 6_300), "more than an eighth");
    assert_eq!(kept, Kept::of(&more, &even));
    let mut few = [0; FOLDS];
    few[..9].fill(10);
    assert_eq!(Kept::of(&few, &even).parts(&few), 9);
    few[..2].fill(1_000);
    assert!(Kept::of(&few, &even).parts(&few) < LEAST_FOLDS);
    assert_eq!(Kept::of(&[0; FOLDS], &[0; FOLDS]), all());
}

/// Numbers by chance, the same every time: splitmix64.
pub(in crate::canary) struct Chance(pub(in crate::canary) u64);

impl Chance {
    pub(in crate::canary) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below this one.
    pub(in crate::canary) fn below(&mut self, number: u64) -> u64 {
        self.next() % number
    }
}
