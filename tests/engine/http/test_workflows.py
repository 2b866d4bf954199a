"""Referentials, workflows, templates and permissions over HTTP."""

from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

import psycopg
import pytest
from litestar.testing import TestClient

Call = Callable[..., Any]
CODES = "/api/v1/referentials/ORDER_STATUS"
WORKFLOW = "/api/v1/workflows/ORDER_STATUS/*"
ADMIN, CLERK = ("root", "admin"), ("anna", "clerk")


@pytest.fixture
def ask(shop: psycopg.Connection[Any], client: TestClient[Any], bearer: Call) -> Call:
    def ask(method: str, path: str, body: Any = None, who: tuple[str, ...] = ADMIN, **headers: str) -> Any:
        return client.request(method, path, json=body, headers=bearer(*who, **headers))

    return ask


def test_categories_and_their_codes_are_read_in_the_readers_language(ask: Call) -> None:
    categories = {c["code"]: c for c in ask("GET", "/api/v1/referentials", who=CLERK).json()["items"]}
    assert categories["ORDER_STATUS"] | {"label": "", "workflows": []} == {
        "code": "ORDER_STATUS", "label": "", "description": None, "codes": 4, "tables": ["orders"], "ruleFile": None,
        "workflows": [],
    }  # fmt: skip
    codes = ask("GET", CODES, who=CLERK, **{"accept-language": "fr"}).json()["items"]
    assert [(c["code"], c["label"]) for c in codes] == [
        ("NEW", "New"), ("PAID", "Payée"), ("SHIPPED", "Shipped"), ("CANCELLED", "Annulée")
    ]  # fmt: skip
    assert ask("GET", f"{CODES}/PAID").json()["labels"] == {"fr": "Payée"}


def test_a_code_is_added_changed_and_closed(ask: Call) -> None:
    new = {
        "code": "LOST",
        "label": "Lost",
        "labels": {"fr": "Perdue"},
        "color": "#aa0000",
        "maxStay": "P3D",
        "isFinal": True,
    }
    answer = ask("POST", CODES, new)
    assert (answer.status_code, answer.json()["maxStay"], answer.json()["isFinal"]) == (201, "P3D", True)
    assert ask("POST", CODES, new).json()["code"] == "JL408"
    changed = ask("PATCH", f"{CODES}/LOST", {"label": "Gone", "isActive": False}).json()
    assert (changed["label"], changed["isActive"], changed["color"]) == ("Gone", False, "#aa0000")
    assert len(ask("GET", f"{CODES}?all=false").json()["items"]) == 4


def test_a_category_is_created_once(ask: Call) -> None:
    assert ask("POST", "/api/v1/referentials", {"code": "COLOUR"}).status_code == 201
    assert ask("POST", "/api/v1/referentials", {"code": "COLOUR"}).status_code == 409


def test_a_workflow_is_drafted_saved_checked_and_published(ask: Call, shop: psycopg.Connection[Any]) -> None:
    published = ask("GET", WORKFLOW)
    assert published.json()["workflow"]["state"] == "published"
    definition = published.json()["definition"]
    assert ask("POST", f"{WORKFLOW}/draft", {}).status_code == 201
    assert ask("POST", f"{WORKFLOW}/draft", {}).status_code == 409
    definition["transitions"].append({"from": "SHIPPED", "to": "CANCELLED", "action": "return", "roles": ["clerk"]})
    saved = ask("PUT", WORKFLOW, definition)
    assert saved.status_code == 200, saved.text
    assert (saved.json()["state"], saved.json()["version"]) == ("draft", 2)
    changes = ask("GET", f"{WORKFLOW}/diff").json()["items"]
    assert ("added", True) in [(c["change"], "SHIPPED" in c["transition"]) for c in changes]
    report = ask("GET", f"{WORKFLOW}/check").json()
    assert report["workflow"]["version"] == 2
    rehearsal = ask("POST", f"{WORKFLOW}/publish", {}, prefer="tx=rollback")
    assert rehearsal.headers["preference-applied"] == "tx=rollback"
    assert ask("GET", WORKFLOW).json()["workflow"]["version"] == 1
    answer = ask("POST", f"{WORKFLOW}/publish", {})
    if report["errors"]:
        assert (answer.status_code, answer.json()["code"]) == (422, "JL505")
    else:
        assert answer.status_code == 200, answer.text
        assert ask("GET", WORKFLOW).json()["workflow"]["version"] == 2


