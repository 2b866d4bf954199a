"""Every block of SQL or shell in the documentation is run by a test, or says why it is not.

A block that can't be run has a comment before it: `<!-- not run: why -->`. One that goes on until it is stopped has
`<!-- until Ctrl-C -->`. The pages of RUN_BY have tests of their own; all others are followed here, in the demo.
"""

import re
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conftest import in_memory
from tests.docs.pages import DOCS, PAGES, ROOT, Block, fenced
from tests.docs.reader import ENDLESS, NOT_RUN, Reader, make_demo, reader
from tests.docs.recipes import files

LANGUAGES = ("sql", "sh", "bash")
# Page and language, and the test that runs these blocks.
RUN_BY = {
    ("README.md", "sql"): "docs/test_readme.py",
    ("docs/bi.md", "sql"): "docs/test_bi.py",
    ("docs/bring-your-history.md", "sql"): "docs/test_bring_your_history.py",
    ("docs/conventions.md", "sql"): "docs/test_conventions.py",
    ("docs/dba-recaps.md", "sql"): "docs/test_dba_recaps.py",
    ("docs/dba.md", "sql"): "docs/test_dba.py",
    ("docs/dba.md", "sh"): "docs/test_dba.py",
    ("docs/django.md", "sh"): "kits/test_django.py",
    ("docs/engine.md", "sql"): "docs/test_engine.py",
    ("docs/first-change.md", "sql"): "docs/test_first_change.py",
    ("docs/history.md", "sql"): "docs/test_history.py",
    ("docs/node.md", "sh"): "kits/test_node.py",
    ("docs/process.md", "sql"): "docs/test_process.py",
    ("docs/rules-in-git.md", "sh"): "docs/test_rules_in_git.py",
    ("docs/sqlalchemy.md", "sh"): "kits/test_sqlalchemy.py",
    ("docs/testing.md", "sh"): "docs/test_testing.py",
    ("docs/testing.md", "sql"): "docs/test_testing.py",
    ("docs/tutorial.md", "sh"): "docs/test_tutorial.py",
    ("docs/tutorial.md", "sql"): "docs/test_tutorial.py",
    ("docs/workflows.md", "sql"): "docs/test_workflows.py",
}
# Sections whose lines have a test of their own.
SECTION_RUN_BY = {
    "docs/install.md": ("As an ordinary owner", "install/test_install_page.py"),
    "docs/webhooks.md": ("Shell", "outbox/test_document.py"),
}
SHOP = """
create schema shop;
create table shop.orders (id bigint primary key, status text not null default 'NEW');
insert into shop.orders values (1, 'NEW'), (2, 'NEW');
select jalon.apply_template('orders', 'ORDER_STATUS');
select jalon.track('shop.orders', category => 'ORDER_STATUS');
"""
PAST = "record,to,at,by\n1,NEW,2024-01-10T09:00,ben\n2,NEW,2024-01-11T09:00,ben\n"


def name_of(page: Path) -> str:
    return str(page.relative_to(ROOT))


def headings_over(page: Path, block: Block) -> set[str]:
    """The section of a block, and the section that this is a part of."""
    found = {}
    for line in page.read_text().splitlines()[: block.line]:
        if line.startswith("## "):
            found = {2: line[3:]}
        elif line.startswith("### "):
            found[3] = line[4:]
    return set(found.values())


def to_follow(page: Path) -> list[Block]:
    """The blocks that no other test runs and that don't say why they are not run."""
    name = name_of(page)
    elsewhere = SECTION_RUN_BY.get(name, ("", ""))[0]
    return [
        block
        for block in fenced(page)
        if block.language in LANGUAGES
        and (name, block.language) not in RUN_BY
        and not block.comment.startswith(NOT_RUN)
        and elsewhere not in headings_over(page, block)
    ]


FOLLOWED = [page for page in PAGES if to_follow(page)]


def write_bring(me: Reader) -> None:
    me.connect().execute(SHOP)
    (me.folder / "past.csv").write_text(PAST)


def write_module(me: Reader) -> None:
    for path, text in files(DOCS / "first-change.md").items():
        if path.startswith("own/"):
            (me.folder / path).parent.mkdir(parents=True, exist_ok=True)
            (me.folder / path).write_text(text)


def write_models(me: Reader) -> None:
    (me.folder / "models").mkdir()


def write_old_roadshow(me: Reader) -> None:
    me.connect().execute("""
        create table public.roadshow_counterparty (id bigint primary key, name text);
        insert into public.roadshow_counterparty values (901, 'Ardian'), (902, 'Bpifrance');
        create table public.roadshow_event (id bigint, counterparty_id bigint, type text, date timestamptz);
        insert into public.roadshow_event values (9001, 901, 'call', '2024-05-01Z');
    """)


def write_old_dossiers(me: Reader) -> None:
    me.connect().execute("""
        create table public.dossier (id uuid primary key default gen_random_uuid(), lead_name text, lead_phone text,
            status text not null default 'NEW');
        insert into public.dossier (lead_name, status) values ('Ann', 'NEW'), ('Bob', 'WON');
    """)


def write_member(me: Reader) -> None:
    me.connect().execute("select jalon.create_user('gone@example.com', 'Gone')")


