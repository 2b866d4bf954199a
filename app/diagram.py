"""A workflow as SVG: codes in ranks by their distance from the beginning, arrows between them. No outside program."""

from collections import deque
from html import escape
from typing import Any

import msgspec
from litestar import Response

WIDTH, HEIGHT, ACROSS, DOWN, MARGIN = 150, 40, 90, 34, 20
PLAIN = "#e8eaf0"


def as_svg(response: Response[Any]) -> Response[Any]:
    drawing = msgspec.json.decode(response.content)
    return Response(
        draw(drawing["nodes"] or [], drawing["edges"] or []).encode(), media_type="image/svg+xml; charset=utf-8"
    )


def ranks(names: list[str], edges: list[dict[str, Any]]) -> dict[str, int]:
    """Steps from the beginning, the shortest way; what cannot be reached stands last."""
    after: dict[str, list[str]] = {}
    for edge in edges:
        after.setdefault(edge["from"], []).append(edge["to"])
    rank, waiting = {"start": 0}, deque(["start"])
    while waiting:
        name = waiting.popleft()
        for to in after.get(name, []):
            if to not in rank:
                rank[to] = rank[name] + 1
                waiting.append(to)
    last = max(rank.values()) + 1
    return {name: rank.get(name, last) - 1 for name in names}


def draw(nodes: list[dict[str, Any]], edges: list[dict[str, Any]]) -> str:
    rank = ranks([node["id"] for node in nodes], edges)
    place: dict[str, tuple[int, int]] = {}
    heights: dict[int, int] = {}
    for node in nodes:
        column = rank[node["id"]]
        row = heights[column] = heights.get(column, -1) + 1
        place[node["id"]] = MARGIN + column * (WIDTH + ACROSS), MARGIN + row * (HEIGHT + DOWN)
    width = MARGIN * 2 + (max(heights, default=0) + 1) * (WIDTH + ACROSS) - ACROSS
    height = MARGIN * 2 + (max(heights.values(), default=0) + 1) * (HEIGHT + DOWN) + DOWN
    shapes = [arrow(edge, place) for edge in edges if edge["from"] in place]
    shapes += [box(node, *place[node["id"]]) for node in nodes]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        'font-family="system-ui, sans-serif" font-size="13"><defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" '
        'markerWidth="8" markerHeight="8" orient="auto-start-reverse"><path d="M0 0 8 4 0 8z" fill="#667"/></marker></defs>'
        + "".join(shapes)
        + "</svg>"
    )


def box(node: dict[str, Any], x: int, y: int) -> str:
    color = node["color"] or PLAIN
    red, green, blue = (int(color[i : i + 2], 16) for i in (1, 3, 5))
    ink = "#fff" if red * 299 + green * 587 + blue * 114 < 140_000 else "#111"
    edge, thick = ("#111", 3) if node["is_current"] else ("#667", 1)
    dashes = "" if node["is_active"] else ' stroke-dasharray="4 3"'
    label = node["label"] if len(node["label"]) <= 20 else node["label"][:19] + "…"
    return (
        f'<g><title>{escape(node["code"])}</title><rect x="{x}" y="{y}" width="{WIDTH}" height="{HEIGHT}" rx="{20 if node["is_final"] else 6}" '
        f'fill="{color}" stroke="{edge}" stroke-width="{thick}"{dashes}/><text x="{x + WIDTH // 2}" y="{y + 25}" text-anchor="middle" '
        f'fill="{ink}">{escape(label)}</text></g>'
    )


def arrow(edge: dict[str, Any], place: dict[str, tuple[int, int]]) -> str:
    (x1, y1), (x2, y2) = place[edge["from"]], place[edge["to"]]
    if x2 > x1:  # forwards: from side to side
        a, b, bend = (x1 + WIDTH, y1 + HEIGHT // 2), (x2, y2 + HEIGHT // 2), 0
    else:  # backwards or within a rank: around below
        a, b, bend = (x1 + WIDTH // 2, y1 + HEIGHT), (x2 + WIDTH // 2 + (12 if x1 == x2 else 0), y2 + HEIGHT), DOWN
    c1, c2 = (
        ((a[0] + ACROSS // 2, a[1]), (b[0] - ACROSS // 2, b[1]))
        if not bend
        else ((a[0], a[1] + bend), (b[0], b[1] + bend))
    )
    thick, color = (2.5, "#111") if edge["is_mine"] else (1.2, "#667")
    middle = (a[0] + b[0]) // 2, (a[1] + b[1] + (bend * 3 // 2)) // 2 - 4
    return (
        f'<path d="M{a[0]} {a[1]} C{c1[0]} {c1[1]} {c2[0]} {c2[1]} {b[0]} {b[1]}" fill="none" stroke="{color}" stroke-width="{thick}" '
        f'marker-end="url(#tip)"/><text x="{middle[0]}" y="{middle[1]}" text-anchor="middle" font-size="11" fill="#445">{escape(edge["label"])}</text>'
    )
