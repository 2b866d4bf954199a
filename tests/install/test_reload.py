"""Functions, views, triggers: as the files say, in one transaction, locking nothing without need."""

from typing import Any

import psycopg
import pytest

from jalon.refusal import Refusal


@pytest.fixture
def at(shop: Any, run: Any, empty: str) -> Any:
    """An autocommit connection to the database, once migrated."""
    run()
    with psycopg.connect(empty, autocommit=True) as connection:
        yield connection


def one(connection: psycopg.Connection[Any], query: str) -> Any:
    row = connection.execute(query).fetchone()
    return row[0] if row else None


def test_a_changed_function_is_replaced_though_no_migration_is_pending(shop: Any, run: Any, at: Any) -> None:
    shop.function("jalon_api.greet", "p_name text", "text", "select 'good day ' || p_name")
    run()
    assert one(at, "select jalon_api.greet('ada')") == "good day ada"


def test_everything_belongs_to_the_owner(at: Any) -> None:
    owners = (
        "select distinct proowner::regrole::text from pg_proc"
        " where pronamespace in ('jalon_api'::regnamespace, 'jalon_engine'::regnamespace)"
    )
    assert one(at, owners) == "jalon_owner"


def test_a_failing_file_changes_nothing(shop: Any, run: Any, at: Any) -> None:
    shop.function("jalon_api.greet", "p_name text", "text", "select 'good day ' || p_name")
    shop.write("functions/shop/zz.sql", "select 1/0;")
    with pytest.raises(Refusal, match=r"functions/shop/zz\.sql could not be loaded, and nothing was changed: division"):
        run()
    assert one(at, "select jalon_api.greet('ada')") == "hello ada"


def test_a_file_may_need_a_later_one(shop: Any, run: Any, at: Any) -> None:
    shop.write("functions/aa.sql", "create or replace view jalon_recap.aa as select jalon_engine.late() as late;")
    shop.function("jalon_engine.late", "", "int", "select 7")
    run()
    assert one(at, "select late from jalon_recap.aa") == 7


def test_another_return_type_and_other_argument_names(shop: Any, run: Any, at: Any) -> None:
    shop.function("jalon_api.greet", "p_who text", "int", "select length(p_who)")
    run()
    assert one(at, "select jalon_api.greet(p_who => 'ada')") == 3


def test_other_arguments_leave_no_twin(shop: Any, run: Any, at: Any) -> None:
    shop.function("jalon_api.greet", "p_name text, p_times int", "text", "select repeat(p_name, p_times)")
    run()
    assert one(at, "select count(*) from pg_proc where proname = 'greet'") == 1


def test_a_view_loses_a_column_and_what_hangs_on_it_comes_back(shop: Any, run: Any, at: Any) -> None:
    shop.write(
        "functions/shop/views/jalon_recap.names2.sql",
        "create or replace view jalon_recap.names2 as select name from jalon_recap.names;",
    )
    run()
    shop.write(
        "functions/shop/views/jalon_recap.names.sql",
        "create or replace view jalon_recap.names as select id as number, name from jalon_engine.shop;",
    )
    run()
    at.execute("insert into jalon_engine.shop values (1, 'ada')")
    assert one(at, "select name from jalon_recap.names2") == "ADA"
    assert one(at, "select number from jalon_recap.names") == 1


def test_a_function_that_returns_a_view_follows_it(shop: Any, run: Any, at: Any) -> None:
    shop.function("jalon_recap.all_names", "", "setof jalon_recap.names", "select * from jalon_recap.names")
    run()
    shop.write(
        "functions/shop/views/jalon_recap.names.sql",
        "create or replace view jalon_recap.names as select id as number, name from jalon_engine.shop;",
    )
    run()
    assert at.execute("select number from jalon_recap.all_names()").fetchall() == []


def test_what_the_user_built_on_it_is_named_and_kept(shop: Any, run: Any, at: Any) -> None:
    at.execute("create view public.mine as select name from jalon_recap.names")
    shop.write(
        "functions/shop/views/jalon_recap.names.sql",
        "create or replace view jalon_recap.names as select id from jalon_engine.shop;",
    )
    with pytest.raises(Refusal, match=r"depends on it: view public\.mine"):
        run()
    assert at.execute("select * from public.mine").fetchall() == []


