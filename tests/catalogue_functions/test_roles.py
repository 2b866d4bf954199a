"""Grants are read live, revoked rather than deleted; the matrix is set cell by cell."""

from typing import Any


def test_a_grant_counts_at_once_until_it_is_revoked(db: Any, value: Any, rows: Any) -> None:
    db.execute("select jalon.add_role('boss', 'The boss')")
    db.execute("select jalon.grant_role('anna', 'boss')")
    assert value("select logic.roles_of('anna')") == ["boss"]
    db.execute("select jalon.grant_role('anna', 'boss', until => now() + interval '1 day')")
    assert rows("select count(*), max(valid_until) is not null from lifecycle.role_grant where principal = 'anna'") == [
        (1, True)
    ]
    assert value("select revoked_by from jalon.revoke_role('anna', 'boss')") == "db:postgres"
    assert value("select logic.roles_of('anna')") == []
    db.execute("select jalon.grant_role('anna', 'boss')")
    assert value("select count(*) from lifecycle.role_grant where principal = 'anna'") == 2


def test_a_grant_that_ran_out_stays_on_record(db: Any, value: Any, rows: Any) -> None:
    db.execute("select jalon.add_role('boss')")
    db.execute("select jalon.grant_role('anna', 'boss', until => now() - interval '1 day')")
    assert value("select logic.roles_of('anna')") == []
    db.execute("select jalon.grant_role('anna', 'boss')")
    assert rows(
        "select revoked_at = valid_until from lifecycle.role_grant where principal = 'anna' order by granted_at"
    ) == [(True,), (None,)]
    assert value("select logic.roles_of('anna')") == ["boss"]


def test_the_matrix_is_set_cell_by_cell(db: Any, value: Any) -> None:
    db.execute("select jalon.add_role('boss')")
    may = "select logic.may('force_move', '{boss}', 'orders', %s)"
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
