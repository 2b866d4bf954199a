"""Sign in with a token or as a demo person; the session is a cookie that no script reads and no other site can use."""

import re

import httpx
import msgspec
import pytest
from playwright.sync_api import expect

from jalon.console import session
from jalon.console.page import CONTENT_SECURITY_POLICY
from tests.identity_provider import CLIENT, SECRET, identity_provider
from tests.serving import serving
from tests.web_shop import SHOP

MOVES = "/api/v1/tracked/orders/{}/moves"


@pytest.fixture(scope="module")
def prepare():
    return lambda connection: connection.execute(SHOP)


@pytest.fixture
def kim(world):
    """A client of HTTP that holds kim's session, as a browser would; csrf is what her pages carry."""
    token = world.token("kim", "clerk")
    with httpx.Client(base_url=world.url, cookies={session.COOKIE: token}) as client:
        client.csrf = session.csrf(token)
        yield client


def test_whoever_is_not_known_signs_in_and_comes_back_to_where_they_were(page, world):
    page.goto("/console/records/orders?status=NEW")
    expect(page).to_have_url(re.compile(r"/console/sign-in\?next="))
    page.get_by_label("Token or API key").fill(world.token("kim", "clerk"))
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(world.url + "/console/records/orders?status=NEW")
    expect(page.get_by_role("heading", level=1)).to_have_text("orders")


def test_a_token_that_is_not_valid_is_refused_and_says_so(page):
    page.goto("/console/sign-in")
    page.get_by_label("Token or API key").fill("nonsense")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert").filter(has_text="The token is not valid.")).to_be_visible()
    assert page.context.cookies() == []


def test_the_embedded_demo_lets_one_sign_in_as_one_of_its_people(page, world, axe, shot):
    page.goto("/console/sign-in")
    axe(page)
    shot(page, "sign-in")
    page.get_by_role("button", name=re.compile("^anna")).click()
    expect(page).to_have_url(world.url + "/console")
    expect(page.get_by_role("button", name="anna")).to_be_visible()


@pytest.mark.parametrize("elsewhere", [{"dsn": "dbname=other"}, {"host": "192.0.2.1"}, {"demo": False}])
def test_elsewhere_there_are_no_demo_people(world, elsewhere):
    with serving(msgspec.structs.replace(world.settings, **elsewhere)) as (url, _):
        assert "anna" not in httpx.get(url + "/console/sign-in").text
        answer = httpx.post(url + "/console/sign-in", data={"person": "anna"})
        assert answer.status_code == 401 and session.COOKIE not in answer.cookies


@pytest.mark.parametrize(
    ("trusted", "headers"),
    [
        ("", {"host": "evil.example:{port}", "origin": "http://evil.example:{port}", "sec-fetch-site": "same-origin"}),
        ("", {"host": "127.0.0.1.evil.example"}),
        ("", {"host": "localhost:80:80"}),
        ("", {"x-forwarded-for": "203.0.113.9"}),
        ("", {"x-forwarded-for": "127.0.0.1"}),
        ("", {"via": "1.1 proxy"}),
        ("127.0.0.1", {"x-forwarded-for": "203.0.113.9"}),
        ("127.0.0.1", {"x-forwarded-for": "127.0.0.1, 203.0.113.9"}),
        ("127.0.0.1", {"x-forwarded-for": "203.0.113.9", "x-forwarded-proto": "https", "host": "jalon.example.com"}),
        ("127.0.0.1", {"x-forwarded-for": "127.0.0.1", "host": "jalon.example.com"}),
    ],
)
def test_whoever_comes_from_elsewhere_or_by_another_name_meets_no_demo_people(world, trusted, headers):
    with serving(msgspec.structs.replace(world.settings, trusted_proxies=trusted)) as (url, _):
        said = {name: value.format(port=url.rpartition(":")[2]) for name, value in headers.items()}
        assert "anna" not in httpx.get(url + "/console/sign-in", headers=said).text
        answer = httpx.post(url + "/console/sign-in", data={"person": "anna"}, headers=said)
        assert answer.status_code in (400, 401, 403) and session.COOKIE not in answer.cookies


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "LOCALHOST:{port}", "[::1]:{port}"])
def test_this_machine_has_several_names(world, host):
    said = {"host": host.format(port=world.url.rpartition(":")[2])}
    assert "anna" in httpx.get(world.url + "/console/sign-in", headers=said).text


