"""jalon_bi_masked reads what jalon_bi reads, with persons as pseudonyms and without what people wrote."""

import hashlib
import re

import psycopg
import pytest
from psycopg import sql

from tests.shop import Connect, Connection, import_changes, rows

# Text of columns that masking leaves as they are. A new one is looked at before it is added here: may a reader
# who is to see no persons see it?
SHOWN = {
    "*": {
        *("tracked", "record_key", "column_name", "category", "case_type", "case_type_key", "code", "status_key"),
        *("kind", "week", "operation"),
        *("old_code", "new_code", "from_code", "to_code", "from_status_key", "to_status_key", "next_code"),
        *("next_status_key", "label", "description", "language", "color", "icon", "outcome", "role"),
    },
    "tracked_columns": {
        *("table_schema", "table_name", "key_column", "workflow_column", "history_schema", "history_name"),
    },
    "referential": {"meta"},
    # Timelines: what stands in a status column.
    "dossier_timeline": {"status_code"},
    "events_timeline": {"status", "moderation_status"},
    "orders_timeline": {"status"},
    "proposition_timeline": {"status"},
    "roadshow_counterparty_timeline": {"statut"},
    # Modules: codes, and names of things.
    "dossier": {"status_code", "status", "source", "organisation"},
    "dossier_enum_changes": {"old_status", "new_status"},
    "events": {"title", "place", "status", "moderation_status"},
    "event_status_history": {"old_status", "new_status", "old_moderation_status", "new_moderation_status"},
    "proposition": {"status"},
    "proposition_roles": {"code", "name", "permissions"},
    "proposition_custom_actions": {
        *("name", "statuses", "roles", "payload", "to_status", "visibility", "inputs"),
    },
    "proposition_custom_action_events": {"status", "to_status", "roles", "idempotency_key"},
    "proposition_custom_action_refusals": {"action_key", "status", "roles"},
    "proposition_action_events": {"action", "action_name", "status", "to_status", "roles"},
    "proposition_role_changes": {"what", "role_name"},
    "roadshow_counterparty": {"name", "statut", "sector", "currency"},
    "roadshow_counterparty_history": {"old_statut", "new_statut"},
    "roadshow_event": {"type"},
    "role_change_history": {"old_role", "new_role"},
    # Rules, which are no secret.
    "workflow_definition": {
        *("from_status", "to_status", "action", "roles", "relation", "required_fields", "guard"),
    },
}
COLUMNS = """
    select c.relname, a.attname, format_type(a.atttypid, null), pg_get_viewdef(c.oid)
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
    where c.relnamespace = 'jalon_masked'::regnamespace and a.atttypid in ('text'::regtype, 'varchar'::regtype,
        'json'::regtype, 'jsonb'::regtype, 'text[]'::regtype)
    order by 1, 2
"""
READABLE = """
    select c.relnamespace::regnamespace::text, c.relname from pg_class c
    where c.relkind in ('r', 'v', 'p') and c.relnamespace::regnamespace::text ~ '^jalon_'
        and has_schema_privilege('jalon_bi_masked', c.relnamespace, 'usage')
        and has_table_privilege('jalon_bi_masked', c.oid, 'select')
    order by 2
"""
PERSON = re.compile(r"person-[0-9a-f]{16}")


@pytest.fixture
def masked(orders: Connection, connect: Connect) -> Connection:
    import_changes(orders, (1, "NEW", "2026-10-01Z"), (1, "PAID", "2026-10-02Z"), actor="marker-anna", reason="marker")
    import_changes(orders, (2, "NEW", "2026-10-03Z"), actor="marker-ben", reason="marker")
    reader = connect("bi_masked")
    reader.execute("set search_path = jalon_masked, jalon_recap, jalon_history")
    return reader


def test_it_reads_each_table_and_view_that_jalon_bi_reads_with_the_same_columns(orders: Connection) -> None:
    query = """
        select c.relname, a.attname, format_type(a.atttypid, a.atttypmod) from pg_class c
        join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        where c.relnamespace::regnamespace::text ~ '^jalon_' and c.relkind in ('r', 'v') and {}
        order by c.relname, a.attnum"""
    of_bi = rows(orders, query.format("has_table_privilege('jalon_bi', c.oid, 'select')"))
    assert len(of_bi) > 300
    assert rows(orders, query.format("c.relnamespace = 'jalon_masked'::regnamespace")) == of_bi


