"""The plot: a bar to the median and a whisker to the 99th percentile, on a logarithmic scale, for either job."""

from html import escape
from math import log10

from report.document import JOBS, microseconds
from report.rows import BASELINE, GROUPS, USHER

WIDTH, LABELS, PANEL, GAP = 1000, 316, 310, 46
TOP, LINE, HEADING = 30, 20, 30
BAR = 12
# Powers of ten that the scale begins and ends at, in microseconds.
FROM, TO = 0, 4.5

STYLE = """
  text { font: 12px system-ui, sans-serif; fill: #1f2328; }
  .title { font-weight: 600; }
  .faint { fill: #59636e; }
  .end { text-anchor: end; }
  .middle { text-anchor: middle; }
  .grid { stroke: #d1d9e0; }
  .whisker { stroke: #59636e; stroke-width: 1.5; }
  .reference { stroke: #bc4c00; stroke-dasharray: 3 3; }
  .ours { fill: #e16f24; }
  .theirs { fill: #8c959f; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; }
    .faint { fill: #9198a1; }
    .grid { stroke: #3d444d; }
    .whisker { stroke: #b1bac4; }
    .reference { stroke: #f0883e; }
    .ours { fill: #db6d28; }
    .theirs { fill: #656c76; }
  }
"""


def draw(path, measurements):
    groups = [(title, [row for row in rows if row.plotted]) for title, rows in GROUPS]
    groups = [(title, rows) for title, rows in groups if rows]
    bottom = TOP + sum(HEADING + LINE * len(rows) for _, rows in groups)
    parts = ['<text x="0" y="18" class="title">What one decision takes</text>']
    for column, (job, title) in enumerate(JOBS.items()):
        left = LABELS + column * (PANEL + GAP)
        parts += panel(measurements, groups, job, left, bottom)
        parts.append(f'<text x="{left}" y="18" class="title">{escape(title.replace("`", ""))}</text>')
    parts += labels(groups)
    caption = "Microseconds, logarithmic. Bars end at the median, whiskers at the 99th percentile. The dashed line is Usher."
    parts.append(f'<text x="{LABELS}" y="{bottom + 44}" class="faint">{caption}</text>')
    body = "\n".join(parts)
    path.parent.mkdir(exist_ok=True)
    path.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {bottom + 56}" role="img" '
        f'aria-label="What one decision takes, in Usher and in others">\n<style>{STYLE}</style>\n{body}\n</svg>\n'
    )


def labels(groups):
    y = TOP
    for title, rows in groups:
        yield f'<text x="0" y="{y + HEADING - 10}" class="faint">{escape(title)}</text>'
        y += HEADING
        for row in rows:
            weight = ' class="title"' if row.peer == USHER else ""
            yield f'<text x="12" y="{y + BAR - 1}"{weight}>{escape(row.label.replace("**", ""))}</text>'
            y += LINE


def panel(measurements, groups, job, left, bottom):
    def x(value):
        return round(left + (log10(value) - FROM) / (TO - FROM) * PANEL, 1)

    for decade in range(FROM, int(TO) + 1):
        at = x(10**decade)
        yield f'<path class="grid" d="M{at} {TOP}V{bottom}"/>'
        yield f'<text x="{at}" y="{bottom + 18}" class="faint middle">{10**decade:,}</text>'.replace(",", " ")
    y = TOP
    for _, rows in groups:
        y += HEADING
        for row in rows:
            p50, p99 = (measurements.median(row.peer, row.mode, job, what) for what in ("p50", "p99"))
            kind = "ours" if row.peer == USHER else "theirs"
            yield f'<rect class="{kind}" x="{left}" y="{y}" width="{round(x(p50) - left, 1)}" height="{BAR}"/>'
            yield f'<path class="whisker" d="M{x(p50)} {y + BAR / 2}H{x(p99)}M{x(p99)} {y + 2}V{y + BAR - 2}"/>'
            yield f'<text x="{x(p99) + 5}" y="{y + BAR - 2}">{microseconds(p50)}</text>'
            y += LINE
    reference = x(measurements.median(*BASELINE, job, "p50"))
    yield f'<path class="reference" d="M{reference} {TOP}V{bottom}"/>'