def test_a_document_keeps_where_other_case_types_arrive(ask: Call) -> None:
    assert ask("POST", f"{WORKFLOW}/draft", {}).status_code == 201
    definition = ask("GET", f"{WORKFLOW}?version=2").json()["definition"]
    arrival = {"from_case_type": "gift", "from": "NEW", "to": "PAID"}
    saved = ask("PUT", WORKFLOW, definition | {"arrivals": [arrival, {"from": "PAID", "to": "PAID"}]})
    assert saved.status_code == 200, saved.text
    arrivals = [{"from_case_type": "*", "from": "PAID", "to": "PAID"}, arrival]
    assert ask("GET", f"{WORKFLOW}?version=2").json()["definition"]["arrivals"] == arrivals


def test_two_editors_notice_each_other(ask: Call) -> None:
    etag = ask("POST", f"{WORKFLOW}/draft", {}).headers["etag"]
    definition = ask("GET", f"{WORKFLOW}?version=2").json()["definition"]
    assert ask("PUT", WORKFLOW, definition, **{"if-match": etag}).status_code == 200
    stale = ask("PUT", WORKFLOW, definition, **{"if-match": etag})
    assert (stale.status_code, stale.json()["code"]) == (412, "JL410")
    assert ask("DELETE", f"{WORKFLOW}/draft", **{"if-match": etag}).status_code == 412
    assert ask("DELETE", f"{WORKFLOW}/draft").status_code == 204
    assert ask("DELETE", f"{WORKFLOW}/draft").status_code == 404


@pytest.mark.parametrize(
    ("form", "media", "begins"), [("mermaid", "text/vnd.mermaid", "%%"), ("dot", "text/vnd.graphviz", "digraph")]
)
def test_a_workflow_is_drawn_as_text(ask: Call, form: str, media: str, begins: str) -> None:
    answer = ask("GET", f"{WORKFLOW}?format={form}", who=CLERK)
    assert answer.headers["content-type"].startswith(media)
    assert "PAID" in answer.text or "Paid" in answer.text


def test_a_workflow_is_drawn_as_a_picture(ask: Call) -> None:
    answer = ask("GET", f"{WORKFLOW}?format=svg&table=orders&id=7", who=CLERK)
    assert answer.headers["content-type"].startswith("image/svg+xml")
    picture = ElementTree.fromstring(answer.text)  # noqa: S314
    texts = [e.text for e in picture.iter("{http://www.w3.org/2000/svg}text")]
    assert {"New", "Paid", "Shipped", "Cancelled"} <= set(texts)


def test_a_template_is_put_to_use(ask: Call) -> None:
    names = [t["name"] for t in ask("GET", "/api/v1/templates", who=CLERK).json()["items"]]
    answer = ask("POST", f"/api/v1/templates/{names[0]}/apply", {"category": "FRESH", "published": False})
    assert (answer.status_code, answer.json()["category"]) == (201, "FRESH"), answer.text
    assert ask("POST", "/api/v1/templates/none/apply", {"category": "X"}).status_code == 404


def test_the_matrix_is_read_and_set(ask: Call, client: TestClient[Any], bearer: Call) -> None:
    rule = {"role": "clerk", "permission": "force_move", "scope": "orders", "status": "*", "allowed": True}
    assert rule in ask("PUT", "/api/v1/permissions", {"rules": [rule]}).json()["rules"]
    assert rule not in ask("PUT", "/api/v1/permissions", {"rules": [rule | {"allowed": None}]}).json()["rules"]
    assert rule not in ask("GET", "/api/v1/permissions", who=CLERK).json()["rules"]


