"""Two servers with Jalon, and a router before them that sends each call to the server that has the record.

`make bench ARGS=shards`; BENCH_SECONDS, BENCH_ROUNDS. All are Debian's PostgreSQL 15, the router's with PL/Proxy
(apt-get install postgresql-15 postgresql-15-plproxy). The schema is Jalon's own, unchanged; bench/router.sql makes the
router's functions of a shard's catalogue. The baseline is one such server that has all records and is called directly;
all share this machine, so that the ratio is what the way through the router costs, and no gain can show. What holds
through the router is checked first, and what doesn't is shown.
"""

import contextlib
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from bench._server import Server, ratio, server, table
from jalon.install.embedded import server_user

SECONDS, ROUNDS = int(os.environ.get("BENCH_SECONDS", "4")), int(os.environ.get("BENCH_ROUNDS", "3"))
PROGRAMS = Path("/usr/lib/postgresql/15/bin")
PL_PROXY = Path("/usr/share/postgresql/15/extension/plproxy.control")
CLIENTS, OF_EACH = 8, 1000  # records that each client moves, so that none waits for another
CALLER = json.dumps({"actor": "anna", "roles": ["clerk"]})
SHOP = """
create schema shop;
create table shop.orders (id bigint primary key, status text not null default 'NEW');
insert into jalon_engine.category (code, label) values ('ORDER_STATUS', 'Orders');
insert into jalon_engine.referential (category, code, label, is_initial) values ('ORDER_STATUS', 'NEW', 'New', true),
    ('ORDER_STATUS', 'PAID', 'Paid', false), ('ORDER_STATUS', 'SHIPPED', 'Shipped', false);
insert into jalon_engine.role (code, label) values ('clerk', 'Clerk') on conflict do nothing;
insert into jalon_engine.permission_rule (role, permission) values ('clerk', 'read_all');
insert into jalon_engine.workflow (category, version, state) values ('ORDER_STATUS', 1, 'draft');
insert into jalon_engine.workflow_transition (category, version, from_code, to_code, action, roles)
values ('ORDER_STATUS', 1, 'NEW', 'PAID', 'pay', '{clerk}'), ('ORDER_STATUS', 1, 'PAID', 'NEW', 'unpay', '{clerk}');
update jalon_engine.workflow set state = 'published', published_at = now() where category = 'ORDER_STATUS';
select jalon_engine.compile_rules('ORDER_STATUS');
select jalon.track('shop.orders', 'status', category => 'ORDER_STATUS');
create role shop_app login in role jalon_app, jalon_bi;
grant usage on schema shop to shop_app;
grant select, insert, update on shop.orders to shop_app;
insert into jalon_engine.role_grant (principal, role) values ('db:shop_app', 'clerk');
"""
# Which of two servers has a record: what PL/Proxy takes from the router's `run on hashtext(key)`.
RECORDS = "insert into shop.orders (id) select n from generate_series(1, {}) n where {} or hashtext(n::text) & 1 = {}"
SERVERS = """
create extension if not exists plproxy;
create server {name} foreign data wrapper plproxy options (p0 {first}, p1 {second});
create user mapping for public server {name} options (user {login});
"""


def call(function: str, body: dict[str, Any], key: str = ":id::text") -> str:
    return f"select * from jalon_api.run('{function}', {key}, '{json.dumps(body)}', '{CALLER}');\n"


ID = f"\\set id :client_id * {OF_EACH} + random(1, {OF_EACH})\n"
ORDERS = {"table": "orders"}
SCRIPTS = {
    "two moves": ID + call("move_record", ORDERS | {"to": "PAID"}) + call("move_record", ORDERS | {"to": "NEW"}),
    "a record": ID + call("record", ORDERS),
    "its history": ID + call("record_history", ORDERS),
    "its moves explained": ID + call("record_moves", ORDERS),
}
RUN = "select status, body from jalon_api.run(%s, %s, %s::jsonb, %s::jsonb)"
PAID, SHIPPED = ORDERS | {"to": "PAID"}, ORDERS | {"to": "SHIPPED"}
REFUSED = (RUN, "move_record", "7", json.dumps(SHIPPED), CALLER)
# No such code; it changed meanwhile, which is said in two ways; there is no such record; the caller may not.
REFUSALS = {
    "JL406": ("7", SHIPPED, {}),
    "JL102": ("7", PAID | {"expectedVersion": 9}, {}),
    "JL410": ("7", PAID, {"ifMatch": '"7.9"'}),
    "JL401": ("70000", PAID, {}),
    "JL203": ("7", PAID, {"roles": []}),
}


