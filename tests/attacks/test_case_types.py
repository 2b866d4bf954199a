"""A change of case type is a transition: to an initial code of the other workflow, or along a published arrival."""

import pytest

from tests.attacks.shop import (
    RULES,
    WISH,
    assert_honest,
    attempt,
    call,
    changes_of_record,
    each,
    refuses,
    track,
    unchanged,
)

FIX = "update shop.tickets set status = 'FIXED' where id = 1"


def kind(db, id):
    return db.execute("select type, status from shop.tickets where id = %s", (id,)).fetchone()


def test_a_case_type_leads_to_where_the_other_workflow_begins(shop, app):
    app.execute("update shop.tickets set type = 'wish' where id = 1")
    assert kind(shop, 1) == ("wish", "OPEN")
    assert [row[0] for row in changes_of_record(shop, 1, "shop.tickets")] == [1, 2]
    assert_honest(shop, "shop.tickets")


@each(
    "way",
    [
        "update shop.tickets set type = 'wish', status = 'CLOSED' where id = 1",
        "update shop.tickets set status = 'CLOSED', type = 'wish' where id in (1, 3)",
        "update shop.tickets set type = 'wish', status = 'FIXED' where id = 1",
        "update shop.tickets set type = 'bug', status = 'FIXED' where id = 2",
        "update shop.tickets set type = 'bug', status = 'CLOSED' where id = 2",
    ],
)
def test_case_type_and_status_never_change_together(shop, app, way):
    with unchanged(shop):
        refuses(app, way)


@pytest.mark.parametrize(
    "way",
    [
        "update shop.tickets set type = 'bug' where id = 2",
        "insert into shop.tickets values (2, 'bug') on conflict (id) do update set type = excluded.type",
        "merge into shop.tickets t using (values (2)) v (id) on t.id = v.id when matched then update set type = 'bug'",
        "with a as (update shop.orders set status = 'PAID' where id = 1 returning id) update shop.tickets "
        "set type = 'bug' where id = 2",
        "begin; declare c cursor for select from shop.tickets where id = 2 for update; fetch c; "
        "update shop.tickets set type = 'bug' where current of c; commit",
    ],
)
def test_a_closed_wish_becomes_no_closed_bug_by_any_statement(shop, app, way):
    app.execute("update shop.tickets set status = 'CLOSED' where id = 2")
    with unchanged(shop):
        refuses(app, way)


def test_a_bug_is_not_closed_by_way_of_a_wish(shop, app):
    """The review's attack, step by step instead of in one statement."""
    app.execute("update shop.tickets set type = 'wish' where id = 1")
    app.execute("update shop.tickets set status = 'CLOSED' where id = 1")
    with unchanged(shop):
        refuses(app, "update shop.tickets set type = 'bug' where id = 1")
    app.execute(FIX.replace("1", "3"))
    with unchanged(shop):
        refuses(app, "update shop.tickets set type = 'wish' where id = 3")


@each("type", ["unknown", "", " ", "BUG", "bug ", "*", "Bug", "%", "b\u200bug"])
@each("and_status", ["", ", status = 'CLOSED'", ", status = 'FIXED'"])
def test_an_unknown_case_type_is_refused(shop, app, type, and_status):
    with unchanged(shop):
        refuses(app, f"update shop.tickets set type = '{type}'{and_status} where id = 1")
        if not and_status:
            refuses(app, f"insert into shop.tickets values (99, '{type}')")


@each("and_status", ["", ", status = 'CLOSED'"])
def test_no_case_type_at_all_is_refused_where_no_rules_for_it_exist(shop, app, and_status):
    with unchanged(shop):
        refuses(app, f"update shop.tickets set type = null{and_status} where id = 1")
        refuses(app, "insert into shop.tickets values (99, null)")
        refuses(app, "insert into shop.tickets (id) values (99)")


def test_free_case_types_stay_known_while_no_code_is_in_use(shop, app):
    shop.execute("update jalon_engine.category set others_are_free = true where code = 'TICKET'")
    app.execute("insert into shop.tickets (id, type) values (7, 'idea')")
    shop.execute("update jalon_engine.referential set is_active = false where category = 'TICKET'")
    app.execute("update shop.tickets set type = 'dream' where id = 7")
    assert kind(shop, 7) == ("dream", "OPEN")
    refuses(app, "update shop.tickets set status = 'CLOSED' where id = 7", "JL403")
    assert shop.execute("select * from jalon.verify()").fetchall() == []


def test_a_row_that_is_inserted_with_a_case_type_begins_where_that_begins(shop, app):
    with unchanged(shop):
        refuses(app, "insert into shop.tickets values (99, 'wish', 'CLOSED')", "JL101")
        refuses(app, "insert into shop.tickets values (99, 'wish', 'FIXED')")