def test_it_reads_nothing_else(orders: Connection) -> None:
    assert {schema for schema, _ in rows(orders, READABLE)} == {"jalon_masked"}


def test_each_text_that_is_shown_was_looked_at(orders: Connection) -> None:
    unseen = {
        (view, column)
        for view, column, _, _ in rows(orders, COLUMNS)
        if column not in SHOWN["*"] | SHOWN.get(view, set())
        and (view, column) not in {(v, c) for v, c, kind in treated(orders) if kind in ("person", "omit")}
    }
    assert unseen == set()


def treated(db: Connection) -> list[tuple[str, str, str]]:
    return rows(
        db,
        """select c.relname, a.attname, m.treatment from pg_class c
        join pg_attribute a on a.attrelid = c.oid
        join jalon_engine.masked_column m on m.column_name = a.attname and m.relation in (c.relname, '*')
        where c.relnamespace = 'jalon_masked'::regnamespace""",
    )


def test_neither_names_nor_words_are_anywhere_in_what_it_reads(orders: Connection, masked: Connection) -> None:
    """Every table of every module has a row with a mark in each column that is a person or words of a person."""
    orders.execute("set session_replication_role = replica")
    marked = mark_everything(orders)
    assert marked > 25
    read = 0
    for schema, view in rows(orders, READABLE):
        for row in masked.execute(sql.SQL("select v::text from {}.{} v").format(*map(sql.Identifier, (schema, view)))):
            assert "marker" not in row[0], (view, row[0])
            read += 1
    assert read > 100
    bi = " ".join(str(row) for row in rows(orders, "select v::text from jalon_history.changes v"))
    assert "marker" in bi


def mark_everything(db: Connection) -> int:
    """Sets each column of a module's table that masking treats, with a row to set it in; how many there are."""
    id = "11111111-1111-1111-1111-111111111111"
    for statement in (
        f"insert into jalon_members.users (id, email, name) values ('{id}', 'marker@example.com', 'marker')",
        f"""insert into jalon_events.events (id, organizer_id, title, admin_notes, edited_by)
            values ('{id}', 'marker', 't', 'marker', 'marker')""",
        f"""insert into jalon_dossiers.dossier (id, status_code, status, lead_name, lead_phone, assignee, created_by,
            edited_by) values ('{id}', 'X', 'X', 'marker', 'marker', 'marker', 'marker', 'marker')""",
        f"""insert into jalon_propositions.proposition (id, title, body, author_id, edited_by)
            values ('{id}', 'marker', 'marker', 'marker', 'marker')""",
        """insert into jalon_roadshow.roadshow_counterparty (id, name, owner, notes, edited_by)
            values (999, 'Company', 'marker', 'marker', 'marker')""",
        """insert into jalon_roadshow.roadshow_event (counterparty_id, type, date, meta)
            values (999, 'call', '2026-10-01', '{"x": "marker"}')""",
        """insert into jalon_history.deletion (id, tracked, operation, deleted_at, deleted_by, db_role, transaction_id)
            values (gen_random_uuid(), 'orders', 'DELETE', now(), 'marker', 'marker', pg_current_xact_id())""",
    ):
        db.execute(statement)
    tables = rows(
        db,
        """select c.oid::regclass::text, a.attname, format_type(a.atttypid, null) from pg_class c
        join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
        join jalon_engine.masked_column m on m.column_name = a.attname and m.relation in (c.relname, '*')
        where c.relkind = 'r' and has_table_privilege('jalon_bi', c.oid, 'select')""",
    )
    for table, column, kind in tables:
        value = '\'{"x": "marker"}\'' if kind == "jsonb" else "'marker'"
        if kind in ("text", "jsonb"):
            db.execute(f"update {table} set {column} = {value}")  # type: ignore[call-overload]
    return len(tables)


