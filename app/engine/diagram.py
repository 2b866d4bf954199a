"""A workflow as SVG. Graphlay computes the positions (docs/adr/0115), templates/workflows/graph.html draws them.

The drawing is the same for `?format=svg` and for the console.
"""

from math import hypot, log2
from typing import Any

import msgspec
from litestar import Response

START_SIZE, HEIGHT, MARGIN, CORNER_RADIUS, ARROW_LENGTH = 18, 40, 14, 6, 8
LINE_HEIGHT = 14
ONE_LINE_LETTERS = 22  # a longer label has two lines
# The largest width of a letter, in the label of a code and in that of a transition.
CODE_LETTER_WIDTH, TRANSITION_LETTER_WIDTH = 8.3, 6.5
MIN_WIDTH, MAX_WIDTH = 112, 280
# If two transitions disagree about which code comes first, the heavier one decides.
WEIGHTS = {"start": 10, "onwards": 4, "back": 1}
# From top to bottom: a screen has room for more codes one below the other than side by side.
OPTIONS = {
    "direction": "topbottom",
    "spacing": {"layer_gap": 14, "node_gap": 16, "port_gap": 11, "dummy_gap": 12},
    "routing": {"lane_gap": 10},  # room for an arrow head
}
Point = tuple[float, float]


def as_svg(response: Response[Any]) -> Response[Any]:
    from jalon.console import templates  # the only place where the API imports the console

    graph = msgspec.json.decode(response.content)
    template = templates.environment(graph["language"]).get_template("workflows/graph.html")
    drawn = template.module.drawing(graph, lay_out(graph))  # type: ignore[attr-defined] # a macro
    return Response(str(drawn).encode(), media_type="image/svg+xml; charset=utf-8")


def lay_out(graph: dict[str, Any]) -> dict[str, Any]:
    """Positions of nodes and transitions: {x, y, width, height, start, nodes: {code: …}, edges: {name: …}, most}."""
    import graphlay  # four megabytes, loaded when the first drawing is made

    nodes = [node for node in graph["nodes"] if node["isShown"]]
    order = {node["code"]: place for place, node in enumerate(nodes)}
    highest_count = max((edge["count"] or 0 for edge in graph["edges"]), default=0)
    subjects_with_findings = {finding["subject"] for finding in graph["findings"]}
    if not nodes:
        return {"x": 0, "y": 0, "width": 0, "height": 0, "start": None, "nodes": {}, "edges": {}, "most": 0}
    drawing = graphlay.Graph()
    has_start = any(edge["from"] is None for edge in graph["edges"])
    if has_start:
        drawing.node("", width=START_SIZE, height=START_SIZE, shape="ellipse")
    for node in nodes:
        drawing.node("=" + node["code"], width=node_width(node), height=HEIGHT)
    # The label of a transition is a node in the middle of its line: so it is never nearer to another line.
    for edge in graph["edges"]:
        size = label_size(label_lines(edge), edge["name"] in subjects_with_findings)
        drawing.node(label_key(edge), width=size["width"], height=size["height"])
        for start, end in halves(edge, order):
            drawing.edge(start, end, weight=weight(edge, order), thickness=thickness(edge, highest_count))
    result = graphlay.layout(drawing, options=OPTIONS)
    boxes = {id: box(node) for id, node in zip(result.ids, result.nodes, strict=True)}
    lines = [[point(each) for each in edge["points"]] for edge in result.edges]
    edges = {
        edge["name"]: edge_layout(edge, lines[2 * place : 2 * place + 2], boxes[label_key(edge)], order, highest_count)
        for place, edge in enumerate(graph["edges"])
    }
    low, high = result.bounds["min"], result.bounds["max"]
    return {
        "x": round(low["x"] - MARGIN), "y": round(low["y"] - MARGIN),
        "width": round(high["x"] - low["x"] + 2 * MARGIN), "height": round(high["y"] - low["y"] + 2 * MARGIN),
        "start": boxes.get(""),
        "nodes": {node["code"]: boxes["=" + node["code"]] for node in nodes},
        "edges": edges,
        "most": highest_count,
    }  # fmt: skip


def edge_layout(
    edge: dict[str, Any], lines: list[list[Point]], label: dict[str, float], order: dict[str, int], highest_count: int
) -> dict[str, Any]:
    """The whole line of a transition, through its label, and the place of the label."""
    if is_upwards(edge, order):
        lines = [line[::-1] for line in lines]
    return {
        "path": round_corners(shorten([*lines[0], *lines[1]])),
        "thickness": thickness(edge, highest_count),
        "lines": label_lines(edge),
        "at": (round(label["x"] + label["width"] / 2, 1), round(label["y"] + label["height"] / 2, 1)),
    } | label


