"""If-Match is honoured if it is documented and refused otherwise; ETags change with the content; Prefer is parsed."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import psycopg
import pytest
from litestar.testing import TestClient

from jalon.server import header_fields
from jalon.server.problems import Problem
from jalon.settings import Settings
from tests.applications import client_of

Client = TestClient[Any]
Bearer = Callable[..., dict[str, str]]
Shop = psycopg.Connection[Any]
ORDER = "/api/v1/tracked/orders/7"
ALL = ("admin", "clerk", "organizer", "moderator", "participant", "dossier_manager")
WHOLE = {"starts_at": "2030-06-21T18:00:00Z", "ends_at": "2030-06-21T23:00:00Z", "place": "Lyon"}
HOOK = {"url": "https://127.0.0.1/", "eventTypes": ["orders.*"]}
TRANSITION = {"from": "NEW", "to": "PAID", "action": "pay"}
# What has to be there, and what is sent, for each write that documents If-Match.
MADE = {
    "order": "7",
    "event": ("POST", "/api/organizer/events", {"title": "E"} | WHOLE),
    "proposition": ("POST", "/api/propositions", {"title": "P", "body": "Body"}),
    "dossier": ("POST", "/api/v1/dossiers", {"leadName": "L"}),
    "webhook": ("POST", "/api/v1/webhooks", HOOK),
    "user": ("POST", "/api/v1/users", {"email": "u@example.com", "name": "U"}),
    "counterparty": ("POST", "/api/v1/roadshow/counterparties", {"name": "C"}),
}  # fmt: skip
BODIES: dict[tuple[str, str], tuple[str, Any]] = {
    ("POST", "/api/v1/tracked/{table}/{id}/moves"): ("order", {"to": "PAID"}),
    ("POST", "/roadshow/{counterpartyId}/status"): ("counterparty", {"newStatus": "Live"}),
    ("PATCH", "/api/v1/roadshow/counterparties/{id}"): ("counterparty", {"notes": "n"}),
    ("PATCH", "/api/admin/events/{id}/status"): ("event", {"moderation_status": "approved"}),
    ("PATCH", "/api/organizer/events/{id}"): ("event", {"description": "d"}),
    ("DELETE", "/api/organizer/events/{id}"): ("event", None),
    ("PATCH", "/api/organizer/events/{id}/submit"): ("event", None),
    ("PATCH", "/api/organizer/events/{id}/publish"): ("event", None),
    ("PATCH", "/api/organizer/events/{id}/revert"): ("event", None),
    ("PATCH", "/api/propositions/{id}"): ("proposition", {"title": "Q"}),
    ("POST", "/api/propositions/{id}/moves"): ("proposition", {"to": "submitted"}),
    ("POST", "/api/propositions/{id}/actions/{action}/trigger"): ("proposition", {}),
    ("PATCH", "/api/v1/dossiers/{id}"): ("dossier", {"leadName": "M"}),
    ("DELETE", "/api/v1/dossiers/{id}"): ("dossier", None),
    ("PATCH", "/api/v1/dossiers/{id}/status"): ("dossier", {"statusCode": "CONTACTED"}),
    ("PUT", "/api/v1/users/{id}/role"): ("user", {"role": "PREMIUM"}),
    ("DELETE", "/api/v1/users/{id}"): ("user", None),
    ("PUT", "/profile"): ("user", {"name": "V"}),
    ("PATCH", "/api/v1/webhooks/{id}"): ("webhook", {"description": "d"}),
    ("DELETE", "/api/v1/webhooks/{id}"): ("webhook", None),
    ("POST", "/api/v1/webhooks/{id}/pause"): ("webhook", None),
    ("POST", "/api/v1/webhooks/{id}/resume"): ("webhook", None),
    ("POST", "/api/v1/webhooks/{id}/test"): ("webhook", None),
    ("POST", "/api/v1/webhooks/{id}/rotate-secret"): ("webhook", {}),
    ("POST", "/api/v1/webhooks/{id}/replay"): ("webhook", {"since": "2020-01-01T00:00:00Z"}),
    ("POST", "/api/v1/webhooks/{id}/deliveries/{delivery}/resend"): ("webhook", None),
    ("PUT", "/api/v1/workflows/{category}/{case_type}"): ("order", {"format": "jalon/1", "codes": []}),
    ("POST", "/api/v1/workflows/{category}/{case_type}/publish"): ("order", {}),
    ("DELETE", "/api/v1/workflows/{category}/{case_type}/draft"): ("order", None),
    ("POST", "/api/v1/workflows/{category}/{case_type}/draft/undo"): ("order", {}),
    ("POST", "/api/v1/workflows/{category}/{case_type}/draft/codes"): ("order", {"code": "HELD"}),
    ("PATCH", "/api/v1/workflows/{category}/{case_type}/draft/codes/{code}"): ("order", {"label": "Settled"}),
    ("DELETE", "/api/v1/workflows/{category}/{case_type}/draft/codes/{code}"): ("order", None),
    ("PUT", "/api/v1/workflows/{category}/{case_type}/draft/transition"): ("order", TRANSITION),
    ("DELETE", "/api/v1/workflows/{category}/{case_type}/draft/transition"): ("order", None),
}  # fmt: skip


@pytest.fixture(scope="module")
def documented_writes(request: pytest.FixtureRequest) -> dict[tuple[str, str], dict[str, Any]]:
    """Every write of the document that is for If-Match: (method, path) -> operation."""
    from jalon.server.app import build_routed_app
    from jalon.server.openapi_document import complete_document

    document = complete_document(build_routed_app(1 << 20, ""))
    return {
        (method.upper(), path): operation
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        if method != "get"
    }


def test_if_match_is_documented_with_its_412_and_nowhere_else(
    documented_writes: dict[tuple[str, str], dict[str, Any]],
) -> None:
    named = {
        key
        for key, operation in documented_writes.items()
        if {"$ref": "#/components/parameters/IfMatch"} in operation["parameters"]
    }
    assert (
        named
        == {key for key, operation in documented_writes.items() if "412" in operation["responses"]}
        == BODIES.keys()
    )


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return msgspec.structs.replace(settings, webhook_allow="127.0.0.0/8")


@pytest.fixture
def make_record(shop: Shop, client: Client, bearer: Bearer) -> Callable[[str], str]:
    def make(kind: str) -> str:
        found = MADE[kind]
        if isinstance(found, str):
            return found
        method, path, body = found
        answer = client.request(method, path, json=body, headers=bearer("u@example.com", *ALL))
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    return make


@pytest.mark.parametrize(("method", "path"), BODIES)
def test_a_stale_if_match_stops_every_write_that_documents_it(
    shop: Shop, client: Client, bearer: Bearer, make_record: Callable[[str], str], method: str, path: str
) -> None:
    kind, body = BODIES[method, path]
    headers = bearer("u@example.com", *ALL)
    id = make_record(kind)
    if "/workflows/" in path:
        client.post("/api/v1/workflows/ORDER_STATUS/-/draft", json={}, headers=headers)
    if path == "/profile":
        headers = bearer("u@example.com")
    action = "00000000-0000-0000-0000-000000000000"
    if "trigger" in path:
        done = {"name": "A", "statuses": ["draft"], "roles": ["initiator"], "payload": {}}
        action = client.post(f"/api/propositions/{id}/actions", json=done, headers=headers).json()["id"]
    where = path.format(
        table="orders", id=id, counterpartyId=id, action=action, delivery=action, category="ORDER_STATUS",
        case_type="-", code="PAID",
    ) + ("?from=NEW&to=PAID" if "transition" in path and method == "DELETE" else "")  # fmt: skip
    answer = client.request(method, where, json=body, headers=headers | {"if-match": '"stale.9"'})
    assert (answer.status_code, answer.json()["code"]) == (412, "JL410"), answer.text


def test_where_if_match_means_nothing_it_is_refused_and_nothing_done(
    shop: Shop, client: Client, bearer: Bearer
) -> None:
    headers = bearer("anna", *ALL, **{"if-match": '"7.1"'})
    answer = client.post("/api/v1/tracked/orders/moves", json={"ids": ["7"], "to": "PAID"}, headers=headers)
    assert (answer.status_code, answer.json()["field"]) == (400, "If-Match")
    assert shop.execute("select status from shop.orders where id = 7").fetchone() == ("NEW",)


@pytest.fixture
def client_requiring_if_match(settings: Settings) -> Iterator[Client]:
    with client_of(msgspec.structs.replace(settings, require_if_match=True)) as client:
        yield client


SINGLE = [
    ("POST", "/api/v1/tracked/{table}/{id}/moves"), ("POST", "/roadshow/{counterpartyId}/status"),
    ("PATCH", "/api/v1/dossiers/{id}/status"), ("POST", "/api/propositions/{id}/moves"),
    ("PATCH", "/api/admin/events/{id}/status"),
    ("PATCH", "/api/organizer/events/{id}/submit"), ("PATCH", "/api/organizer/events/{id}/publish"),
    ("PATCH", "/api/organizer/events/{id}/revert"), ("PUT", "/api/v1/users/{id}/role"),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path"), SINGLE)
def test_where_if_match_is_required_every_single_move_needs_it(
    shop: Shop,
    client: Client,
    client_requiring_if_match: Client,
    bearer: Bearer,
    make_record: Callable[[str], str],
    method: str,
    path: str,
) -> None:
    kind, body = BODIES[method, path]
    id = make_record(kind)
    where = path.format(table="orders", id=id, counterpartyId=id)
    answer = client_requiring_if_match.request(method, where, json=body, headers=bearer("u@example.com", *ALL))
    assert (answer.status_code, answer.json()["code"]) == (428, "JL411")


def test_every_single_move_documents_its_428(documented_writes: dict[tuple[str, str], dict[str, Any]]) -> None:
    assert {key for key, operation in documented_writes.items() if "428" in operation["responses"]} == set(SINGLE)


class TestETags:
    def known(self, client: Client, path: str, headers: dict[str, str], tag: str) -> Any:
        return client.get(path, headers=headers | {"if-none-match": tag})

    def test_what_is_shown_and_has_not_changed_is_not_sent_again(
        self, shop: Shop, client: Client, bearer: Bearer
    ) -> None:
        headers = bearer("anna", "clerk")
        first = client.get(ORDER, headers=headers)
        again = self.known(client, ORDER, headers, first.headers["etag"])
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
        assert {"Accept-Language", "Authorization"} <= set(first.headers["vary"].split(", "))

    def test_if_match_takes_the_etag_of_a_reader(self, shop: Shop, client: Client, bearer: Bearer) -> None:
        tag = client.get(ORDER, headers=bearer("anna", "clerk", **{"accept-language": "fr"})).headers["etag"]
        for expected in (200, 412):
            headers = bearer("ben", "clerk", **{"if-match": tag})
            assert client.post(f"{ORDER}/moves", json={"to": "PAID"}, headers=headers).status_code == expected

    def test_a_label_a_language_a_reader_and_a_note_make_another(
        self, shop: Shop, client: Client, bearer: Bearer
    ) -> None:
        headers = bearer("anna", "clerk")
        tag = client.get(ORDER, headers=headers).headers["etag"]
        assert self.known(client, ORDER, headers | {"accept-language": "fr"}, tag).status_code == 200
        assert self.known(client, ORDER, bearer("ben", "clerk", "admin"), tag).status_code in (200, 304)
        moves = client.get(f"{ORDER}/moves", headers=headers).headers["etag"]
        shop.execute("insert into jalon_engine.permission_rule (role, permission) values ('any', 'read_all')")
        assert self.known(client, f"{ORDER}/moves", bearer("olga"), moves).status_code == 200
        shop.execute(
            "update jalon_engine.referential set label = 'Fresh' where category = 'ORDER_STATUS' and code = 'NEW'"
        )
        assert self.known(client, ORDER, headers, tag).status_code == 200

    def test_an_edited_counterparty_is_another(self, client: Client, bearer: Bearer, make_record: Any) -> None:
        headers = bearer("anna", "admin")
        path = f"/api/v1/roadshow/counterparties/{make_record('counterparty')}"
        tag = client.get(path, headers=headers).headers["etag"]
        client.patch(path, json={"notes": "news"}, headers=headers)
        assert self.known(client, path, headers, tag).json()["notes"] == "news"

    @pytest.mark.parametrize("form", ["{}", "W/{}", '"x", {}', '"x",W/{} , "y"', "*"])
    def test_if_none_match_is_a_list_weak_or_not(self, shop: Shop, client: Client, bearer: Bearer, form: str) -> None:
        headers = bearer("anna", "clerk")
        tag = client.get(ORDER, headers=headers).headers["etag"]
        assert self.known(client, ORDER, headers, form.format(tag)).status_code == 304
        assert self.known(client, ORDER, headers, form.format('"7.0"')).status_code == (304 if form == "*" else 200)


DRY = [
    ["tx=rollback"], ["TX=rollback"], ["tx=ROLLBACK"], ['tx="rollback"'], ['tx = "roll\\back"'], ["tx=rollback; x=1"],
    ['tx=rollback;x="a,b;c"'], ["return=minimal, tx=rollback"], ["respond-async,,tx=rollback ;"],
    ["tx=rollback, tx=commit"],
    ["tx=rollback", "return=minimal"], ["return=minimal", "tx=rollback"], ['a="tx=commit"', "tx=rollback"],
]  # fmt: skip
WET = [["return=minimal"], ["tx=commit"], ['a="tx=rollback"'], ["a;tx=rollback"], ["tx=commit, tx=rollback"], [""]]
WRONG = [["tx"], ["tx="], ["tx=perhaps"], ["tx rollback"], ['tx="rollback'], ["(tx=rollback)"], ["tx=rollback=1"]]


@pytest.mark.parametrize("lines", DRY + WET + WRONG, ids=lambda lines: "|".join(lines))
def test_prefer_is_read_by_its_grammar(shop: Shop, client: Client, bearer: Bearer, lines: list[str]) -> None:
    headers = [*bearer("anna", "clerk").items(), *(("prefer", line) for line in lines)]
    answer = client.post(f"{ORDER}/moves", json={"to": "PAID"}, headers=headers)
    stands = shop.execute("select status from shop.orders where id = 7").fetchone()
    if lines in DRY:
        assert (answer.headers["preference-applied"], stands) == ("tx=rollback", ("NEW",))
    elif lines in WET:
        assert (answer.status_code, stands) == (200, ("PAID",))
    else:
        assert (answer.status_code, answer.json()["field"], stands) == (400, "Prefer", ("NEW",))


@pytest.mark.parametrize("piece", [" ", "\t", "a", '"', "\\", ";", ",", "=", 'a="', "a=b;", "a ", 'x="\\'])
def test_the_work_for_prefer_grows_as_its_length_does(piece: str) -> None:
    from tests.server.test_bounds import lines

    def work(times: int) -> int:
        def read() -> None:
            for end in ("", "\x00", '"'):
                try:
                    header_fields.is_dry_run(piece * times + end)
                except Problem:
                    continue

        return lines(read)

    assert work(8000) <= 4.1 * work(2000) + 100


class TestReplays:
    def create(self, client: Client, headers: dict[str, str]) -> Any:
        return client.post("/api/v1/webhooks", json=HOOK, headers=headers | {"idempotency-key": "k"})

    def test_a_secret_is_given_out_once(self, shop: Shop, client: Client, bearer: Bearer) -> None:
        headers = bearer("kim", "admin")
        first, again = self.create(client, headers), self.create(client, headers)
        assert first.json()["secret"].startswith("whsec_")
        assert (again.status_code, again.headers["idempotent-replayed"]) == (201, "true")
        assert again.json() == {name: value for name, value in first.json().items() if name != "secret"}
        kept = shop.execute("select count(*) from jalon_engine.idempotency i where i::text like '%whsec_%'").fetchone()
        assert kept == (0,)

    def test_a_rotated_secret_too(self, shop: Shop, client: Client, bearer: Bearer) -> None:
        headers = bearer("kim", "admin")
        path = (
            f"/api/v1/webhooks/{client.post('/api/v1/webhooks', json=HOOK, headers=headers).json()['id']}/rotate-secret"
        )
        for kind in ("v1", "v1a"):
            key = {"idempotency-key": kind}
            answers = [client.post(path, json={"signature": kind}, headers=headers | key) for _ in range(2)]
            assert {"secret", "publicKey"} & answers[0].json().keys()
            assert not {"secret", "publicKey"} & answers[1].json().keys()
        kept = shop.execute("select count(*) from jalon_engine.idempotency i where i::text ~ 'wh(sec|sk)_'").fetchone()
        assert kept == (0,)

    @pytest.mark.parametrize("lost", ["token", "grant", "permission"])
    def test_who_may_not_any_more_is_not_answered_again(
        self, shop: Shop, client: Client, bearer: Bearer, lost: str
    ) -> None:
        headers = bearer("kim", "admin" if lost == "token" else "clerk")
        if lost == "grant":
            shop.execute("insert into jalon_engine.role_grant (principal, role) values ('kim', 'admin')")
        if lost == "permission":
            shop.execute(
                "insert into jalon_engine.permission_rule (role, permission) values ('clerk', 'manage_webhooks')"
            )
        assert self.create(client, headers).status_code == 201
        shop.execute("delete from jalon_engine.role_grant")
        shop.execute("delete from jalon_engine.permission_rule where (role, permission) = ('clerk', 'manage_webhooks')")
        answer = self.create(client, bearer("kim") if lost == "token" else headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "JL203"), answer.text

    def test_more_rights_than_before_change_nothing(self, shop: Shop, client: Client, bearer: Bearer) -> None:
        key = {"idempotency-key": "k"}
        for roles in (("clerk",), ("admin", "clerk")):
            answer = client.post(f"{ORDER}/moves", json={"to": "PAID"}, headers=bearer("anna", *roles) | key)
            assert json.loads(answer.content)["version"] == 2
