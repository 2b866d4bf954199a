"""Propositions over HTTP: custom roles, custom actions, and the settings of both."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from litestar.testing import TestClient

Client = TestClient[Any]
Connection = psycopg.Connection[Any]
Bearer = Callable[..., dict[str, str]]
PATH = "/api/propositions"
VOTE_BUDGET = {
    "name": "Confirm the budget", "icon": "coin", "description": "Tells accounting.", "statuses": ["debate"],
    "roles": ["Treasurer"], "payload": {"amount": "{input.amount}", "text": "{actor} confirms {proposition.title}"},
}  # fmt: skip


class Desk:
    """Somebody at work: desk("zoe").post("roles", …) is about the proposition at hand."""

    def __init__(self, client: Client, bearer: Bearer, id: str = "") -> None:
        self.client, self.bearer, self.id = client, bearer, id

    def __call__(self, actor: str, *roles: str, id: str | None = None, **headers: str) -> Callable[..., Any]:
        def ask(method: str, path: str = "", json: Any = None, **parameters: Any) -> Any:
            address = "/".join(part for part in (PATH, self.id if id is None else id, path) if part)
            return self.client.request(
                method, address, json=json, headers=self.bearer(actor, *roles, **headers), params=parameters
            )

        return ask

    def open(self, author: str = "zoe", title: str = "A bicycle lane") -> str:
        answer = self(author, id="")("POST", json={"title": title, "body": "Two metres wide."})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def debated(self, author: str = "zoe", title: str = "A bicycle lane") -> str:
        id = self.open(author, title)
        for who, to in (((author,), "submitted"), (("mona", "moderator"), "debate")):
            answer = self(*who, id=id)("POST", "moves", {"to": to})
            assert answer.status_code == 200, answer.text
        return id


@pytest.fixture
def desk(client: Client, bearer: Bearer) -> Desk:
    desk = Desk(client, bearer)
    desk.id = desk.debated()
    return desk


@pytest.fixture
def treasurer(desk: Desk) -> dict[str, Any]:
    """zoe's proposition has a treasurer's role, and an action for it; carla holds the role."""
    zoe = desk("zoe")
    role = zoe("POST", "roles", {"name": "Treasurer", "permissions": ["trigger_custom_action"]})
    assert role.status_code == 201, role.text
    assert zoe("POST", f"roles/{role.json()['id']}/users", {"userId": "carla"}).status_code == 201
    action = zoe("POST", "actions", VOTE_BUDGET)
    assert action.status_code == 201, action.text
    return {
        "role": role.json()["id"],
        "action": action.json()["id"],
        "trigger": f"actions/{action.json()['id']}/trigger",
    }


def buttons(answer: Any) -> dict[str, Any]:
    return {button["label"]: button for button in answer.json()["actions"]}


def count(db: Connection, table: str) -> int:
    return int(db.execute(f"select count(*) from {table}").fetchone()[0])  # type: ignore[index]


def test_a_proposition_is_put_forward_and_its_author_is_its_initiator(desk: Desk) -> None:
    id = desk.open("zoe", " Trees ")
    answer = desk("zoe", id=id)("GET")
    assert answer.headers["etag"].startswith(f'"{id}.1')
    body = answer.json()
    assert (body["title"], body["status"], body["statusLabel"]) == ("Trees", "draft", "Draft")
    assert body["you"]["roles"] == ["initiator"]
    assert {"manage_roles", "assign_roles", "manage_actions", "edit_proposition"} <= set(body["you"]["permissions"])
    assert {m["to"]: m["allowed"] for m in body["moves"]} == {"submitted": True, "archived": True}
    french = desk("zoe", id=id, **{"accept-language": "fr"})("GET").json()
    assert french["statusLabel"] == "Brouillon"
    assert french["moves"][0]["label"] == "Soumettre"


def test_a_draft_is_its_initiators_and_unknown_to_others(desk: Desk) -> None:
    id = desk.open()
    for who in (("ben",), ("mona", "moderator")):
        assert desk(*who, id=id)("GET").json()["code"] == "JL401"
    assert desk("anna", "admin", id=id)("GET").status_code == 200
    seen = [item["id"] for item in desk("ben", id="")("GET").json()["items"]]
    assert seen == [desk.id]
    zoe = desk("zoe", id=id)
    zoe("POST", "roles", {"name": "Reader"})
    zoe("POST", "roles/reader/users", {"userId": "ben"})
    assert desk("ben", id=id)("GET").json()["you"]["roles"] == ["custom:reader", "participant"]
    assert len(desk("ben", id="")("GET").json()["items"]) == 2
    zoe("DELETE", "roles/reader/users/ben")
    assert desk("ben", id=id)("GET").status_code == 404
    assert len(desk("ben", id="")("GET").json()["items"]) == 1


def test_the_list_is_filtered_and_paged(desk: Desk) -> None:
    ids = [desk.id, desk.debated("yan", "Two"), desk.debated("yan", "Three")]
    ben = desk("ben", id="")
    first = ben("GET", limit=2)
    assert [i["id"] for i in first.json()["items"]] == [ids[2], ids[1]]
    assert 'rel="next"' in first.headers["link"]
    assert [i["id"] for i in ben("GET", limit=2, after=first.json()["next"]).json()["items"]] == [ids[0]]
    assert [i["id"] for i in ben("GET", author="zoe").json()["items"]] == [ids[0]]
    assert ben("GET", status="vote").json()["items"] == []


def test_the_text_is_its_initiators_while_it_is_a_draft(desk: Desk) -> None:
    id = desk.open()
    assert desk("zoe", id=id)("PATCH", json={"body": "Three metres."}).json()["body"] == "Three metres."
    assert desk("zoe")("PATCH", json={"body": "Three metres."}).json()["code"] == "JL203"
    assert desk("zoe")("PATCH", json={"maxRoles": 500}).json()["code"] == "JL203"
    assert desk("anna", "admin")("PATCH", json={"maxRoles": 1}).json()["limits"]["maxRoles"] == 1
    stale = desk("zoe", id=id, **{"if-match": f'"{id}.9"'})("PATCH", json={"title": "x"})
    assert (stale.status_code, stale.json()["code"]) == (412, "JL410")


@pytest.mark.parametrize(
    "body",
    [{}, {"title": " "}, {"title": "x" * 201}, {"title": 5}, {"title": "x", "body": None}, {"title": "x", "nope": 1}],
)
def test_a_malformed_proposition_is_refused(desk: Desk, body: Any) -> None:
    answer = desk("zoe", id="")("POST", json=body)
    assert (answer.status_code, answer.json()["code"]) == (400, "JL405")


def test_a_role_is_made_changed_and_taken_away(desk: Desk, db: Connection) -> None:
    zoe = desk("zoe")
    made = zoe(
        "POST", "roles", {"name": "Éclaireuse d'été", "permissions": ["assign_roles", "assign_roles"], "maxHolders": 2}
    )
    assert made.status_code == 201, made.text
    role = made.json()
    assert made.headers["location"] == f"{PATH}/{desk.id}/roles/{role['id']}"
    assert (role["code"], role["role"], role["permissions"]) == (
        "eclaireuse_d_ete",
        "custom:eclaireuse_d_ete",
        ["assign_roles"],
    )
    changed = zoe("PATCH", f"roles/{role['id']}", {"name": "Scout", "permissions": []}).json()
    assert (changed["name"], changed["code"], changed["permissions"]) == ("Scout", "eclaireuse_d_ete", [])
    assert [r["name"] for r in desk("ben")("GET", "roles").json()["items"]] == ["Scout"]
    assert zoe("POST", f"roles/{role['code']}/users", {"userId": "carla"}).status_code == 201
    assert zoe("DELETE", f"roles/{role['id']}", reason="no need").status_code == 204
    assert zoe("GET", f"roles/{role['id']}").json()["code"] == "JL401"
    history = zoe("GET", "role-history").json()["items"]
    assert [h["what"] for h in history] == ["revoked", "taken away", "granted", "changed", "made"]
    assert history[0] | {"at": 0, "roleId": 0} == {
        "at": 0, "what": "revoked", "roleId": 0, "role": "Scout", "userId": "carla", "by": "zoe", "until": None,
        "reason": "no need", "before": None, "after": None,
    }  # fmt: skip
    assert zoe("POST", "roles", {"name": "Éclaireuse d'été"}).status_code == 201


@pytest.mark.parametrize(
    ("who", "body", "status", "code"),
    [
        (("ben",), {"name": "King"}, 403, "JL203"),
        (("ben", "participant"), {"name": "King"}, 403, "JL203"),
        (("zoe",), {"name": "Treasurer"}, 409, "JL422"),
        (("zoe",), {"name": "treasurer"}, 409, "JL422"),
        (("zoe",), {"name": "admin"}, 409, "JL422"),
        (("zoe",), {"name": "Moderator"}, 409, "JL422"),
        (("zoe",), {"name": "King", "permissions": ["force_move"]}, 400, "JL405"),
        (("zoe",), {"name": "King", "permissions": ["nonsense"]}, 400, "JL405"),
        (("zoe",), {"name": "King", "permissions": "manage_roles"}, 400, "JL405"),
        (("zoe",), {"name": "King", "maxHolders": -1}, 400, "JL405"),
        (("zoe",), {"name": " "}, 400, "JL405"),
        (("zoe",), {}, 400, "JL405"),
        (("zoe",), {"name": "King", "code": "king"}, 400, "JL405"),
    ],
)
def test_a_role_is_refused(desk: Desk, treasurer: Any, who: Any, body: Any, status: int, code: str) -> None:
    answer = desk(*who)("POST", "roles", body)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert len(desk("ben")("GET", "roles").json()["items"]) == 1


def test_there_are_limits_of_roles_and_of_holders(desk: Desk, treasurer: Any) -> None:
    anna, zoe = desk("anna", "admin"), desk("zoe")
    anna("PATCH", json={"maxRoles": 1, "maxHolders": 2})
    assert zoe("POST", "roles", {"name": "Second"}).json()["code"] == "JL421"
    users = f"roles/{treasurer['role']}/users"
    assert zoe("POST", users, {"userId": "dan"}).status_code == 201
    refused = zoe("POST", users, {"userId": "eve"})
    assert (refused.status_code, refused.json()["code"], refused.json()["limit"]) == (409, "JL421", 2)
    assert zoe("POST", users, {"userId": "dan"}).status_code == 201  # holds it already
    zoe("PATCH", f"roles/{treasurer['role']}", {"maxHolders": 1})
    zoe("DELETE", f"{users}/dan")
    assert zoe("POST", users, {"userId": "eve"}).json()["limit"] == 1


def test_a_role_is_assigned_for_a_time_and_revoked(desk: Desk, treasurer: Any, db: Connection) -> None:
    zoe, users = desk("zoe"), f"roles/{treasurer['role']}/users"
    until = (datetime.now(UTC) + timedelta(days=3)).isoformat()
    held = zoe("POST", users, {"userId": "dan", "until": until, "reason": "holidays"}).json()
    assert (held["userId"], held["grantedBy"], held["reason"]) == ("dan", "zoe", "holidays")
    assert datetime.fromisoformat(held["until"]) == datetime.fromisoformat(until)
    assert [u["userId"] for u in zoe("GET", users).json()["items"]] == ["carla", "dan"]
    longer = zoe("POST", users, {"userId": "dan"}).json()
    assert longer["until"] is None
    assert zoe("DELETE", f"{users}/dan", reason="back").status_code == 204
    assert zoe("DELETE", f"{users}/dan").json()["code"] == "JL401"
    assert zoe("POST", users, {"userId": "idp/7?x"}).status_code == 201
    assert zoe("DELETE", users, userId="idp/7?x").status_code == 204
    dan = [h for h in zoe("GET", "role-history").json()["items"] if h["userId"] == "dan"]
    assert [(h["what"], h["until"] is None) for h in dan] == [
        ("revoked", True), ("granted", True), ("revoked", False), ("granted", False),
    ]  # fmt: skip
    assert desk("ben")("GET", "role-history").json()["code"] == "JL203"


@pytest.mark.parametrize(
    ("who", "body", "status", "code"),
    [
        (("ben",), {"userId": "ben"}, 403, "JL203"),
        (("carla",), {"userId": "ben"}, 403, "JL203"),
        (("zoe",), {"userId": "ben", "until": "2001-01-01T00:00:00Z"}, 400, "JL405"),
        (("zoe",), {"userId": "ben", "until": "2099-01-01T00:00:00"}, 400, "JL405"),
        (("zoe",), {"userId": "ben", "until": "tomorrow"}, 400, "JL405"),
        (("zoe",), {"userId": " "}, 400, "JL405"),
        (("zoe",), {}, 400, "JL405"),
    ],
)
def test_an_assignment_is_refused(desk: Desk, treasurer: Any, who: Any, body: Any, status: int, code: str) -> None:
    answer = desk(*who)("POST", f"roles/{treasurer['role']}/users", body)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert [u["userId"] for u in desk("zoe")("GET", f"roles/{treasurer['role']}/users").json()["items"]] == ["carla"]


def test_nobody_hands_out_more_than_they_hold(desk: Desk) -> None:
    zoe = desk("zoe")
    deputy = zoe("POST", "roles", {"name": "Deputy", "permissions": ["assign_roles", "manage_roles"]}).json()["id"]
    boss = zoe("POST", "roles", {"name": "Boss", "permissions": ["manage_actions"]}).json()["id"]
    plain = zoe("POST", "roles", {"name": "Plain"}).json()["id"]
    facilitator = zoe("POST", "roles", {"name": "Facilitator"}).json()["id"]
    assert zoe("POST", f"roles/{deputy}/users", {"userId": "dan"}).status_code == 201
    dan = desk("dan")
    assert dan("POST", f"roles/{plain}/users", {"userId": "eve"}).status_code == 201
    refused = dan("POST", f"roles/{boss}/users", {"userId": "dan"})
    assert (refused.status_code, refused.json()["code"], refused.json()["missing"]) == (
        403,
        "JL203",
        ["manage_actions"],
    )
    assert dan("POST", "roles", {"name": "Mine", "permissions": ["manage_actions"]}).json()["code"] == "JL203"
    assert dan("PATCH", f"roles/{plain}", {"permissions": ["manage_actions"]}).json()["code"] == "JL203"
    # An initiator edits only drafts, and a custom role would too: that can be handed out.
    assert zoe("POST", "roles", {"name": "Editor", "permissions": ["edit_proposition"]}).status_code == 201
    # The workflow lets facilitators open the vote; an initiator may not, a moderator may.
    refused = zoe("POST", f"roles/{facilitator}/users", {"userId": "zoe"})
    assert refused.json()["missing"] == ["debate -> vote"]
    assert desk("mona", "moderator")("POST", f"roles/{facilitator}/users", {"userId": "dan"}).status_code == 201
    assert dan("POST", "moves", {"to": "vote"}).status_code == 200


def test_a_custom_roles_permission_disappears_the_moment_it_is_revoked(desk: Desk, treasurer: Any) -> None:
    zoe, carla = desk("zoe"), desk("carla")
    assert carla("GET").json()["you"] == {
        "actor": "carla", "roles": ["custom:treasurer", "participant"], "roleLabels": ["Treasurer", "Participant"],
        "canForce": False,
        "permissions": ["create_proposition", "trigger_custom_action"],
    }  # fmt: skip
    assert carla("POST", treasurer["trigger"], {}).status_code == 200
    assert zoe("DELETE", f"roles/{treasurer['role']}/users/carla").status_code == 204
    refused = carla("POST", treasurer["trigger"], {})
    assert (refused.status_code, refused.json()["code"]) == (403, "JL202")
    assert carla("GET").json()["you"]["roles"] == []
    assert buttons(carla("GET")) == {}


def test_long_histories_of_roles_and_settings_page(desk: Desk) -> None:
    zoe, settings = desk("zoe"), desk("anna", "admin", id="settings")
    for name in ("One", "Two", "Three"):
        role = zoe("POST", "roles", {"name": name, "permissions": []}).json()["id"]
        assert zoe("POST", f"roles/{role}/users", {"userId": "carla"}).status_code == 201
    for many in (7, 8, 9):
        assert settings("PATCH", json={"maxRoles": many}).status_code == 200
    for ask, path in ((zoe, "role-history"), (settings, "history")):
        whole = ask("GET", path).json()["items"]
        assert len(whole) > 2
        found, after = [], {}
        while True:
            page = ask("GET", path, limit=2, **after).json()
            found += page["items"]
            if not page["next"]:
                break
            after = {"after": page["next"]}
        assert found == whole


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({}, "Amount: this is to be filled in"),
        ({"amount": "5"}, "Amount: 5 is not a number"),
        ({"amount": 5, "when": "2026-02-30"}, "when: 2026-02-30 is not a date such as 2026-12-31"),
        ({"amount": 5, "urgent": "yes"}, "urgent: yes is not true or false"),
        ({"amount": 5, "from": "Mars"}, "from: Mars is not one of: Town, Region"),
        ({"amount": 5, "note": 7}, "note: 7 is not a text"),
    ],
)
def test_an_input_is_checked_by_its_declared_type(desk: Desk, treasurer: Any, given: Any, why: str) -> None:
    zoe, carla = desk("zoe"), desk("carla")
    inputs = {
        "amount": {"type": "number", "label": "Amount", "required": True}, "when": {"type": "date"},
        "urgent": {"type": "boolean"},
        "from": {"type": "choice", "choices": ["Town", "Region"]}, "note": {},
    }  # fmt: skip
    assert zoe("PATCH", f"actions/{treasurer['action']}", {"inputs": inputs}).status_code == 200
    refused = carla("POST", treasurer["trigger"], {"input": given})
    assert (refused.status_code, refused.json()["detail"]) == (400, why)
    good = {"amount": 5, "when": "2026-02-28", "urgent": True, "from": "Town", "note": "x"}
    assert carla("POST", treasurer["trigger"], {"input": good}).json()["input"] == good


def test_an_input_of_an_unknown_type_or_a_choice_without_choices_is_not_declared(desk: Desk, treasurer: Any) -> None:
    for wrong in ({"amount": {"type": "colour"}}, {"amount": {"type": "choice"}}, {"a b": {}}):
        assert desk("zoe")("PATCH", f"actions/{treasurer['action']}", {"inputs": wrong}).status_code == 400


def test_an_edit_of_the_text_names_the_text_that_was_read(desk: Desk) -> None:
    id = desk.open()
    read = desk("zoe", id=id)("GET").json()
    assert desk("zoe", id=id)("PATCH", json={"body": "Other words"}).json()["textEtag"] != read["textEtag"]
    late = desk("anna", "admin", id=id, **{"If-Match": read["textEtag"]})("PATCH", json={"body": "Mine"})
    assert (late.status_code, late.json()["edited"]["by"]) == (412, "zoe")
    assert late.json()["detail"].startswith("zoe changed the content of proposition ")
    assert desk("zoe", id=id)("GET").json()["body"] == "Other words"


def test_a_role_that_ran_out_is_worth_nothing(desk: Desk, treasurer: Any, db: Connection) -> None:
    until = datetime.now(UTC) + timedelta(seconds=0.4)
    users = f"roles/{treasurer['role']}/users"
    desk("zoe")("POST", users, {"userId": "dan", "until": until.isoformat()})
    assert desk("dan")("POST", treasurer["trigger"], {}).status_code == 200
    db.execute("select pg_sleep(0.5)")
    assert desk("dan")("POST", treasurer["trigger"], {}).json()["code"] == "JL202"
    assert desk("zoe")("GET", "role-history").json()["items"][0]["what"] == "expired"
    assert desk("zoe")("POST", users, {"userId": "dan"}).status_code == 201
    assert [h["what"] for h in desk("zoe")("GET", "role-history").json()["items"]][:3] == [
        "granted",
        "expired",
        "granted",
    ]


def test_a_role_of_one_proposition_is_worth_nothing_on_another(desk: Desk, treasurer: Any) -> None:
    other = desk.debated("yan", "Other")
    yan = desk("yan", id=other)
    yan("POST", "roles", {"name": "Treasurer", "permissions": ["trigger_custom_action"]})
    action = yan("POST", "actions", VOTE_BUDGET).json()["id"]
    assert desk("carla", id=other)("GET").json()["you"]["roles"] == []
    assert desk("carla", id=other)("POST", f"actions/{action}/trigger", {}).json()["code"] == "JL202"
    assert desk("carla", id=other)("POST", treasurer["trigger"], {}).json()["code"] == "JL401"
    assert yan("POST", f"roles/{treasurer['role']}/users", {"userId": "eve"}).json()["code"] == "JL401"
    assert desk("zoe", id=other)("POST", "roles", {"name": "Mine"}).json()["code"] == "JL203"


def test_anybody_may_lay_down_a_role_of_their_own(desk: Desk, treasurer: Any) -> None:
    users = f"roles/{treasurer['role']}/users"
    assert desk("ben")("DELETE", f"{users}/carla").json()["code"] == "JL203"
    assert desk("carla")("DELETE", f"{users}/carla").status_code == 204
    assert desk("carla")("GET").json()["you"]["roles"] == []


def test_limits_and_choices_are_returned_for_a_form(desk: Desk, treasurer: Any) -> None:
    zoe = desk("zoe")
    roles = zoe("GET", "roles").json()
    assert (roles["limit"], roles["items"][0]["limit"], roles["items"][0]["isFull"]) == (20, 100, False)
    assert "trigger_custom_action" in {p["code"] for p in roles["permissions"]}
    full = zoe("PATCH", "roles/treasurer", {"maxHolders": 1}).json()
    assert (full["limit"], full["isFull"]) == (1, True)
    actions = zoe("GET", "actions").json()
    assert (
        actions["limit"] == 50
        and {"code": "custom:treasurer", "label": "Treasurer", "isCustom": True} in actions["choices"]["roles"]
    )
    assert {"draft", "debate"} <= {s["code"] for s in actions["choices"]["statuses"]}
    assert buttons(desk("carla")("GET"))["Confirm the budget"]["inputs"] == [
        {"name": "amount", "type": "text", "label": "amount", "required": False, "choices": []}
    ]
    assert desk("carla", id="")("GET").json()["canCreate"] is True
    assert desk("anna", "admin", id="")("GET", "settings").json()["canChange"] is True
    assert desk("zoe", id="")("GET", "settings").json()["canChange"] is False


def test_an_action_is_declared_changed_and_taken_away(desk: Desk, treasurer: Any) -> None:
    zoe, path = desk("zoe"), f"actions/{treasurer['action']}"
    assert zoe("GET", path).json()["roles"] == ["custom:treasurer"]
    assert zoe("PATCH", path, {"isActive": False, "icon": None}).json()["icon"] is None
    assert buttons(desk("carla")("GET")) == {}
    assert desk("carla")("POST", treasurer["trigger"], {}).json()["code"] == "JL401"
    zoe("PATCH", path, {"isActive": True, "statuses": ["*"], "roles": ["any"]})
    assert "Confirm the budget" in buttons(desk("ben")("GET"))
    assert desk("ben")("GET", "actions").json()["code"] == "JL203"
    assert zoe("DELETE", path).status_code == 204
    assert zoe("GET", "actions").json()["items"] == []
    assert zoe("GET", path).status_code == 404


@pytest.mark.parametrize(
    ("who", "change", "status", "code"),
    [
        (("ben",), {}, 403, "JL203"),
        (("carla",), {}, 403, "JL203"),
        (("zoe",), {"name": "confirm THE budget"}, 409, "JL422"),
        (("zoe",), {"statuses": []}, 400, "JL405"),
        (("zoe",), {"statuses": ["nonsense"]}, 400, "JL402"),
        (("zoe",), {"roles": ["nobody"]}, 400, "JL405"),
        (("zoe",), {"roles": []}, 400, "JL405"),
        (("zoe",), {"toStatus": "archived"}, 400, "JL405"),
        (("zoe",), {"toStatus": "debate"}, 400, "JL405"),
        (("zoe",), {"toStatus": "nonsense"}, 400, "JL402"),
        (("zoe",), {"payload": []}, 400, "JL405"),
        (("zoe",), {"payload": {"x": "{password}"}}, 400, "JL405"),
        (("zoe",), {"payload": {"x": "y" * 20001}}, 400, "JL405"),
        (("zoe",), {"visibility": "nobody"}, 400, "JL405"),
    ],
)
def test_an_action_is_refused(desk: Desk, treasurer: Any, who: Any, change: Any, status: int, code: str) -> None:
    answer = desk(*who)("POST", "actions", VOTE_BUDGET | {"name": "Another"} | change)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert len(desk("zoe")("GET", "actions").json()["items"]) == 1


def test_there_is_a_limit_of_actions(desk: Desk, treasurer: Any) -> None:
    desk("anna", "admin", id="")("PATCH", "settings", {"maxActions": 1})
    assert desk("zoe")("POST", "actions", VOTE_BUDGET | {"name": "Another"}).json()["code"] == "JL421"


def test_buttons_show_by_status_and_role_and_say_why_they_are_grey(desk: Desk, treasurer: Any) -> None:
    zoe, carla, ben = desk("zoe"), desk("carla"), desk("ben")
    button = buttons(carla("GET"))["Confirm the budget"]
    assert (button["icon"], button["allowed"], button["why"]) == ("coin", True, [])
    assert buttons(ben("GET")) == {}
    zoe("PATCH", f"actions/{treasurer['action']}", {"visibility": "everyone"})
    grey = buttons(ben("GET"))["Confirm the budget"]
    assert (grey["allowed"], [w["code"] for w in grey["why"]]) == (False, ["JL202", "JL203"])
    assert grey["why"][0]["message"] == "ben may not trigger Confirm the budget: it needs one of the roles Treasurer"
    assert (grey["why"][0]["params"]["roles"], grey["why"][0]["brief"]) == (["custom:treasurer"], "for: Treasurer")
    french = buttons(desk("ben", **{"accept-language": "fr"})("GET"))["Confirm the budget"]
    assert french["why"][0]["message"].startswith("ben ne peut pas déclencher Confirm the budget")
    moves = {m["to"]: m for m in ben("GET").json()["moves"]}
    assert (moves["vote"]["allowed"], moves["vote"]["why"][0]["code"]) == (False, "JL202")
    mona = {m["to"]: m for m in desk("mona", "moderator")("GET").json()["moves"]}
    assert (mona["rejected"]["allowed"], mona["rejected"]["requiresReason"], mona["rejected"]["label"]) == (
        True,
        True,
        "Reject",
    )
    desk("mona", "moderator")("POST", "moves", {"to": "vote"})
    assert buttons(carla("GET")) == {}


def test_the_setting_says_who_sees_buttons(desk: Desk, treasurer: Any) -> None:
    desk("anna", "admin", id="")("PATCH", "settings", {"actionVisibility": "everyone"})
    assert buttons(desk("ben")("GET"))["Confirm the budget"]["allowed"] is False


def test_triggering_records_and_publishes_an_event(desk: Desk, treasurer: Any, db: Connection) -> None:
    db.execute("insert into jalon_engine.interest (subscriber, tracked) values ('webhook:1', 'proposition')")
    before = count(db, "jalon_engine.outbox_message")
    body = {"input": {"amount": 1200, "x": "{actor}"}, "reason": "as agreed"}
    answer = desk("carla")("POST", treasurer["trigger"], body)
    assert answer.status_code == 200, answer.text
    event = answer.json()
    assert event["payload"] == {"amount": 1200, "text": "carla confirms A bicycle lane"}
    assert (event["type"], event["status"], event["toStatus"], event["triggeredBy"], event["reason"]) == (
        "proposition.custom_action.triggered", "debate", None, "carla", "as agreed",
    )  # fmt: skip
    published = db.execute(
        "select id::text, type, tracked, record_key, version, data from jalon_engine.outbox_message"
    ).fetchall()
    assert len(published) == before + 1
    assert published[-1][:5] == (event["id"], "proposition.custom_action.triggered", "proposition", desk.id, 3)
    assert published[-1][5]["payload"] == event["payload"]
    assert published[-1][5]["action"]["code"] == "confirm_the_budget"
    assert [e["id"] for e in desk("zoe")("GET", "action-events").json()["items"]] == [event["id"]]
    assert desk("ben")("GET", "action-events").json()["code"] == "JL203"


def test_where_nobody_is_interested_nothing_is_published(desk: Desk, treasurer: Any, db: Connection) -> None:
    assert desk("carla")("POST", treasurer["trigger"], {}).json()["payload"]["amount"] is None
    assert count(db, "proposition_custom_action_events") == 1
    assert count(db, "jalon_engine.outbox_message") == 0


def test_a_refused_trigger_leaves_a_trace_for_admins_and_no_event(desk: Desk, treasurer: Any, db: Connection) -> None:
    db.execute("insert into jalon_engine.interest (subscriber, tracked) values ('webhook:1', 'proposition')")
    answer = desk("ben", "participant")("POST", treasurer["trigger"], {})
    assert (answer.status_code, answer.headers["content-type"]) == (403, "application/problem+json")
    problem = answer.json()
    assert problem["detail"] == "ben may not trigger Confirm the budget: it needs one of the roles treasurer"
    assert problem["roles"] == ["custom:treasurer"]
    assert (problem["title"], problem["status"], problem["code"], problem["type"]) == (
        "Forbidden",
        403,
        "JL202",
        "/errors/JL202",
    )
    assert problem["instance"] == f"{PATH}/{desk.id}/{treasurer['trigger']}"
    assert problem["roles"] == ["custom:treasurer"]
    desk("mona", "moderator")("POST", "moves", {"to": "vote"})
    events = count(db, "jalon_engine.outbox_message")
    late = desk("carla")("POST", treasurer["trigger"], {})
    assert (late.status_code, late.json()["code"], late.json()["statuses"]) == (409, "JL104", ["debate"])
    assert desk("carla")("POST", "actions/nonsense/trigger", {}).json()["code"] == "JL401"
    refusals = desk("anna", "admin")("GET", "refusals").json()["items"]
    assert [(r["actor"], r["code"], r["status"]) for r in refusals] == [
        ("carla", "JL401", "vote"), ("carla", "JL104", "vote"), ("ben", "JL202", "debate"),
    ]  # fmt: skip
    assert (refusals[2]["roles"], refusals[2]["message"]) == (["participant"], problem["detail"])
    assert (count(db, "proposition_custom_action_events"), count(db, "jalon_engine.outbox_message")) == (0, events)
    for who in (("zoe",), ("mona", "moderator")):
        assert desk(*who)("GET", "refusals").json()["code"] == "JL203"


def test_what_the_caller_may_not_see_is_unknown_and_traced(desk: Desk, db: Connection) -> None:
    id = desk.open()
    action = desk("zoe", id=id)("POST", "actions", VOTE_BUDGET | {"roles": ["any"], "statuses": ["draft"]}).json()["id"]
    answer = desk("ben", id=id)("POST", f"actions/{action}/trigger", {})
    assert (answer.status_code, answer.json()["code"]) == (404, "JL401")
    assert count(db, "proposition_custom_action_refusals") == 1
    unknown = desk("ben", id="00000000-0000-0000-0000-000000000000")("POST", f"actions/{action}/trigger", {})
    assert (unknown.status_code, unknown.json()["code"]) == (404, "JL401")
    assert desk("ben", id="x")("POST", f"actions/{action}/trigger", {}).status_code == 404
    assert count(db, "proposition_custom_action_refusals") == 1


def test_the_matrix_role_permission_status_rules_triggers(desk: Desk, treasurer: Any) -> None:
    anna = desk("anna", "admin", id="")
    cell = {"role": "custom", "permission": "trigger_custom_action", "status": "debate", "allowed": False}
    assert anna("PUT", "settings/permissions", cell).status_code == 200
    # carla is a participant too, by her role; the matrix allows participants.
    assert desk("carla")("POST", treasurer["trigger"], {}).status_code == 200
    anna("PUT", "settings/permissions", cell | {"role": "participant"})
    refused = desk("carla")("POST", treasurer["trigger"], {})
    assert (refused.status_code, refused.json()["code"], refused.json()["permission"]) == (
        403,
        "JL203",
        "trigger_custom_action",
    )
    anna("PUT", "settings/permissions", cell | {"allowed": None})
    assert desk("carla")("POST", treasurer["trigger"], {}).status_code == 200


def test_a_double_click_counts_once(desk: Desk, treasurer: Any, db: Connection) -> None:
    carla = desk("carla", **{"idempotency-key": "click-1"})
    first, second = carla("POST", treasurer["trigger"], {}), carla("POST", treasurer["trigger"], {})
    assert first.json() == second.json()
    assert second.headers["idempotent-replayed"] == "true"
    assert carla("POST", treasurer["trigger"], {"input": {"other": 1}}).json()["code"] == "JL412"
    db.execute("delete from jalon_engine.idempotency")  # a day later
    assert carla("POST", treasurer["trigger"], {}).json()["id"] == first.json()["id"]
    assert count(db, "proposition_custom_action_events") == 1
    assert desk("carla", **{"idempotency-key": "click-2"})("POST", treasurer["trigger"], {}).status_code == 200
    assert count(db, "proposition_custom_action_events") == 2


def test_a_refusal_is_not_kept_under_the_key(desk: Desk, treasurer: Any, db: Connection) -> None:
    dan = desk("dan", **{"idempotency-key": "k"})
    assert dan("POST", treasurer["trigger"], {}).json()["code"] == "JL202"
    assert dan("POST", treasurer["trigger"], {}).json()["code"] == "JL202"
    assert count(db, "proposition_custom_action_refusals") == 2
    desk("zoe")("POST", f"roles/{treasurer['role']}/users", {"userId": "dan"})
    assert dan("POST", treasurer["trigger"], {}).status_code == 200


def test_a_dry_run_leaves_nothing(desk: Desk, treasurer: Any, db: Connection) -> None:
    for who, status in (("carla", 200), ("ben", 403)):
        assert desk(who, prefer="tx=rollback")("POST", treasurer["trigger"], {}).status_code == status
    assert (count(db, "proposition_custom_action_events"), count(db, "proposition_custom_action_refusals")) == (0, 0)


def test_an_action_takes_its_transition_under_the_transitions_own_demands(
    desk: Desk, treasurer: Any, db: Connection
) -> None:
    close = {
        "name": "Close", "statuses": ["debate", "vote"], "roles": ["treasurer", "moderator"], "toStatus": "rejected",
        "payload": {"from": "{status}", "to": "{toStatus}", "version": "{proposition.version}"},
    }  # fmt: skip
    action = desk("zoe")("POST", "actions", close).json()["id"]
    trigger = f"actions/{action}/trigger"
    grey = buttons(desk("carla")("GET"))["Close"]
    assert (grey["allowed"], grey["requiresReason"], grey["why"][0]["code"]) == (False, True, "JL202")
    assert desk("carla")("POST", trigger, {"reason": "mine"}).json()["code"] == "JL202"
    mona = desk("mona", "moderator")
    assert buttons(mona("GET"))["Close"]["allowed"] is True
    without = mona("POST", trigger, {})
    assert (without.status_code, without.json()["code"]) == (422, "JL301")
    stale = desk("mona", "moderator", **{"if-match": f'"{desk.id}.2"'})("POST", trigger, {"reason": "late"})
    assert (stale.status_code, stale.json()["code"]) == (412, "JL410")
    assert mona("GET").json()["status"] == "debate"
    done = mona("POST", trigger, {"reason": "off topic"})
    assert done.json()["payload"] == {"from": "debate", "to": "rejected", "version": 4}
    assert done.headers["etag"] == f'"{desk.id}.4"'
    row = db.execute(
        "select new_status, changed_by, reason, meta_data ->> 'customAction' "
        "from jalon_history.jalon_propositions__proposition order by version desc"
    )
    assert row.fetchone() == ("rejected", "mona", "off topic", "close")
    assert mona("POST", trigger, {"reason": "again"}).json()["code"] == "JL104"


def test_settings_show_the_catalogue_and_changes_are_remembered(desk: Desk) -> None:
    anna = desk("anna", "admin", id="")
    settings = anna("GET", "settings").json()
    assert {"manage_roles", "assign_roles", "trigger_custom_action", "manage_actions"} <= {
        p["permission"] for p in settings["permissions"]
    }
    assert {"role": "initiator", "permission": "manage_roles", "status": "*", "allowed": True} in settings["matrix"]
    assert settings["maxRoles"] == 20
    cell = {
        "role": "initiator",
        "permission": "manage_roles",
        "allowed": False,
        "reason": "Only moderators from now on",
    }
    assert anna("PUT", "settings/permissions", cell).status_code == 200
    assert desk("zoe")("POST", "roles", {"name": "Scout"}).json()["code"] == "JL203"
    assert anna("PATCH", "settings", {"maxRoles": 3}).json()["maxRoles"] == 3
    history = anna("GET", "settings/history").json()["items"]
    assert (history[0]["by"], history[0]["before"]["value"], history[0]["after"]["value"]) == ("anna", 20, 3)
    assert (history[1]["by"], history[1]["after"]["is_allowed"], history[1]["reason"]) == (
        "anna",
        False,
        cell["reason"],
    )


def test_the_history_of_the_matrix_names_the_custom_roles_as_the_matrix_does(desk: Desk) -> None:
    anna = desk("anna", "admin", id="")
    cell = {"role": "custom", "permission": "manage_roles", "status": "vote", "allowed": False}
    assert anna("PUT", "settings/permissions", cell).status_code == 200
    found = anna("GET", "settings/history").json()["items"][0]
    assert (found["key"]["role"], found["after"]["role"], found["before"]) == ("custom", "custom", None)


def test_a_holder_reads_their_custom_role_by_its_name(desk: Desk) -> None:
    role = desk("zoe")("POST", "roles", {"name": "Trésorière"}).json()["code"]
    desk("zoe")("POST", f"roles/{role}/users", {"userId": "dan"})
    assert "Trésorière" in desk("dan")("GET", "").json()["you"]["roleLabels"]


def test_who_may_not_see_a_proposition_is_told_so_without_its_number(desk: Desk) -> None:
    answer = desk("dan", id=desk.open())("GET")
    assert (answer.status_code, answer.json()["detail"]) == (
        404,
        "this proposition is not there, or you may not see it",
    )


def test_a_custom_role_carries_no_permission_of_another_module(desk: Desk) -> None:
    roles = desk("zoe")("GET", "roles").json()
    assert {each["code"] for each in roles["permissions"]} == {
        "assign_roles", "edit_proposition", "manage_actions", "manage_roles", "read_action_events",
        "trigger_custom_action",
    }  # fmt: skip
    answer = desk("zoe")("POST", "roles", {"name": "Scout", "permissions": ["manage_roadshow"]})
    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (400, "JL405", "permissions")


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "settings/permissions", {"role": "initiator", "permission": "manage_roles", "allowed": True}),
        ("PATCH", "settings", {"maxRoles": 1}),
        ("GET", "settings/history", None),
        ("POST", "settings/adopt", None),
    ],
)
def test_settings_are_changed_by_administrators_only(desk: Desk, method: str, path: str, body: Any) -> None:
    answer = desk("zoe", "moderator", id="")(method, path, body)
    assert (answer.status_code, answer.json()["code"]) == (403, "JL203")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"role": "nobody"}, "JL405"),
        ({"permission": "nonsense"}, "JL405"),
        ({"status": "nonsense"}, "JL402"),
        ({"allowed": "yes"}, "JL405"),
    ],
)
def test_a_cell_must_make_sense(desk: Desk, change: Any, code: str) -> None:
    cell = {"role": "initiator", "permission": "manage_roles", "allowed": True} | change
    answer = desk("anna", "admin", id="")("PUT", "settings/permissions", cell)
    assert (answer.status_code, answer.json()["code"]) == (400, code)


def test_roles_and_actions_of_the_settings_move_into_the_catalogue_once(desk: Desk, db: Connection) -> None:
    other = desk.debated("yan", "Other")
    db.execute(
        """
        update jalon_engine.setting set value = '[
            {"name": "Scribe", "permissions": ["trigger_custom_action"],
             "users": ["carla", {"userId": "dan", "until": "2099-01-01T00:00:00Z"}]},
            {"name": "Bad", "permissions": ["force_move"]}]' where name = 'proposition.custom_roles';
        update jalon_engine.setting set value = jsonb_build_array(jsonb_build_object('proposition', %s::text, 'name',
            'Publish minutes',
            'statuses', '["debate"]'::jsonb, 'roles', '["Scribe"]'::jsonb, 'payload', '{"by": "{actor}"}'::jsonb))
                where name = 'proposition.custom_actions'
        """.replace("%s::text", f"'{desk.id}'")
    )
    anna = desk("anna", "admin", id="")
    first = anna("POST", "settings/adopt").json()["items"]
    assert sorted((i["kind"], i["name"], i["outcome"].split(":")[0]) for i in first) == [
        ("action", "Publish minutes", "made"), ("role", "Bad", "refused"), ("role", "Bad", "refused"),
        ("role", "Scribe", "made"), ("role", "Scribe", "made"),
    ]  # fmt: skip
    assert {i["propositionId"] for i in first if i["name"] == "Scribe"} == {desk.id, other}
    assert desk("carla")("POST", "actions/publish_minutes/trigger", {}).json()["payload"] == {"by": "carla"}
    desk("zoe")("DELETE", "roles/scribe/users/carla")
    second = anna("POST", "settings/adopt").json()["items"]
    assert {i["outcome"] for i in second if i["name"] in ("Scribe", "Publish minutes")} == {"there already"}
    assert desk("carla")("GET").json()["you"]["roles"] == []
    assert [u["userId"] for u in desk("zoe")("GET", "roles/scribe/users").json()["items"]] == ["dan"]


def test_nobody_is_asked_without_a_token(client: Client) -> None:
    for method, path in (("GET", ""), ("POST", ""), ("GET", "/settings"), ("POST", "/x/actions/y/trigger")):
        assert client.request(method, PATH + path, json={"title": "x"}).status_code == 401
