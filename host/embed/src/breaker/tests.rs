use super::*;

const START: u64 = 1_782_936_000_000;

/// Something that happens to a breaker.
#[derive(Debug, Clone, Copy)]
enum Event {
    /// So many runs that are answers.
    Good(u32),
    /// So many that fail.
    Bad(u32),
    /// So many that find no place in the pool.
    NoPlace(u32),
    /// A probe that is an answer, one that fails, one that finds no place, one of which nothing is heard again.
    GoodProbe,
    BadProbe,
    NoPlaceProbe,
    LostProbe,
    /// A decision that does without.
    Skipped,
    /// A run that began while the breaker was closed ends well now that it is open.
    LateGood,
    /// So many milliseconds pass; fewer than none when the clock is set back.
    Passes(i64),
}

use BreakerState::{Closed, Open};
use Event::{Bad, BadProbe, Good, GoodProbe, LateGood, LostProbe, NoPlace, NoPlaceProbe, Passes, Skipped};

fn good() -> Outcome {
    Outcome::Refused { reason: "no rule".to_owned() }
}

fn bad() -> Outcome {
    Outcome::OutOfFuel { limit: 1 }
}

fn no_place() -> Outcome {
    Outcome::Unavailable { reason: "full".to_owned() }
}

#[track_caller]
fn check(name: &str, events: &[Event], expected: BreakerState) {
    let (breaker, mut now) = (CircuitBreaker::default(), START);
    for (index, event) in events.iter().enumerate() {
        let runs = |times: u32, expected: Admitted, outcome: Option<Outcome>| {
            for _ in 0..times {
                let admitted = breaker.admit(now);
                assert_eq!(admitted, expected, "{name}: event {index}, {event:?}");
                if let Some(outcome) = &outcome {
                    breaker.settle(admitted, outcome, now);
                }
            }
        };
        match *event {
            Good(times) => runs(times, Admitted::Run, Some(good())),
            Bad(times) => runs(times, Admitted::Run, Some(bad())),
            NoPlace(times) => runs(times, Admitted::Run, Some(no_place())),
            GoodProbe => runs(1, Admitted::Probe, Some(good())),
            BadProbe => runs(1, Admitted::Probe, Some(bad())),
            NoPlaceProbe => runs(1, Admitted::Probe, Some(no_place())),
            LostProbe => runs(1, Admitted::Probe, None),
            Skipped => runs(1, Admitted::Skip, None),
            LateGood => breaker.settle(Admitted::Run, &good(), now),
            Passes(ms) => now = now.checked_add_signed(ms).unwrap(),
        }
    }
    assert_eq!(breaker.state(), expected, "{name}");
}

#[test]
fn a_breaker_opens_and_closes() {
    check("nothing has happened", &[], Closed);
    check("too few to tell", &[Bad(19)], Closed);
    check("enough to tell", &[Bad(20)], Open);
    check("half is not more than half", &[Good(10), Bad(10)], Closed);
    check("more than half", &[Good(10), Bad(10), Bad(1)], Open);
    check("most are well", &[Good(1_000), Bad(999)], Closed);
    check("what had no place says nothing", &[NoPlace(1_000), Bad(19), NoPlace(1)], Closed);
    check("what had no place hides nothing", &[Bad(19), NoPlace(1_000), Bad(1)], Open);

    check("a window is over", &[Bad(19), Passes(10_000), Bad(19)], Closed);
    check("a window is not over", &[Bad(19), Passes(9_999), Bad(1)], Open);
    check("a few of very many", &[Good(200_000), Bad(20_000)], Closed);

    check("it is left out", &[Bad(20), Skipped, Passes(4_999), Skipped], Open);
    check("a probe closes it", &[Bad(20), Passes(5_000), GoodProbe, Good(1)], Closed);
    check("what was counted before is forgotten", &[Bad(20), Passes(5_000), GoodProbe, Bad(19)], Closed);
    check("a probe keeps it open", &[Bad(20), Passes(5_000), BadProbe, Skipped, Passes(4_999), Skipped], Open);
    check("the next probe comes", &[Bad(20), Passes(5_000), BadProbe, Passes(5_000), GoodProbe, Good(1)], Closed);
    check("there is one probe at a time", &[Bad(20), Passes(5_000), LostProbe, Skipped], Open);
    check("a lost probe is replaced", &[Bad(20), Passes(5_000), LostProbe, Passes(5_000), GoodProbe], Closed);
    check("a probe without a place proves nothing", &[Bad(20), Passes(5_000), NoPlaceProbe, Skipped], Open);
    check("late ends do not close it", &[Bad(20), LateGood, Skipped], Open);
}

#[test]
fn counts_that_are_full_keep_their_share() {
    let full = |failures| Window { number: 7, failures, runs: Window::MOST };
    for (failures, failed, mostly) in
        [(0x8000, true, true), (0x7fff, false, false), (0, true, false), (0xffff, false, true)]
    {
        let next = full(failures).with(failed, Window { number: 7, failures: 0, runs: 0 });
        assert_eq!((next.runs, next.is_mostly_failed()), (0x8000, mostly), "{failures}");
        assert_eq!(Window::unpacked(next.packed()), next);
    }
}

#[test]
fn a_breaker_survives_clocks() {
    check("late decisions count with those after them", &[Bad(10), Passes(10_000), Bad(9), Passes(-1), Bad(11)], Open);
    check("a clock set back begins a new window", &[Bad(19), Passes(-3_600_000), Bad(1)], Closed);
    check("and there it counts on", &[Bad(19), Passes(-3_600_000), Bad(20)], Open);
    check("nobody waits for a clock to come back", &[Bad(20), Passes(-3_600_000), GoodProbe, Good(1)], Closed);
    check("late decisions probe no sooner", &[Bad(20), Passes(-250), Skipped], Open);
    check("nor do they close it", &[Bad(20), Passes(60_000), GoodProbe, Passes(-250), Good(1)], Closed);
}

#[test]
fn skipped_decisions_are_counted() {
    let breaker = CircuitBreaker::default();
    for _ in 0..LEAST_RUNS {
        breaker.settle(breaker.admit(START), &bad(), START);
    }
    assert_eq!(breaker.skipped(), 0);
    assert_eq!([0, 1, 2].map(|_| breaker.admit(START)), [Admitted::Skip; 3]);
    assert_eq!(breaker.admit(START + COOL_DOWN_MS), Admitted::Probe);
    assert_eq!(breaker.skipped(), 3);
}

#[test]
fn one_of_many_threads_has_the_probe() {
    let breaker = CircuitBreaker::default();
    for _ in 0..LEAST_RUNS {
        breaker.settle(Admitted::Run, &bad(), START);
    }
    let probes = std::thread::scope(|scope| {
        let ask = || (0..100).filter(|_| breaker.admit(START + COOL_DOWN_MS) == Admitted::Probe).count();
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(ask)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum::<usize>()
    });
    assert_eq!(probes, 1);
}