def test_the_matrix_is_a_grid_whose_cells_say_what_decides(ask: Call, shop: psycopg.Connection[Any]) -> None:
    grid = ask("GET", "/api/v1/permissions/matrix?module=proposition").json()
    assert grid["scope"] == "proposition" and [s["code"] for s in grid["statuses"]][:2] == ["draft", "submitted"]
    rows = {
        (p["code"], r["role"], r["scope"]): {c["status"]: c for c in r["cells"]}
        for p in grid["permissions"]
        for r in p["rows"]
    }
    cells = rows["assign_roles", "initiator", "proposition"]
    assert (cells["*"]["isOwn"], cells["draft"]["isOwn"], cells["archived"]["isOwn"]) == (True, False, True)
    assert (cells["draft"]["allowed"], cells["draft"]["fromStatus"], cells["archived"]["allowed"]) == (True, "*", False)
    for (
        permission,
        role,
        scope,
    ), row in rows.items():  # what a cell says is what the engine decides for that role alone
        for status, cell in row.items():
            assert (
                cell["allowed"]
                == shop.execute(
                    "select coalesce((select r.is_allowed from jalon_engine.permission_rule r "
                    "where r.permission = %s and r.role = %s"
                    " and r.scope in (%s, '*') and r.status in (%s, '*') order by r.scope = '*', r.status = '*' "
                    "limit 1), false)",
                    (permission, role, scope, status),
                ).fetchone()[0]
            )  # type: ignore[index]
            if role != "any" and cell["allowed"]:
                assert shop.execute(
                    "select jalon_engine.may(%s, array[%s], %s, %s)", (permission, role, scope, status)
                ).fetchone() == (True,)
    assert ("assign_roles", "any", "proposition_roles") in rows
    every = ask("GET", "/api/v1/permissions/matrix?module=proposition&table=orders&role=*").json()
    assert len(every["permissions"][0]["rows"]) == len(every["roles"])
    one = ask("GET", "/api/v1/permissions/matrix?module=event&role=clerk").json()
    assert {row["role"] for p in one["permissions"] for row in p["rows"]} == {"clerk"}
    assert ask("GET", "/api/v1/permissions/matrix?table=none").status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/api/v1/permissions/matrix", None), ("POST", "/api/v1/referentials", {"code": "X"}),
        ("POST", CODES, {"code": "X"}), ("PATCH", f"{CODES}/PAID", {"label": "X"}),
        ("POST", f"{WORKFLOW}/draft", {}), ("PUT", WORKFLOW, {"format": "jalon/1", "codes": []}),
        ("PUT", "/api/v1/permissions", {"rules": []}),
        ("POST", "/api/v1/templates/orders/apply", {"category": "X"}),
    ],
)  # fmt: skip
def test_who_may_not_manage_is_refused(ask: Call, method: str, path: str, body: Any) -> None:
    answer = ask(method, path, body, who=CLERK)
    assert (answer.status_code, answer.json()["code"]) == (403, "JL203"), answer.text


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/api/v1/referentials/NONE", None, 404), ("GET", f"{CODES}/NONE", None, 404),
        ("PATCH", f"{CODES}/NONE", {"label": "X"}, 404),
        ("POST", "/api/v1/referentials/NONE", {"code": "X"}, 404), ("GET", "/api/v1/workflows/NONE/*", None, 404),
        ("GET", f"{WORKFLOW}/check?version=99", None, 404), ("POST", f"{WORKFLOW}/publish", {}, 404),
        ("DELETE", f"{WORKFLOW}/draft", None, 404),
        ("POST", CODES, {"code": "X", "color": "red"}, 400), ("POST", CODES, {"code": "X", "outcome": "maybe"}, 400),
        ("POST", CODES, {"code": "X", "maxStay": "soon"}, 400), ("POST", CODES, {"code": "X", "maxStay": "-P1D"}, 400),
        ("POST", CODES, {"code": ""}, 400),
        ("POST", CODES, {"code": " "}, 400), ("POST", CODES, {"code": "X", "labels": {"xx": "X"}}, 400),
        ("GET", f"{WORKFLOW}?format=png", None, 400),
        ("GET", f"{WORKFLOW}?table=orders", None, 400), ("GET", f"{WORKFLOW}?table=orders&id=999", None, 404),
        ("PUT", WORKFLOW, {"format": "jalon/1", "codes": [], "transitions": [{"from": "NEW", "to": "NONE"}]}, 400),
        ("PUT", WORKFLOW, {}, 400), ("PUT", WORKFLOW, {"transitions": [{}]}, 400),
        ("PUT", "/api/v1/permissions", {"rules": [{"role": "nobody", "permission": "erase", "allowed": True}]}, 400),
        ("PUT", "/api/v1/permissions", {"rules": [{"role": "clerk", "permission": "nothing", "allowed": True}]}, 400),
    ],
)  # fmt: skip
def test_what_is_wrong_is_refused(ask: Call, method: str, path: str, body: Any, status: int) -> None:
    answer = ask(method, path, body)
    assert answer.status_code == status, answer.text


