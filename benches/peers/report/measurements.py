"""What was measured, over all rounds."""

from collections import defaultdict
from statistics import median
from typing import NamedTuple

from report.rows import BASELINE


class Ratio(NamedTuple):
    """How many times what Usher takes: the machine's speed changes from round to round, so there are two ways to say it."""

    same_round: float
    fastest: float


class Measurements:
    def __init__(self, lines):
        """Takes the lines that peers print, each with the number of its `round`."""
        self._by_case = defaultdict(dict)
        for line in lines:
            self._by_case[line["peer"], line["mode"], line["job"]][line["round"]] = line

    def _values(self, peer, mode, job, what):
        return [line[what] for line in self._by_case[peer, mode, job].values()]

    def median(self, peer, mode, job, what):
        """The middle over the rounds of `p50` or `p99`, in microseconds."""
        return median(self._values(peer, mode, job, what))

    def ratio(self, peer, mode, job):
        """What the peer takes, over what a fresh instance of a workflow in Rust takes on the same job."""
        ours, theirs = self._by_case[(*BASELINE, job)], self._by_case[peer, mode, job]
        return Ratio(
            median(theirs[turn]["p50"] / ours[turn]["p50"] for turn in theirs),
            min(self._values(peer, mode, job, "p50")) / min(self._values(*BASELINE, job, "p50")),
        )

    def rounds(self):
        return max(len(rounds) for rounds in self._by_case.values())