@pytest.mark.parametrize("what", ["update cascade", "update set null", "delete set null", "delete set default"])
def test_a_foreign_key_that_writes_the_case_type_is_checked(shop, app, what):
    cascade = "on update cascade" if "cascade" in what else f"on {what}"
    track(
        shop,
        "shop.cases",
        f"""create table shop.kinds (code text primary key); insert into shop.kinds values ('bug'), ('wish');
        create table shop.cases (id bigint primary key, type text default 'wish' references shop.kinds {cascade},
            status text not null default 'OPEN');
        insert into shop.cases values (1, 'bug', 'OPEN'); grant all on shop.kinds to shop_app""",
        "category => 'TICKET', workflow_column => 'type'",
    )
    app.execute("update shop.cases set status = 'FIXED' where id = 1")
    with unchanged(shop, "shop.orders"):
        if what.startswith("update"):
            refuses(app, "update shop.kinds set code = 'thing' where code = 'bug'")
        else:
            refuses(app, "delete from shop.kinds where code = 'bug'")
    assert_honest(shop, "shop.cases", RULES["tickets"])


@pytest.mark.parametrize("name", ["aaa", "~~late"])
def test_a_trigger_that_changes_the_case_type_is_checked(shop, app, name):
    shop.execute(f"""create function shop.retype() returns trigger language plpgsql as $$ begin
            if new.note = 'retype' then new.type := 'wish'; new.status := 'CLOSED'; end if; return new; end $$;
        create trigger "{name}" before update on shop.tickets for each row execute function shop.retype()""")
    with unchanged(shop):
        refuses(app, "update shop.tickets set note = 'retype' where id = 1")
        refuses(app, "update shop.tickets set note = 'retype', status = 'FIXED' where id = 1")
        refuses(app, "update shop.tickets set note = 'retype' where id in (1, 3)")


@pytest.mark.parametrize("name", ["aaa", "~~late"])
def test_a_trigger_that_changes_the_case_type_of_a_new_row_is_checked(shop, app, name):
    shop.execute(f"""create function shop.retype() returns trigger language plpgsql as $$ begin
            new.type := 'wish'; new.status := 'CLOSED'; return new; end $$;
        create trigger "{name}" before insert on shop.tickets for each row execute function shop.retype()""")
    with unchanged(shop):
        refuses(app, "insert into shop.tickets values (99, 'bug')")


def test_there_and_back_gains_no_step(shop, app):
    app.execute(FIX)
    with unchanged(shop):
        refuses(
            app,
            """begin; savepoint a; update shop.tickets set type = 'wish' where id = 1; commit""",
        )
        refuses(
            app,
            """do $$ begin begin update shop.tickets set type = 'wish' where id = 1; exception when others then null;
            end;
            update shop.tickets set status = 'CLOSED' where id = 1; end $$""",
        )
    app.execute(
        """begin; update shop.tickets set type = 'wish' where id = 3; update shop.tickets set type = 'bug'
            where id = 3; commit"""
    )
    assert [row[0] for row in changes_of_record(shop, 3, "shop.tickets")] == [1, 2, 3]
    assert_honest(shop, "shop.tickets")


def test_a_change_of_case_type_is_recorded_and_is_no_note(shop, app):
    app.execute(
        "update shop.tickets set type = 'wish', note = 'x', status_version = 77, status_changed_at = 'epoch' "
        "where id in (1, 3)"
    )
    for id in (1, 3):
        assert shop.execute(
            "select type, version from jalon_history.shop__tickets where tickets_id = %s order by version", (id,)
        ).fetchall() == [("bug", 1), ("wish", 2)]
    assert_honest(shop, "shop.tickets")


# Only what the author of a workflow published is allowed.

ARRIVAL = """alter table jalon_engine.workflow_arrival disable trigger user;
    insert into jalon_engine.workflow_arrival (category, case_type, version, to_code, from_code, from_case_type)
    values ('TICKET', 'bug', {version}, 'FIXED', 'CLOSED', 'wish');
    alter table jalon_engine.workflow_arrival enable trigger user"""


def publish_arrival(db, published=True):
    db.execute("insert into jalon_engine.role_grant (principal, role) values ('db:' || session_user, 'admin')")
    if not published:
        db.execute("select jalon.draft('TICKET', 'bug')")
    db.execute(ARRIVAL.format(version=1 if published else 2))


def test_an_arrival_that_was_published_is_allowed_with_its_change_of_code(shop, app):
    publish_arrival(shop)
    app.execute("update shop.tickets set status = 'CLOSED' where id = 2")
    refuses(app, "update shop.tickets set type = 'bug' where id = 2")
    app.execute("update shop.tickets set type = 'bug', status = 'FIXED' where id = 2")
    assert kind(shop, 2) == ("bug", "FIXED")
    assert [row[0] for row in changes_of_record(shop, 2, "shop.tickets")] == [1, 2, 3]


