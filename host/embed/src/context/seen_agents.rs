//! Seen agents: what the patterns say of the user agents that came by lately. They always say the same of one, it takes as
//! long as all else that the host does for a decision, and most requests of a site come from a few hundred.

use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, LazyLock};

use arc_swap::ArcSwapOption;
use usher_sandbox::request::{BotTag, DeviceClass};

use super::{crawlers, device, user_agent};

/// How many are remembered: a megabyte if all are as long as they may be. A further one takes the place of another.
const PLACES: usize = 1_024;

/// What a user agent says of whoever sends it. Anyone can say so.
#[derive(Debug, PartialEq)]
pub(super) struct Agent {
    /// The part of it that is looked at.
    text: Box<str>,
    pub(super) product: Option<String>,
    pub(super) device_class: DeviceClass,
    pub(super) bot: Option<BotTag>,
}

impl Agent {
    fn of(text: &str) -> Self {
        Self {
            text: text.into(),
            product: user_agent::product(text),
            device_class: device::class(text),
            bot: crawlers::tag(text),
        }
    }
}

/// Agents, each at the place that its text falls to. Nobody waits here: of two that come at once, the later stays.
struct Seen {
    places: Vec<ArcSwapOption<Agent>>,
    /// Differs from process to process, so that nobody can choose agents that drive each other out.
    hasher: RandomState,
}

static SEEN: LazyLock<Seen> = LazyLock::new(|| Seen::new(PLACES));

impl Seen {
    fn new(places: usize) -> Self {
        let places = std::iter::repeat_with(ArcSwapOption::empty).take(places).collect();
        Self { places, hasher: RandomState::new() }
    }

    /// Has somebody look at an agent where it is: whoever took it along would count it, and all threads would pass that count to
    /// each other.
    fn look_at<T>(&self, text: &str, look: impl FnOnce(&Agent) -> T) -> T {
        let places = u64::try_from(self.places.len()).unwrap_or(u64::MAX).max(1);
        let place = self.hasher.hash_one(text) % places;
        let Some(place) = usize::try_from(place).ok().and_then(|place| self.places.get(place)) else {
            return look(&Agent::of(text));
        };
        if let Some(agent) = place.load().as_ref().filter(|agent| *agent.text == *text) {
            return look(agent);
        }
        let agent = Arc::new(Agent::of(text));
        place.store(Some(Arc::clone(&agent)));
        look(&agent)
    }
}

/// Has somebody look at what a user agent says of whoever sends it.
pub(super) fn look_at<T>(user_agent: &str, look: impl FnOnce(&Agent) -> T) -> T {
    SEEN.look_at(user_agent::beginning(user_agent), look)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_agent_is_the_same_whether_it_was_seen_before_or_not() {
        // In one place they drive each other out.
        let seen = Seen::new(1);
        let agents = ["curl/8.5.0", "Mozilla/5.0 (iPad)", "Mozilla/5.0 (compatible; Googlebot/2.1)", ""];
        for agent in agents.iter().chain(&agents).flat_map(|agent| [agent, agent]) {
            seen.look_at(agent, |seen| assert_eq!(*seen, Agent::of(agent)));
        }
    }

    #[test]
    fn what_was_seen_is_not_worked_out_again() {
        let seen = Seen::new(1);
        let look = |agent| seen.look_at(agent, |_| ());
        look("curl/8.5.0");
        let first = seen.places[0].load_full();
        let is_first = || std::ptr::eq(seen.places[0].load().as_deref().unwrap(), first.as_deref().unwrap());
        look("curl/8.5.0");
        assert!(is_first());
        look("curl/8.5.1");
        look("curl/8.5.0");
        assert!(!is_first());
    }

    #[test]
    fn only_the_beginning_is_remembered() {
        let long = format!("curl/8.5.0 {}", "é".repeat(500_000));
        look_at(&long, |agent| {
            assert_eq!((agent.product.as_deref(), agent.text.len()), (Some("curl"), user_agent::LOOKED_AT - 1));
        });
    }
}
