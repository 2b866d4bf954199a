"""Grants take effect at once and are revoked, not deleted; the matrix is set cell by cell."""

from typing import Any

import pytest


def test_a_grant_counts_at_once_until_it_is_revoked(db: Any, value: Any, rows: Any) -> None:
    db.execute("select jalon.add_role('boss', 'The boss')")
    db.execute("select jalon.grant_role('anna', 'boss')")
    assert value("select jalon_engine.roles_of('anna')") == ["boss"]
    db.execute("select jalon.grant_role('anna', 'boss', until => now() + interval '1 day')")
    assert rows(
        "select count(*), max(valid_until) is not null from jalon_engine.role_grant where principal = 'anna'"
    ) == [(1, True)]
    assert value("select revoked_by from jalon.revoke_role('anna', 'boss')") == "db:postgres"
    assert value("select jalon_engine.roles_of('anna')") == []
    db.execute("select jalon.grant_role('anna', 'boss')")
    assert value("select count(*) from jalon_engine.role_grant where principal = 'anna'") == 2


def test_a_grant_that_ran_out_stays_on_record(db: Any, value: Any, rows: Any) -> None:
    db.execute("select jalon.add_role('boss')")
    db.execute("select jalon.grant_role('anna', 'boss', until => now() - interval '1 day')")
    assert value("select jalon_engine.roles_of('anna')") == []
    db.execute("select jalon.grant_role('anna', 'boss')")
    assert rows(
        "select revoked_at = valid_until from jalon_engine.role_grant where principal = 'anna' order by granted_at"
    ) == [(True,), (None,)]
    assert value("select jalon_engine.roles_of('anna')") == ["boss"]


def test_the_matrix_is_set_cell_by_cell(db: Any, value: Any) -> None:
    db.execute("select jalon.add_role('boss')")
    may = "select jalon_engine.may('force_move', '{boss}', 'orders', %s)"
    assert value(may, "NEW") is False
    db.execute("select jalon.set_permission('boss', 'force_move')")
    db.execute("select jalon.set_permission('boss', 'force_move', 'orders', 'PAID', false)")
    assert (value(may, "NEW"), value(may, "PAID")) == (True, False)
    db.execute("select jalon.set_permission('boss', 'force_move', 'orders', 'PAID', null)")
    assert value(may, "PAID") is True


def test_what_is_unknown_is_refused(db: Any, refused: Any) -> None:
    with refused("JL405") as detail:
        db.execute("select jalon.grant_role('anna', 'bos')")
    assert detail["field"] == "role"
    with refused("JL405") as detail:
        db.execute("select jalon.set_permission('admin', 'fly')")
    assert "force_move" in detail["allowed"]
    with refused("JL401"):
        db.execute("select jalon.revoke_role('anna', 'admin')")


@pytest.mark.parametrize("name", ["", " ", " anna", "anna ", "anna\n"])
def test_a_role_is_granted_to_nobody_whose_name_cannot_be_read(db: Any, refused: Any, name: str) -> None:
    with refused("JL405") as detail:
        db.execute("select jalon.grant_role(%s, 'admin')", (name,))
    assert detail["field"] == "principal"


def test_granting_needs_the_permission(db: Any, as_actor: Any, refused: Any) -> None:
    with as_actor(db, "anna"):
        for call in (
            "add_role('boss')",
            "grant_role('anna', 'admin')",
            "revoke_role('anna', 'admin')",
            "set_permission('any', 'erase')",
        ):
            with refused("JL203"):
                db.execute(f"select jalon.{call}")


def test_a_role_is_called_what_its_reader_calls_it(db: Any, value: Any) -> None:
    db.execute("select jalon.add_role('boss', 'The boss')")
    db.execute("select jalon.set_role_label('boss', 'fr', 'Le patron', 'Décide.')")
    called = "select label from jalon_engine.roles_in(%s) where code = 'boss'"
    assert [value(called, language) for language in ("fr", "fr-CH", "en", "de", None)] == [
        "Le patron", "Le patron", "The boss", "The boss", "The boss",
    ]  # fmt: skip
    db.execute("select jalon.set_role_label('boss', 'en', 'The chief')")
    assert value("select label from jalon_engine.role where code = 'boss'") == "The chief"
    db.execute("select jalon.add_role('boss', 'The head')")
    assert value(called, "en") == "The head"


def test_a_permission_is_called_what_its_reader_calls_it(db: Any, value: Any) -> None:
    called = "select label from jalon_engine.permissions_in(%s) where code = 'force_move'"
    assert [value(called, language) for language in ("fr", "en")] == ["Forcer un changement", "Force a move"]
    db.execute("select jalon.set_permission_label('force_move', 'en', 'Push through', 'Whatever the transitions say.')")
    assert value(called, "en") == "Push through"
    assert (
        value("select description from jalon_engine.permission where code = 'force_move'")
        == "Whatever the transitions say."
    )


def test_every_role_and_permission_has_its_name_in_every_language(rows: Any) -> None:
    assert (
        rows(
            """select 'role ' || r.code, l.code from jalon_engine.role r cross join jalon_engine.language l
        where not exists (select from jalon_engine.role_label x where (x.role, x.language) = (r.code, l.code))
        union all
        select 'permission ' || p.code, l.code from jalon_engine.permission p cross join jalon_engine.language l
        where not exists (select from jalon_engine.permission_label x where (x.permission, x.language) = (p.code,
            l.code))"""
        )
        == []
    )


def test_what_stands_in_the_way_names_roles_as_its_reader_does(value: Any) -> None:
    blocker = '{"code": "JL202", "params": {"roles": ["admin", "custom:facilitator"]}, "message": "…"}'
    brief = "select jalon_engine.short_message(%s::jsonb, %s)"
    assert value(brief, blocker, "fr") == "réservé à : Administrateur, facilitator"
    assert value(brief, blocker, "en") == "for: Administrator, facilitator"
    assert value(brief, '{"code": "JL999", "params": {}, "message": "As it is."}', "en") == "As it is."
