"""Every text of the console exists in both languages."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from jalon import modules
from jalon.console import texts
from jalon.console.router import AREAS, parts

CONSOLE = Path(texts.__file__).parent
SAID = re.compile(r"""\b_\(\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')""")
EITHER = re.compile(r"""\?\s*"([^"]+)"\s*:\s*"([^"]+)",""")  # _(one ? "…" : "…", …)


def texts_in_use() -> Iterator[str]:
    folders = [CONSOLE / "templates", CONSOLE / "static"]
    folders += [*modules.folders("templates").values(), *modules.folders("static").values()]
    for path in (path for folder in folders for path in folder.rglob("*.*") if path.suffix in (".html", ".js")):
        source = path.read_text()
        for match in SAID.finditer(source):
            yield (match[1] if match[1] is not None else match[2]).replace("\\'", "'").replace('\\"', '"')
        for match in EITHER.finditer(source):
            yield from match.groups()
    yield from (area.label for area in AREAS)
    for each in (part.LIST for part in parts() if hasattr(part, "LIST")):
        yield from (each.title, each.lead, *(name for name, _ in each.views))
        yield from (named.label for named in (*each.columns, *each.filters))
        yield from (o["label"] for f in each.filters if f.are_words for o in f.options({}))


def test_every_text_has_its_french():
    missing = sorted(set(texts_in_use()) - texts.translations("fr").keys())
    assert missing == [], "add them to app/console/texts/fr/<area>.json or app/modules/<name>/texts/fr.json"


def test_a_text_is_translated_in_one_way_only():
    texts_in_use: dict[str, set[str]] = {}
    for path in texts.files("fr"):
        for english, french in texts.msgspec.json.decode(path.read_bytes()).items():
            texts_in_use.setdefault(english, set()).add(french)
    assert {english: french for english, french in texts_in_use.items() if len(french) > 1} == {}


@pytest.mark.parametrize("path", texts.files("fr"), ids=lambda path: path.parts[-3] + "-" + path.stem)
def test_a_translation_has_the_same_placeholders(path):
    for english, french in texts.msgspec.json.decode(path.read_bytes()).items():
        assert set(texts.PLACEHOLDER.findall(french)) == set(texts.PLACEHOLDER.findall(english)), english


def test_french_has_its_spaces_before_double_signs():
    # The requirement writes this one, byte by byte.
    as_required = {"Status updated: {label}"}
    for english, french in texts.translations("fr").items():
        if english in as_required:
            continue
        assert not re.search(
            r"[^\u202f\u00a0 /][;!?»]|[^\u00a0\u202f 0-9a-z/]:(?!/)|«[^\u00a0\u202f]|[ ][;:!?»]", french
        ), english


def test_one_spelling_of_evenement():
    assert [english for english, french in texts.translations("fr").items() if "vènement" in french] == []