def make_shards(stack: contextlib.ExitStack, *more: str) -> tuple[Server, list[Server], Server]:
    """One server with all records; two with a half each; and the router, all on 15."""
    single, first, second = (stack.enter_context(server(15, more, PROGRAMS, "none")) for _ in range(3))
    router = stack.enter_context(server(15, more, PROGRAMS, None))
    for number, one in enumerate((single, first, second)):
        with one.connect() as db:
            db.execute(SHOP)
            db.execute("select jalon_engine.seal_actor('s', 'anna', 'clerk')")
            db.execute(RECORDS.format(CLIENTS * OF_EACH, "true" if not number else "false", number - 1))
    with router.connect() as db:
        for name, login in (("jalon_web", "jalon_api"), ("jalon_sql", "shop_app")):
            addresses = [sql.Literal(f"host={one.cluster.socket} dbname=bench") for one in (first, second)]
            names = {"name": sql.Identifier(name), "login": sql.Literal(login)}
            db.execute(sql.SQL(SERVERS).format(first=addresses[0], second=addresses[1], **names))
        db.execute(router_sql(first))
    return single, [first, second], router


def router_sql(shard: Server) -> str:
    file = Path(__file__).with_name("router.sql")
    command = [str(PROGRAMS / "psql"), "-qAtX", "-v", "ON_ERROR_STOP=1", "-d", shard.dsn]
    with file.open() as text:
        return subprocess.run(command, stdin=text, capture_output=True, text=True, check=True).stdout


def rows(db: psycopg.Connection, statement: str, *parameters: object) -> list[tuple[Any, ...]]:
    return db.execute(statement, parameters or None).fetchall()


def refusal(db: psycopg.Connection, statement: str, *parameters: object) -> tuple[str | None, ...]:
    """What a caller branches on and reads; nothing if it was not refused."""
    try:
        db.execute(statement, parameters or None)
    except psycopg.Error as error:
        said = error.diag
        # PL/Proxy gives an empty hint where there is none.
        return error.sqlstate, said.message_primary, said.message_detail, said.message_hint or None
    return ()


def check(holds: object, what: str) -> None:
    if not holds:
        raise SystemExit(f"This does not hold: {what}")


def check_by_key(single: Server, router: Server) -> None:
    """Moves, history, explanations and refusals of one record are through the router what they are on one server."""
    with router.connect() as there, single.connect("jalon_api") as web_here, single.connect("shop_app") as app_here:
        for code, (key, body, more) in REFUSALS.items():
            call_of = (RUN, "move_record", key, json.dumps(body), json.dumps(json.loads(CALLER) | more))
            here = refusal(web_here, *call_of)
            check(here and here[0] == code, f"{code}: {here}")
            check(refusal(there, *call_of) == here, f"the same {code}: {refusal(there, *call_of)}")
        asked = "select * from jalon.explain('orders', '7')"
        check(rows(there, asked) == rows(app_here, asked), "the same explanation")
        for db in (there, app_here):
            moved = rows(db, "select old_code, new_code, version from jalon.move('orders', '7', 'PAID', 'by hand')")
            check(moved == [("NEW", "PAID", 2)], f"a move: {moved}")
        asked = "select old_code, new_code, version, changed_by, reason from jalon_history.changes_of('orders', '7')"
        check(rows(there, asked) == rows(app_here, asked), "the same history")
        check(rows(there, asked)[-1] == ("NEW", "PAID", 2, "db:shop_app", "by hand"), "who moved it, and why")
        once = json.dumps(json.loads(CALLER) | {"idempotencyKey": "once"})
        dry = json.dumps(json.loads(CALLER) | {"dryRun": True})
        back = json.dumps(ORDERS | {"to": "NEW"})
        for db in (there, web_here):
            check(rows(db, RUN, "move_record", "7", back, dry)[0][1]["version"] == 3, "a dry run of one record")
            answers = [rows(db, RUN, "move_record", "7", back, once) for _ in range(2)]
            check(answers[0] == answers[1] and answers[0][0][1]["version"] == 3, "a key, of one record")


def homes(router: Server) -> list[str]:
    """Two records, of which each server has one."""
    asked = "select min(n)::text from generate_series(20, 60) n group by hashtext(n::text) & 1"
    with router.connect() as db:
        return [key for (key,) in rows(db, asked)]


def state(servers: list[Server], keys: list[str]) -> str:
    found: dict[str, str] = {}
    for one in servers:
        with one.connect() as db:
            found |= dict(rows(db, "select id::text, status from shop.orders where id::text = any (%s)", keys))
    return ", ".join(found[key] for key in keys)


def roll_back_a_move(db: psycopg.Connection, keys: list[str]) -> None:
    with db.transaction(force_rollback=True):
        db.execute("select jalon.move('orders', %s, 'PAID')", keys[:1])


def move_two_the_second_refused(db: psycopg.Connection, keys: list[str]) -> None:
    with contextlib.suppress(psycopg.Error), db.transaction():
        db.execute("select jalon.move('orders', %s, 'PAID')", keys[:1])
        db.execute("select jalon.move('orders', %s, 'SHIPPED')", keys[1:])


def use_a_key_twice(db: psycopg.Connection, keys: list[str]) -> str:
    """The same Idempotency-Key with another record: the code of the refusal, if there is one."""
    caller, paid = json.dumps(json.loads(CALLER) | {"idempotencyKey": "the same"}), json.dumps(ORDERS | {"to": "PAID"})
    first, second = (refusal(db, RUN, "move_record", key, paid, caller) for key in keys)
    check(not first, "a key")
    return f"refused: {second[0]}" if second else "done twice"