def halves(edge: dict[str, Any], order: dict[str, int]) -> list[tuple[str, str]]:
    """The two lines of a transition, to its label and from it. One that leads back is laid out downwards too."""
    ends = [(key(edge["from"]), label_key(edge)), (label_key(edge), key(edge["to"]))]
    return [(end, start) for start, end in ends] if is_upwards(edge, order) else ends


def is_upwards(edge: dict[str, Any], order: dict[str, int]) -> bool:
    """Whether a transition leads back to a code that stands before the one it leaves."""
    return edge["from"] is not None and order[edge["from"]] > order[edge["to"]]


def label_key(edge: dict[str, Any]) -> str:
    return ">" + str(edge["name"])


def key(code: str | None) -> str:
    return "" if code is None else "=" + code


def node_width(node: dict[str, Any]) -> float:
    """The width of the label or of the line below it (outcome and number of records), whichever is larger."""
    label = len(node["label"]) * CODE_LETTER_WIDTH + (66 if node["icon"] else 46)
    below = (13 + len(str(node["records"] or 0))) * TRANSITION_LETTER_WIDTH + 42
    return min(max(MIN_WIDTH, label, below), MAX_WIDTH)


def label_lines(edge: dict[str, Any]) -> list[str]:
    """The label of a transition, in one line or two: its change, its name, its requirements, how often it was taken."""
    label = edge["label"] if len(edge["label"]) <= 40 else edge["label"][:39] + "…"
    sign = {"added": "+", "removed": "−", "changed": "~"}.get(edge["change"] or "", "▶" if edge["isMine"] else "")
    requirements = {
        "⚷": "any" not in edge["roles"],
        "✎": edge["requiresReason"],
        "▤": edge["requiredFields"],
        "⚑": edge["guard"],
        "⚭": edge["relation"],
    }
    marks = "".join(mark for mark, is_required in requirements.items() if is_required)
    count = f"×{edge['count']:,}".replace(",", "\u202f") if edge["count"] else ""
    return split_in_two(" ".join(filter(None, [sign, label, marks, count])))


def split_in_two(text: str) -> list[str]:
    """A long text in two lines, broken at the space nearest to its middle."""
    gaps = [place for place, letter in enumerate(text) if letter == " "]
    if len(text) <= ONE_LINE_LETTERS or not gaps:
        return [text]
    at = min(gaps, key=lambda place: abs(place - len(text) / 2))
    return [text[:at], text[at + 1 :]]


def label_size(lines: list[str], has_finding: bool) -> dict[str, float]:
    """The size of a label, with room for the mark of a finding."""
    return {
        "width": max(map(len, lines)) * TRANSITION_LETTER_WIDTH + (30 if has_finding else 6),
        "height": LINE_HEIGHT * len(lines) + 4,
    }


def thickness(edge: dict[str, Any], highest_count: int) -> float:
    """From 1.2 (never taken; 2 for a move of the reader's) to 5 (taken most), growing with the logarithm."""
    share = log2(1 + (edge["count"] or 0)) / log2(1 + highest_count) if highest_count else 0
    return round(max(1.2 + 3.8 * share, 2 if edge["isMine"] else 0), 1)


def weight(edge: dict[str, Any], order: dict[str, int]) -> int:
    if edge["from"] is None:
        return WEIGHTS["start"]
    return WEIGHTS["back" if is_upwards(edge, order) else "onwards"]


def box(node: dict[str, Any]) -> dict[str, float]:
    (x, y), size = point(node["center"]), node["size"]
    return {
        "x": round(x - size["width"] / 2, 1), "y": round(y - size["height"] / 2, 1),
        "width": round(size["width"], 1), "height": round(size["height"], 1),
    }  # fmt: skip


def point(position: dict[str, float]) -> Point:
    return position["x"], position["y"]


def shorten(line: list[Point]) -> list[Point]:
    """The line without the length of its arrow head."""
    return [*line[:-1], point_towards(line[-1], line[-2], ARROW_LENGTH, most=1)]


def round_corners(line: list[Point]) -> str:
    """A path along the line, its corners rounded."""
    parts = [f"M{line[0][0]:.1f} {line[0][1]:.1f}"]
    for before, corner, after in zip(line, line[1:], line[2:], strict=False):
        into, out = point_towards(corner, before), point_towards(corner, after)
        parts.append(f"L{into[0]:.1f} {into[1]:.1f}Q{corner[0]:.1f} {corner[1]:.1f} {out[0]:.1f} {out[1]:.1f}")
    return "".join([*parts, f"L{line[-1][0]:.1f} {line[-1][1]:.1f}"])


def point_towards(a: Point, b: Point, steps: float = CORNER_RADIUS, most: float = 0.5) -> Point:
    """The point `steps` away from a on the line to b, at most half way or `most` of it."""
    far = hypot(b[0] - a[0], b[1] - a[1])
    part = min(steps / far, most) if far else 0
    return a[0] + (b[0] - a[0]) * part, a[1] + (b[1] - a[1]) * part