def test_the_cookie_is_for_this_site_only_and_no_script_reads_it(page, world):
    page.goto("/console/sign-in")
    page.get_by_role("button", name=re.compile("^anna")).click()
    page.wait_for_url(world.url + "/console")
    (cookie,) = page.context.cookies()
    assert (cookie["httpOnly"], cookie["sameSite"], cookie["path"]) == (True, "Strict", "/")
    assert page.evaluate("document.cookie") == ""


def test_over_https_the_cookie_is_secure(world):
    with serving(msgspec.structs.replace(world.settings, trusted_proxies="127.0.0.1")) as (url, _):
        proxied = {"x-forwarded-proto": "https"}
        answer = httpx.post(url + "/console/sign-in", data={"person": "anna"}, headers=proxied)
        assert "secure" in answer.headers["set-cookie"].lower()
    assert (
        "secure"
        not in httpx.post(world.url + "/console/sign-in", data={"person": "anna"}).headers["set-cookie"].lower()
    )


@pytest.mark.parametrize(
    "next",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "/api/v1/tracked",
        "/consoleevil",
        "/console\\evil",
        "/console\r\nx: y",
    ],
)
def test_signing_in_leads_nowhere_but_into_the_console(world, next):
    answer = httpx.post(world.url + "/console/sign-in", data={"person": "anna", "next": next})
    assert (answer.status_code, answer.headers["location"]) == (303, "/console")


def test_signing_out_forgets_the_session(page, signed_in, world):
    signed_in(page, "kim", "clerk").goto("/console")
    page.get_by_role("button", name="kim").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(world.url + "/console/sign-in")
    page.goto("/console/records")
    expect(page).to_have_url(re.compile("/console/sign-in"))


def test_in_a_browser_a_person_comes_back_from_the_provider_and_leaves_by_it(page, world):
    """127.0.0.1 and localhost are two sites, as Jalon and an identity provider are."""
    with identity_provider("localhost") as provider:
        provider.person = {"sub": "kim", "roles": ["clerk"]}
        changed = {"oidc_issuer": provider.issuer, "oidc_client_id": CLIENT, "oidc_secret": SECRET}
        with serving(msgspec.structs.replace(world.settings, **changed)) as (url, _):
            page.goto(f"{url}/console/records/orders?status=NEW")
            page.get_by_role("link", name="Sign in with your organisation's account").click()
            expect(page).to_have_url(url + "/console/records/orders?status=NEW")
            expect(page.get_by_role("heading", level=1)).to_have_text("orders")
            page.get_by_role("button", name="kim").click()
            page.get_by_role("button", name="Sign out").click()
            expect(page).to_have_url(url + "/console/sign-in")
            assert "/leave" in provider.asked


def test_who_signs_in_at_the_provider_tries_the_api_on_the_page_of_its_document(page, world):
    with identity_provider("localhost") as provider:
        provider.person = {"sub": "kim", "name": "Kim K.", "roles": ["clerk"]}
        changed = {"oidc_issuer": provider.issuer, "oidc_client_id": CLIENT, "oidc_secret": SECRET}
        with serving(msgspec.structs.replace(world.settings, **changed)) as (url, _):
            page.goto(f"{url}/docs")
            page.get_by_role("link", name="Sign in").click()
            page.get_by_role("link", name="Sign in with your organisation's account").click()
            expect(page).to_have_url(f"{url}/docs")
            expect(page.get_by_text("You are signed in as Kim K.")).to_be_visible()
            page.goto(f"{url}/docs?of=moves#/Records/moveRecord")
            operation = page.locator("#operations-Records-moveRecord")
            # The page unfolds what its address names; a busy browser takes its time to draw it.
            operation.get_by_role("button", name="Try it out").click(timeout=60_000)
            operation.get_by_placeholder("table").fill("orders")
            operation.get_by_placeholder("id", exact=True).fill("9")
            operation.locator("textarea").fill('{"to": "PAID"}')
            operation.get_by_role("button", name="Execute").click()
            expect(operation.locator(".live-responses-table tbody .response-col_status")).to_have_text(
                re.compile("200")
            )
    assert world.db.execute("select status from shop.orders where id = 9").fetchone() == ("PAID",)


