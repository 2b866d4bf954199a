"""jalon.verify: a sound table has no rows; everything that bypassed enforcement is named."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from jalon.install import doctor
from jalon.install.migrate import migrate
from jalon.settings import Settings
from tests.conftest import name_actor
from tests.shop import Connect, Connection, importing, rows

HISTORY = "jalon_history.shop__orders"
WORKFLOW = """
insert into jalon_engine.workflow (category, version, state) values ('ORDER_STATUS', 1, 'draft');
insert into jalon_engine.workflow_transition (category, version, from_code, to_code, action, roles, requires_reason)
    values
('ORDER_STATUS', 1, 'NEW', 'PAID', 'pay', '{any}', false), ('ORDER_STATUS', 1, 'PAID', 'SHIPPED', 'ship', '{any}',
    false),
('ORDER_STATUS', 1, 'PAID', 'CANCELLED', 'cancel', '{any}', true);
update jalon_engine.workflow set state = 'published', published_at = now() where category = 'ORDER_STATUS';
"""


def problems(db: Connection, tracked: str = "orders") -> list[str]:
    return [problem for (problem,) in rows(db, "select problem from jalon.verify(%s) order by 1", tracked)]


def make_changes(db: Connection) -> Connection:
    """Ten orders with a past: three shipped, three paid, three new, one gone."""
    db.execute("insert into shop.orders select i, 'NEW' from generate_series(1, 10) i")
    db.execute("update shop.orders set status = 'PAID' where id <= 6")
    db.execute("update shop.orders set status = 'SHIPPED' where id <= 3")
    db.execute("delete from shop.orders where id = 10")
    return db


@pytest.fixture
def free_orders(orders: Connection) -> Connection:
    """In a category without a workflow."""
    return make_changes(orders)


@pytest.fixture
def orders_with_workflow(orders: Connection) -> Connection:
    """Under a published workflow; order 4 was cancelled for a reason."""
    orders.execute(WORKFLOW)
    make_changes(orders)
    with orders.transaction():
        orders.execute("set local jalon.reason = 'broken'")
        orders.execute("update shop.orders set status = 'CANCELLED' where id = 4")
    return orders


def run_without_triggers(db: Connection, *statements: str) -> None:
    """As a restore, a replication apply or a determined superuser would."""
    with db.transaction():
        db.execute("set local session_replication_role = replica")
        for statement in statements:
            db.execute(statement)


def test_a_sound_table_has_no_problem(free_orders: Connection) -> None:
    assert rows(free_orders, "select * from jalon.verify()") == []


def test_a_sound_table_under_a_workflow_has_no_problem(orders_with_workflow: Connection) -> None:
    assert rows(orders_with_workflow, "select * from jalon.verify()") == []


# What a superuser writes with triggers off.


def copy_of_history_row(change: str, where: str) -> str:
    """A history row like another one, but for this."""
    return (
        f"insert into {HISTORY} (id, orders_id, version, old_status, new_status, changed_at, previous_changed_at, "
        f"changed_by, kind, db_role,"
        f" workflow_version, transaction_id) select gen_random_uuid(), {change}, 'anna', 'move', 'jalon_api', "
        f"workflow_version, transaction_id"
        f" from {HISTORY} where {where}"
    )


def deletion(key: str, at: str) -> str:
    return (
        "insert into jalon_history.deletion (id, tracked, record_key, operation, deleted_at, deleted_by, db_role, "
        "transaction_id)"
        f" select gen_random_uuid(), 'orders', '{key}', 'DELETE', {at}, 'anna', 'anna', '1'"
    )


ROWS = {
    "a record on another code": ("update shop.orders set status = 'CANCELLED' where id in (1, 7)", ["code_differs"]),
    "a record's version": ("update shop.orders set status_version = 9 where id = 1", ["loose_end", "no_history"]),
    "a record's time": (
        "update shop.orders set status_changed_at = status_changed_at + interval '1 hour' where id = 1",
        ["loose_end", "no_history"],
    ),
    "a record that came": ("insert into shop.orders values (50, 'NEW')", ["no_history"]),
    "a record that went": ("delete from shop.orders where id = 2", ["loose_end"]),
    "the newest change deleted": (
        f"delete from {HISTORY} where orders_id = 1 and version = 3",
        ["loose_end", "no_history"],
    ),
    "a change in the middle deleted": (
        f"delete from {HISTORY} where orders_id = 1 and version = 2",
        ["chain_broken", "loose_end"],
    ),
    "the first change deleted": (f"delete from {HISTORY} where orders_id = 1 and version = 1", ["chain_broken"]),
    "all history of a living record deleted": (f"delete from {HISTORY} where orders_id = 1", ["no_history"]),
    "all history of a deleted record deleted": (f"delete from {HISTORY} where orders_id = 10", ["deletion_unknown"]),
    "the code before": (
        f"update {HISTORY} set old_status = 'NEW' where orders_id = 1 and version = 3",
        ["chain_broken"],
    ),
    "the code after": (
        f"update {HISTORY} set new_status = 'CANCELLED' where orders_id = 1 and version = 3",
        ["code_differs"],
    ),
    "the time before": (
        f"update {HISTORY} set previous_changed_at = '2020-01-01' where orders_id = 1 and version = 3",
        ["chain_broken", "loose_end"],
    ),
    "a change dated before the one before": (
        f"update {HISTORY} set changed_at = previous_changed_at - interval '1 microsecond' "
        f"where orders_id = 4 and version = 2;"
        " update shop.orders l set status_changed_at = h.changed_at from jalon_history.shop__orders h "
        "where l.id = 4 and h.orders_id = 4 and h.version = 2",
        ["time_order"],
    ),
    "a change dated between the two before": (
        f"update {HISTORY} late set changed_at = first.changed_at + (second.changed_at - first.changed_at) / 2 "
        f"from {HISTORY} first, {HISTORY} second where late.orders_id = 1 and late.version = 3 "
        "and first.orders_id = 1 and first.version = 1 and second.orders_id = 1 and second.version = 2; "
        "update shop.orders l set status_changed_at = h.changed_at "
        f"from {HISTORY} h where l.id = 1 and h.orders_id = 1 and h.version = 3",
        ["time_order"],
    ),
    "a change appended": (
        copy_of_history_row("orders_id, 4, 'SHIPPED', 'NEW', now(), changed_at", "orders_id = 1 and version = 3"),
        ["loose_end"],
    ),
    "a second branch": (
        copy_of_history_row(
            "orders_id, 3, 'PAID', 'CANCELLED', now(), previous_changed_at", "orders_id = 1 and version = 3"
        ),
        ["loose_end"],
    ),
    "a second beginning": (
        copy_of_history_row("orders_id, 1, null, 'NEW', now(), null", "orders_id = 1 and version = 1"),
        ["chain_broken", "loose_end"],
    ),
    "history of a record that never was": (
        copy_of_history_row("77, 1, null, 'NEW', now(), null", "orders_id = 1 and version = 1").replace(
            "'move'", "'create'"
        ),
        ["loose_end"],
    ),
    "history that begins in the middle": (
        copy_of_history_row("77, 5, null, 'NEW', now(), null", "orders_id = 1 and version = 1").replace(
            "'move'", "'create'"
        ),
        ["chain_broken", "loose_end"],
    ),
    "the id of another change": (
        f"update {HISTORY} set id = (select id from {HISTORY} where orders_id = 1 and version = 2)"
        " where orders_id = 4 and version = 2",
        ["id_twice"],
    ),
    "the log of deletions emptied": ("delete from jalon_history.deletion", ["loose_end"]),
    "a deletion dated before the last change": (
        "update jalon_history.deletion set deleted_at = deleted_at - interval '1 day'",
        ["deletion_unknown", "loose_end"],
    ),
    "a deletion of a living record": (deletion("1", "now()"), ["deletion_false"]),
    "a deletion between two changes": (
        deletion("1", f"(select changed_at from {HISTORY} where orders_id = 1 and version = 2)"),
        ["deletion_false"],
    ),
    "a deletion that ended another row": (
        "update jalon_history.deletion set last_version = 1, last_changed_at = deleted_at",
        ["deletion_unknown"],
    ),
    "a deletion that ended nothing": (
        "update jalon_history.deletion set last_version = null, last_changed_at = null",
        ["deletion_false"],
    ),
    "a deletion of a record that never was": (deletion("77", "now()"), ["deletion_unknown"]),
}


@pytest.mark.parametrize(("statement", "found"), ROWS.values(), ids=ROWS.keys())
def test_what_was_written_with_triggers_off_is_noticed(
    free_orders: Connection, statement: str, found: list[str]
) -> None:
    run_without_triggers(free_orders, statement)
    assert problems(free_orders) == found


def move_consistently(id: int, to: str, version: int | None = 1, **others: str) -> list[str]:
    """Record and history say the same; the rules were not asked."""
    set_ = "".join(f", {name} = {value}" for name, value in others.items())
    return [
        f"update shop.orders set status = '{to}', status_version = status_version + 1, status_changed_at = now() "
        f"where id = {id}",
        f"insert into {HISTORY} (id, orders_id, version, old_status, new_status, changed_at, previous_changed_at, "
        f"changed_by, kind, db_role,"
        f" workflow_version, transaction_id) select gen_random_uuid(), orders_id, version + 1, new_status, '{to}', "
        f"now(), changed_at, 'anna', 'move',"
        f" 'jalon_api', {'null' if version is None else version}, pg_current_xact_id() from {HISTORY} "
        f"where orders_id = {id} order by version desc limit 1",
        *([f"update {HISTORY} h set {set_[2:]} where orders_id = {id} and changed_at = now()"] if set_ else []),
    ]


RULES = {
    "a step that the workflow lacks": (move_consistently(7, "SHIPPED"), ["transition"]),
    "back from a final code": (move_consistently(1, "NEW"), ["transition"]),
    "no version named": (move_consistently(7, "PAID", None), ["transition"]),
    "a version that never was": (move_consistently(7, "PAID", 9), ["transition"]),
    "the code changed in record and history": (
        [
            "update shop.orders set status = 'CANCELLED' where id = 7",
            f"update {HISTORY} set new_status = 'CANCELLED' where orders_id = 7",
        ],
        ["transition"],
    ),
    "a creation elsewhere": (
        [
            "insert into shop.orders (id, status, status_changed_at) values (60, 'PAID', now())",
            f"insert into {HISTORY} (id, orders_id, version, new_status, changed_at, changed_by, kind, db_role, "
            f"workflow_version, transaction_id)"
            " values (gen_random_uuid(), 60, 1, 'PAID', now(), 'anna', 'create', 'jalon_api', 1, '1')",
        ],
        ["transition"],
    ),
    "a forced step without a reason": (move_consistently(7, "SHIPPED", kind="'force'"), ["transition"]),
    "a kind that is none": (move_consistently(7, "PAID", kind="'magic'"), ["transition"]),
    "a reason that the transition asks for taken away": (
        [f"update {HISTORY} set reason = null where orders_id = 4"],
        ["transition"],
    ),
}


@pytest.mark.parametrize(("statements", "found"), RULES.values(), ids=RULES.keys())
def test_a_change_that_the_version_it_names_does_not_allow_is_noticed(
    orders_with_workflow: Connection, statements: list[str], found: list[str]
) -> None:
    run_without_triggers(orders_with_workflow, *statements)
    assert problems(orders_with_workflow) == found


def test_a_change_that_names_a_free_category_while_a_workflow_was_in_force_is_noticed(
    orders_with_workflow: Connection,
) -> None:
    run_without_triggers(orders_with_workflow, *move_consistently(7, "SHIPPED", 0))
    assert problems(orders_with_workflow) == []  # a publication is dated by its beginning: for an hour both may be
    run_without_triggers(
        orders_with_workflow, "update jalon_engine.workflow set published_at = now() - interval '2 hours'"
    )
    assert problems(orders_with_workflow) == ["transition"]


def test_a_version_that_had_been_retired_allows_nothing_any_more(orders_with_workflow: Connection) -> None:
    run_without_triggers(
        orders_with_workflow,
        "update jalon_engine.workflow set published_at = now() - interval '9 hours', state = 'retired', "
        "retired_at = now() - interval '2 hours'",
        "delete from jalon_engine.rule where category = 'ORDER_STATUS'",
        "delete from jalon_engine.rule_case_type where category = 'ORDER_STATUS'",
        "insert into jalon_engine.rule select * from jalon_engine.rules_of('ORDER_STATUS')",
        "insert into jalon_engine.rule_case_type values ('ORDER_STATUS', '*', 0)",
    )
    assert problems(orders_with_workflow) == ["transition"]


def test_forced_imported_and_erased_changes_are_free(orders_with_workflow: Connection) -> None:
    name_actor(orders_with_workflow, "anna", "admin", "")
    orders_with_workflow.execute("select jalon.force_move('orders', '7', 'SHIPPED', 'lost paper')")
    orders_with_workflow.execute("select jalon.erase('orders', '4')")
    with importing(orders_with_workflow):
        orders_with_workflow.execute(
            "insert into shop.orders (id, status, status_changed_at) values (61, 'SHIPPED', '2020-01-01Z')"
        )
    orders_with_workflow.execute("select * from jalon.ensure_partitions()")
    assert problems(orders_with_workflow) == []


def test_a_code_that_was_initial_when_a_record_began_stays_so_for_it(orders_with_workflow: Connection) -> None:
    orders_with_workflow.execute(
        "update jalon_engine.referential set is_initial = code = 'PAID' where category = 'ORDER_STATUS'"
    )
    orders_with_workflow.execute("insert into shop.orders values (62, 'PAID')")
    assert problems(orders_with_workflow) == []


@pytest.mark.parametrize(
    "statement",
    [
        "insert into jalon_engine.workflow_transition (category, version, from_code, to_code, action, roles) "
        "values ('ORDER_STATUS', 1, 'NEW', 'SHIPPED', 'x', '{any}')",
        "update jalon_engine.workflow_transition set roles = '{nobody}' where category = 'ORDER_STATUS' "
        "and to_code = 'SHIPPED'",
        "delete from jalon_engine.workflow_transition where category = 'ORDER_STATUS' and to_code = 'CANCELLED'",
    ],
)
@pytest.mark.parametrize("way", ["with triggers off", "with the guard off"])
def test_a_published_workflow_that_was_altered_is_noticed(
    orders_with_workflow: Connection, statement: str, way: str
) -> None:
    if way == "with triggers off":
        run_without_triggers(orders_with_workflow, statement)
    else:
        orders_with_workflow.execute("alter table jalon_engine.workflow_transition disable trigger _100_keep_published")
        orders_with_workflow.execute(statement)
    orders_with_workflow.execute("select jalon_engine.compile_rules('ORDER_STATUS')")
    assert [problem for problem in problems(orders_with_workflow) if problem != "transition"] == ["workflow_altered"]


def test_a_version_follows_another_without_a_word(orders_with_workflow: Connection) -> None:
    orders_with_workflow.execute(
        WORKFLOW.replace("'ORDER_STATUS', 1", "'ORDER_STATUS', 2")
        .replace(
            "update jalon_engine.workflow",
            "update jalon_engine.workflow set state = 'retired', retired_at = now() where version = 1; "
            "update jalon_engine.workflow",
        )
        .replace("where category = 'ORDER_STATUS'", "where category = 'ORDER_STATUS' and version = 2")
        .replace("'PAID', 'CANCELLED'", "'NEW', 'CANCELLED'")
        .replace("true)", "false)")
    )
    orders_with_workflow.execute("update shop.orders set status = 'CANCELLED' where id = 8")
    assert problems(orders_with_workflow) == []


def test_each_column_of_a_change_follows_a_version_of_its_own(orders: Connection) -> None:
    orders.execute(WORKFLOW)
    orders.execute("create table shop.bills (id int primary key, status text not null, payment text not null)")
    orders.execute(
        """select jalon.track('shop.bills', columns => '{"status": "ORDER_STATUS", "payment": "PAYMENT"}')"""
    )
    orders.execute("insert into shop.bills values (1, 'NEW', 'OPEN'), (2, 'NEW', 'OPEN')")
    orders.execute("update shop.bills set status = 'PAID', payment = 'SETTLED' where id = 1")
    orders.execute("update shop.bills set payment = 'SETTLED' where id = 2")
    assert problems(orders, "bills") == []
    run_without_triggers(orders, "update jalon_engine.workflow set published_at = now() - interval '2 hours'")
    for changed in ("new_payment = 'CANCELLED'", "new_status = 'SHIPPED'"):
        with orders.transaction(force_rollback=True):
            orders.execute("set local session_replication_role = replica")
            orders.execute(f"update jalon_history.shop__bills set {changed} where bills_id = 1 and version = 2")
            orders.execute(f"update shop.bills set {changed.removeprefix('new_')} where id = 1")
            assert problems(orders, "bills") == ["transition"]


def test_a_change_of_case_type_ends_where_its_workflow_takes_records_in(orders: Connection) -> None:
    for kind, to in (("bug", "PAID"), ("wish", "SHIPPED")):
        orders.execute(
            "insert into jalon_engine.workflow (category, case_type, version, state) "
            "values ('ORDER_STATUS', %s, 1, 'draft')",
            (kind,),
        )
        orders.execute(
            "insert into jalon_engine.workflow_transition (category, case_type, version, from_code, to_code, action, "
            "roles)"
            " values ('ORDER_STATUS', %s, 1, 'NEW', %s, 'go', '{any}')",
            (kind, to),
        )
        orders.execute(
            "update jalon_engine.workflow set state = 'published', published_at = now() where case_type = %s", (kind,)
        )
    orders.execute("create table shop.tickets (id int primary key, type text not null, status text not null)")
    orders.execute("select jalon.track('shop.tickets', category => 'ORDER_STATUS', workflow_column => 'type')")
    orders.execute("insert into shop.tickets values (1, 'bug', 'NEW'), (2, 'bug', 'NEW'), (3, 'bug', 'NEW')")
    orders.execute("update shop.tickets set type = 'wish' where id = 1")
    orders.execute("update shop.tickets set status = 'SHIPPED' where id = 1")
    orders.execute("update shop.tickets set status = 'PAID' where id = 2")
    assert problems(orders, "tickets") == []
    run_without_triggers(
        orders,
        "update shop.tickets set type = 'wish', status_version = 3, status_changed_at = now() where id = 2",
        "insert into jalon_history.shop__tickets (id, tickets_id, type, version, old_status, new_status, changed_at, "
        "previous_changed_at, changed_by,"
        " kind, db_role, workflow_version, transaction_id) select gen_random_uuid(), 2, 'wish', 3, 'PAID', 'PAID', "
        "now(), changed_at, 'anna', 'move',"
        " 'anna', 1, '1' from jalon_history.shop__tickets where tickets_id = 2 and version = 2",
    )
    assert problems(orders, "tickets") == ["transition"]


def test_case_types_without_a_workflow_may_be_free_beside_others(orders: Connection) -> None:
    orders.execute("update jalon_engine.category set others_are_free = true where code = 'ORDER_STATUS'")
    orders.execute(
        WORKFLOW.replace("(category, version", "(category, case_type, version").replace(
            "'ORDER_STATUS', 1", "'ORDER_STATUS', 'bug', 1"
        )
    )
    orders.execute("create table shop.tickets (id int primary key, type text not null, status text not null)")
    orders.execute("select jalon.track('shop.tickets', category => 'ORDER_STATUS', workflow_column => 'type')")
    orders.execute("insert into shop.tickets values (1, 'bug', 'NEW'), (2, 'wish', 'SHIPPED')")
    orders.execute("update shop.tickets set status = 'PAID'")
    run_without_triggers(orders, "update jalon_engine.workflow set published_at = now() - interval '2 hours'")
    assert problems(orders, "tickets") == []
    orders.execute("update jalon_engine.category set others_are_free = false where code = 'ORDER_STATUS'")
    assert problems(orders, "tickets") == []
    run_without_triggers(orders, "update jalon_history.shop__tickets set workflow_version = 0 where tickets_id = 1")
    assert problems(orders, "tickets") == ["transition"]


def test_it_counts_and_names_some_keys(free_orders: Connection) -> None:
    run_without_triggers(free_orders, "update shop.orders set status = 'CANCELLED'")
    (found,) = rows(free_orders, "select detail, hint from jalon.verify('orders')")
    assert found[0] == "rows that stand on other codes than their last history row says: 9 (1, 2, 3, 4, 5, …)"
    free_orders.execute("set jalon.language = 'fr'")
    assert rows(free_orders, "select detail from jalon.verify('orders')")[0][0].startswith(
        "lignes qui ont d'autres codes"
    )


# What a superuser, or the table's owner, does to the guards.

UPDATED = "after update on shop.orders not deferrable initially immediate for each row"
AFTER = "jalon_generated.shop__orders__after_update()"
GUARDS = {
    "a trigger disabled": ('alter table shop.orders disable trigger "_jalon_after_update"', ["trigger_disabled"]),
    "a trigger for replicas only": (
        'alter table shop.orders enable replica trigger "_jalon_after_update"',
        ["trigger_disabled"],
    ),
    "all triggers disabled": ("alter table shop.orders disable trigger user", ["trigger_disabled"] * 6),
    "a trigger dropped": ('drop trigger "~jalon_before_insert" on shop.orders', ["trigger_missing"]),
    "a condition that never holds": (
        'drop trigger "_jalon_after_update" on shop.orders;'
        f'create constraint trigger "_jalon_after_update" {UPDATED} when (false) execute function {AFTER}',
        ["trigger_altered"],
    ),
    "a condition of another's, with Jalon's comment": (
        'create or replace trigger "~jalon_before_update" before update on shop.orders for each row when (new.id < 0)'
        " execute function jalon_generated.shop__orders__before_update();"
        """comment on trigger "~jalon_before_update" on shop.orders is 'Jalon x 0123456789abcdef'""",
        ["trigger_altered"],
    ),
    "a trigger of some columns": (
        'create or replace trigger "~jalon_before_update" before update of status on shop.orders for each row'
        " execute function jalon_generated.shop__orders__before_update()",
        ["trigger_altered"],
    ),
    "a trigger with another function": (
        'create or replace trigger "_jalon_before_truncate" before truncate on shop.orders for each statement'
        " execute function jalon_generated.shop__orders__after_delete()",
        ["trigger_altered"],
    ),
    "a deferred trigger": (
        'drop trigger "_jalon_after_update" on shop.orders;'
        f'create constraint trigger "_jalon_after_update" '
        f"{UPDATED.replace('not deferrable initially immediate', 'deferrable initially deferred')}"
        " when (old.* is distinct from new.*)"
        f" execute function {AFTER}",
        ["trigger_altered"],
    ),
    "the guard of history disabled": (
        "alter table jalon_history.shop__orders disable trigger _100_append_only",
        ["trigger_disabled"] * 6,
    ),
    "the guard of a month dropped": (
        "drop trigger _110_no_truncate on jalon_history.shop__orders_default",
        ["trigger_missing"],
    ),
    "the guard of history for some": (
        "create or replace trigger _110_no_truncate before truncate on jalon_history.shop__orders for each statement "
        "when (false)"
        " execute function jalon_history.append_only()",
        ["trigger_altered"],
    ),
    "a trigger on history": (
        "create function shop.lie() returns trigger language plpgsql as $$begin new.changed_by := 'bob'; return new; "
        "end$$;"
        "create trigger lie before insert on jalon_history.shop__orders for each row execute function shop.lie()",
        ["history_object"],
    ),
    "a trigger on a month": (
        "create function shop.lie() returns trigger language plpgsql as $$begin new.changed_by := 'bob'; return new; "
        "end$$;"
        "create trigger lie before insert on jalon_history.shop__orders_default for each row execute function "
        "shop.lie()",
        ["history_object"],
    ),
    "a rule on history": (
        "create rule lose as on insert to jalon_history.shop__orders do instead nothing",
        ["history_object"],
    ),
    "a policy on history": (
        "create policy hide on jalon_history.shop__orders using (false)",
        ["history_object"],
    ),
    "row security on a month": (
        "alter table jalon_history.shop__orders_default enable row level security",
        ["history_object"],
    ),
    "a constraint on history": (
        "alter table jalon_history.shop__orders add constraint mine check (changed_by <> 'eve')",
        ["history_object"],
    ),
    "a trigger on the log of deletions": (
        "create function shop.lie() returns trigger language plpgsql as $$begin return null; end$$;"
        "create trigger lie before insert on jalon_history.deletion for each row execute function shop.lie()",
        ["history_object"],
    ),
    "a generated function replaced": (
        f"create or replace function {AFTER} returns trigger language plpgsql as $$begin return null; end$$",
        ["function_altered"],
    ),
    "a generated function's search_path": (f"alter function {AFTER} reset search_path", ["function_altered"]),
    "a generated function's other settings": (f"alter function {AFTER} set row_security = off", ["function_altered"]),
    "a generated function with its caller's rights": (f"alter function {AFTER} security invoker", ["function_altered"]),
    "a generated function's owner": (f"alter function {AFTER} owner to postgres", ["function_altered"]),
    "a generated function dropped": (
        f'drop trigger "_jalon_after_update" on shop.orders; drop function {AFTER}',
        ["function_missing", "trigger_missing"],
    ),
    "the statement behind every move": (
        "alter function jalon_generated.update_row(text, text, text, text, text, integer, boolean) security definer",
        ["function_altered"],
    ),
    "the statement behind every record read": (
        "alter function jalon_generated.row_of(text, text) security definer",
        ["function_altered"],
    ),
    "the report of what stood when": (
        "create or replace function jalon_history.orders_as_of(p_at timestamptz default 'infinity', p_id text "
        "default null)"
        " returns table (orders_id bigint, version integer, status text, entered_at timestamptz) "
        "language sql stable security definer"
        " as $$select 1::bigint, 1, 'NEW', now()$$",
        ["function_altered"],
    ),
    "the check replaced": (
        "create or replace function jalon_engine.check_change(p_tracked text, p_column text, p_category text, "
        "p_old jsonb, p_new jsonb)"
        " returns integer language sql as $$select 0$$",
        ["function_replaced"],
    ),
    "the guard of history replaced": (
        "create or replace function jalon_history.append_only() returns trigger "
        "language plpgsql as $$begin return new; end$$",
        ["function_replaced"],
    ),
    "the move replaced": (
        "alter function jalon.move(text, text, text, text, text, integer, jsonb, text) security definer",
        ["function_replaced"],
    ),
    "the entrance of the web application replaced": (
        "alter function jalon_api.run(text, text, jsonb, jsonb) security invoker",
        ["function_replaced"],
    ),
    "a private function's owner": (
        "alter function jalon_engine.context() owner to postgres",
        ["function_replaced"],
    ),
    "a private function dropped": (
        "drop function jalon_engine.refuse_misplaced(text, oid, text)",
        ["function_missing"],
    ),
    "a function slipped in": (
        "create function jalon_engine.is_granted(text, name[]) returns boolean language sql as $$select true$$",
        ["function_foreign", "granted"],
    ),
    "a function slipped in as if it were generated": (
        "create function jalon_history.orders_as_of(integer) returns integer language sql as $$select 1$$;"
        "comment on function jalon_history.orders_as_of(integer) is 'Generated for orders: this.'",
        ["function_foreign"],
    ),
    "history granted": ("grant insert, delete on jalon_history.shop__orders to jalon_bi", ["granted"]),
    "a month granted": ("grant update on jalon_history.shop__orders_default to public", ["granted"]),
    "a column of history granted": ("grant update (changed_by) on jalon_history.shop__orders to jalon_bi", ["granted"]),
    "the log of deletions granted": ("grant insert on jalon_history.deletion to public", ["granted"]),
    "rules granted": ("grant update (roles) on jalon_engine.rule to public", ["granted"]),
    "the secret granted": ("grant select on jalon_engine.secret to public", ["granted"]),
    "a private function granted": (
        "grant execute on function jalon_engine.seal_actor(text, text, text, text, text, text) to public",
        ["granted"],
    ),
    "a schema granted": ("grant create on schema jalon_history to public", ["granted"]),
    "a month's owner": ("alter table jalon_history.shop__orders_default owner to postgres", ["owner"]),
    "history's owner": ("alter table jalon_history.shop__orders owner to postgres", ["owner"]),
    "a table that Jalon may not read": ("revoke all on shop.orders from jalon_mover", ["unreadable"]),
    "a table renamed": ("alter table shop.orders rename to sales", ["table_missing"]),
    "a table dropped": ("drop table shop.orders", ["table_dropped"]),
    "a column renamed": ("alter table shop.orders rename status to state", ["column_missing"]),
    "history renamed": ("alter table jalon_history.shop__orders rename to old_history", ["history_missing"]),
    "the default month detached": (
        "alter table jalon_history.shop__orders detach partition jalon_history.shop__orders_default",
        ["default_missing"],
    ),
    "a rule altered": (
        "update jalon_engine.rule set roles = '{}' where category = 'ORDER_STATUS'",
        ["rules_stale"],
    ),
    "a rule deleted": (
        "delete from jalon_engine.rule where category = 'ORDER_STATUS' and to_code = 'PAID'",
        ["rules_stale"],
    ),
    "a rule added": (
        "insert into jalon_engine.rule select category, case_type, 'SHIPPED', 'GHOST', action, roles, is_open, "
        "is_plain, relation, requires_reason,"
        " required_fields, guard, icon, position, workflow_version from jalon_engine.rule "
        "where category = 'ORDER_STATUS' limit 1",
        ["rules_stale"],
    ),
    "a case type that has no rules": (
        "insert into jalon_engine.rule_case_type values ('ORDER_STATUS', 'wish', 1)",
        ["rules_stale"],
    ),
}


def is_refused_by_event_triggers(statement: str) -> bool:
    """Where a superuser installed them."""
    return " rename " in statement or statement.startswith("drop table")


@pytest.mark.parametrize(("statement", "found"), GUARDS.values(), ids=GUARDS.keys())
def test_guards_that_were_touched_are_noticed(free_orders: Connection, statement: str, found: list[str]) -> None:
    if is_refused_by_event_triggers(statement):
        run_without_triggers(free_orders, statement)
    else:
        free_orders.execute(statement)
    assert problems(free_orders) == found
    assert (
        rows(
            free_orders,
            "select * from jalon.verify() where detail is null or hint is null "
            "or detail like '%%{%%' or hint like '%%{%%'",
        )
        == []
    )


@pytest.mark.parametrize("column", ["status_version", "status"])
def test_a_column_whose_type_became_somebodys_own_is_noticed_and_its_rows_are_left_alone(
    free_orders: Connection, column: str
) -> None:
    for trigger in ("~jalon_before_update", "_jalon_after_update"):
        free_orders.execute(f'drop trigger "{trigger}" on shop.orders')
    free_orders.execute("create domain shop.mine as integer check (value > 0)")
    free_orders.execute(f"alter table shop.orders alter {column} type shop.mine using 7")
    assert {"column_altered", "trigger_missing"} <= set(problems(free_orders))
    assert not {"no_history", "code_differs"} & set(problems(free_orders))


@pytest.mark.parametrize("owner", ["jalon_owner", "jalon_historian", "jalon_mover"])
def test_a_login_that_may_become_an_owner_is_noticed(free_orders: Connection, owner: str) -> None:
    free_orders.execute("create role shop_team nologin")
    free_orders.execute("create role shop_eve login in role shop_team")
    try:
        assert problems(free_orders) == []
        free_orders.execute(f"grant {owner} to shop_team")
        (found,) = rows(free_orders, "select problem, detail from jalon.verify('orders')")
        assert found == ("member", f"shop_eve is a member of {owner} and can act as it")
        # The logins that migrate are members by need.
        free_orders.execute("insert into jalon_install.installer (role_name) values ('shop_eve')")
        assert problems(free_orders) == []
        assert "shop_eve" in " ".join(doctor.notes(free_orders))
    finally:
        free_orders.execute("drop role shop_eve, shop_team")


def test_an_owner_that_becomes_a_member_of_the_other_is_noticed(free_orders: Connection) -> None:
    free_orders.execute("grant jalon_historian to jalon_owner")
    try:
        assert problems(free_orders) == ["member"]
    finally:
        free_orders.execute("revoke jalon_historian from jalon_owner")


@pytest.mark.parametrize(
    "statements",
    [
        pytest.param(
            [f"update {HISTORY} set changed_by = 'bob', reason = 'other' where orders_id = 1"], id="who and why"
        ),
        pytest.param(
            [f"delete from {HISTORY} where orders_id = 1", "delete from shop.orders where id = 1"],
            id="a record with all its history",
        ),
        pytest.param(
            [
                f"update {HISTORY} set changed_at = changed_at - interval '1 minute', "
                f"previous_changed_at = previous_changed_at - interval '1 minute' where orders_id = 1",
                "update shop.orders set status_changed_at = status_changed_at - interval '1 minute' where id = 1",
            ],
            id="all times of a record",
        ),
        pytest.param(move_consistently(7, "PAID"), id="a lawful change that nobody made"),
        pytest.param(
            move_consistently(7, "SHIPPED", kind="'force', reason = 'so'"), id="a forced change that nobody made"
        ),
    ],
)
def test_what_is_altered_consistently_is_not_noticed(orders_with_workflow: Connection, statements: list[str]) -> None:
    """Said in docs/history.md: without a seal on history, nothing speaks against it."""
    run_without_triggers(orders_with_workflow, *statements)
    assert problems(orders_with_workflow) == []


def test_this_months_and_the_next_months_partition_are_asked_for(free_orders: Connection) -> None:
    name = rows(
        free_orders,
        "select part_name from jalon_history.months_of('jalon_history.shop__orders') where lower_bound > now() "
        "order by lower_bound limit 1",
    )[0][0]
    free_orders.execute(f"alter table jalon_history.shop__orders detach partition {name}")
    assert problems(free_orders) == ["months_missing"]


def test_a_trigger_that_fires_after_the_version_trigger_is_named(free_orders: Connection) -> None:
    free_orders.execute("create function shop.late() returns trigger language plpgsql as $$begin return new; end$$")
    free_orders.execute('create trigger "~z" before update on shop.orders for each row execute function shop.late()')
    assert problems(free_orders) == ["trigger_late"]


def test_a_renamed_table_is_found_by_its_triggers(free_orders: Connection) -> None:
    run_without_triggers(free_orders, "alter table shop.orders rename to sales")
    assert "shop.sales" in rows(free_orders, "select detail from jalon.verify('orders')")[0][0]


def test_row_level_security_that_hides_rows_is_said(free_orders: Connection) -> None:
    free_orders.execute("alter table shop.orders enable row level security")
    assert "row_security" in problems(free_orders)


def test_a_partitioned_table_is_proved_partition_by_partition(orders: Connection) -> None:
    orders.execute(
        "create table shop.tickets (id int, region int, status text not null, primary key (id, region)) partition by "
        "list (region)"
    )
    orders.execute("create table shop.tickets_1 partition of shop.tickets for values in (1)")
    orders.execute("select jalon.track('shop.tickets', category => 'ORDER_STATUS', key_column => 'id')")
    orders.execute("insert into shop.tickets values (1, 1, 'NEW')")
    assert problems(orders, "tickets") == []
    orders.execute('alter table shop.tickets_1 disable trigger "_jalon_after_update"')
    assert problems(orders, "tickets") == ["trigger_disabled"]


def test_a_record_that_is_made_again_is_no_problem(free_orders: Connection) -> None:
    free_orders.execute("insert into shop.orders values (10, 'NEW')")
    free_orders.execute("update shop.orders set status = 'PAID' where id = 10")
    assert problems(free_orders) == []


def test_a_role_whose_sessions_fire_no_triggers_is_named(free_orders: Connection) -> None:
    free_orders.execute(
        f"alter role jalon_bi in database {free_orders.info.dbname} set session_replication_role = replica"
    )
    try:
        assert rows(free_orders, "select problem from jalon.verify()") == [("replication_role",)]
    finally:
        free_orders.execute(f"alter role jalon_bi in database {free_orders.info.dbname} reset session_replication_role")


def test_it_reads_each_row_a_few_times_however_many_there_are(orders: Connection) -> None:
    """It joins by hash. A nested loop over 20,000 rows would read them millions of times."""
    orders.execute("insert into shop.orders select i, 'NEW' from generate_series(1, 20000) i")
    orders.execute("update shop.orders set status = 'PAID'")
    orders.execute("delete from shop.orders where id <= 1000")
    orders.execute("analyze")
    read = (
        "select sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::bigint from pg_stat_xact_all_tables"
        " where schemaname in ('shop', 'jalon_history')"
    )
    with orders.transaction():
        before = rows(orders, read)[0][0]
        assert problems(orders) == []
        assert rows(orders, read)[0][0] - before < 12 * 40000


def test_a_reload_leaves_every_guard_in_place(free_orders: Connection, dsn: str, settings: Settings) -> None:
    guards = (
        "select oid, tgrelid::regclass::text, tgname from pg_trigger where tgrelid::regclass::text ~ 'shop' "
        "and not tgisinternal order by 1"
    )
    before = rows(free_orders, guards)
    migrate(settings, dsn, lambda text: None, force_reload=True)
    assert rows(free_orders, guards) == before
    assert rows(free_orders, "select * from jalon.verify()") == []


def test_a_writer_who_commits_meanwhile_is_no_problem(free_orders: Connection, connect: Connect) -> None:
    """Records and history are those of one moment, however long it takes to read them."""
    writer = connect(autocommit=False)
    writer.execute("lock table shop.orders in access exclusive mode")
    writer.execute("update shop.orders set status = 'PAID' where id = 7")
    with ThreadPoolExecutor(1) as pool:
        reader = connect()
        verified = pool.submit(problems, reader)
        waiting = "select count(*) from pg_locks where relation = 'shop.orders'::regclass and not granted"
        while not rows(free_orders, waiting)[0][0] and not verified.done():
            pass
        writer.commit()
        assert verified.result() == []


def test_the_tables_under_jalon_at_a_glance(free_orders: Connection, connect: Connect) -> None:
    free_orders.execute("analyze shop.orders")
    glance = (
        "select table_name, columns, categories, history_table, triggers_enabled, rows_estimate, last_change "
        "from jalon.tracked where name = 'orders'"
    )
    last = rows(free_orders, "select max(changed_at) from jalon_history.shop__orders")[0][0]
    expected = [("shop.orders", ["status"], ["ORDER_STATUS"], "jalon_history.shop__orders", True, 9, last)]
    assert rows(connect("dba"), glance) == expected
    free_orders.execute('alter table shop.orders disable trigger "_jalon_after_update"')
    assert rows(free_orders, "select triggers_enabled from jalon.tracked where name = 'orders'") == [(False,)]


def test_a_dba_runs_it_without_rights_on_the_table(free_orders: Connection, connect: Connect) -> None:
    assert rows(connect("dba"), "select * from jalon.verify()") == []


def test_the_doctor_says_it_in_a_sentence(free_orders: Connection) -> None:
    assert list(doctor.findings(free_orders)) == []
    run_without_triggers(free_orders, "update shop.orders set status = 'CANCELLED' where id = 4")
    (found,) = doctor.findings(free_orders)
    assert found.startswith(
        "orders: rows that stand on other codes than their last history row says: 1 (4). They were changed"
    )


def test_the_doctor_says_what_makes_a_role_that_is_missing(db: Connection) -> None:
    """`jalon migrate` can't: it needs the roles itself."""
    with db.transaction(force_rollback=True):
        db.execute("alter role jalon_relay rename to jalon_relay_that_was")
        (found,) = doctor.role_problems(db)
    assert found.startswith("The role jalon_relay is missing. `jalon roles --sql | psql ")
    assert "migrate" not in found


def test_a_clock_that_ran_ahead_is_named_and_its_rows_are_counted(free_orders: Connection) -> None:
    def rows_without_month() -> int:
        found: int = rows(free_orders, "select body from jalon_api.health(null, '{}', '{}')")[0][0][
            "rows_in_default_partitions"
        ]
        return found

    run_without_triggers(
        free_orders,
        "update jalon_history.shop__orders set changed_at = '2099-02-01Z' where (orders_id, version) in (select id,"
        " status_version from shop.orders where id <= 3)",
        "update shop.orders set status_changed_at = '2099-02-01Z' where id <= 3",
    )
    found = dict(rows(free_orders, "select problem, detail from jalon.verify('orders')"))
    assert found["from_the_future"] == "3 changes have a time that has not come yet: 1, 2, 3"
    assert rows_without_month() == 3
    free_orders.execute("select jalon.ensure_partitions()")
    assert problems(free_orders) == ["from_the_future"]
    assert rows_without_month() == 0
