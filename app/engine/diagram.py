"""A workflow as SVG. Graphlay says where everything stands (docs/adr/0115), templates/workflows/graph.html draws it: the
same drawing for `?format=svg` and for the console."""

from math import hypot, log2
from typing import Any

import msgspec
from litestar import Response

START, HEIGHT, MARGIN, CORNER, TIP = 18, 46, 14, 7, 9
LINE, SHORT = 14, 15  # how high a line of a label is, and from how many letters on a label has two
LETTER, SMALL = 8.3, 6.5  # how wide a letter is at the most, in the label of a code and in that of a transition
NARROWEST, WIDEST = 112, 280
WEIGHTS = {
    "start": 10,
    "onwards": 4,
    "back": 1,
}  # of two transitions that quarrel about what comes first, the heavier one wins
OPTIONS = {
    "direction": "leftright",
    "labels": {"reservation": "always"},
    "spacing": {"layer_gap": 34, "node_gap": 30, "port_gap": 13, "dummy_gap": 24, "edge_label_margin": 14},
}
Point = tuple[float, float]


def as_svg(response: Response[Any]) -> Response[Any]:
    from jalon.console import templates  # the console knows the API, and only here the API knows the console

    graph = msgspec.json.decode(response.content)
    template = templates.environment(graph["language"]).get_template("workflows/graph.html")
    drawn = template.module.drawing(graph, laid_out(graph))  # type: ignore[attr-defined] # a macro
    return Response(str(drawn).encode(), media_type="image/svg+xml; charset=utf-8")


def laid_out(graph: dict[str, Any]) -> dict[str, Any]:
    """Where a graph's nodes and transitions stand: {width, height, start, nodes: {code: …}, edges: {name: …}, most}."""
    import graphlay  # four megabytes that a process needs only once it draws

    nodes = [node for node in graph["nodes"] if node["isShown"]]
    order = {node["code"]: place for place, node in enumerate(nodes)}
    most = max((edge["count"] or 0 for edge in graph["edges"]), default=0)
    found = {finding["subject"] for finding in graph["findings"]}
    drawing = graphlay.Graph()
    has_start = any(edge["from"] is None for edge in graph["edges"])
    if has_start:
        drawing.node("", width=START, height=START, shape="ellipse")
    for node in nodes:
        drawing.node("=" + node["code"], width=wide(node), height=HEIGHT)
    for edge in graph["edges"]:
        drawing.edge(
            key(edge["from"]), key(edge["to"]), weight=weight(edge, order), thickness=thickness(edge, most),
            label_size=size(shown(edge), edge["name"] in found),
        )  # fmt: skip
    if not nodes:
        return {"x": 0, "y": 0, "width": 0, "height": 0, "start": None, "nodes": {}, "edges": {}, "most": 0}
    result = graphlay.layout(drawing, options=OPTIONS)
    edges = [line(edge, drawn, most) for edge, drawn in zip(graph["edges"], result.edges, strict=True)]
    low, high = result.bounds["min"], result.bounds["max"]
    left, top = min([low["x"], *(e["x"] for e in edges)]), min([low["y"], *(e["y"] for e in edges)])
    right = max([high["x"], *(e["x"] + e["width"] + MARGIN for e in edges)])
    bottom = max([high["y"], *(e["y"] + e["height"] for e in edges)])
    return {
        "x": round(left - MARGIN), "y": round(top - MARGIN),
        "width": round(right - left + 2 * MARGIN), "height": round(bottom - top + 2 * MARGIN),
        "start": box(result.nodes[0]) if has_start else None,
        "nodes": dict(zip(order, map(box, result.nodes[1 if has_start else 0 :]), strict=True)),
        "edges": {edge["name"]: drawn for edge, drawn in zip(graph["edges"], edges, strict=True)},
        "most": most,
    }  # fmt: skip


def line(edge: dict[str, Any], drawn: dict[str, Any], most: int) -> dict[str, Any]:
    label = size(shown(edge), False)
    (x, y) = point(drawn.get("label_anchor") or drawn["points"][0])
    return {
        "path": rounded(shortened([point(each) for each in drawn["points"]])), "thickness": thickness(edge, most),
        "lines": shown(edge), "at": (x, y), "x": round(x - label["width"] / 2, 1), "y": round(y - label["height"] / 2, 1),
    } | label  # fmt: skip