def test_a_person_is_the_same_everywhere_and_two_persons_are_two(orders: Connection, masked: Connection) -> None:
    query = "select distinct c.changed_by from changes c where c.tracked = 'orders' and c.record_key = %s"
    (anna,), (ben,) = rows(masked, query, "1")[0], rows(masked, query, "2")[0]
    assert PERSON.fullmatch(anna) and PERSON.fullmatch(ben) and anna != ben
    assert rows(masked, "select distinct changed_by from orders_timeline where orders_id = 1") == [(anna,)]
    assert rows(masked, "select changes, kind from people where person = %s", anna) == [(2, "actor")]
    assert rows(masked, "select count(*) from changes where reason is not null or meta_data is not null") == [(0,)]
    orders.execute("select jalon.retrack_all()")
    assert rows(masked, query, "1") == [(anna,)]


def test_who_doesnt_know_the_secret_finds_no_name_by_trying(orders: Connection, masked: Connection) -> None:
    pseudonym = rows(masked, "select changed_by from changes where tracked = 'orders' and record_key = '1'")[0][0]
    for guess in ("marker-anna", "/person/marker-anna", "personmarker-anna"):
        assert hashlib.sha256(guess.encode()).hexdigest()[:16] not in pseudonym
    for secret in ("jalon_engine.secret", "jalon_engine.masked_column"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            masked.execute(f"select * from {secret}")  # type: ignore[call-overload]
    explained = "\n".join(str(row) for row in rows(masked, "explain (verbose, analyze) select * from changes"))
    (secret,) = rows(orders, "select value from jalon_engine.secret")[0]
    assert secret not in explained
    # Another secret, another pseudonym: it is the secret that makes it.
    orders.execute("update jalon_engine.secret set value = 'another'")
    again = rows(masked, "select changed_by from changes where tracked = 'orders' and record_key = '1'")[0][0]
    assert again != pseudonym
    known = hashlib.sha256(b"another/person/marker-anna").hexdigest()[:16]
    assert again == f"person-{known}"


def test_who_was_erased_is_gone_for_both(orders: Connection, masked: Connection, connect: Connect) -> None:
    orders.execute("select jalon.erase('orders', '1')")
    query = "select distinct changed_by, reason from {}changes where tracked = 'orders' and record_key = '1'"
    query += " and kind not in ('erase', 'delete')"
    assert rows(connect("bi"), query.format("jalon_history.")) == [("erased", None)]
    assert rows(masked, query.format("")) == [("erased", None)]


def test_the_same_statement_answers_both_readers(orders: Connection, masked: Connection, connect: Connect) -> None:
    bi = connect("bi")
    bi.execute("set search_path = jalon_recap, jalon_history")
    for question in (
        "select tracked, column_name, code, day, records from daily_stock order by 1, 2, 3, 4",
        "select tracked, record_key, code, version from current order by 1, 2, 3",
        "select tracked, from_code, to_code, day, changes from transitions_by_day order by 1, 2, 3, 4",
        "select count(distinct changed_by) from changes",
        "select tracked_table, record_key from overdue() order by 1, 2",
        "select * from counts_at(now()) order by 1, 2, 3",
        "select orders_id, status from orders_as_of('2026-10-02Z')",
        "select tracked_table from records_since()",
    ):
        assert rows(masked, question) == rows(bi, question)


@pytest.mark.parametrize(
    "question", ["forced()", "weekly()", "weekly_changes()", "weekly_flow()", "weekly_lines()", "compliance()"]
)
def test_functions_that_name_people_are_not_for_it(masked: Connection, question: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        masked.execute(f"select * from jalon_recap.{question}")  # type: ignore[call-overload]


def test_a_table_that_comes_or_goes_or_changes_has_its_view(orders: Connection, masked: Connection) -> None:
    orders.execute("create table shop.parcels (id int primary key, state text not null)")
    orders.execute("select jalon.track('shop.parcels', 'state', category => 'ORDER_STATUS', name => 'parcels')")
    assert rows(masked, "select count(*) from parcels_timeline") == [(0,)]
    orders.execute("select jalon.rename_column('parcels', 'state', 'standing')")
    assert rows(masked, "select count(standing) from parcels_timeline") == [(0,)]
    orders.execute("select jalon.untrack('parcels', true)")
    with pytest.raises(psycopg.errors.UndefinedTable):
        masked.execute("select count(*) from parcels_timeline")
