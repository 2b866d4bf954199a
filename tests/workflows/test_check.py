"""The check of a workflow: every kind of finding, each from the smallest flaw."""

from typing import Any

import pytest

CODES = """select jalon.add_category('TASK');
    select jalon.set_code('TASK', 'TODO', labels => '{"en": "To do", "fr": "À faire"}', is_initial => true);
    select jalon.set_code('TASK', 'DOING', labels => '{"en": "Doing", "fr": "En cours"}');
    select jalon.set_code('TASK', 'DONE', labels => '{"en": "Done", "fr": "Fait"}', is_final => true);
    select jalon.draft('TASK')"""
TRANSITIONS = """select jalon.set_transition('TASK', 'TODO', 'DOING', 'begin', '{any}',
    labels => '{"en": "Begin", "fr": "Commencer"}');
    select jalon.set_transition('TASK', 'DOING', 'DONE', 'finish', '{any}',
        labels => '{"en": "Finish", "fr": "Finir"}')"""


@pytest.fixture
def task(db: Any) -> Any:
    db.execute(CODES)
    db.execute(TRANSITIONS)
    return db


FLAWS = {
    "nothing is wrong": ("select 1", set()),
    "no transitions": (
        "select jalon.drop_transition('TASK', 'TODO', 'DOING'), jalon.drop_transition('TASK', 'DOING', 'DONE')",
        {
            ("error", "no_transitions", "TASK"),
            ("warning", "unused", "TODO"),
            ("warning", "unused", "DOING"),
            ("warning", "unused", "DONE"),
        },
    ),
    "no beginning": (
        "select jalon.set_code('TASK', 'TODO', is_initial => false)",
        {("error", "no_start", "TASK"), ("error", "no_start", "TASK")},
    ),
    "a transition to a deactivated code": (
        """select jalon.set_code('TASK', 'LATER', labels => '{"en": "Later", "fr": "Plus tard"}'),
        jalon.deactivate('TASK', 'LATER'),
        jalon.set_transition('TASK', 'TODO', 'LATER', 'begin2', '{any}', labels => '{"en": "b", "fr": "b"}'),
        jalon.set_transition('TASK', 'LATER', 'DONE', 'finish', '{any}')""",
        {("error", "inactive", "TODO -> LATER")},
    ),
    "a code nobody can come to": (
        """select jalon.set_code('TASK', 'LOST', labels => '{"en": "Lost", "fr": "Perdu"}'),
        jalon.set_transition('TASK', 'LOST', 'DONE', 'finish', '{any}')""",
        {("error", "unreachable", "LOST")},
    ),
    "a loop without an exit": (
        """select jalon.set_code('TASK', 'A', labels => '{"en": "A", "fr": "A"}'), jalon.set_code('TASK', 'B',
        labels => '{"en": "B", "fr": "B"}'),
        jalon.set_transition('TASK', 'TODO', 'A', 'finish', '{any}'), jalon.set_transition('TASK', 'A', 'B', 'begin',
            '{any}'),
        jalon.set_transition('TASK', 'B', 'A', 'begin', '{any}')""",
        {("error", "dead_end", "A"), ("error", "dead_end", "B")},
    ),
    "no end at all": (
        "select jalon.set_code('TASK', 'DONE', is_final => false, outcome => 'active')",
        {("warning", "no_final", "TASK")},
    ),
    "an end that may be left again": ("select jalon.set_code('TASK', 'DONE', is_final => false)", set()),
    "a transition out of a final code": (
        "select jalon.set_transition('TASK', 'DONE', 'DOING', 'begin', '{any}')",
        {("error", "leaves_final", "DONE -> DOING")},
    ),
    "one action, two places": (
        "select jalon.set_transition('TASK', 'TODO', 'DONE', 'begin', '{any}')",
        {("error", "action_twice", "TODO")},
    ),
    "a code out of use": (
        "select jalon.set_code('TASK', 'SPARE')",
        {("warning", "unused", "SPARE")},
    ),
    "a transition for nobody": (
        "select jalon.set_transition('TASK', 'TODO', 'DOING', roles => '{}')",
        {("error", "no_role", "TODO -> DOING")},
    ),
    "a role that does not exist": (
        "select jalon.set_transition('TASK', 'DOING', 'DONE', roles => '{any,cleark}')",
        {("warning", "unknown_role", "DOING -> DONE")},
    ),
    "a role that nobody holds": (
        """select jalon.add_role('boss'), jalon.add_role('clerk'), jalon.grant_role('anna', 'clerk'),
        jalon.set_transition('TASK', 'TODO', 'DOING', roles => '{boss}'),
        jalon.set_transition('TASK', 'DOING', 'DONE', roles => '{boss}')""",
        {("warning", "nobody", "TASK")},
    ),
    "a role that nobody holds where no role is granted": (
        "select jalon.add_role('boss'), jalon.set_transition('TASK', 'DOING', 'DONE', roles => '{boss}')",
        set(),
    ),
    "a role that somebody holds": (
        "select jalon.add_role('boss'), jalon.set_transition('TASK', 'DOING', 'DONE', roles => '{boss}'), "
        "jalon.grant_role('anna', 'boss')",
        set(),
    ),
    "a role whose last grant ran out": (
        """select jalon.add_role('boss'), jalon.set_transition('TASK', 'DOING', 'DONE', roles => '{boss}'),
        jalon.grant_role('anna', 'boss', until => now() - interval '1 second')""",
        {("warning", "nobody", "TASK")},
    ),
    "no label in one language": (
        "delete from jalon_engine.referential_label where category = 'TASK' and code = 'DOING' and language = 'fr'",
        {("error", "no_label", "DOING")},
    ),
    "no label in a language that is not active": (
        """delete from jalon_engine.referential_label where category = 'TASK' and language = 'fr';
        delete from jalon_engine.action_label where category = 'TASK' and language = 'fr';
        update jalon_engine.language set is_active = false where code = 'fr'""",
        set(),
    ),
    "an action without a label": (
        "select jalon.set_transition('TASK', 'DOING', 'DONE', 'complete')",
        {("warning", "no_action_label", "complete")},
    ),
}


