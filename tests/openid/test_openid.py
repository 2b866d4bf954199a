"""People sign in at npm's oidc-provider, which requires PKCE; and in a browser, from another site."""

import html
import os
import re
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx
import msgspec
import psycopg
import pytest

from jalon.settings import Settings
from tests.identity_provider import CLIENT, SECRET
from tests.serving import serving
from tests.web_shop import SHOP

pytestmark = pytest.mark.second_lane
FOLDER = Path(__file__).parent
ORDER = "/api/v1/tracked/orders/7"
PROVIDER_IS_MISSING = not (FOLDER / "node_modules").is_dir()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
def beginning() -> str:
    return SHOP


@pytest.fixture
def world(settings: Settings) -> Iterator[tuple[str, str]]:
    """The addresses of Jalon and of the provider."""
    if PROVIDER_IS_MISSING:
        pytest.skip("oidc-provider is not installed: make setup-clients (needs npm)")
    issuer = f"http://127.0.0.1:{free_port()}"
    changed: dict[str, Any] = {"oidc_issuer": issuer, "oidc_client_id": CLIENT, "oidc_secret": SECRET}
    changed |= {"oidc_scopes": "openid profile groups", "token_roles_claim": "groups"}
    changed |= {"token_roles_map": "crm-clerks=clerk"}
    with serving(msgspec.structs.replace(settings, **changed)) as (url, _):
        environment = os.environ | {"ISSUER": issuer, "CLIENT": CLIENT, "SECRET": SECRET, "BACK": url}
        with subprocess.Popen(
            ["node", "provider.js"], cwd=FOLDER, env=environment, stdout=subprocess.PIPE, text=True
        ) as node:
            assert node.stdout is not None
            try:
                assert any("listening" in line for line in node.stdout)
                yield url, issuer
            finally:
                node.kill()


def fill_in(browser: httpx.Client, answer: httpx.Response, **values: str) -> httpx.Response:
    """Sends the form of a page as a person would."""
    page = answer.text
    action = re.search(r'<form[^>]* action="([^"]+)"', page)
    assert action, page
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
    address = urljoin(str(answer.url), html.unescape(action[1]))
    return browser.post(address, data=hidden | values)


def test_a_person_signs_in_and_out_at_oidc_provider(world: tuple[str, str], db: psycopg.Connection[Any]) -> None:
    url, issuer = world
    with httpx.Client(follow_redirects=True) as browser:
        answer = browser.get(f"{url}/console/sign-in/provider?next=/console/records")
        answer = fill_in(browser, answer, login="anna", password="any")
        answer = fill_in(browser, answer)  # consent
        assert answer.url.path == "/console/sign-in/callback"
        assert (answer.status_code, answer.headers["refresh"]) == (200, "0; url=/console/records")
        assert browser.get(url + ORDER).status_code == 200
        kept = db.execute("select actor, name, roles from jalon_engine.session").fetchall()
        assert kept == [("anna", "Anna A.", ["clerk"])]
        left = browser.post(f"{url}/console/sign-out")
        leave = left.headers["refresh"].removeprefix("0; url=")
        assert leave.startswith(f"{issuer}/session/end?")
        assert "Do you want to sign-out" in browser.get(leave).text
        assert browser.get(url + ORDER).status_code == 401
        assert db.execute("select count(*) from jalon_engine.session").fetchone() == (0,)


def test_the_provider_refuses_a_code_that_was_used_or_has_another_verifier(world: tuple[str, str]) -> None:
    url, _ = world
    with httpx.Client(follow_redirects=True) as browser:
        answer = fill_in(browser, browser.get(f"{url}/console/sign-in/provider"), login="anna", password="any")
        back = str(fill_in(browser, answer).url)
        begun = browser.get(f"{url}/console/sign-in/provider", follow_redirects=False)
        state = parse_qs(urlsplit(begun.headers["location"]).query)["state"][0]
        stolen = re.sub(r"state=[^&]+", f"state={state}", back)
        assert browser.get(stolen).status_code == 401
        browser.cookies.delete("jalon_session")
        assert browser.get(url + ORDER).status_code == 401
