"""One language is active in a new database; others are when they are asked for, with all their texts."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from jalon.install import doctor
from jalon.install.migrate import migrate
from jalon.refusal import Refusal
from jalon.settings import Settings

Connection = psycopg.Connection[Any]
TEXTS = {
    "display_text": "code",
    "role_label": "role",
    "permission_label": "permission",
    "referential_label": "category || code",
    "action_label": "category || action",
}
LOANS = """
    select jalon.add_category('LOAN', 'Loans');
    select jalon.set_code('LOAN', 'OUT', labels => '{"en": "Out"}', is_initial => true);
    select jalon.set_code('LOAN', 'BACK', labels => '{"en": "Back"}', is_final => true);
    select jalon.draft('LOAN');
    select jalon.set_transition('LOAN', 'OUT', 'BACK', 'return', '{any}', labels => '{"en": "Return"}');
"""


@pytest.fixture
def install(empty: str, tmp_path: Path) -> Callable[..., None]:
    def install(**settings: Any) -> None:
        migrate(Settings(home=tmp_path, **({"dsn": empty, "modules": "all"} | settings)), empty, lambda text: None)

    return install


@pytest.fixture
def db(empty: str) -> Iterator[Connection]:
    with psycopg.connect(empty, autocommit=True) as connection:
        yield connection


def active(db: Connection) -> list[str]:
    return [code for (code,) in db.execute("select code from jalon_api.languages")]


def problems(db: Connection) -> list[Any]:
    return [*db.execute("select * from jalon.verify()").fetchall(), *doctor.findings(db)]


def test_a_new_database_has_one_language_and_its_workflows_need_labels_in_no_other(
    install: Callable[..., None], db: Connection
) -> None:
    install()
    assert active(db) == ["en"]
    db.execute(LOANS)
    db.execute("select * from jalon.publish('LOAN')")
    assert problems(db) == []
    for category, case_type in db.execute("select category, case_type from jalon_engine.workflow").fetchall():
        report = "select * from jalon.workflow_check(%s, %s) where severity = 'error'"
        assert db.execute(report, (category, case_type)).fetchall() == []


def test_a_language_that_is_activated_later_has_all_its_texts(install: Callable[..., None], db: Connection) -> None:
    install()
    install(languages="en, fr")
    assert active(db) == ["en", "fr"]
    for table, key in TEXTS.items():
        # The English meaning of an error code stands beside the code.
        both = (
            f"select {key} from jalon_engine.{table} where {key} not like 'meaning.%%' "
            "group by 1 having count(distinct language) = 1"
        )
        assert db.execute(both).fetchall() == [], table
    db.execute(LOANS)
    with pytest.raises(psycopg.Error, match="BACK has no label in fr; OUT has no label in fr"):
        db.execute("select * from jalon.publish('LOAN')")
    assert problems(db) == []


def test_those_that_are_asked_for_are_active_and_no_other(install: Callable[..., None], db: Connection) -> None:
    install(languages="fr")
    assert active(db) == ["fr"]
    install()  # which asks for none, and changes none
    assert active(db) == ["fr"]
    install(languages="all")
    assert active(db) == ["en", "fr"]


def test_the_embedded_database_begins_with_all(install: Callable[..., None], db: Connection) -> None:
    install(dsn="", modules="none")
    assert active(db) == ["en", "fr"]
    db.execute("select jalon.set_language('fr', active => false)")
    install(dsn="", modules="none")
    assert active(db) == ["en"]


def test_an_unknown_one_is_refused_with_those_that_there_are(install: Callable[..., None], db: Connection) -> None:
    with pytest.raises(Refusal, match="there is no language de. Languages: en, fr; jalon.set_language adds one"):
        install(languages="de", modules="none")
    db.execute("select jalon.set_language('de', 'Deutsch')")
    install(languages="en,de", modules="none")
    assert active(db) == ["en", "de"]
