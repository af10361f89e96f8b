"""Which rows a table has, in groups: what is compared within one is of the same kind."""

from typing import NamedTuple


class Row(NamedTuple):
    peer: str
    mode: str
    label: str
    # Whether the plot has it. What differs only in settings is in the table alone.
    plotted: bool = True


USHER = "usher"
BASELINE = (USHER, "fresh")

GROUPS = [
    (
        "Fresh for every decision, with a memory of its own",
        [
            Row(USHER, "fresh", "**Usher**, workflow in Rust"),
            Row(USHER, "fresh, TypeScript", "**Usher**, workflow in TypeScript"),
            Row("quickjs", "fresh runtime, minimal", "QuickJS, runtime with JSON and promises only"),
            Row("quickjs", "fresh runtime", "QuickJS, runtime with all of the language"),
            Row("extism", "fresh", "Extism, with the pool settings of Usher"),
            Row("extism", "fresh, default settings", "Extism, with its own settings"),
            Row("isolated-vm", "fresh isolate", "isolated-vm, isolate"),
        ],
    ),
    (
        "Fresh state in a memory that is shared",
        [
            Row("rhai", "fresh engine", "Rhai, engine"),
            Row("regorus", "fresh machine, direct input", "regorus, machine, input without JSON text"),
            Row("regorus", "fresh machine", "regorus, machine"),
            Row("regorus", "interpreter", "regorus, interpreter", plotted=False),
            Row("cel", "shared environment", "CEL, variables", plotted=False),
            Row("cel", "fresh environment", "CEL, environment"),
            Row("cedar", "shared policies", "Cedar, request"),
            Row("node:vm", "fresh context", "node:vm, context"),
            Row("isolated-vm", "fresh context", "isolated-vm, context"),
        ],
    ),
    (
        "Kept from one decision to the next",
        [
            Row(USHER, "reused", "Usher, instance (for comparison only)"),
            Row("extism", "reused", "Extism, plug-in"),
            Row("quickjs", "reused runtime", "QuickJS, runtime"),
            Row("isolated-vm", "reused, no time limit", "isolated-vm, isolate", plotted=False),
            Row("isolated-vm", "reused", "isolated-vm, isolate, with a time limit"),
            Row("rhai", "reused engine", "Rhai, engine", plotted=False),
            Row("regorus", "reused machine", "regorus, machine", plotted=False),
            Row("node:vm", "reused context", "node:vm, context"),
        ],
    ),
    (
        "In another process, over HTTP",
        [Row("workerd", "over HTTP", "workerd, isolate that is kept", plotted=False)],
    ),
    (
        "No sandbox",
        [
            Row(USHER, "native", "the same Rust, called as a function", plotted=False),
            Row(USHER, "native, claims as text", "the same, with a copy of the request and its claims parsed", plotted=False),
        ],
    ),
]

# What belongs to no job, and is named in the text above the tables.
CORE_FLOOR = (USHER, "core floor")
WRITING = (USHER, "record as JSON")
CONSTANT = ("workerd", "over HTTP, a constant")
