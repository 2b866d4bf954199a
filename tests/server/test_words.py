"""Refusals that are made in Python speak the reader's language and name the field."""

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from litestar.testing import TestClient

import jalon
from jalon.server import bounds, problems, words

Client = TestClient[Any]
Bearer = Callable[..., dict[str, str]]
EVENTS = "/api/organizer/events"
RECAP = "/api/v1/recaps/transitions"
A_NUMBER = "il faut un nombre entier ou null, et non un texte"


@pytest.mark.parametrize(
    ("method", "path", "body", "field", "french"),
    [
        ("POST", EVENTS, {}, "title", "title\u00a0: il manque title"),
        ("POST", EVENTS, {"title": 5}, "title", "title\u00a0: il faut un texte, et non un nombre entier"),
        ("POST", EVENTS, {"title": "x", "color": "red"}, "color", "color\u00a0: color est inconnu"),
        ("POST", EVENTS, {"title": "x", "price": -1}, "price", "price\u00a0: il faut au moins 0.0"),
        (
            "POST",
            "/api/v1/webhooks",
            {"url": "http://x", "eventTypes": ["*"]},
            "url",
            "url\u00a0: elle doit commencer par https://.",
        ),
        ("GET", f"{EVENTS}?limit=0", None, "limit", "limit\u00a0: il faut au moins 1"),
        ("POST", "/api/v1/dossiers", [], "body", "body\u00a0: il faut un objet, et non un tableau"),
        ("POST", EVENTS, {"title": "x", "capacity": "two"}, "capacity", f"capacity\u00a0: {A_NUMBER}"),
        ("GET", f"{EVENTS}?after=zzz", None, "after", "after : « zzz » n'est pas la fin d'une page"),
        ("GET", f"{RECAP}?tz=Mars", None, "tz", "tz : il n'y a pas de fuseau horaire « Mars »"),
        ("GET", f"{EVENTS}?color=red", None, "color", "Paramètre inconnu : color."),
        ("GET", f"{EVENTS}?limit=1&limit=2", None, "limit", "limit est donné plus d'une fois."),
    ],
)
def test_what_does_not_fit_is_named_in_the_readers_language(
    client: Client, bearer: Bearer, method: str, path: str, body: Any, field: str, french: str
) -> None:
    headers = bearer("oscar", "organizer", "admin", **{"accept-language": "fr-CA, en;q=0.5"})
    answer = client.request(method, path, json=body, headers=headers)
    assert (answer.status_code, answer.json()["field"], answer.json()["detail"]) == (400, field, french)


def test_a_request_that_is_refused_unread_is_so_in_the_readers_language(client: Client) -> None:
    answer = client.get(EVENTS, headers={"accept-language": "fr", "transfer-encoding": "gzip"})
    assert (answer.status_code, answer.json()["detail"]) == (501, "Transfer-Encoding : seul chunked est compris.")


def test_who_shows_no_token_is_told_so_in_their_language(client: Client) -> None:
    answer = client.get(EVENTS, headers={"accept-language": "fr"})
    assert (answer.status_code, answer.json()["detail"]) == (401, "Il faut un jeton (Bearer).")
    assert client.get(EVENTS).json()["detail"] == "This needs a bearer token."


def test_a_translation_has_the_same_placeholders() -> None:
    for path in words.FOLDER.glob("*.json"):
        for english, other in msgspec.json.decode(path.read_bytes(), type=dict[str, str]).items():
            assert set(re.findall(r"\{(\w+)\}", other)) <= set(re.findall(r"\{(\w+)\}", english)), english


# What is said to callers: the argument of each of these that is the text.
TEXT_OF = {"Problem": 1, "unauthorized": 0, "ClientException": 0, "Undeliverable": 0, "WrongClaim": 0}
# Functions that answer what is wrong, for others to raise.
FINDERS = ("find_fault", "find_faults")
# What failed after a delivery set out is kept with it, and answers no request.
DELIVERY = ("connect", "exchange")
# Variables whose text comes from elsewhere: from PostgreSQL, from the framework, from a function above.
FROM_ELSEWHERE = {"message", "fault", "why", "error", "detail", "detail_of", "''"}


def text_of(node: ast.expr) -> str | None:
    """A text or template as it stands in the code, its holes numbered; None for anything else."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        parts = [str(part.value) if isinstance(part, ast.Constant) else f"<{n}>" for n, part in enumerate(node.values)]
        return "".join(parts)
    return text_of(node.values[-1]) if isinstance(node, ast.BoolOp) else None


def texts_in(tree: ast.AST) -> Iterator[str]:
    assigned: dict[str, list[str]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and (text := text_of(node.value)):
            assigned.setdefault(node.targets[0].id, []).append(text)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name in DELIVERY:
            node.body = []
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name in FINDERS:
            for inner in ast.walk(node):
                value = inner.value if isinstance(inner, ast.Return | ast.Yield) else None
                value = value.elts[1] if isinstance(value, ast.Tuple) else value
                if value is not None and (text := text_of(value)):
                    yield text
        elif isinstance(node, ast.Call):
            name = ast.unparse(node.func).rpartition(".")[2]
            place = TEXT_OF.get(name)
            if place is None or len(node.args) <= place:
                continue
            argument = node.args[place]
            for part in ast.walk(argument):  # what stands in a hole
                yield from assigned.get(part.id, []) if isinstance(part, ast.Name) else []
            if text := text_of(argument):
                yield text
            elif (found := ast.unparse(argument)) not in assigned and found.partition("(")[0].partition(".")[
                0
            ] not in FROM_ELSEWHERE:
                yield f"unknown: {found}"


def all_texts() -> set[str]:
    folder = Path(jalon.__file__).parent
    found = {text for path in folder.rglob("*.py") for text in texts_in(ast.parse(path.read_text()))}
    return found | {*bounds.DETAILS.values(), *problems.OUTCOMES.values(), problems.WENT_WRONG, problems.REFUSED}


@pytest.mark.parametrize("language", [language for language in words.LANGUAGES if language != "en"])
def test_each_text_that_python_makes_is_in_every_language(language: str) -> None:
    texts = all_texts()
    assert len(texts) > 60
    assert sorted(text for text in texts if words.translate(text, language) == text) == []


@pytest.mark.parametrize("language", [language for language in words.LANGUAGES if language != "en"])
def test_what_is_translated_is_still_said(language: str) -> None:
    """Texts of msgspec and of the framework aside, which the code doesn't hold."""
    decoders = (
        r"Expected|Object|Invalid|Missing|Integer value|Not Found|Method Not Allowed|Request Entity Too Large"
        r"|(?:str|int|float|bool|array|object|null)\b"
    )
    texts = all_texts()
    dead = [
        pattern.pattern
        for pattern, _ in words.templates(language)
        if not re.match(decoders, pattern.pattern.replace("\\ ", " ")) and not any(map(pattern.fullmatch, texts))
    ]
    assert dead == []
