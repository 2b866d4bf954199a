"""The dossier document's endpoints, requests, answers and errors, one after the other."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from litestar.testing import TestClient

Client = TestClient[Any]
Bearer = Callable[..., dict[str, str]]
Connection = psycopg.Connection[Any]
PATH = "/api/v1/dossiers"
BUY = ["CRM_NEW", "CRM_QUALIFIED", "CRM_VISIT_PLANNED", "CRM_CLOSED_WON", "CRM_CLOSED_LOST"]
CREATE = {
    "caseType": "CRM_LEAD_BUY", "statusCode": "CRM_NEW", "leadName": "John Doe", "leadPhone": "+33612345678",
    "source": "WEB",
}  # fmt: skip
UPDATE = {
    "status": "QUALIFIED", "statusCode": "CRM_QUALIFIED", "userId": "user123", "reason": "Client qualified after call",
}  # fmt: skip


def open_dossier(client: Client, headers: dict[str, str], **fields: Any) -> dict[str, Any]:
    answer = client.post(PATH, json=CREATE | fields, headers=headers)
    assert answer.status_code == 201, answer.text
    return answer.json()  # type: ignore[no-any-return]


def path(dossier: dict[str, Any], rest: str = "") -> str:
    return f"{PATH}/{dossier['id']}{rest}"


def problem(answer: Any, *members: str) -> dict[str, Any]:
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    return {name: body[name] for name in ("type", "title", "status", "detail", "instance", *members)}


@pytest.fixture
def anna(bearer: Bearer) -> dict[str, str]:
    return bearer("anna", "agent")


def test_get_allowed_status_codes(client: Client, anna: dict[str, str]) -> None:
    answer = client.get(f"{PATH}/allowed-status-codes?caseType=CRM_LEAD_BUY", headers=anna)
    assert (answer.status_code, answer.json()) == (200, BUY)


def test_allowed_status_codes_without_a_workflow_are_all_active_ones(
    client: Client, anna: dict[str, str], db: Connection
) -> None:
    every = [
        row[0]
        for row in db.execute(
            "select code from referential where category = 'CASE_STATUS' and is_active order by position"
        )
    ]
    assert client.get(f"{PATH}/allowed-status-codes", headers=anna).json() == every
    db.execute("select jalon.set_code('CASE_TYPE', 'PLAIN', 'Plain')")
    assert client.get(f"{PATH}/allowed-status-codes?caseType=PLAIN", headers=anna).json() == every
    db.execute("select jalon.deactivate('CASE_STATUS', 'DRAFT')")
    assert "DRAFT" not in client.get(f"{PATH}/allowed-status-codes", headers=anna).json()


def test_allowed_status_codes_of_an_unknown_case_type(client: Client, anna: dict[str, str]) -> None:
    answer = client.get(f"{PATH}/allowed-status-codes?caseType=INVALID_TYPE", headers=anna)
    assert problem(answer)["detail"].startswith("Invalid caseType: 'INVALID_TYPE'.")
    assert client.get(f"{PATH}/allowed-status-codes?casetype=X", headers=anna).status_code == 400
    assert client.get(f"{PATH}/allowed-status-codes").status_code == 401


def test_statuses_come_with_labels_colours_and_icons(client: Client, anna: dict[str, str]) -> None:
    answer = client.get(f"{PATH}/statuses?caseType=CRM_LEAD_BUY", headers=anna | {"accept-language": "fr-CA,fr;q=0.9"})
    items = answer.json()["items"]
    assert [item["statusCode"] for item in items] == BUY
    assert items[2] == {
        "statusCode": "CRM_VISIT_PLANNED", "status": "APPOINTMENT", "label": "Visite planifiée", "color": "#7a5af0",
        "icon": "calendar", "outcome": "waiting", "isFinal": False, "isInitial": True,
    }  # fmt: skip
    assert [item["isInitial"] for item in items] == [True, True, True, False, False]


def test_create_dossier_with_status_code(client: Client, anna: dict[str, str]) -> None:
    answer = client.post(PATH, json=CREATE, headers=anna)
    assert answer.status_code == 201
    body = answer.json()
    assert body | CREATE == body
    assert (body["status"], body["version"], body["createdBy"]) == ("NEW", 1, "anna")
    assert (body["statusLabel"], body["statusColor"], body["statusIcon"]) == ("New", "#9aa5b1", "circle")
    assert answer.headers["location"] == path(body)
    assert answer.headers["etag"] == body["etag"] == f'"{body["id"]}.1"'


def test_existing_endpoints_continue_to_work_with_the_enum(client: Client, anna: dict[str, str]) -> None:
    body = client.post(PATH, json={"leadName": "John Doe"}, headers=anna).json()
    assert (body["status"], body["statusCode"], body["caseType"]) == ("NEW", "NEW", None)
    for status in ("QUALIFYING", "QUALIFIED", "APPOINTMENT", "WON", "LOST", "NEW", "DRAFT"):
        answer = client.patch(path(body, "/status"), json={"status": status, "userId": "anna"}, headers=anna)
        assert (answer.status_code, answer.json()["status"], answer.json()["statusCode"]) == (200, status, status)
    opened_won = client.post(PATH, json={"leadName": "Jane", "status": "WON"}, headers=anna).json()
    assert opened_won["statusCode"] == "WON"


def test_update_dossier_status(client: Client, bearer: Bearer, db: Connection) -> None:
    body = open_dossier(client, bearer("user123"))
    answer = client.patch(path(body, "/status"), json=UPDATE, headers=bearer("user123"))
    assert answer.status_code == 200
    assert (answer.json()["status"], answer.json()["statusCode"]) == ("QUALIFIED", "CRM_QUALIFIED")
    row = db.execute(
        "select changed_by, on_behalf_of, reason from jalon_history.jalon_dossiers__dossier where version = 2"
    ).fetchone()
    assert row == ("user123", None, "Client qualified after call")


def test_user_id_is_the_caller_or_the_caller_may_act_for_others_and_history_keeps_both(
    client: Client, bearer: Bearer, db: Connection
) -> None:
    body = open_dossier(client, bearer("anna"))
    answer = client.patch(path(body, "/status"), json=UPDATE, headers=bearer("anna", "agent"))
    assert (answer.status_code, answer.json()["code"], answer.json()["permission"]) == (403, "JL203", "act_for_others")
    answer = client.patch(path(body, "/status"), json=UPDATE, headers=bearer("anna", "dossier_manager"))
    assert answer.status_code == 200
    row = db.execute(
        "select changed_by, on_behalf_of from jalon_history.jalon_dossiers__dossier where version = 2"
    ).fetchone()
    assert row == ("anna", "user123")
    latest = client.get(path(body, "/history"), headers=bearer("anna")).json()["items"][0]
    assert (latest["by"], latest["onBehalfOf"]) == ("anna", "user123")


def test_error_invalid_status_code(client: Client, anna: dict[str, str]) -> None:
    answer = client.post(PATH, json=CREATE | {"statusCode": "INVALID_CODE"}, headers=anna)
    assert answer.status_code == 400
    assert problem(answer, "code") == {
        "type": "about:blank",
        "title": "Bad Request",
        "status": 400,
        "detail": "Invalid statusCode: 'INVALID_CODE'. Status code does not exist in CASE_STATUS referential.",
        "instance": "/api/v1/dossiers",
        "code": "JL402",
    }


def test_error_invalid_case_type(client: Client, anna: dict[str, str]) -> None:
    answer = client.post(PATH, json=CREATE | {"caseType": "INVALID_TYPE"}, headers=anna)
    assert problem(answer, "code") == {
        "type": "about:blank",
        "title": "Bad Request",
        "status": 400,
        "detail": "Invalid caseType: 'INVALID_TYPE'. Case type does not exist in CASE_TYPE referential.",
        "instance": "/api/v1/dossiers",
        "code": "JL402",
    }


def test_error_status_code_not_allowed_for_case_type(client: Client, anna: dict[str, str]) -> None:
    answer = client.post(PATH, json=CREATE | {"statusCode": "CRM_SIGNING_SCHEDULED"}, headers=anna)
    assert problem(answer, "code", "allowed") == {
        "type": "about:blank",
        "title": "Bad Request",
        "status": 400,
        "detail": "Invalid statusCode: 'CRM_SIGNING_SCHEDULED' for caseType: 'CRM_LEAD_BUY'. "
        "Allowed status codes for this case type are: CRM_NEW, CRM_QUALIFIED, CRM_VISIT_PLANNED",
        "instance": "/api/v1/dossiers",
        "code": "JL406",
        "allowed": ["CRM_NEW", "CRM_QUALIFIED", "CRM_VISIT_PLANNED"],
    }


@pytest.mark.parametrize(
    ("body", "status", "code", "detail"),
    [
        ({"statusCode": "CRM_CLOSED_WON"}, 409, "JL101",
            "It cannot follow 'CRM_NEW'. Allowed status codes "
            "from 'CRM_NEW' are: CRM_QUALIFIED, CRM_CLOSED_LOST"),
        ({"statusCode": "CRM_QUALIFIED", "expectedVersion": 7}, 409, "JL102",
            "Stale version: the dossier is at "
            "statusCode: 'CRM_NEW' (version 1), not at version 7."),
        ({"statusCode": "CRM_QUALIFIED", "expectedStatusCode": "CRM_CLOSED_LOST"}, 409, "JL102",
            "not at CRM_CLOSED_LOST."),
        ({"statusCode": "CRM_SIGNED"}, 400, "JL406", "Allowed status codes for this case type are: " + ", ".join(BUY)),
        ({"statusCode": "DRAFT"}, 400, "JL403",
            "Invalid statusCode: 'DRAFT'. Status code is not active in "
            "CASE_STATUS referential."),
        ({"statusCode": "CRM_QUALIFIED", "status": "LOST"}, 400, "JL405",
            "Contradicting status: 'LOST' and "
            "statusCode: 'CRM_QUALIFIED'. The status of this status code is 'QUALIFIED'."),
        ({"status": "QUALIFYING"}, 400, "JL406", "No status code of this case type stands for it."),
        ({"status": "NONSENSE"}, 400, "JL402",
            "Invalid status: 'NONSENSE'. Status does not exist in DOSSIER_STATUS "
            "referential."),
        ({"reason": "because"}, 400, "JL405", "Missing status: give status, statusCode or both."),
    ],
)  # fmt: skip
def test_a_refused_status_is_reported_in_the_same_style(
    client: Client, anna: dict[str, str], db: Connection, body: Any, status: int, code: str, detail: str
) -> None:
    db.execute("select jalon.deactivate('CASE_STATUS', 'DRAFT')")
    dossier = open_dossier(client, anna)
    answer = client.patch(path(dossier, "/status"), json=body, headers=anna)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert detail in answer.json()["detail"]
    assert answer.json()["instance"] == path(dossier, "/status")
    assert code == "JL405" or "allowed" in answer.json()
    assert client.get(path(dossier), headers=anna).json()["version"] == 1


def test_an_inactive_case_type_is_reported_in_the_same_style(
    client: Client, anna: dict[str, str], db: Connection
) -> None:
    db.execute("select jalon.deactivate('CASE_TYPE', 'CRM_LEAD_RENT')")
    answer = client.post(PATH, json={"caseType": "CRM_LEAD_RENT"}, headers=anna)
    assert (
        problem(answer)["detail"]
        == "Invalid caseType: 'CRM_LEAD_RENT'. Case type is not active in CASE_TYPE referential."
    )
    assert (answer.json()["code"], "CRM_LEAD_RENT" in answer.json()["allowed"]) == ("JL403", False)


def test_a_stale_if_match_is_refused_and_a_fresh_one_taken(client: Client, anna: dict[str, str]) -> None:
    dossier = open_dossier(client, anna)
    edited = client.patch(path(dossier), json={"leadName": "Jane"}, headers=anna | {"if-match": dossier["etag"]})
    assert (edited.status_code, edited.json()["version"]) == (200, 1)
    answer = client.patch(
        path(dossier, "/status"), json={"status": "QUALIFIED"}, headers=anna | {"if-match": dossier["etag"]}
    )
    assert (answer.status_code, answer.json()["code"]) == (412, "JL410")
    assert answer.json()["allowed"] == ["CRM_QUALIFIED", "CRM_CLOSED_LOST"]
    answer = client.patch(
        path(dossier, "/status"), json={"status": "QUALIFIED"}, headers=anna | {"if-match": edited.json()["etag"]}
    )
    assert answer.status_code == 200
    tag = client.get(path(dossier), headers=anna).headers["etag"]
    assert client.get(path(dossier), headers=anna | {"if-none-match": tag}).status_code == 304


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"caseType": "x" * 101}, "JL405"),
        ({"statusCode": ""}, "JL405"),
        ({"statusCode": 5}, "JL405"),
        ({"leadName": "   "}, "JL405"),
        ({"leadName": "x" * 201}, "JL405"),
        ({"colour": "red"}, "JL405"),
        ({"leadName": "John\0"}, "22P05"),
        ([], "JL405"),
    ],
)
def test_bad_input_is_refused(client: Client, anna: dict[str, str], body: Any, code: str) -> None:
    answer = client.post(PATH, json=body, headers=anna)
    assert (answer.status_code, answer.json()["code"]) == (400, code)


def test_quotes_and_other_scripts_are_stored_and_returned_unchanged(client: Client, anna: dict[str, str]) -> None:
    name = 'O\'Brien "Zoé" {to} %s \\ 東京'
    dossier = open_dossier(client, anna, leadName=name)
    assert client.get(path(dossier), headers=anna).json()["leadName"] == name
    answer = client.post(PATH, json={"statusCode": name}, headers=anna)
    assert answer.json()["detail"].startswith("Invalid statusCode: 'O'Brien")


def test_edit_what_is_not_given_stays_and_null_clears(client: Client, anna: dict[str, str]) -> None:
    dossier = open_dossier(client, anna, assignee="ben", organisation="Paris 9")
    answer = client.patch(path(dossier), json={"leadPhone": None, "assignee": "carla"}, headers=anna)
    body = answer.json()
    assert (body["leadPhone"], body["assignee"], body["leadName"], body["organisation"]) == (
        None,
        "carla",
        "John Doe",
        "Paris 9",
    )
    assert body["updatedAt"] > dossier["updatedAt"]
    unchanged = client.patch(path(dossier), json={}, headers=anna)
    assert unchanged.headers["etag"] == answer.headers["etag"]


def test_edit_the_case_type_needs_the_code_or_a_mapping(client: Client, anna: dict[str, str]) -> None:
    dossier = open_dossier(client, anna)
    sale = {"caseType": "CRM_SALE_TRANSACTION"}
    answer = client.patch(path(dossier), json=sale, headers=anna)
    assert (answer.status_code, answer.json()["code"]) == (400, "JL406")
    assert "CRM_VISIT_DONE" in answer.json()["allowed"]
    answer = client.patch(path(dossier), json=sale | {"mapping": {"CRM_NEW": "CRM_HANDED_OVER"}}, headers=anna)
    assert answer.json()["code"] == "JL101"
    answer = client.patch(path(dossier), json=sale | {"mapping": {"CRM_NEW": "CRM_OFFER_MADE"}}, headers=anna)
    assert (answer.json()["caseType"], answer.json()["statusCode"]) == ("CRM_SALE_TRANSACTION", "CRM_OFFER_MADE")
    answer = client.patch(path(dossier), json={"caseType": None}, headers=anna)
    assert (answer.json()["caseType"], answer.json()["caseTypeLabel"], answer.json()["version"]) == (None, None, 3)


def test_list_with_every_filter(client: Client, anna: dict[str, str]) -> None:
    one = open_dossier(client, anna, assignee="ben", leadName="100% Alice", organisation="Lyon")
    two = open_dossier(client, anna, caseType="CRM_OWNER_LEAD", statusCode="CRM_QUALIFIED", leadName="Bob")

    def found(query: str) -> list[str]:
        return [item["id"] for item in client.get(f"{PATH}?{query}", headers=anna).json()["items"]]

    assert found("") == [two["id"], one["id"]]
    assert found("caseType=CRM_LEAD_BUY") == [one["id"]]
    assert found("statusCode=CRM_QUALIFIED") == [two["id"]]
    assert found("status=NEW") == [one["id"]]
    assert found("outcome=open") == [one["id"]]
    assert found("outcome=done") == []
    assert found("assignee=ben") == [one["id"]]
    assert found("organisation=Lyon") == [one["id"]]
    assert found("text=0%25 ali") == [one["id"]]
    assert found("text=%25") == [one["id"]]
    assert found("text=33612") == [two["id"], one["id"]]
    assert found(f"changedSince={two['updatedAt'].replace('+', '%2B')}") == [two["id"]]
    assert found("caseType=CRM_LEAD_BUY&statusCode=CRM_QUALIFIED") == []


def test_list_with_the_moves_of_its_reader(client: Client, anna: dict[str, str]) -> None:
    dossier = open_dossier(client, anna)
    assert "moves" not in client.get(PATH, headers=anna).json()["items"][0]
    [item] = client.get(f"{PATH}?moves=true", headers=anna | {"accept-language": "fr"}).json()["items"]
    assert [move["to"] for move in item["moves"]] == ["CRM_QUALIFIED", "CRM_CLOSED_LOST"]
    assert [move["requiresReason"] for move in item["moves"]] == [False, False]
    assert item["moves"][0]["label"] == "Qualifié"
    url = f"/api/v1/tracked/dossier/{dossier['id']}/moves"
    late = anna | {"if-match": item["moveEtag"]}
    assert client.post(url, json={"to": "CRM_QUALIFIED"}, headers=late).status_code == 200
    assert client.post(url, json={"to": "CRM_CLOSED_LOST"}, headers=late).status_code == 412


def test_list_in_pages(client: Client, anna: dict[str, str]) -> None:
    ids = [open_dossier(client, anna)["id"] for _ in range(5)]
    seen, query = [], f"{PATH}?limit=2"
    for _ in range(3):
        page = client.get(query, headers=anna)
        seen += [item["id"] for item in page.json()["items"]]
        query = f"{PATH}?limit=2&after={page.json()['next']}"
    assert seen == ids[::-1]
    assert page.json()["next"] is None
    assert client.get(f"{PATH}?after=nonsense", headers=anna).json()["code"] == "JL405"
    assert client.get(f"{PATH}?limit=0", headers=anna).status_code == 400


def test_history_names_codes_enum_labels_colours_and_icons(client: Client, anna: dict[str, str]) -> None:
    dossier = open_dossier(client, anna)
    client.patch(path(dossier, "/status"), json={"status": "QUALIFIED", "reason": "called"}, headers=anna)
    client.patch(path(dossier, "/status"), json={"status": "APPOINTMENT"}, headers=anna)
    answer = client.get(path(dossier, "/history?limit=2"), headers=anna | {"accept-language": "fr"})
    newest, second = answer.json()["items"]
    assert [newest["version"], second["version"]] == [3, 2]
    assert (second["reason"], second["kind"], second["by"], second["caseTypeLabel"]) == (
        "called", "move", "anna", "Prospect acheteur"
    )  # fmt: skip
    assert second["from"] == {
        "statusCode": "CRM_NEW", "status": "NEW", "label": "Nouveau", "color": "#9aa5b1", "icon": "circle",
        "outcome": "open", "isFinal": False,
    }  # fmt: skip
    rest = client.get(path(dossier, f"/history?limit=2&after={answer.json()['next']}"), headers=anna).json()
    assert [(item["version"], item["from"]) for item in rest["items"]] == [(1, None)]
    assert rest["next"] is None


def test_allowed_moves_with_what_stands_in_the_way(client: Client, anna: dict[str, str]) -> None:
    sale = open_dossier(client, anna, caseType="CRM_SALE_TRANSACTION", statusCode="CRM_VISIT_DONE")
    moves = client.get(path(sale, "/moves"), headers=anna | {"accept-language": "fr"}).json()
    assert [(move["statusCode"], move["actionLabel"], move["allowed"]) for move in moves["items"]] == [
        ("CRM_OFFER_MADE", "Faire une offre", True), ("CRM_CANCELLED", "Annuler", False)
    ]  # fmt: skip
    assert moves["items"][1]["blockers"][0]["code"] == "JL301"
    moves = client.get(path(sale, "/moves?reason=ill"), headers=anna).json()
    assert [move["allowed"] for move in moves["items"]] == [True, True]


def test_bulk_status_updates_each_with_its_result(client: Client, anna: dict[str, str], db: Connection) -> None:
    one, two, won = (
        open_dossier(client, anna),
        open_dossier(client, anna),
        open_dossier(client, anna, statusCode="CRM_VISIT_PLANNED"),
    )
    body = {
        "statusCode": "CRM_QUALIFIED", "reason": "campaign",
        "updates": [
            {"id": two["id"]}, {"id": str(uuid4())}, {"id": won["id"], "status": "WON", "reason": "signed"},
            {"id": one["id"], "expectedVersion": 9}, {"id": "x"}, {"id": two["id"], "statusCode": "CRM_CLOSED_WON",
                "status": "LOST"},
        ],
    }  # fmt: skip
    answer = client.patch(f"{PATH}/status", json=body, headers=anna)
    assert (answer.status_code, answer.json()["failed"]) == (207, 4)
    told = [(i["httpStatus"], (i.get("problem") or {}).get("code")) for i in answer.json()["items"]]
    assert told == [(200, None), (404, "JL401"), (200, None), (409, "JL102"), (404, "JL401"), (400, "JL405")]
    assert answer.json()["items"][2]["dossier"]["statusCode"] == "CRM_CLOSED_WON"
    assert "Stale version" in answer.json()["items"][3]["problem"]["detail"]
    rows = db.execute(
        "select distinct bulk_id::text, reason from jalon_history.jalon_dossiers__dossier where version = 2 order by 2"
    )
    assert rows.fetchall() == [(answer.json()["bulkId"], "campaign"), (answer.json()["bulkId"], "signed")]


def test_bulk_status_updates_all_or_none(client: Client, anna: dict[str, str], db: Connection) -> None:
    one, two = open_dossier(client, anna), open_dossier(client, anna, statusCode="CRM_VISIT_PLANNED")
    body = {"updates": [{"id": one["id"]}, {"id": two["id"]}], "status": "WON", "mode": "all"}
    answer = client.patch(f"{PATH}/status", json=body, headers=anna)
    assert (answer.status_code, answer.json()["code"]) == (409, "JL101")
    assert answer.json()["detail"].startswith("Invalid statusCode: 'CRM_CLOSED_WON' for caseType: 'CRM_LEAD_BUY'.")
    assert [item["httpStatus"] for item in answer.json()["items"]] == [409, 200]
    assert db.execute("select count(*) from jalon_history.jalon_dossiers__dossier").fetchone() == (2,)
    answer = client.patch(f"{PATH}/status", json=body | {"updates": [{"id": two["id"]}]}, headers=anna)
    assert (answer.status_code, answer.json()["failed"]) == (200, 0)


def test_bulk_status_updates_can_be_rehearsed(client: Client, anna: dict[str, str], db: Connection) -> None:
    one = open_dossier(client, anna)
    body = {"updates": [{"id": one["id"]}], "status": "QUALIFIED"}
    answer = client.patch(f"{PATH}/status", json=body, headers=anna | {"prefer": "tx=rollback"})
    assert (answer.status_code, answer.json()["items"][0]["dossier"]["status"]) == (200, "QUALIFIED")
    assert db.execute("select count(*) from jalon_history.jalon_dossiers__dossier").fetchone() == (1,)
    assert client.patch(f"{PATH}/status", json={"updates": []}, headers=anna).status_code == 400


def test_delete_needs_the_permission_and_history_stays(client: Client, bearer: Bearer, db: Connection) -> None:
    dossier = open_dossier(client, bearer("anna"))
    assert client.delete(path(dossier), headers=bearer("anna")).json()["code"] == "JL203"
    assert client.delete(path(dossier), headers=bearer("mia", "dossier_manager")).status_code == 204
    assert (
        client.get(path(dossier), headers=bearer("anna")).json()["detail"] == f"Dossier not found: '{dossier['id']}'."
    )
    assert db.execute("select count(*) from jalon_history.jalon_dossiers__dossier").fetchone() == (1,)
    assert db.execute("select tracked, deleted_by from jalon_history.deletion").fetchone() == ("dossier", "mia")


@pytest.mark.parametrize("id", ["x", "7", "00000000-0000-0000-0000-000000000000", "a'b"])
@pytest.mark.parametrize(
    ("method", "rest"),
    [("GET", ""), ("GET", "/history"), ("GET", "/moves"), ("PATCH", "/status"), ("PATCH", ""), ("DELETE", "")],
)
def test_an_unknown_dossier_is_not_found(client: Client, bearer: Bearer, id: str, method: str, rest: str) -> None:
    body = {"status": "NEW"} if rest == "/status" else {} if method == "PATCH" else None
    answer = client.request(method, f"{PATH}/{id}{rest}", json=body, headers=bearer("mia", "dossier_manager"))
    assert (answer.status_code, answer.json()["code"]) == (404, "JL401")


def test_who_may_not_read_dossiers_sees_only_those_they_have_to_do_with(
    client: Client, bearer: Bearer, db: Connection
) -> None:
    db.execute(
        "delete from jalon_engine.permission_rule where role = 'any' and permission = 'read_all' and scope = 'dossier'"
    )
    mine = open_dossier(client, bearer("anna"))
    bens = open_dossier(client, bearer("carla"), assignee="ben")
    assert [i["id"] for i in client.get(PATH, headers=bearer("anna")).json()["items"]] == [mine["id"]]
    assert [i["id"] for i in client.get(PATH, headers=bearer("ben")).json()["items"]] == [bens["id"]]
    answer = client.patch(path(bens, "/status"), json={"status": "QUALIFIED"}, headers=bearer("anna"))
    assert (answer.status_code, answer.json()["code"]) == (404, "JL401")


def test_the_same_request_twice_under_one_key_moves_once(client: Client, anna: dict[str, str], db: Connection) -> None:
    dossier = open_dossier(client, anna)
    for _ in range(2):
        answer = client.patch(
            path(dossier, "/status"), json={"status": "QUALIFIED"}, headers=anna | {"idempotency-key": "k1"}
        )
        assert (answer.status_code, answer.json()["version"]) == (200, 2)
    assert db.execute("select count(*) from jalon_history.jalon_dossiers__dossier").fetchone() == (2,)


def test_templates_apply_to_a_new_case_type_in_one_call(client: Client, bearer: Bearer) -> None:
    body = {"code": "CLAIM", "labels": {"en": "Claim", "fr": "Sinistre"}, "template": "insurance_claims"}
    assert client.post(f"{PATH}/case-types", json=body, headers=bearer("anna")).json()["code"] == "JL203"
    answer = client.post(f"{PATH}/case-types", json=body, headers=bearer("root", "admin", **{"accept-language": "fr"}))
    assert (answer.status_code, answer.json()["label"], answer.json()["workflowVersion"]) == (201, "Sinistre", 1)
    codes = client.get(f"{PATH}/allowed-status-codes?caseType=CLAIM", headers=bearer("anna")).json()
    assert codes == answer.json()["statusCodes"]
    claim = open_dossier(client, bearer("anna"), caseType="CLAIM", statusCode=codes[0])
    assert (claim["status"], claim["statusLabel"]) == ("NEW", "Reported")
    types = client.get(f"{PATH}/case-types", headers=bearer("anna")).json()["items"]
    assert [t["code"] for t in types][-1] == "CLAIM"
    answer = client.post(
        f"{PATH}/case-types", json=body | {"code": "X", "template": "no"}, headers=bearer("r", "admin")
    )
    assert answer.json()["code"] == "JL402"


def test_the_generic_endpoints_serve_dossiers_too(client: Client, anna: dict[str, str]) -> None:
    dossier = open_dossier(client, anna)
    record = f"/api/v1/tracked/dossier/{dossier['id']}"
    assert client.get(record, headers=anna).json()["statuses"][0]["code"] == "CRM_NEW"
    answer = client.post(f"{record}/moves", json={"to": "CRM_QUALIFIED"}, headers=anna)
    assert answer.status_code == 200
    assert client.get(path(dossier), headers=anna).json()["status"] == "QUALIFIED"


def test_of_twenty_who_believe_the_same_version_one_moves(
    client: Client, bearer: Bearer, anna: dict[str, str], db: Connection
) -> None:
    dossier = open_dossier(client, anna)
    body = {"status": "QUALIFIED", "expectedVersion": 1}
    with ThreadPoolExecutor(20) as pool:
        answers = list(
            pool.map(lambda n: client.patch(path(dossier, "/status"), json=body, headers=bearer(f"p{n}")), range(20))
        )
    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 19}
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"JL102"}
    assert db.execute("select count(*) from jalon_history.jalon_dossiers__dossier").fetchone() == (2,)


@pytest.mark.parametrize(
    "body",
    [
        {"code": "X"}, {"labels": {"en": "X"}}, {"code": "", "labels": {}}, {"code": "  ", "labels": {}},
        {"code": "X" * 101, "labels": {}},
        {"code": "X", "labels": {"xx": "X"}}, {"code": "X", "labels": {"en": 5}},
        {"code": "X", "labels": {}, "color": "red"},
    ],
)  # fmt: skip
def test_a_bad_case_type_is_refused(client: Client, bearer: Bearer, body: Any) -> None:
    answer = client.post(f"{PATH}/case-types", json=body, headers=bearer("root", "admin"))
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_endpoint_for_any_table_says_of_a_wrong_etag_what_it_knows(
    client: Client, bearer: Bearer, language: str
) -> None:
    body = open_dossier(client, bearer("anna"))
    headers = bearer("anna", "dossier_manager") | {"if-match": '"nonsense"', "accept-language": language}
    answer = client.post(f"/api/v1/tracked/dossier/{body['id']}/moves", json={"to": "CRM_QUALIFIED"}, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (412, "JL410")
    assert "{" not in answer.json()["detail"] + answer.json().get("hint", "")
