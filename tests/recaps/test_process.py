"""Questions about the process: each is compared with what a few lines of Python count from the rows of the history."""

import random
from collections import Counter, defaultdict
from itertools import pairwise
from statistics import median
from typing import Any, NamedTuple

import pytest

from tests.shop import Connection, import_changes, importing, rows

PEOPLE = ("anna", "ben", "claire")
NEXT = {"NEW": ("PAID", "CANCELLED"), "PAID": ("SHIPPED", "NEW"), "SHIPPED": ("PAID",), "CANCELLED": ("NEW",)}


class Step(NamedTuple):
    life: tuple[Any, int]
    old: str | None
    new: str
    at: Any
    by: str
    kind: str
    version: int | None


@pytest.fixture
def log(orders: Connection) -> list[Step]:
    """Forty records that go their ways by chance, always the same; some go, and their keys are used again."""
    chance = random.Random(7)  # noqa: S311
    for id in range(1, 41):
        code, hours = "NEW", 24 * id
        for _ in range(chance.randrange(1, 9)):
            hours += chance.randrange(1, 60)
            with importing(orders, chance.choice(PEOPLE)):
                orders.execute(
                    "insert into shop.orders (id, status, status_changed_at) "
                    "values (%(id)s, %(code)s, timestamptz '2026-08-01Z' + %(hours)s * interval '1 hour') "
                    "on conflict (id) do update set status = excluded.status, "
                    "status_changed_at = excluded.status_changed_at",
                    {"id": id, "code": code, "hours": hours},
                )
            code = chance.choice(NEXT[code])
    for id in (3, 9, 12):
        orders.execute("delete from shop.orders where id = %s", (id,))
        orders.execute("insert into shop.orders values (%s, 'NEW')", (id,))
        orders.execute("update shop.orders set status = 'PAID' where id = %s", (id,))
    return read_log(orders)


def read_log(db: Connection) -> list[Step]:
    steps, lives = [], Counter[Any]()
    for id, old, new, at, by, kind, version in rows(
        db,
        "select orders_id, old_status, new_status, changed_at, changed_by, kind, workflow_version "
        "from jalon_history.shop__orders order by orders_id, changed_at, version",
    ):
        lives[id] += old is None
        steps.append(Step((id, lives[id]), old, new, at, by, kind, version))
    return steps


def ways(log: list[Step]) -> dict[tuple[Any, int], list[Step]]:
    lives = defaultdict(list)
    for step in log:
        lives[step.life].append(step)
    return lives


def seconds(earlier: Step, later: Step) -> float:
    return float((later.at - earlier.at).total_seconds())


def test_variants_are_the_ways_that_lives_took(orders: Connection, log: list[Step]) -> None:
    took = defaultdict(list)
    for way in ways(log).values():
        took[tuple(step.new for step in way)].append(seconds(way[0], way[-1]))
    found = rows(
        orders, "select codes, steps, records, share::float, median_seconds from jalon_recap.variants('orders')"
    )
    assert [row[:3] for row in found] == [
        (list(codes), len(codes), len(times))
        for codes, times in sorted(took.items(), key=lambda item: (-len(item[1]), "\x1f".join(item[0])))
    ]
    assert [row[4] for row in found] == pytest.approx([median(took[tuple(row[0])]) for row in found])
    assert sum(row[3] for row in found) == pytest.approx(1, abs=0.01)
    period = ("2026-08-10Z", "2026-08-20Z")
    begun = rows(orders, "select sum(records)::int from jalon_recap.variants('orders', %s, %s)", *period)
    inside = "select count(*)::int from jalon_history.shop__orders where version = 1 and changed_at between %s and %s"
    assert begun == rows(orders, inside, *period)


def test_one_code_directly_follows_another(orders: Connection, log: list[Step]) -> None:
    stays = defaultdict(list)
    for way in ways(log).values():
        for earlier, later in pairwise(way):
            stays[earlier.new, later.new].append(seconds(earlier, later))
    found = rows(
        orders,
        "select from_code, to_code, changes, average_seconds, median_seconds "
        "from jalon_recap.directly_follows('orders') where from_code is not null and to_code is not null",
    )
    assert {row[:3] for row in found} == {(*pair, len(times)) for pair, times in stays.items()}
    for old, new, _, average, middle in found:
        times = stays[old, new]
        assert (average, middle) == pytest.approx((sum(times) / len(times), median(times)))
    ends = "select changes from jalon_recap.directly_follows('orders') where to_code is null"
    assert sum(count for (count,) in rows(orders, ends)) == 3  # deletions
    begins = "select changes from jalon_recap.directly_follows('orders') where from_code is null"
    assert rows(orders, begins) == [(len(ways(log)),)]


def test_rework_is_coming_back_to_a_code(orders: Connection, log: list[Step]) -> None:
    visits = Counter((step.life, step.new) for step in log)
    found = rows(
        orders, "select code, records, came_back, returns, label from jalon_recap.rework('orders', language => 'fr')"
    )
    assert {row[:4] for row in found} == {
        (
            code,
            sum(1 for (_, at), count in visits.items() if at == code),
            sum(1 for (_, at), count in visits.items() if at == code and count > 1),
            sum(count - 1 for (_, at), count in visits.items() if at == code),
        )
        for code in {step.new for step in log}
    }
    assert found[0][4] == "Nouvelle"
    assert any(row[2] for row in found)


