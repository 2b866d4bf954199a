"""The receivers of docs/webhooks.md, run as printed with a delivery: a valid one is taken, a forged one refused."""

import base64
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
import pytest
from standardwebhooks import Webhook

from jalon.outbox.relay import Relay

from .conftest import Receiver
from .test_relay import pay

PAGE = Path(__file__).parents[2] / "docs" / "webhooks.md"
PYTHON = """
import base64, json, sys
{snippet}
given = json.load(sys.stdin)
print(json.dumps(receive(given["secret"], given["headers"], base64.b64decode(given["body"]))))
"""
NODE = """
{snippet}
let text = "";
for await (const part of process.stdin) text += part;
const given = JSON.parse(text);
console.log(JSON.stringify(receive(given.secret, given.headers, Buffer.from(given.body, "base64"))));
"""
SHELL = '{snippet}\nverify "$SECRET" "$ID" "$TIMESTAMP" "$SIGNATURE" < "$BODY" && cat "$BODY"\n'


def snippets(language: str, under: str) -> list[str]:
    section = PAGE.read_text().split(f"### {under}\n")[1].split("\n##")[0]
    found = re.findall(rf"```{language}\n(.*?)```", section, re.DOTALL)
    assert found, f"docs/webhooks.md has no {language} under {under}"
    return found


class SignedDelivery(NamedTuple):
    secret: str
    headers: dict[str, str]
    body: bytes


@pytest.fixture
def delivery(
    shop: psycopg.Connection[Any],
    subscribe: Callable[..., tuple[str, str]],
    receiver: Receiver,
    relays: Callable[..., Relay],
) -> SignedDelivery:
    """One that the relay has made."""
    _, secret = subscribe()
    relays()
    pay(shop, 1)
    (got,) = receiver.wait(1)
    return SignedDelivery(secret, got.headers, got.body)


def by_stdin(command: list[str], signed: SignedDelivery) -> subprocess.CompletedProcess[str]:
    told = {"secret": signed.secret, "headers": signed.headers, "body": base64.b64encode(signed.body).decode()}
    return subprocess.run(command, input=json.dumps(told), capture_output=True, text=True, check=False, timeout=30)


def python(signed: SignedDelivery, folder: Path) -> subprocess.CompletedProcess[str]:
    return by_stdin([sys.executable, "-c", PYTHON.replace("{snippet}", snippets("python", "Python")[0])], signed)


def node(signed: SignedDelivery, folder: Path) -> subprocess.CompletedProcess[str]:
    program = folder / "receive.mjs"
    program.write_text(NODE.replace("{snippet}", snippets("js", "Node")[0]))
    return by_stdin([find_program("node"), str(program)], signed)


def shell(signed: SignedDelivery, folder: Path) -> subprocess.CompletedProcess[str]:
    find_program("openssl")
    body = folder / "body"
    body.write_bytes(signed.body)
    words = {
        "SECRET": signed.secret,
        "ID": signed.headers["webhook-id"],
        "TIMESTAMP": signed.headers["webhook-timestamp"],
        "SIGNATURE": signed.headers["webhook-signature"],
        "BODY": str(body),
    }
    return sh(SHELL.replace("{snippet}", snippets("sh", "Shell")[0]), words)


def sh(script: str, words: dict[str, str]) -> subprocess.CompletedProcess[str]:
    path = {"PATH": "/usr/local/bin:/usr/bin:/bin"}
    return subprocess.run(
        ["sh", "-c", script], env=path | words, capture_output=True, text=True, check=False, timeout=30
    )


def find_program(program: str) -> str:
    found = shutil.which(program)
    if not found:
        pytest.skip(f"{program} is not on this machine: the snippet for it was NOT run")
    return found


Run = Callable[[SignedDelivery, Path], subprocess.CompletedProcess[str]]


def forged_deliveries(signed: SignedDelivery) -> dict[str, SignedDelivery]:
    def with_headers(**headers: str) -> SignedDelivery:
        return signed._replace(headers=signed.headers | {f"webhook-{name}": value for name, value in headers.items()})

    timestamp = int(signed.headers["webhook-timestamp"])
    old = str(timestamp - 3600)
    signed_then = Webhook(signed.secret)
    mac = signed.headers["webhook-signature"].removeprefix("v1,")
    return {
        "another body": signed._replace(body=signed.body.replace(b"PAID", b"FREE")),
        "another secret": signed._replace(secret="whsec_" + base64.b64encode(b"x" * 32).decode()),
        "another id": with_headers(id="019aa0c5-6f3e-7c11-a9a2-0d8d2f1d7b52"),
        "another timestamp": with_headers(timestamp=str(timestamp + 1)),
        "an old one, kept and sent again": with_headers(timestamp=old, signature=signed_by(signed_then, signed, old)),
        "no number for a timestamp": with_headers(timestamp="a[$(touch /tmp/never)]"),
        "another version": with_headers(signature=f"v2,{mac}"),
        "half a signature": with_headers(signature=f"v1,{mac[:20]}"),
        "no signature": with_headers(signature=""),
    }


def signed_by(webhook: Webhook, signed: SignedDelivery, timestamp: str) -> str:
    from datetime import UTC, datetime

    at = datetime.fromtimestamp(int(timestamp), UTC)
    return str(webhook.sign(signed.headers["webhook-id"], at, signed.body.decode()))


SECOND_LANE = pytest.mark.second_lane


@pytest.mark.parametrize(
    "run",
    [python, pytest.param(node, marks=SECOND_LANE), pytest.param(shell, marks=SECOND_LANE)],
    ids=lambda run: run.__name__,
)
def test_a_receiver_takes_what_the_relay_sends_and_refuses_what_is_forged(
    run: Run, delivery: SignedDelivery, tmp_path: Path
) -> None:
    taken = run(delivery, tmp_path)
    assert taken.returncode == 0, taken.stderr
    assert json.loads(taken.stdout) == json.loads(delivery.body)
    rotated = delivery.headers["webhook-signature"]
    beside = delivery._replace(headers=delivery.headers | {"webhook-signature": f"v1,{'A' * 43}= {rotated}"})
    assert run(beside, tmp_path).returncode == 0  # two signatures, as during a rotation
    for what, signed in forged_deliveries(delivery).items():
        refused = run(signed, tmp_path)
        assert refused.returncode != 0 and not refused.stdout, what


@SECOND_LANE
def test_a_message_made_by_hand_is_one_that_receivers_take(receiver: Receiver) -> None:
    find_program("curl"), find_program("openssl")
    secret = "whsec_" + base64.b64encode(b"only for this test, and nobody else").decode()
    done = sh("\n".join(snippets("sh", "Shell")), {"URL": receiver.url, "SECRET": secret})
    assert (done.returncode, done.stdout) == (0, "said"), done.stderr
    (got,) = receiver.got
    assert Webhook(secret).verify(got.body, got.headers)["type"] == "webhook.test"