def test_the_graph_says_all_that_one_looks_at_a_workflow_for(ask: Call, shop: Any) -> None:
    shop.execute("select jalon_engine.seal_actor('s', 'kim', 'clerk'); select jalon.move('orders', '7', 'PAID')")
    shop.execute("select jalon.move('orders', '8', 'PAID')")
    graph = ask("GET", f"{WORKFLOW}/graph?table=orders&id=7", who=CLERK).json()
    nodes = {node["code"]: node for node in graph["nodes"]}
    edges = {edge["name"]: edge for edge in graph["edges"]}
    assert (nodes["PAID"]["isCurrent"], nodes["PAID"]["records"], nodes["NEW"]["records"]) == (True, 2, 58)
    assert edges["NEW -> PAID"]["count"] == 2
    assert edges["* -> NEW"]["isImplied"]
    assert {name for name, edge in edges.items() if edge["isMine"]} == {"PAID -> NEW", "PAID -> SHIPPED"}
    assert graph["record"]["code"] == "PAID"
    assert {"code", "severity", "subject", "message", "about"} == graph["findings"][0].keys()
    assert not graph["canEdit"]
    assert ask("GET", f"{WORKFLOW}/graph").json()["canEdit"]


def test_counts_are_for_who_reads_every_record(ask: Call) -> None:
    graph = ask("GET", f"{WORKFLOW}/graph", who=("kim", "nobody")).json()
    assert {node["records"] for node in graph["nodes"]} == {None}
    assert {edge["count"] for edge in graph["edges"]} == {None}


def test_a_case_type_without_a_workflow_of_its_own_shows_that_of_all(ask: Call) -> None:
    graph = ask("GET", "/api/v1/workflows/ORDER_STATUS/EXPRESS/graph").json()
    assert graph["workflow"]["caseType"] == "*"


def test_findings_and_graph_speak_the_readers_language(ask: Call) -> None:
    french = {"accept-language": "fr"}
    assert {"Payée"} <= {n["label"] for n in ask("GET", f"{WORKFLOW}/graph", **french).json()["nodes"]}
    messages = " ".join(f["message"] for f in ask("GET", f"{WORKFLOW}/check", **french).json()["findings"])
    assert "aucun" in messages or "n'a pas" in messages


def test_a_transition_of_the_draft_is_added_changed_led_elsewhere_and_taken_out(ask: Call) -> None:
    etag = ask("POST", f"{WORKFLOW}/draft", {}).headers["etag"]
    transition = {
        "from": "SHIPPED",
        "to": "CANCELLED",
        "action": "return",
        "roles": ["clerk"],
        "labels": {"en": "Return"},
    }
    added = ask("PUT", f"{WORKFLOW}/draft/transition", transition, **{"if-match": etag})
    assert added.status_code == 200, added.text
    assert ask("PUT", f"{WORKFLOW}/draft/transition", transition).status_code == 409
    was = {"from": "SHIPPED", "to": "CANCELLED"}
    moved = transition | {"was": was, "to": "NEW", "requiresReason": True, "requiredFields": ["customer"]}
    assert ask("PUT", f"{WORKFLOW}/draft/transition", moved).status_code == 200
    edges = {edge["name"]: edge for edge in ask("GET", f"{WORKFLOW}/graph?version=2").json()["edges"]}
    assert "SHIPPED -> CANCELLED" not in edges
    assert (
        edges["SHIPPED -> NEW"] | {"requiresReason": True, "requiredFields": ["customer"], "change": "added"}
        == edges["SHIPPED -> NEW"]
    )
    assert edges["SHIPPED -> NEW"]["label"] == "Return"
    cleared = {
        "was": {"from": "SHIPPED", "to": "NEW"},
        "from": "SHIPPED",
        "to": "NEW",
        "roles": [],
        "requiredFields": [],
    }
    assert ask("PUT", f"{WORKFLOW}/draft/transition", cleared).status_code == 200
    gone = ask("DELETE", f"{WORKFLOW}/draft/transition?from=NEW&to=PAID")
    assert gone.status_code == 200, gone.text
    edges = {edge["name"]: edge for edge in ask("GET", f"{WORKFLOW}/graph?version=2").json()["edges"]}
    assert (edges["SHIPPED -> NEW"]["roles"], edges["SHIPPED -> NEW"]["requiredFields"]) == ([], [])
    assert edges["NEW -> PAID"]["change"] == "removed"
    assert ask("DELETE", f"{WORKFLOW}/draft/transition?from=NEW&to=PAID").status_code == 404


