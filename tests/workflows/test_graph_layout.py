"""The picture of a workflow: each label at its own line, nothing upon another, from top to bottom on one screen."""

import json
import re
from itertools import combinations, pairwise
from typing import Any

import pytest

from jalon.engine.diagram import lay_out

Line = list[tuple[float, float]]
SCREEN = (1440 - 220, 900 - 96)  # a window without the navigation and the header


def graph_of(db: Any, category: str, case_type: str, version: int) -> dict[str, Any]:
    caller = json.dumps({"actor": "anna", "roles": ["admin"], "language": "en"})
    asked = json.dumps({"caseType": case_type, "version": version})
    found = db.execute("select (jalon_api.workflow_graph(%s, %s, %s)).body", (category, asked, caller)).fetchone()
    return found[0] if isinstance(found[0], dict) else json.loads(found[0])


def made_graph(ways: dict[str | None, list[str]]) -> dict[str, Any]:
    codes = list(dict.fromkeys(code for ends in ways.values() for code in ends))
    return {
        "findings": [],
        "nodes": [{"code": code, "label": code, "icon": None, "records": 12, "isShown": True} for code in codes],
        "edges": [
            {
                "name": f"{start} -> {end}", "from": start, "to": end, "label": f"Go to {end.lower()}", "change": None,
                "isMine": False, "roles": ["clerk"], "requiresReason": False, "requiredFields": [], "guard": None,
                "relation": None, "count": 5,
            }
            for start, ends in ways.items() for end in ends
        ],
    }  # fmt: skip


ORDERS = {
    None: ["CART"], "CART": ["NEW", "CANCELLED"], "NEW": ["ON_HOLD", "PAID", "CANCELLED"],
    "ON_HOLD": ["NEW", "CANCELLED"], "PAID": ["PICKING", "ON_HOLD", "CANCELLED"], "PICKING": ["PACKED"],
    "PACKED": ["SHIPPED", "PICKING"], "SHIPPED": ["DELIVERED", "LOST"], "DELIVERED": ["RETURN_ASKED", "CLOSED"],
    "RETURN_ASKED": ["RETURNED", "DELIVERED"], "RETURNED": ["REFUNDED"], "REFUNDED": ["CLOSED"], "LOST": ["REFUNDED"],
}  # fmt: skip
TWENTY: dict[str | None, list[str]] = {None: ["S0"]}
for n in range(19):
    back = [f"S{n - 1}"] if n % 2 else []
    far = ["S19"] if n in (3, 6, 9, 12) else []
    TWENTY[f"S{n}"] = [f"S{n + 1}", *back, *far]


def line_of(path: str) -> Line:
    """The corners of a path; that a curve cuts off is left out."""
    numbers = [[float(each) for each in part.split()] for part in re.split("[MLQ]", path)[1:]]
    return [(x, y) for part in numbers for x, y in zip(part[::2], part[1::2], strict=True)]


def distance(line: Line, box: dict[str, float]) -> float:
    """How far a line of horizontal and vertical parts is from a rectangle; 0 if it goes through."""
    return min(
        max(
            box["x"] - max(ax, bx), min(ax, bx) - box["x"] - box["width"],
            box["y"] - max(ay, by), min(ay, by) - box["y"] - box["height"], 0,
        )
        for (ax, ay), (bx, by) in pairwise(line)
    )  # fmt: skip


def overlap(a: dict[str, float], b: dict[str, float]) -> bool:
    return all(a[at] < b[at] + b[size] and b[at] < a[at] + a[size] for at, size in (("x", "width"), ("y", "height")))


def assert_tells_the_truth(graph: dict[str, Any]) -> dict[str, Any]:
    plan = lay_out(graph)
    lines = {name: line_of(edge["path"]) for name, edge in plan["edges"].items()}
    for name, label in plan["edges"].items():
        away = {other: distance(line, label) for other, line in lines.items()}
        assert away.pop(name) == 0, f"the label of {name} is off its line"
        assert all(far > 0 for far in away.values()), f"the label of {name} is on another line"
    for one, other in combinations([*plan["nodes"].values(), *plan["edges"].values()], 2):
        assert not overlap(one, other)
    return plan


def test_each_label_is_at_its_own_line_in_every_shipped_workflow(db: Any) -> None:
    for (name,) in db.execute("select name from jalon.templates").fetchall():
        db.execute("select jalon.apply_template(%s, %s, published => false)", (name, f"DRAWN_{name}"))
    versions = db.execute("select category, case_type, version from jalon.workflows").fetchall()
    assert len(versions) >= 19
    for version in versions:
        assert_tells_the_truth(graph_of(db, *version))


@pytest.mark.parametrize("ways", [ORDERS, TWENTY], ids=["14 codes", "20 codes"])
def test_each_label_is_at_its_own_line_in_a_large_workflow(ways: Any) -> None:
    assert_tells_the_truth(made_graph(ways))


def test_a_line_leads_from_its_code_to_its_code_also_where_it_leads_back() -> None:
    plan = lay_out(made_graph(ORDERS))
    for name, edge in plan["edges"].items():
        start, end = name.split(" -> ")
        line = line_of(edge["path"])
        if start != "None":
            assert distance([line[0], line[0]], plan["nodes"][start]) == 0
        assert distance([line[-1], line[-1]], plan["nodes"][end]) <= 8  # the length of an arrow head


def test_fourteen_codes_are_read_on_one_screen() -> None:
    plan = lay_out(made_graph(ORDERS))
    scale = min(SCREEN[0] / plan["width"], SCREEN[1] / plan["height"])
    assert scale * 13 >= 8  # the size of the labels' letters in pixels
