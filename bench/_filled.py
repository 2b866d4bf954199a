"""A database that has been in use for a year: records of every module and of a customer's table, with their history.

Records are made all over the last year and then moved, in steps of one statement each, as imports so that they lie in
the past. One record of each kind has many rows of what a page lists for one record.
"""

import time
from collections import Counter
from typing import Any

import psycopg

from jalon.install import demo

SHOP = """
create schema shop;
create table shop.orders (id integer generated always as identity primary key, status text not null default 'NEW',
    customer text);
insert into jalon_engine.category (code, label) values ('ORDER_STATUS', 'Orders');
insert into jalon_engine.referential (category, code, label, position, outcome, is_initial, is_final, max_stay) values
('ORDER_STATUS', 'NEW', 'New', 1, 'open', true, false, '10 days'), ('ORDER_STATUS', 'PAID', 'Paid', 2, 'active', false,
    false, '5 days'),
('ORDER_STATUS', 'SHIPPED', 'Shipped', 3, 'done', false, true, null);
insert into jalon_engine.workflow (category, version, state) values ('ORDER_STATUS', 1, 'draft');
insert into jalon_engine.workflow_transition (category, version, from_code, to_code, action, roles) values
('ORDER_STATUS', 1, 'NEW', 'PAID', 'pay', '{any}'), ('ORDER_STATUS', 1, 'PAID', 'NEW', 'unpay', '{any}'),
    ('ORDER_STATUS', 1, 'PAID', 'SHIPPED', 'ship', '{any}');
update jalon_engine.workflow set state = 'published', published_at = now() where category = 'ORDER_STATUS';
select jalon_engine.compile_rules('ORDER_STATUS');
select jalon.track('shop.orders', 'status', category => 'ORDER_STATUS');
select jalon_history.ensure_months(t.name, now() - interval '13 months', now()) from jalon_engine.tracked t;
"""
IMPORT = """select jalon_engine.seal_actor('t', 'anna', 'admin', '', '{"kind": "import"}')"""
AT = "now() - interval '365 days' + n * interval '364 days' / {rows}"
MADE = {
    "orders": f"insert into shop.orders (customer, status_changed_at) select 'Customer ' || n, {AT} "
    f"from generate_series(1, {{rows}}) n",
    "counterparties": f"""insert into jalon_roadshow.roadshow_counterparty (name, owner, sector, created_at,
        status_changed_at)
        select 'Counterparty ' || n, (array['anna', 'claire', 'hugo', 'lea'])[1 + n % 4],
            (array['Banque', 'Assurance', 'Fonds'])[1 + n % 3], {AT}, {AT}
        from generate_series(1, {{rows}}) n""",
    "dossiers": f"""insert into jalon_dossiers.dossier (case_type, status_code, lead_name, assignee, organisation,
        created_at, updated_at, status_changed_at)
        select k.case_type, k.code, 'Lead ' || n, (array['paul', 'sarah', 'lea'])[1 + n % 3],
            (array['Lyon', 'Nantes'])[1 + n % 2], {AT}, {AT}, {AT}
        from generate_series(1, {{rows}}) n
        join (select r.case_type, min(r.to_code) as code, row_number() over (order by r.case_type) - 1 as place,
            count(*) over () as kinds
            from jalon_engine.rule r
            join jalon_engine.referential f on f.category = 'CASE_TYPE' and f.code = r.case_type
            where r.category = 'CASE_STATUS' and r.from_code = '' group by r.case_type) k on k.place = n % k.kinds""",
    "events": f"""insert into jalon_events.events (organizer_id, title, description, place, price, starts_at, ends_at,
        created_at, edited_at, status_changed_at)
        select (array['oscar', 'anna', 'zoe'])[1 + n % 3], 'Event ' || n, 'What happens there.', 'Paris', 10,
            now() + n * interval '1 minute',
            now() + (n + 60) * interval '1 minute', {AT}, {AT}, {AT} from generate_series(1, {{rows}}) n""",
    "propositions": f"""insert into jalon_propositions.proposition (title, body, author_id, created_at, edited_at,
        status_changed_at)
        select 'Proposition ' || n, 'Why.', (array['zoe', 'anna', 'carla'])[1 + n % 3], {AT}, {AT}, {AT}
            from generate_series(1, {{rows}}) n""",
    "people": f"insert into jalon_members.users (email, name, role, created_at, status_changed_at) "
    f"select 'person' || n || '@example.com', 'Person ' || n, 'FREE', {AT}, {AT} "
    f"from generate_series(1, {{rows}}) n",
}
# Table, what changes, of how many sixteenths of the records, how long after the last change.
STEPS = [
    ("shop.orders", "status = 'PAID'", 13, "2 days"),
    ("shop.orders", "status = 'SHIPPED'", 10, "3 days"),
    ("jalon_roadshow.roadshow_counterparty", "statut = 'Live'", 10, "10 days"),
    ("jalon_roadshow.roadshow_counterparty", "statut = 'No-go'", 4, "30 days"),
    (
        "jalon_dossiers.dossier",
        "status_code = coalesce((select min(r.to_code) from jalon_engine.rule r where r.category = 'CASE_STATUS' "
        "and r.case_type = case_type and r.from_code = status_code), status_code)",
        12,
        "4 days",
    ),
    (
        "jalon_dossiers.dossier",
        "status_code = coalesce((select max(r.to_code) from jalon_engine.rule r where r.category = 'CASE_STATUS' "
        "and r.case_type = case_type and r.from_code = status_code), status_code)",
        8,
        "9 days",
    ),
    ("jalon_events.events", "status = 'candidate', moderation_status = 'under_review'", 14, "1 day"),
    ("jalon_events.events", "status = 'active', moderation_status = 'approved'", 11, "2 days"),
    ("jalon_events.events", "is_published = true", 9, "1 hour"),
    ("jalon_events.events", "status = 'completed'", 5, "40 days"),
    ("jalon_propositions.proposition", "status = 'submitted'", 14, "3 days"),
    ("jalon_propositions.proposition", "status = 'debate'", 11, "5 days"),
    ("jalon_propositions.proposition", "status = 'vote'", 8, "14 days"),
    ("jalon_propositions.proposition", "status = 'adopted'", 6, "7 days"),
    ("jalon_members.users", "role = 'MEDIUM'", 6, "20 days"),
    ("jalon_members.users", "role = 'PREMIUM'", 3, "40 days"),
]
STEP = """update {table} set {sets}, status_changed_at = status_changed_at + interval '{delay}'
    where (hashtext(id::text) & 15) < {sixteenths} and status_changed_at < now() - interval '{delay}'
    and status_version = {version}"""