def write_token(me: Reader) -> None:
    me.run("jalon token anna > token.txt")


# What a page takes for granted.
BEFORE: dict[str, Callable[[Reader], None]] = {
    "docs/bi.md": write_models,
    "docs/bring-your-history.md": write_bring,
    "docs/dossiers.md": write_old_dossiers,
    "docs/first-change.md": write_module,
    "docs/members.md": write_member,
    "docs/roadshow.md": write_old_roadshow,
    "docs/sign-in.md": write_token,
}


@pytest.fixture(scope="module")
def demo() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="jalon-demo-", dir=in_memory(), ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        yield make_demo(Path(folder))


@pytest.fixture
def me(demo: Path) -> Iterator[Reader]:
    with reader(demo) as me:
        yield me


@pytest.mark.second_lane
@pytest.mark.parametrize("page", [page for page in FOLLOWED if page.name != "commands.md"], ids=name_of)
def test_a_page_is_followed_as_it_stands(page: Path, me: Reader) -> None:
    blocks = to_follow(page)
    BEFORE.get(name_of(page), lambda me: None)(me)
    if any("curl" in block.text for block in blocks):
        me.serve()
    elif any("psql " in block.text for block in blocks):
        me.keep_server()
    for block in blocks:
        me.follow(block)


COMMANDS = DOCS / "commands.md"
# These take away what the others need.
DESTRUCTIVE = {"jalon reset", "jalon rollback", "jalon uninstall"}


def write_command_files(me: Reader) -> None:
    """A shop with a past, and the files that the examples name."""
    me.keep_server()
    me.connect().execute(SHOP)
    me.connect().execute("""
        select * from jalon.import_changes('orders', $$select 1 as record, 'NEW' as "to", '2024-02-10Z' as at$$);
        select jalon.ensure_partitions();
        insert into jalon_engine.role (code, label) values ('clerk', 'Clerk') on conflict do nothing;
        create schema cold;
        create table shop.parcels (id integer primary key, state text);
        insert into shop.parcels values (2, 'NEW');
        create table public.roadshow_event (id bigint, counterparty_id bigint, type text, date timestamptz);
    """)
    (me.folder / "people.csv").write_text("email,name\nzelda@example.com,Zelda\n")
    (me.folder / "past.csv").write_text("record,to,at,by\n2,NEW,2024-01-11T09:00,ben\n")
    for folder in ("rules", "srv/archive"):
        (me.folder / folder).mkdir(parents=True)
    me.run("jalon token carl > leaked.txt")


def examples(*, destructive: bool) -> list[Block]:
    return [block for block in to_follow(COMMANDS) if bool(DESTRUCTIVE & headings_over(COMMANDS, block)) == destructive]


@pytest.mark.second_lane
def test_the_examples_of_each_command_run(me: Reader) -> None:
    blocks = examples(destructive=False)
    assert len(blocks) > 20
    write_command_files(me)
    failed = []
    for block in blocks:
        try:
            me.follow(block)
        except AssertionError as error:
            failed.append(str(error))
    assert not failed, "\n".join(failed)


@pytest.mark.second_lane
@pytest.mark.parametrize("block", examples(destructive=True), ids=lambda block: block.text.split("\n")[0][:20])
def test_the_examples_of_what_takes_away_run(me: Reader, block: Block) -> None:
    if "jalon reset" not in block.text:
        # Not the demo, which gives permissions of dossiers to administrators everywhere: then neither works
        # (test_a_permission_that_somebody_gave_to_a_role_goes_with_its_module).
        me.environment["JALON_HOME"] = str(me.folder / "installed")
        me.run("jalon migrate --modules roadshow")
    me.follow(block)


def test_each_test_that_runs_a_page_is_there_and_names_it() -> None:
    run_by = [*RUN_BY.items(), *(((page, ""), test) for page, (_, test) in SECTION_RUN_BY.items())]
    for (page, _), test in run_by:
        assert Path(page).name in (ROOT / "tests" / test).read_text(), (page, test)
    there = {(name_of(page), block.language) for page in PAGES for block in fenced(page)}
    assert set(RUN_BY) - there == set()


def test_a_block_says_why_it_is_not_run() -> None:
    for page in PAGES:
        for block in fenced(page):
            if block.language in LANGUAGES and block.comment.startswith(NOT_RUN):
                assert len(block.comment.removeprefix(NOT_RUN)) > 10, (page, block)
            known = block.comment.startswith(NOT_RUN) or block.comment == ENDLESS
            is_followed = block.language in LANGUAGES and (name_of(page), block.language) not in RUN_BY
            assert known or not block.comment or not is_followed, (page, block)


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_what_can_be_run_is_a_block_with_its_language(page: Path) -> None:
    """SQL and commands that are only indented would be run by nobody."""
    text = re.sub(r"^( *)```.*?^\1```$", "", page.read_text(), flags=re.DOTALL | re.MULTILINE)
    runnable = r"^    (?:select|insert|update|delete|create|alter|grant|revoke|set|jalon|curl|psql|export|pip)\b.*"
    assert re.findall(runnable, text, re.MULTILINE) == []
    first = re.compile(runnable.replace("    ", ""), re.MULTILINE)
    assert [block.line for block in fenced(page) if not block.language and first.search(block.text)] == []