def key(code: str | None) -> str:
    return "" if code is None else "=" + code


def wide(node: dict[str, Any]) -> float:
    """As the label needs it, or the line below: outcome and number of records."""
    label = len(node["label"]) * LETTER + (66 if node["icon"] else 46)
    below = (13 + len(str(node["records"] or 0))) * SMALL + 42
    return min(max(NARROWEST, label, below), WIDEST)


def shown(edge: dict[str, Any]) -> list[str]:
    """The words at a transition, in a line or two: what becomes of it, what it is called, what it requires, how often it was taken."""
    label = edge["label"] if len(edge["label"]) <= 40 else edge["label"][:39] + "…"
    sign = {"added": "+", "removed": "−", "changed": "~"}.get(edge["change"] or "", "▶" if edge["isMine"] else "")
    demands = {
        "⚷": "any" not in edge["roles"], "✎": edge["requiresReason"], "▤": edge["requiredFields"], "⚑": edge["guard"], "⚭": edge["relation"],
    }  # fmt: skip
    marks = "".join(mark for mark, is_demanded in demands.items() if is_demanded)
    count = f"×{edge['count']:,}".replace(",", "\u202f") if edge["count"] else ""
    return halved(" ".join(filter(None, [sign, label, marks, count])))


def halved(text: str) -> list[str]:
    """A long text in two lines, broken at the space nearest to its middle."""
    gaps = [place for place, letter in enumerate(text) if letter == " "]
    if len(text) <= SHORT or not gaps:
        return [text]
    at = min(gaps, key=lambda place: abs(place - len(text) / 2))
    return [text[:at], text[at + 1 :]]


def size(lines: list[str], is_found: bool) -> dict[str, float]:
    """What a label needs, with room for the mark of a finding."""
    return {"width": max(map(len, lines)) * SMALL + (30 if is_found else 6), "height": LINE * len(lines) + 4}


def thickness(edge: dict[str, Any], most: int) -> float:
    """From 1.2 (never taken; 2 for a move of the reader's) to 5 (taken most), growing with the logarithm."""
    share = log2(1 + (edge["count"] or 0)) / log2(1 + most) if most else 0
    return round(max(1.2 + 3.8 * share, 2 if edge["isMine"] else 0), 1)


def weight(edge: dict[str, Any], order: dict[str, int]) -> int:
    if edge["from"] is None:
        return WEIGHTS["start"]
    return WEIGHTS["onwards" if order[edge["from"]] < order[edge["to"]] else "back"]


def box(node: dict[str, Any]) -> dict[str, float]:
    (x, y), size = point(node["center"]), node["size"]
    return {
        "x": round(x - size["width"] / 2, 1), "y": round(y - size["height"] / 2, 1),
        "width": round(size["width"], 1), "height": round(size["height"], 1),
    }  # fmt: skip


def point(given: dict[str, float]) -> Point:
    return given["x"], given["y"]


def shortened(line: list[Point]) -> list[Point]:
    """The line up to where its tip begins."""
    return [*line[:-1], towards(line[-1], line[-2], TIP)] if len(line) > 1 else line


def rounded(line: list[Point]) -> str:
    """A path along the line, its corners rounded."""
    parts = [f"M{line[0][0]:.1f} {line[0][1]:.1f}"]
    for before, corner, after in zip(line, line[1:], line[2:], strict=False):
        into, out = towards(corner, before), towards(corner, after)
        parts.append(f"L{into[0]:.1f} {into[1]:.1f}Q{corner[0]:.1f} {corner[1]:.1f} {out[0]:.1f} {out[1]:.1f}")
    return "".join([*parts, f"L{line[-1][0]:.1f} {line[-1][1]:.1f}"])


def towards(a: Point, b: Point, steps: float = CORNER) -> Point:
    """Some steps from a on the way to b, half of it at the most."""
    far = hypot(b[0] - a[0], b[1] - a[1])
    part = min(steps / far, 0.5) if far else 0
    return a[0] + (b[0] - a[0]) * part, a[1] + (b[1] - a[1]) * part
