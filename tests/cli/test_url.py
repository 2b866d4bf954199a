"""jalon url: a connection string that other programs take, with everything that has to be encoded encoded."""

from collections.abc import Callable
from urllib.parse import parse_qs, unquote, urlsplit

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from jalon import cli
from jalon.install.postgres import as_key_values, as_url

Url = Callable[..., str]


@pytest.fixture
def url(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Url:
    """url("--format", "url"): what is printed."""
    monkeypatch.setattr(cli.signal, "signal", lambda *_: None)

    def url(*options: str) -> str:
        assert cli.main(["url", *options]) == 0
        return capsys.readouterr().out.strip()

    return url


@pytest.mark.parametrize("role", ["owner", "bi"])
def test_a_url_connects_as_key_and_value_do(url: Url, dsn: str, role: str) -> None:
    address = url("--format", "url", "--role", role, "--dsn", dsn)
    assert address.startswith("postgresql://")
    found = []
    for given in (address, url("--format", "dsn", "--role", role, "--dsn", dsn)):
        with psycopg.connect(given) as connection:
            found.append(connection.execute("select current_database(), session_user").fetchone())
    assert found[0] == found[1]
    assert conninfo_to_dict(url("--format", "url", "--dsn", address)) == conninfo_to_dict(address)


def test_a_socket_is_a_parameter_of_the_url() -> None:
    assert as_url("host=/var/lib/jalon/socket user=postgres dbname=jalon") == (
        "postgresql://postgres@/jalon?host=/var/lib/jalon/socket"
    )


@pytest.mark.parametrize(
    "parts",
    [
        {"host": "db.example.com", "port": "5433", "user": "me", "password": "p:a/s@s w?o#r%d+é", "dbname": "a/b c?#"},
        {"host": "/run/a socket & more", "port": "5433", "user": "me@example.com", "dbname": "jalon"},
        {"host": "::1", "user": "me", "dbname": "jalon", "sslmode": "require"},
        {"host": "a.example.com,b.example.com", "port": "5432,5433", "user": "me", "dbname": "jalon",
         "target_session_attrs": "read-write"},
        {"dbname": "jalon", "options": "-csearch_path=app,public -c work_mem=64MB"},
        {"user": "me", "dbname": "jalon"},
    ],
)  # fmt: skip
def test_everything_comes_back_out_of_the_url(parts: dict[str, str]) -> None:
    address = as_url(make_conninfo(**parts))
    assert conninfo_to_dict(address) == parts  # as libpq reads it
    assert conninfo_to_dict(as_key_values(address)) == parts
    read = urlsplit(address)  # and as any other library does
    query = {name: values[0] for name, values in parse_qs(read.query, strict_parsing=bool(read.query)).items()}
    host = {"host": read.hostname} if read.hostname else {}
    port = {"port": str(read.port)} if read.port else {}
    user = {"user": unquote(read.username)} if read.username else {}
    password = {"password": unquote(read.password)} if read.password else {}
    assert {"dbname": unquote(read.path[1:])} | query | host | port | user | password == parts


def test_sqlalchemy_reads_it() -> None:
    engine = pytest.importorskip("sqlalchemy.engine")
    read = engine.make_url(as_url("host=/var/lib/jalon/socket user=postgres dbname=jalon password='a b@c'"))
    assert (read.database, read.username, read.password) == ("jalon", "postgres", "a b@c")
    assert (read.host, read.query["host"]) == (None, "/var/lib/jalon/socket")


def test_a_dsn_that_is_none_is_one_sentence(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli.signal, "signal", lambda *_: None)
    assert cli.main(["url", "--format", "url", "--dsn", "some words"]) == 1
    assert capsys.readouterr().err.startswith("jalon: JALON_DSN is not a valid connection string: ")