@pytest.mark.parametrize("cookies", [{}, {session.COOKIE: "nonsense"}])
def test_nobody_s_session_names_nobody(world, cookies):
    answer = httpx.get(world.url + "/console/session", cookies=cookies)
    assert (answer.status_code, answer.json()) == (200, {})


def test_a_session_says_whose_it_is_and_what_its_pages_send(kim):
    assert kim.get("/console/session").json() == {"name": "kim", "csrf": kim.csrf}


def test_a_session_that_is_no_longer_valid_leads_to_the_sign_in_page(page, world):
    page.context.add_cookies([{"name": session.COOKIE, "value": "old", "url": world.url}])
    page.goto("/console/records")
    expect(page.get_by_role("heading", name="Sign in", exact=True)).to_be_visible()
    assert page.context.cookies() == []


def test_a_call_under_a_session_that_ended_leads_to_the_sign_in_page_and_back(page, signed_in, world):
    signed_in(page, "kim", "clerk").goto("/console/records/orders/1")
    page.context.clear_cookies()
    page.get_by_role("button", name="Paid").click()
    expect(page).to_have_url(re.compile(r"/console/sign-in\?next=%2Fconsole%2Frecords%2Forders%2F1"))


def test_the_session_reads_what_the_token_reads(kim):
    assert kim.get("/api/v1/tracked/orders/2").status_code == 200


@pytest.mark.parametrize("given", [None, "", "wrong", "é"])
def test_writing_with_the_session_needs_the_csrf_token_that_fits(kim, given):
    headers = {} if given is None else {"x-csrf-token": given.encode()}
    answer = kim.post(MOVES.format(2), json={"to": "PAID"}, headers=headers)
    assert answer.status_code == 403
    assert answer.json()["field"] == "X-CSRF-Token"


def test_the_csrf_token_of_another_session_does_not_fit(kim, world):
    other = session.csrf(world.token("anna"))
    assert kim.post(MOVES.format(2), json={"to": "PAID"}, headers={"x-csrf-token": other}).status_code == 403


def test_with_the_token_that_fits_it_writes(kim):
    answer = kim.post(
        MOVES.format(3), json={"to": "PAID"}, headers={"x-csrf-token": kim.csrf, "origin": str(kim.base_url)}
    )
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "said",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
def test_no_other_site_can_make_use_of_the_session(kim, said):
    answer = kim.post(MOVES.format(4), json={"to": "PAID"}, headers={"x-csrf-token": kim.csrf, **said})
    assert (answer.status_code, answer.json()["field"]) == (403, "Origin")
    assert kim.get("/api/v1/tracked/orders/4", headers=said).status_code in (200, 401)
    assert kim.post("/console/sign-out", headers=said).status_code == 403


def test_a_form_on_another_site_sends_no_session(page, signed_in, world):
    """127.0.0.1 and localhost are two sites; the browser keeps the cookie at home."""
    signed_in(page, "kim", "clerk").goto("/console")
    elsewhere = world.url.replace("127.0.0.1", "localhost") + "/console/sign-in"
    page.route(
        elsewhere,
        lambda route: route.fulfill(
            content_type="text/html",
            body=f'<form method="post" action="{world.url}/console/preferences"><button>Send</button></form>',
        ),
    )
    page.goto(elsewhere)
    with page.expect_request(world.url + "/console/preferences") as sent:
        page.get_by_role("button", name="Send").click()
    assert session.COOKIE not in sent.value.all_headers().get("cookie", "")


def test_a_client_with_a_bearer_token_needs_no_csrf_token(world):
    headers = {"authorization": f"Bearer {world.token('kim', 'clerk')}"}
    assert httpx.post(world.url + MOVES.format(5), json={"to": "PAID"}, headers=headers).status_code == 200


def test_a_bearer_token_goes_before_the_session(kim, world):
    headers = {"authorization": f"Bearer {world.token('nobody', 'visitor')}"}
    assert kim.get("/api/v1/tracked/orders/2", headers=headers).status_code == 404


def test_pages_allow_nothing_from_outside_and_nothing_inline(world):
    for path in ("/console/sign-in", "/console/nowhere", "/console"):
        answer = httpx.get(world.url + path)
        assert answer.headers["content-security-policy"] == CONTENT_SECURITY_POLICY, path
        assert answer.headers["cache-control"] == "no-store"
    assert "unsafe" not in CONTENT_SECURITY_POLICY
    assert httpx.get(world.url + "/console/sign-in", headers={"cookie": "="}).status_code == 200