def number_two_rows(servers: list[Server]) -> str:
    made: list[int] = []
    for one in servers:
        with one.connect() as db:
            db.execute("create table if not exists shop.notes (id bigint generated always as identity primary key)")
            made += rows(db, "insert into shop.notes default values returning id")[0]
    return " and ".join(map(str, made))


def what_does_not_hold(single: Server, shards: list[Server], router: Server) -> list[tuple[str, ...]]:
    """Tried on one server, and through the router; each row says what became of it."""
    keys = homes(router)
    found: list[tuple[str, ...]] = []
    for trial in (roll_back_a_move, move_two_the_second_refused):
        with single.connect("shop_app") as here, router.connect() as there:
            trial(here, keys)
            trial(there, keys)
        found.append((trial.__name__.replace("_", " "), state([single], keys), state(shards, keys)))
        for one in (single, *shards):
            with one.connect() as db:
                db.execute("select jalon_engine.seal_actor('s', 'anna', 'clerk')")
                db.execute(
                    "update shop.orders set status = 'NEW' where status = 'PAID' and id::text = any (%s)", [keys]
                )
    with single.connect("jalon_api") as here, router.connect() as there:
        answers = [use_a_key_twice(db, keys) for db in (here, there)]
    found.append(("an Idempotency-Key, used again for another record", *answers))
    numbers = [number_two_rows(servers) for servers in ([single, single], shards)]
    found.append(("numbers of two rows of a table with an identity column", *numbers))
    return found


def refusals_a_second(one: Server, login: str, count: int = 200) -> float:
    with one.connect(login) as db:
        began = time.perf_counter()
        for _ in range(count):
            check(refusal(db, *REFUSED), "a refusal")
        return count / (time.perf_counter() - began)


def refused(single: Server, router: Server) -> list[tuple[float, float]]:
    return [(refusals_a_second(router, "postgres"), refusals_a_second(single, "jalon_api")) for _ in range(ROUNDS)]


@contextlib.contextmanager
def pooled(program: str, shards: list[Server], router: Server) -> Iterator[None]:
    """PL/Proxy drops its connection at each refusal: a new one to pgbouncer costs less than one to PostgreSQL."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.NamedTemporaryFile("w", suffix=".ini") as file:
        file.write("[databases]\n")
        for number, one in enumerate(shards):
            file.write(f"web{number} = host={one.cluster.socket} user=jalon_api dbname=bench\n")
        file.write(f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\n")
        file.write("auth_type = any\npool_mode = transaction\n")
        file.flush()
        Path(file.name).chmod(0o644)
        as_server = ["-u", server_user().pw_name] if os.geteuid() == 0 else []
        process = subprocess.Popen([program, *as_server, file.name], stderr=subprocess.DEVNULL)
        try:
            time.sleep(1)
            options = (f"set p{number} 'host=127.0.0.1 port={port} dbname=web{number}'" for number in (0, 1))
            with router.connect() as db:
                db.execute(f"alter server jalon_web options ({', '.join(options)})")
            yield
        finally:
            process.terminate()
            process.wait(10)


def measure(single: Server, shards: list[Server], router: Server) -> list[tuple[str, ...]]:
    """Each in turns, on one server and through the router."""
    found = []
    for name, script in SCRIPTS.items():
        pairs = []
        for turn in range(ROUNDS):
            order = [(router, "postgres"), (single, "jalon_api")][:: -1 if turn % 2 else 1]
            rates = {one: one.pgbench(script, seconds=SECONDS, clients=CLIENTS, user=login) for one, login in order}
            pairs.append((rates[router], rates[single]))
            print(name, [round(rate) for rate in pairs[-1]], file=sys.stderr)
        found.append((name, pairs))
    found.append(("a refused move, one caller", refused(single, router)))
    if pgbouncer := shutil.which("pgbouncer", path="/usr/sbin:/usr/bin"):
        with pooled(pgbouncer, shards, router):
            found.append(("… with pgbouncer before each server", refused(single, router)))
    return [
        (
            name,
            f"{statistics.median(base for _, base in pairs):,.0f}",
            f"{statistics.median(routed for routed, _ in pairs):,.0f}",
            f"{ratio(pairs):.2f}",
        )
        for name, pairs in found
    ]


def main() -> int:
    if not PL_PROXY.exists():
        print("Needs Debian's PL/Proxy: apt-get install postgresql-15 postgresql-15-plproxy", file=sys.stderr)
        return 2
    with contextlib.ExitStack() as stack:
        single, shards, router = make_shards(stack)
        check_by_key(single, router)
        differences = what_does_not_hold(single, shards, router)
        measured = measure(single, shards, router)
        for one in (single, *shards):
            with one.connect() as db:
                check(not rows(db, "select * from jalon.verify()"), "each server's history proves its records")
    table("Through a router to two servers", measured, ("", "one server, a second", "routed, a second", "ratio"))
    table("What does not hold across servers", differences, ("tried", "one server", "through the router"))
    return 0