def test_an_arrival_is_for_the_code_and_the_case_type_that_it_names(shop, app):
    publish_arrival(shop)
    with unchanged(shop):
        refuses(app, "update shop.tickets set type = 'bug', status = 'FIXED' where id = 4")
        refuses(app, "update shop.tickets set type = 'bug', status = 'CLOSED' where id = 4")
        refuses(app, "update shop.tickets set status = 'FIXED' where id = 4")
        refuses(app, "insert into shop.tickets values (99, 'bug', 'FIXED')")
        refuses(app, "update shop.tickets set type = 'wish', status = 'FIXED' where id = 1")


def test_an_arrival_in_a_draft_allows_nothing(shop, app):
    publish_arrival(shop, published=False)
    app.execute("update shop.tickets set status = 'CLOSED' where id = 2")
    with unchanged(shop):
        refuses(app, "update shop.tickets set type = 'bug', status = 'FIXED' where id = 2")


def test_nobody_adds_an_arrival_to_what_is_published(shop, app, connect):
    insert = """insert into jalon_engine.workflow_arrival (category, case_type, version, to_code, from_code,
        from_case_type)
        values ('TICKET', 'bug', 1, 'CLOSED', 'CLOSED', 'wish')"""
    with unchanged(shop):
        for connection in (shop, connect("dba"), connect("api"), app):
            refuses(connection, insert)


def test_two_columns_beside_a_case_type_are_checked_each(shop, app):
    shop.execute("insert into jalon_engine.category (code, label) values ('FREE', 'Free')")
    shop.execute("""insert into jalon_engine.referential (category, code, label, is_initial) values
        ('FREE', 'A', 'A', true), ('FREE', 'B', 'B', false)""")
    track(
        shop,
        "shop.two",
        "create table shop.two (id bigint primary key, type text, status text not null default 'OPEN', "
        "other text not null default 'A')",
        """columns => '{"status": "TICKET", "other": "FREE"}', workflow_column => 'type'""",
    )
    shop.execute("insert into shop.two values (1, 'bug'), (2, 'wish')")
    before = shop.execute("select * from shop.two order by id").fetchall()
    for statement in (
        "set type = 'wish', status = 'FIXED', other = 'B' where id = 1",
        "set type = 'wish', status = 'CLOSED', other = 'B' where id = 1",
        "set other = 'B', status = 'CLOSED' where id = 1",
    ):
        refuses(app, f"update shop.two {statement}")
    assert shop.execute("select * from shop.two order by id").fetchall() == before
    attempt(app, "update shop.two set other = 'B' where id = 1")
    app.execute("update shop.two set status = 'CLOSED' where id = 2")
    free = {(None, "A"), ("A", "B")}
    assert_honest(shop, "shop.two", {"bug": RULES["tickets"]["bug"] | free, "wish": WISH | free})


# The dossiers that come along, by the web application.


def test_a_dossier_takes_no_way_around_the_transitions_by_changing_its_case_type(shop, connect):
    shop.execute("insert into jalon_engine.role_grant (principal, role) values ('db:' || session_user, 'admin')")
    shop.execute("""select jalon.add_case_type('CLAIM', '{"en": "Claim", "fr": "Sinistre"}',
        template => 'insurance_claims');
        select jalon.add_case_type('LEGAL', '{"en": "Legal", "fr": "Litige"}', template => 'legal_matters')""")
    api = connect("api")
    status, body = call(api, "open_dossier", None, {"caseType": "CLAIM", "leadName": "x"}, "anna", "admin")
    assert status == 201
    id, first = body["id"], body["statusCode"]
    path = [(first, "CLAIM")]
    for other in ("LEGAL", "CLAIM", "LEGAL"):
        codes = shop.execute(
            "select distinct to_code from jalon_engine.workflow_transition where category = 'DOSSIER_STATUS_CODE' "
            "or case_type = %s",
            (other,),
        ).fetchall()
        for (code,) in codes:
            before = path[-1][0]
            attempt(
                api,
                f"""select jalon_api.run('edit_dossier', '{id}',
                '{{"caseType": "{other}", "mapping": {{"{before}": "{code}"}}}}',
                '{{"actor": "bob", "roles": []}}')""",
            )
            now = shop.execute(
                "select status_code, case_type from jalon_dossiers.dossier where id = %s", (id,)
            ).fetchone()
            if now != path[-1]:
                path.append(now)
    # Every code on the way is one where a record of that case type may begin.
    for code, case_type in path:
        assert shop.execute(
            "select bool_or(r.is_initial) from jalon_engine.referential r where r.code = %s", (code,)
        ).fetchone() == (True,), (code, case_type)