def test_ping_pong_is_going_and_coming_straight_back(orders: Connection, log: list[Step]) -> None:
    turns = defaultdict(list)
    for life, way in ways(log).items():
        for before, step in pairwise(way):
            if before.old == step.new:
                turns[step.new, step.old].append((life, seconds(before, step)))
    found = rows(orders, "select code, other_code, times, records, median_seconds from jalon_recap.ping_pong('orders')")
    assert {row[:4] for row in found} == {
        (*pair, len(times), len({life for life, _ in times})) for pair, times in turns.items()
    }
    for code, other, _, _, middle in found:
        assert middle == pytest.approx(median(away for _, away in turns[code, other]))


def test_work_is_handed_over_where_another_makes_the_next_change(orders: Connection, log: list[Step]) -> None:
    passed = defaultdict(list)
    for life, way in ways(log).items():
        for before, step in pairwise(way):
            if before.by != step.by:
                passed[before.by, step.by].append((life, seconds(before, step)))
    found = rows(
        orders, "select from_actor, to_actor, times, records, median_seconds from jalon_recap.handovers('orders')"
    )
    assert {row[:4] for row in found} == {
        (*pair, len(times), len({life for life, _ in times})) for pair, times in passed.items()
    }
    for one, other, _, _, middle in found:
        assert middle == pytest.approx(median(lay for _, lay in passed[one, other]))
    since = "select coalesce(sum(times), 0) from jalon_recap.handovers('orders', since => now() + interval '1 day')"
    assert rows(orders, since) == [(0,)]


WORKFLOW = """
insert into jalon_engine.workflow (category, version, state) values ('ORDER_STATUS', {version}, 'draft');
insert into jalon_engine.workflow_transition (category, version, from_code, to_code, action, roles)
select 'ORDER_STATUS', {version}, x[1], x[2], lower(x[2]), '{{any}}' from (values {steps}) v (x);
update jalon_engine.workflow set state = 'retired', retired_at = now()
where category = 'ORDER_STATUS' and state = 'published';
update jalon_engine.workflow set state = 'published', published_at = now()
where category = 'ORDER_STATUS' and version = {version};
select jalon_engine.compile_rules('ORDER_STATUS');
"""


def publish(db: Connection, version: int, *steps: tuple[str, str]) -> None:
    text = ", ".join(f"(array['{old}', '{new}'])" for old, new in steps)
    with db.transaction():
        db.execute(WORKFLOW.format(version=version, steps=text))


def test_conformance_asks_the_version_that_was_in_force(orders: Connection) -> None:
    orders.execute("insert into jalon_engine.role_grant (principal, role) values ('db:postgres', 'admin')")
    import_changes(orders, (1, "NEW", "2026-08-01Z"), (1, "SHIPPED", "2026-08-02Z"))
    publish(orders, 1, ("NEW", "PAID"), ("PAID", "SHIPPED"))
    orders.execute("insert into shop.orders values (2, 'NEW'), (3, 'NEW')")
    orders.execute("update shop.orders set status = 'PAID' where id = 2")
    orders.execute("select jalon.force_move('orders', '3', 'SHIPPED', 'it left without a note')")
    with importing(orders):
        orders.execute("insert into shop.orders values (4, 'NEW', null, default, now() - interval '1 millisecond')")
    publish(orders, 2, ("NEW", "SHIPPED"))
    orders.execute("insert into shop.orders values (5, 'NEW')")
    orders.execute("update shop.orders set status = 'SHIPPED' where id = 5")
    found = rows(
        orders,
        "select workflow_version, from_code, to_code, way, is_allowed, changes::int "
        "from jalon_recap.conformance('orders')",
    )
    assert sorted(found, key=str) == sorted(
        [
            (None, None, "NEW", "imported", None, 1),
            (None, "NEW", "SHIPPED", "imported", None, 1),
            (1, None, "NEW", "moved", True, 2),
            (1, None, "NEW", "imported", True, 1),
            (1, "NEW", "PAID", "moved", True, 1),
            (1, "NEW", "SHIPPED", "forced", False, 1),
            (2, None, "NEW", "moved", True, 1),
            (2, "NEW", "SHIPPED", "moved", True, 1),
        ],
        key=str,
    )
    assert sum(row[5] for row in found) == rows(orders, "select count(*) from jalon_history.shop__orders")[0][0]


def test_of_a_case_type_its_own_workflow_is_asked(orders: Connection) -> None:
    orders.execute(
        "create table shop.cases (id int primary key, case_type text, status text not null, payment text not null)"
    )
    orders.execute(
        """select jalon.track('shop.cases', columns => '{"status": "ORDER_STATUS", "payment": "PAYMENT"}',
            workflow_column => 'case_type')"""
    )
    publish(orders, 1, ("NEW", "PAID"))
    with importing(orders):
        orders.execute("insert into shop.cases values (1, 'private', 'NEW', 'OPEN')")
        orders.execute("update shop.cases set status = 'SHIPPED'")
    found = rows(
        orders,
        "select column_name, case_type, from_code, to_code, is_allowed from jalon_recap.conformance('cases', "
        "case_type => 'private')",
    )
    assert sorted(found, key=str) == sorted(
        [
            ("status", "private", None, "NEW", True),
            ("status", "private", "NEW", "SHIPPED", False),
            ("payment", "private", None, "OPEN", None),
        ],
        key=str,
    )
    assert rows(orders, "select codes from jalon_recap.variants('cases', case_type => 'private') order by 1") == [
        (["NEW", "SHIPPED"],),
        (["OPEN"],),
    ]
    assert rows(orders, "select codes from jalon_recap.variants('cases', case_type => 'business')") == []