@pytest.mark.parametrize("flaw", FLAWS)
def test_the_report_names(task: Any, rows: Any, flaw: str) -> None:
    statement, expected = FLAWS[flaw]
    for part in statement.split(";"):
        task.execute(part)
    assert set(rows("select severity, code, subject from jalon.workflow_check('TASK')")) == expected
    if any(severity == "error" for severity, *_ in expected):
        assert "error" in {what for what, *_ in rows("select what from jalon.publish('TASK', dry_run => true)")}


@pytest.mark.parametrize(
    ("body", "is_fit"),
    [
        ("(o jsonb, n jsonb, c jsonb) returns text", True),
        ("(o jsonb, n jsonb, c jsonb) returns boolean", False),
        ("(o jsonb, n jsonb) returns text", False),
    ],
)
def test_a_guard_must_be_such_a_function(task: Any, rows: Any, body: str, is_fit: bool) -> None:
    task.execute(f"create function public.is_fit{body} language plpgsql security definer as 'begin return null; end'")
    task.execute("revoke execute on function public.is_fit from public")
    task.execute("insert into jalon_engine.guard values ('fit', 'public.is_fit', 'is fit')")
    task.execute("select jalon.set_transition('TASK', 'DOING', 'DONE', guard => 'fit')")
    expected = [] if is_fit else [("error", "guard", "DOING -> DONE")]
    assert rows("select severity, code, subject from jalon.workflow_check('TASK')") == expected


def test_relations_and_fields_are_those_of_the_tracked_tables(task: Any, rows: Any) -> None:
    task.execute(
        "create schema if not exists shop; create table shop.task (id int primary key, status text not null, "
        "owner text, title text)"
    )
    task.execute("""select jalon.track('shop.task', category => 'TASK', relations => '{"owner": "owner"}')""")
    task.execute(
        "select jalon.set_transition('TASK', 'TODO', 'DOING', roles => '{owner}', relation => '!owner', "
        "required_fields => '{title,meta.hours}')"
    )
    assert rows("select code from jalon.workflow_check('TASK')") == []
    task.execute(
        "select jalon.set_transition('TASK', 'TODO', 'DOING', relation => 'boss', required_fields => '{titel}')"
    )
    assert rows("select severity, code from jalon.workflow_check('TASK')") == [
        ("warning", "unknown_field"),
        ("warning", "unknown_relation"),
    ]


def test_checks_of_one_s_own_have_their_say(task: Any, rows: Any, refused: Any) -> None:
    task.execute(
        """create function public.short_names(p_category text, p_case_type text, p_version integer)
        returns setof jalon_engine.finding language sql stable security definer set search_path = '' as $$
            select 'error', 'long_name', r.code, 'at most four letters'
            from jalon_engine.referential r where r.category = p_category and length(r.code) > 4 $$"""
    )
    task.execute("revoke execute on function public.short_names from public")
    task.execute("grant execute on function public.short_names to jalon_owner")
    task.execute(
        "insert into jalon_engine.check_function values ('short', 'TASK', 'public.short_names', 'short names')"
    )
    assert rows("select * from jalon.workflow_check('TASK')") == [
        ("error", "long_name", "DOING", "at most four letters")
    ]
    with refused("JL505") as detail:
        task.execute("select jalon.publish('TASK')")
    assert [finding["code"] for finding in detail["findings"]] == ["long_name"]
    task.execute("update jalon_engine.check_function set function_name = 'public.nothing'")
    assert rows("select code, subject from jalon.workflow_check('TASK')") == [("own", "short")]


def test_each_cause_is_said_once(task: Any, rows: Any) -> None:
    task.execute("select jalon.set_transition('TASK', 'DOING', 'DONE', 'complete')")
    assert rows("select code, message from jalon.workflow_check('TASK')") == [
        ("no_action_label", "the action complete has no label in en, fr")
    ]


def test_the_reader_s_language_is_spoken(task: Any, value: Any) -> None:
    task.execute("select jalon.set_code('TASK', 'SPARE')")
    assert (
        value("select message from jalon.workflow_check('TASK')")
        == "SPARE is active, but no workflow of the category uses it"
    )
    task.execute("set jalon.language = 'fr'")
    assert value("select message from jalon.workflow_check('TASK')").startswith("SPARE est actif")


def test_without_any_version_the_answer_says_which_there_are(db: Any, refused: Any) -> None:
    db.execute("select jalon.add_category('TASK')")
    with refused("JL401"):
        db.execute("select * from jalon.workflow_check('TASK')")