# Rows of one record, many of them. Interactions are spread over all records too.
ROWS_OF_ONE_RECORD = {
    "moves of one order": "do $$ begin for n in 1..500 loop update shop.orders set status = 'PAID' where id = 1; "
    "update shop.orders set status = 'NEW' where id = 1; end loop; end $$",
    "interactions": """insert into jalon_roadshow.roadshow_event (counterparty_id, type, date)
        select c.id, (array['call', 'meeting', 'teaser'])[1 + c.id % 3], now()::date - (hashtext(c.id::text || n) & 255)
            from jalon_roadshow.roadshow_counterparty c cross join generate_series(1, 2) n""",
    "interactions of one": """insert into jalon_roadshow.roadshow_event (counterparty_id, type, date)
        select (select min(c.id) from jalon_roadshow.roadshow_counterparty c),
            (array['call', 'meeting', 'teaser'])[1 + n % 3], now()::date - n % 365 from generate_series(1, 10000) n""",
    "notifications": """insert into jalon_engine.notification (id, recipient, acted_by, type, priority, message, params,
        tracked, record_key, created_at, position)
        select jalon_engine.uuid7(), case when n % 4 = 0 then 'zoe' else 'anna' end, 'mona', t.type, t.priority,
            t.message, t.params, t.tracked, t.record_key, t.created_at - n * interval '1 second', -n
        from generate_series(1, {rows}) n cross join (select * from jalon_engine.notification limit 1) t""",
    "messages": """insert into jalon_engine.webhook_message (id, created_at, type, tracked, record_key, version,
        occurred_at, data)
        select jalon_engine.uuid7(), now(), 'webhook.test', 'webhook', w.id::text, 1, now(), '{{}}'
            from generate_series(1, {rows}) n cross join (select w.id from jalon_engine.webhook w limit 1) w""",
    "deliveries": """insert into jalon_engine.webhook_delivery (webhook_id, message_id, created_at, tracked, record_key,
        version, due_at, delivered_at, attempts)
        select w.id, m.id, m.created_at, m.tracked, m.record_key, m.version, null,
            case when m.id::text ~ '[0-7]$' then now() end, 1
        from jalon_engine.webhook_message m cross join (select w.id from jalon_engine.webhook w limit 1) w
        where not exists (select from jalon_engine.webhook_delivery d where d.message_id = m.id)""",
    "triggered actions of one proposition": """insert into jalon_propositions.proposition_custom_action_events (id,
        proposition_id, action_id, status, version, triggered_at, triggered_by, roles, payload, db_role, transaction_id)
        select jalon_engine.uuid7(), e.proposition_id, e.action_id, e.status, e.version,
            e.triggered_at - n * interval '1 second', e.triggered_by, e.roles, e.payload, e.db_role, e.transaction_id
        from generate_series(1, {rows}) n cross join (select * from jalon_propositions.proposition_custom_action_events
            limit 1) e""",
    "refusals of one proposition": """insert into jalon_propositions.proposition_custom_action_refusals (proposition_id,
        action_id, action_key, status, refused_at, actor, roles, code, message, db_role, transaction_id)
        select e.proposition_id, e.action_id, 'confirm_the_budget', e.status, e.triggered_at, 'zoe', e.roles, 'JL203',
            'may not', e.db_role, e.transaction_id
        from jalon_propositions.proposition_custom_action_events e""",
    "members of roles of one proposition": """insert into jalon_propositions.proposition_role_assignments (role_id,
        proposition_id, user_id, granted_by)
        select r.id, r.proposition_id, 'person ' || n, 'anna' from generate_series(1, 90) n
            cross join (select * from jalon_propositions.proposition_roles r where r.code = 'facilitator' limit 1) r""",
}


def fill(dsn: str, rows: int) -> None:
    with psycopg.connect(dsn, autocommit=True) as db:
        db.execute(SHOP)
        for name, statement in MADE.items():
            if (made := done(db, name, statement.format(rows=rows))) != rows:
                raise SystemExit(f"{name}: {rows:,} were wanted, {made:,} made")
        version: Counter[str] = Counter()
        for table, sets, sixteenths, delay in STEPS:
            version[table] += 1
            step = STEP.format(table=table, sets=sets, delay=delay, sixteenths=sixteenths, version=version[table])
            done(db, f"{table}, step {version[table]}", step)
        demo.load(db, lambda text: None)
        for name, statement in ROWS_OF_ONE_RECORD.items():
            done(db, name, statement.format(rows=rows))
        db.execute("vacuum analyze")


def done(db: psycopg.Connection[Any], name: str, statement: str) -> int:
    started = time.perf_counter()
    with db.transaction():
        db.execute(IMPORT)
        rows = db.execute(statement, prepare=False).rowcount
    print(f"{name}: {rows:,} in {time.perf_counter() - started:.1f} s", flush=True)
    return rows