def test_the_second_editor_of_a_draft_learns_who_was_first(ask: Call) -> None:
    etag = ask("POST", f"{WORKFLOW}/draft", {}).headers["etag"]
    transition = {"from": "SHIPPED", "to": "CANCELLED", "action": "return", "roles": ["clerk"]}
    assert ask("PUT", f"{WORKFLOW}/draft/transition", transition, who=("mona", "admin")).status_code == 200
    stale = ask("DELETE", f"{WORKFLOW}/draft/transition?from=NEW&to=PAID", **{"if-match": etag})
    assert (stale.status_code, stale.json()["code"]) == (412, "JL410")
    assert stale.json()["detail"].startswith("mona changed the draft of ORDER_STATUS / * meanwhile")
    assert ask("DELETE", f"{WORKFLOW}/draft").status_code == 204
    gone = ask("DELETE", f"{WORKFLOW}/draft/transition?from=NEW&to=PAID", **{"if-match": etag})
    assert "no draft any more" in gone.json()["detail"]


def test_a_rehearsal_names_the_codes_that_records_would_be_stranded_on(ask: Call) -> None:
    for code in ("PAID", "SHIPPED"):
        ask("PATCH", f"{CODES}/{code}", {"labels": {"en": code.title(), "fr": code.title()}})
    ask("POST", f"{WORKFLOW}/draft", {})
    for to in ("PAID", "CANCELLED"):
        ask("DELETE", f"{WORKFLOW}/draft/transition?from=NEW&to={to}")
    ask("DELETE", f"{WORKFLOW}/draft/transition?from=PAID&to=NEW")
    ask("PUT", f"{WORKFLOW}/draft/transition", {"to": "PAID", "action": "create", "roles": ["any"]})
    effects = ask("POST", f"{WORKFLOW}/publish", {}, prefer="tx=rollback").json()["effects"]
    assert [(e["code"], e["records"]) for e in effects if e["what"] == "unmapped"] == [("NEW", 60)]


def test_the_list_of_categories_says_what_is_in_force_and_what_is_drafted(ask: Call) -> None:
    ask("POST", f"{WORKFLOW}/draft", {})
    listed = ask("GET", "/api/v1/referentials", who=CLERK).json()
    shop = next(item for item in listed["items"] if item["code"] == "ORDER_STATUS")
    state = shop["workflows"][0]
    assert (state["caseType"], state["published"]["version"], state["draft"]["version"]) == ("*", 1, 2)
    assert not listed["canEdit"]


def test_a_stay_and_an_icon_are_cleared_by_an_empty_text(ask: Call) -> None:
    assert ask("PATCH", f"{CODES}/PAID", {"maxStay": "P2D", "icon": "coin"}).json()["maxStay"] == "P2D"
    cleared = ask("PATCH", f"{CODES}/PAID", {"maxStay": "", "icon": ""}).json()
    assert (cleared["maxStay"], cleared["icon"]) == (None, None)


def test_the_picture_marks_place_and_moves(ask: Call) -> None:
    answer = ask("GET", f"{WORKFLOW}?format=svg&table=orders&id=7", who=CLERK, **{"accept-language": "fr"})
    picture = ElementTree.fromstring(answer.text)  # noqa: S314
    svg = "{http://www.w3.org/2000/svg}"
    current = [g for g in picture.iter(f"{svg}g") if "current" in g.get("class", "").split()]
    assert [g.findtext(f"{svg}title", "").split(" (")[0] for g in current] == ["New"]
    mine = [g.findtext(f"{svg}title", "") for g in picture.iter(f"{svg}g") if "mine" in g.get("class", "").split()]
    assert len(mine) == 2, mine
    assert "style=" not in answer.text


def test_a_draft_without_a_transition_is_an_empty_picture(ask: Call) -> None:
    ask("POST", "/api/v1/referentials", {"code": "COLOUR"})
    ask("POST", "/api/v1/workflows/COLOUR/*/draft", {})
    answer = ask("GET", "/api/v1/workflows/COLOUR/*?format=svg")
    assert (answer.status_code, answer.text.lstrip()[:4]) == (200, "<svg")