@pytest.mark.parametrize("path", ["functions/shop/jalon_api.greet.sql", "functions/shop/views/jalon_recap.names.sql"])
def test_what_no_file_makes_any_more_goes(shop: Any, run: Any, at: Any, path: str) -> None:
    shop.remove(path)
    run()
    assert one(
        at, "select to_regprocedure('jalon_api.greet(text)') is null or to_regclass('jalon_recap.names') is null"
    )


def test_a_ghost_that_the_user_needs_is_named(shop: Any, run: Any, at: Any) -> None:
    at.execute("create table public.mine (name text default jalon_api.greet('you'))")
    shop.remove("functions/shop/jalon_api.greet.sql")
    with pytest.raises(Refusal, match="default value for column name of table"):
        run()


def test_what_was_generated_stays(shop: Any, run: Any, at: Any) -> None:
    at.execute(
        "create view jalon_history.shop as select 1 as one;"
        " comment on view jalon_history.shop is 'Generated for shop: x.'"
    )
    shop.function("jalon_api.greet", "p_name text", "text", "select 'good day ' || p_name")
    run()
    assert one(at, "select one from jalon_history.shop") == 1


def test_a_trigger_that_its_file_no_longer_makes_goes(shop: Any, run: Any, at: Any) -> None:
    shop.write(
        "triggers/engine/jalon_engine.shop.sql",
        "create or replace trigger _200_upper before insert on jalon_engine.shop"
        " for each row execute function jalon_engine.tg_shop__upper();",
    )
    run()
    assert at.execute("select tgname from pg_trigger where not tgisinternal").fetchall() == [("_200_upper",)]
    shop.remove("triggers/engine/jalon_engine.shop.sql")
    run()
    assert at.execute("select tgname from pg_trigger where not tgisinternal").fetchall() == []


def test_a_trigger_dropped_by_hand_comes_back(run: Any, at: Any) -> None:
    at.execute("drop trigger _100_upper on jalon_engine.shop")
    run(force_reload=True)
    assert one(at, "select tgname from pg_trigger where not tgisinternal") == "_100_upper"


def test_a_changed_function_waits_for_no_table(shop: Any, run: Any, at: Any, empty: str) -> None:
    """Somebody holds the table, and a report reads the view: only functions changed, so nobody is in the way."""
    shop.write(
        "functions/shop/tg.sql",
        "create or replace function jalon_engine.tg_shop__upper() returns trigger language plpgsql set search_path = ''"
        " as $$ begin new.name := lower(new.name); return new; end $$;",
    )
    with psycopg.connect(empty) as holder:
        holder.execute(
            "lock table jalon_engine.shop in access exclusive mode; lock table jalon_recap.names in access share mode"
        )
        run(lock_timeout=0.2)
    at.execute("insert into jalon_engine.shop values (1, 'ADA')")
    assert one(at, "select name from jalon_engine.shop") == "ada"


def test_a_changed_trigger_says_who_is_in_the_way(shop: Any, run: Any, at: Any, empty: str) -> None:
    with (shop.root / "triggers/engine/jalon_engine.shop.sql").open("a") as file:
        file.write("-- changed")
    with psycopg.connect(empty, application_name="shopkeeper") as holder:
        holder.execute("insert into jalon_engine.shop values (1, 'ada')")
        with pytest.raises(Refusal, match="Could not get a lock .*shopkeeper"):
            run(lock_timeout=0.2)
    run()


def test_rows_of_a_migration_alone_bring_a_reload(shop: Any, run: Any, at: Any) -> None:
    """The engine compiles rules from rows after every reload."""
    before = one(at, "select digest from jalon_install.reload")
    shop.migration("0120.rows", "insert into jalon_engine.shop values (1, 'ada');")
    run()
    assert one(at, "select digest from jalon_install.reload") != before


def test_the_engine_settles_after_a_reload(shop: Any, run: Any, at: Any) -> None:
    shop.function("jalon_engine.refresh_derived", "", "void", "insert into jalon_engine.shop values (99, 'settled')")
    run()
    assert one(at, "select id from jalon_engine.shop") == 99
