"""The dossier document, rule by rule, where it concerns the database: fields, validation, compatibility, schema."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import psycopg
import pytest

from jalon.install import files

Connection = psycopg.Connection[Any]
As = Callable[..., AbstractContextManager[None]]
BUY = ["CRM_NEW", "CRM_QUALIFIED", "CRM_VISIT_PLANNED", "CRM_CLOSED_WON", "CRM_CLOSED_LOST"]
LEGACY = ["NEW", "QUALIFYING", "QUALIFIED", "APPOINTMENT", "WON", "LOST", "DRAFT"]


def open_dossier(db: Connection, **fields: Any) -> Any:
    names = list(fields) or ["lead_name"]
    query = f"insert into dossier ({', '.join(names)}) values ({', '.join(['%s'] * len(names))}) returning id"
    return db.execute(query, list(fields.values()) or ["John Doe"]).fetchone()[0]  # type: ignore[index,arg-type]


def of(db: Connection, id: Any, columns: str = "status_code, status") -> Any:
    return db.execute(f"select {columns} from dossier where id = %s", [id]).fetchone()  # type: ignore[arg-type]


def refused(db: Connection, query: str, *parameters: Any) -> tuple[str | None, str]:
    with pytest.raises(psycopg.Error) as caught:
        db.execute(query, parameters)  # type: ignore[arg-type]
    return caught.value.sqlstate, caught.value.diag.message_primary or ""


def test_case_type_field_string_100_characters_max(db: Connection) -> None:
    query = """
        select column_name, data_type, character_maximum_length, is_nullable from information_schema.columns
        where table_schema = 'jalon_dossiers' and table_name = 'dossier'
            and column_name in ('case_type', 'status_code')
        order by 1
    """
    assert db.execute(query).fetchall() == [
        ("case_type", "character varying", 100, "YES"),
        ("status_code", "character varying", 100, "NO"),
    ]
    assert refused(db, "insert into dossier (case_type) values (repeat('x', 101))")[0] == "22001"


@pytest.mark.parametrize(
    ("name", "columns"),
    [
        ("idx_dossier_case_type", "(case_type)"),
        ("idx_dossier_status_code", "(status_code)"),
        ("idx_dossier_case_type_status_code", "(case_type, status_code)"),
    ],
)
def test_database_schema_the_three_indexes(db: Connection, name: str, columns: str) -> None:
    (definition,) = db.execute("select indexdef from pg_indexes where indexname = %s", [name]).fetchone() or ("",)
    assert definition.endswith(f"USING btree {columns}")


def test_the_alter_statements_of_the_document_run_verbatim(db: Connection) -> None:
    db.execute("alter table dossier add column if not exists case_type varchar(100)")
    db.execute("alter table dossier add column if not exists status_code varchar(100)")
    db.execute("create index if not exists idx_dossier_case_type on dossier(case_type)")
    db.execute("create index if not exists idx_dossier_status_code on dossier(status_code)")
    db.execute("create index if not exists idx_dossier_case_type_status_code on dossier(case_type, status_code)")


def test_adds_column_comments_for_documentation(db: Connection) -> None:
    query = """
        select count(*) from pg_attribute where attrelid = 'jalon_dossiers.dossier'::regclass and attnum > 0
            and not attisdropped and col_description(attrelid, attnum) is null
    """
    assert db.execute(query).fetchone() == (0,)


@pytest.mark.parametrize(
    ("category", "codes"),
    [
        (
            "CASE_TYPE",
            ["CRM_LEAD_BUY", "CRM_LEAD_RENT", "CRM_OWNER_LEAD", "CRM_SALE_TRANSACTION", "CRM_RENTAL_TRANSACTION"],
        ),
        ("CASE_STATUS", BUY),
        ("CASE_STATUS", LEGACY),
    ],
)
def test_default_referentials_include(db: Connection, category: str, codes: list[str]) -> None:
    query = "select code from referential where category = %s and is_active and code = any (%s)"
    assert {row[0] for row in db.execute(query, [category, codes])} == set(codes)


def test_every_code_has_labels_colour_icon_and_a_status(db: Connection) -> None:
    query = """
        select f.category, f.code from referential f
        where f.category in ('CASE_TYPE', 'CASE_STATUS', 'DOSSIER_STATUS') and (
            f.color is null or f.icon is null or f.label is null
            or (select count(*) from referential_label l where l.category = f.category and l.code = f.code
                and l.language in ('en', 'fr')) < 2
            or f.category = 'CASE_STATUS' and not exists (select from jalon_dossiers.status_mapping m
                where m.status_code = f.code))
    """
    assert db.execute(query).fetchall() == []


def test_every_case_type_has_a_published_workflow_without_errors(db: Connection) -> None:
    query = """
        select t.code, w.version, (select count(*) from jalon.workflow_check('CASE_STATUS', t.code) c
            where c.severity = 'error')
        from referential t left join workflow w on w.category = 'CASE_STATUS' and w.case_type = t.code
            and w.state = 'published'
        where t.category = 'CASE_TYPE'
    """
    assert {(version, errors) for _, version, errors in db.execute(query)} == {(1, 0)}


def test_optional_can_be_null_for_generic_dossiers_without_workflow_constraints(db: Connection) -> None:
    active = [row[0] for row in db.execute("select code from referential where category = 'CASE_STATUS' and is_active")]
    for code in active:
        id = open_dossier(db, status_code=code)
        assert of(db, id)[0] == code
    id = open_dossier(db)
    for code in ("CRM_SIGNED", "WON", "NEW"):
        db.execute("update dossier set status_code = %s where id = %s", [code, id])
        assert of(db, id)[0] == code


def test_if_no_workflow_is_defined_for_the_case_type_all_active_status_codes_are_allowed(db: Connection) -> None:
    db.execute("select jalon.set_code('CASE_TYPE', 'PLAIN', 'Plain')")
    assert of(db, open_dossier(db, case_type="PLAIN", status_code="CRM_HANDED_OVER"))[0] == "CRM_HANDED_OVER"
    db.execute("select jalon.set_code('CASE_STATUS', 'OURS', 'Ours', is_initial => true)")  # does not narrow the others
    assert of(db, open_dossier(db, case_type="PLAIN", status_code="QUALIFYING"))[0] == "QUALIFYING"


def test_existence_check_status_code_must_exist_in_case_status_referential(db: Connection) -> None:
    said = "Invalid statusCode: 'INVALID_CODE'. Status code does not exist in CASE_STATUS referential."
    assert refused(db, "insert into dossier (status_code) values ('INVALID_CODE')") == ("JL402", said)
    id = open_dossier(db)
    assert refused(db, "update dossier set status_code = 'INVALID_CODE' where id = %s", id) == ("JL402", said)


def test_active_check_status_code_must_be_active(db: Connection) -> None:
    id = open_dossier(db, status_code="QUALIFYING")
    db.execute("select jalon.deactivate('CASE_STATUS', 'QUALIFYING')")
    said = "Invalid statusCode: 'QUALIFYING'. Status code is not active in CASE_STATUS referential."
    assert refused(db, "insert into dossier (status_code) values ('QUALIFYING')") == ("JL403", said)
    db.execute("update dossier set status_code = 'QUALIFIED' where id = %s", [id])
    assert refused(db, "update dossier set status_code = 'QUALIFYING' where id = %s", id) == ("JL403", said)


def test_deactivated_status_codes_keep_their_dossiers_and_history(db: Connection) -> None:
    id = open_dossier(db, status_code="QUALIFYING")
    db.execute("select jalon.deactivate('CASE_STATUS', 'QUALIFYING')")
    db.execute("update dossier set lead_name = 'Jane' where id = %s", [id])
    assert of(db, id, "status_code, lead_name") == ("QUALIFYING", "Jane")


def test_existence_check_case_type_must_exist_in_case_type_referential(db: Connection) -> None:
    said = "Invalid caseType: 'INVALID_TYPE'. Case type does not exist in CASE_TYPE referential."
    assert refused(db, "insert into dossier (case_type) values ('INVALID_TYPE')") == ("JL402", said)


def test_active_check_case_type_must_be_active(db: Connection) -> None:
    id = open_dossier(db, case_type="CRM_LEAD_RENT")
    db.execute("select jalon.deactivate('CASE_TYPE', 'CRM_LEAD_RENT')")
    said = "Invalid caseType: 'CRM_LEAD_RENT'. Case type is not active in CASE_TYPE referential."
    assert refused(db, "insert into dossier (case_type) values ('CRM_LEAD_RENT')") == ("JL403", said)
    db.execute("update dossier set status_code = 'CRM_QUALIFIED' where id = %s", [id])  # its dossiers go on


def test_case_type_compatibility_on_creation(db: Connection) -> None:
    assert refused(
        db, "insert into dossier (case_type, status_code) values ('CRM_LEAD_BUY', 'CRM_SIGNING_SCHEDULED')"
    ) == (
        "JL406",
        "Invalid statusCode: 'CRM_SIGNING_SCHEDULED' for caseType: 'CRM_LEAD_BUY'. "
        "Allowed status codes for this case type are: CRM_NEW, CRM_QUALIFIED, CRM_VISIT_PLANNED",
    )
    assert refused(db, "insert into dossier (case_type, status_code) values ('CRM_LEAD_BUY', 'CRM_CLOSED_WON')") == (
        "JL101",
        "Invalid statusCode: 'CRM_CLOSED_WON' for caseType: 'CRM_LEAD_BUY'. A dossier cannot begin with it. "
        "Allowed status codes on creation are: CRM_NEW, CRM_QUALIFIED, CRM_VISIT_PLANNED",
    )


def test_the_status_code_must_be_part_of_the_allowed_transitions(db: Connection) -> None:
    id = open_dossier(db, case_type="CRM_LEAD_BUY", status_code="CRM_NEW")
    to = "update dossier set status_code = %s where id = %s"
    assert refused(db, to, "CRM_CLOSED_WON", id) == (
        "JL101",
        "Invalid statusCode: 'CRM_CLOSED_WON' for caseType: 'CRM_LEAD_BUY'. It cannot follow 'CRM_NEW'. "
        "Allowed status codes from 'CRM_NEW' are: CRM_QUALIFIED, CRM_CLOSED_LOST",
    )
    assert refused(db, to, "CRM_SIGNED", id) == (
        "JL406",
        "Invalid statusCode: 'CRM_SIGNED' for caseType: 'CRM_LEAD_BUY'. "
        f"Allowed status codes for this case type are: {', '.join(BUY)}",
    )
    db.execute(to, ["CRM_CLOSED_LOST", id])
    assert refused(db, to, "CRM_NEW", id) == (
        "JL103",
        "Invalid statusCode: 'CRM_NEW' for caseType: 'CRM_LEAD_BUY'. Nothing can follow 'CRM_CLOSED_LOST': "
        "it is final.",
    )


def test_workflow_definition_holds_the_transitions(db: Connection) -> None:
    query = (
        "select to_status from workflow_definition where case_type = 'CRM_LEAD_BUY' and from_status = 'CRM_NEW' "
        "order by position"
    )
    assert [row[0] for row in db.execute(query)] == ["CRM_QUALIFIED", "CRM_CLOSED_LOST"]


@pytest.mark.parametrize("status", LEGACY)
def test_automatically_derives_from_dossier_status_enum_if_not_provided(db: Connection, status: str) -> None:
    assert of(db, open_dossier(db, status=status)) == (status, status)


def test_status_defaults_to_new(db: Connection) -> None:
    assert of(db, open_dossier(db, lead_name="John Doe")) == ("NEW", "NEW")
    assert of(db, open_dossier(db, case_type="CRM_LEAD_BUY")) == ("CRM_NEW", "NEW")
    assert of(db, open_dossier(db, case_type="CRM_SALE_TRANSACTION"))[0] == "CRM_VISIT_DONE"


def test_the_enum_is_automatically_synced_with_status_code_through_the_mapping(db: Connection) -> None:
    id = open_dossier(db, case_type="CRM_LEAD_BUY", status="NEW")
    assert of(db, id) == ("CRM_NEW", "NEW")
    db.execute("update dossier set status = 'QUALIFIED' where id = %s", [id])
    assert of(db, id) == ("CRM_QUALIFIED", "QUALIFIED")
    db.execute("update dossier set status_code = 'CRM_VISIT_PLANNED' where id = %s", [id])
    assert of(db, id) == ("CRM_VISIT_PLANNED", "APPOINTMENT")
    db.execute("update dossier set status_code = 'CRM_CLOSED_WON', status = 'WON' where id = %s", [id])
    assert of(db, id) == ("CRM_CLOSED_WON", "WON")


def test_contradicting_status_and_code_are_refused(db: Connection) -> None:
    said = "Contradicting status: 'LOST' and statusCode: 'CRM_NEW'. The status of this status code is 'NEW'."
    query = "insert into dossier (status, status_code) values ('LOST', 'CRM_NEW')"
    assert refused(db, query) == ("JL405", said)
    id = open_dossier(db)
    assert refused(db, "update dossier set status = 'LOST', status_code = 'CRM_NEW' where id = %s", id) == (
        "JL405",
        said,
    )


def test_an_unknown_status_and_one_without_a_code_are_refused(db: Connection) -> None:
    assert refused(db, "insert into dossier (status) values ('NONSENSE')") == (
        "JL402",
        "Invalid status: 'NONSENSE'. Status does not exist in DOSSIER_STATUS referential.",
    )
    id = open_dossier(db, case_type="CRM_LEAD_BUY")
    assert refused(db, "update dossier set status = 'QUALIFYING' where id = %s", id) == (
        "JL406",
        "Invalid status: 'QUALIFYING' for caseType: 'CRM_LEAD_BUY'. No status code of this case type stands for it. "
        "Allowed statuses are: NEW, QUALIFIED, APPOINTMENT, WON, LOST",
    )


def test_the_mapping_is_rows_and_changing_one_takes_the_dossiers_along(db: Connection) -> None:
    id = open_dossier(db, case_type="CRM_LEAD_BUY", status_code="CRM_QUALIFIED")
    assert db.execute("select jalon.map_dossier_status('CRM_QUALIFIED', 'QUALIFYING')").fetchone() == (1,)
    assert of(db, id) == ("CRM_QUALIFIED", "QUALIFYING")
    assert db.execute(
        "select count(*) from jalon_history.jalon_dossiers__dossier where dossier_id = %s", [id]
    ).fetchone() == (1,)
    assert refused(db, "select jalon.map_dossier_status('CRM_QUALIFIED', 'NONSENSE')")[0] == "JL402"
    assert db.execute(
        "select operation, after ->> 'status' from jalon_engine.config_history where table_name = 'status_mapping'"
    ).fetchall() == [("UPDATE", "QUALIFYING")]


def test_a_code_that_the_mapping_does_not_name_follows_its_outcome(db: Connection) -> None:
    db.execute("select jalon.set_code('CASE_STATUS', 'OURS', 'Ours', outcome => 'dropped')")
    assert of(db, open_dossier(db, status_code="OURS")) == ("OURS", "LOST")
    assert of(db, open_dossier(db, status="LOST")) == ("LOST", "LOST")


def test_changing_the_case_type_is_itself_a_move(db: Connection) -> None:
    id = open_dossier(db, case_type="CRM_LEAD_BUY", status_code="CRM_QUALIFIED")
    db.execute("update dossier set case_type = 'CRM_LEAD_RENT' where id = %s", [id])
    db.execute("update dossier set case_type = null where id = %s", [id])
    rows = db.execute(
        "select version, case_type, old_status_code, new_status_code, kind "
        "from jalon_history.jalon_dossiers__dossier where dossier_id = %s order by version",
        [id],
    )
    assert rows.fetchall() == [
        (1, "CRM_LEAD_BUY", None, "CRM_QUALIFIED", "create"),
        (2, "CRM_LEAD_RENT", "CRM_QUALIFIED", "CRM_QUALIFIED", "move"),
        (3, None, "CRM_QUALIFIED", "CRM_QUALIFIED", "move"),
    ]


def test_the_case_type_is_refused_when_the_current_code_does_not_exist_in_it_unless_mapped(db: Connection) -> None:
    id = open_dossier(db, case_type="CRM_LEAD_BUY", status_code="CRM_QUALIFIED")
    state, said = refused(db, "update dossier set case_type = 'CRM_SALE_TRANSACTION' where id = %s", id)
    assert state == "JL406"
    assert said.startswith("Invalid statusCode: 'CRM_QUALIFIED' for caseType: 'CRM_SALE_TRANSACTION'. Allowed")
    both = "update dossier set case_type = 'CRM_SALE_TRANSACTION', status_code = %s where id = %s"
    assert said.endswith("from 'CRM_QUALIFIED' are: CRM_OFFER_MADE, CRM_VISIT_DONE")
    assert refused(db, both, "CRM_VISIT_PLANNED", id)[0] == "JL406"
    db.execute(both, ["CRM_VISIT_DONE", id])
    assert of(db, id) == ("CRM_VISIT_DONE", "QUALIFIED")


def test_a_change_of_case_type_is_no_way_around_the_transitions(db: Connection) -> None:
    id = open_dossier(db, case_type="CRM_LEAD_BUY", status_code="CRM_NEW")
    both = "update dossier set case_type = %s, status_code = %s where id = %s"
    state, said = refused(db, both, "CRM_LEAD_RENT", "CRM_CLOSED_WON", id)
    assert (state, said.endswith("are: CRM_NEW, CRM_QUALIFIED, CRM_VISIT_PLANNED")) == ("JL101", True)
    state, said = refused(db, both, "CRM_SALE_TRANSACTION", "CRM_HANDED_OVER", id)
    assert (state, said.endswith("are: CRM_OFFER_MADE, CRM_VISIT_DONE")) == ("JL101", True)


def test_a_dossier_arrives_where_the_new_workflows_author_says(db: Connection) -> None:
    won = open_dossier(db, case_type="CRM_LEAD_BUY", status_code="CRM_QUALIFIED")
    db.execute("update dossier set status_code = 'CRM_CLOSED_WON'")
    both = "update dossier set case_type = 'CRM_SALE_TRANSACTION', status_code = 'CRM_OFFER_ACCEPTED' where id = %s"
    assert refused(db, both, won)[0] == "JL101"
    db.execute("select jalon.draft('CASE_STATUS', 'CRM_SALE_TRANSACTION')")
    arrival = "'CRM_OFFER_ACCEPTED', 'CRM_CLOSED_WON', 'CRM_LEAD_BUY'"
    db.execute(f"select jalon.set_arrival('CASE_STATUS', 'CRM_SALE_TRANSACTION', {arrival})")
    assert refused(db, both, won)[0] == "JL101"  # a draft lets nobody in
    db.execute("select jalon.publish('CASE_STATUS', 'CRM_SALE_TRANSACTION')")
    rent = open_dossier(db, case_type="CRM_LEAD_RENT", status_code="CRM_NEW")
    assert refused(db, both, rent)[0] == "JL101"
    db.execute(both, [won])
    assert of(db, won) == ("CRM_OFFER_ACCEPTED", "QUALIFIED")


def test_a_status_given_with_a_new_case_type_stands_for_a_code_on_which_the_dossier_arrives(db: Connection) -> None:
    id = open_dossier(db, case_type="CRM_LEAD_RENT", status="NEW")
    db.execute("update dossier set case_type = 'CRM_SALE_TRANSACTION', status = 'QUALIFYING' where id = %s", [id])
    assert of(db, id) == ("CRM_OFFER_MADE", "QUALIFYING")
    db.execute("update dossier set case_type = 'CRM_LEAD_BUY', status = 'APPOINTMENT' where id = %s", [id])
    assert of(db, id) == ("CRM_VISIT_PLANNED", "APPOINTMENT")


def test_copy_and_bulk_inserts_are_validated_and_derived(db: Connection) -> None:
    with db.cursor() as cursor, cursor.copy("copy dossier (lead_name, case_type, status) from stdin") as copy:
        for i in range(100):
            copy.write_row((f"Lead {i}", "CRM_LEAD_BUY" if i % 2 else None, "QUALIFIED"))
    query = "select status_code, count(*) from dossier group by 1 order by 1"
    assert db.execute(query).fetchall() == [("CRM_QUALIFIED", 50), ("QUALIFIED", 50)]
    db.execute("update dossier set status = 'APPOINTMENT'")
    assert db.execute(query).fetchall() == [("APPOINTMENT", 50), ("CRM_VISIT_PLANNED", 50)]


def test_transition_history_tracks_codes_and_shows_the_enum_beside_them(db: Connection, as_actor: As) -> None:
    with as_actor(db, "anna", reason="Client qualified after call"):
        id = open_dossier(db, case_type="CRM_LEAD_BUY")
        db.execute("update dossier set status = 'QUALIFIED' where id = %s", [id])
    query = (
        "select old_status_code, new_status_code, changed_by, reason from jalon_history.jalon_dossiers__dossier "
        "where dossier_id = %s and version = 2"
    )
    assert db.execute(query, [id]).fetchone() == ("CRM_NEW", "CRM_QUALIFIED", "anna", "Client qualified after call")


def test_messages_come_in_the_readers_language(db: Connection) -> None:
    db.execute("set jalon.language = 'fr'")
    assert refused(db, "insert into dossier (status_code) values ('X')")[1].startswith("statusCode invalide : 'X'.")


def test_a_reload_changes_nothing(db: Connection) -> None:
    query = "select oid, xmin from pg_trigger where tgrelid = 'jalon_dossiers.dossier'::regclass order by oid"
    before = db.execute(query).fetchall()
    track = """
        select jalon.track('jalon_dossiers.dossier', 'status_code', category => 'CASE_STATUS',
            workflow_column => 'case_type',
            relations => '{"assignee": "assignee", "author": "created_by"}', move_permission => 'write_dossiers')
    """
    db.execute("set role jalon_owner")  # as a reload does
    db.execute(track)
    db.execute(track)
    assert db.execute(query).fetchall() == before


def test_service_layer_validates_that_case_type_exists_and_is_active(db: Connection) -> None:
    db.execute("select jalon.validate_case_type('CRM_LEAD_BUY'), jalon.validate_case_type(null)")
    assert refused(db, "select jalon.validate_case_type('X')")[0] == "JL402"


def test_service_layer_validates_that_status_code_exists_is_active_and_is_allowed_for_the_case_type(
    db: Connection,
) -> None:
    query = "select jalon.validate_status_code(%s, %s)"
    for case_type, code in (("CRM_LEAD_BUY", "CRM_CLOSED_WON"), (None, "CRM_SIGNED")):
        db.execute(query, [case_type, code])
    db.execute("select jalon.deactivate('CASE_STATUS', 'DRAFT')")
    assert refused(db, query, "CRM_LEAD_BUY", "X")[0] == "JL402"
    assert refused(db, query, None, "DRAFT")[0] == "JL403"
    state, said = refused(db, query, "CRM_LEAD_BUY", "CRM_SIGNED")
    assert (state, said.endswith(", ".join(BUY))) == ("JL406", True)


def test_service_layer_derives_status_code_from_enum_status(db: Connection) -> None:
    query = "select jalon.derive_status_code('NEW'), jalon.derive_status_code('WON', 'CRM_LEAD_BUY')"
    assert db.execute(query).fetchone() == ("NEW", "CRM_CLOSED_WON")


def test_service_layer_gets_all_allowed_status_codes_for_a_case_type(db: Connection) -> None:
    assert db.execute("select jalon.allowed_status_codes('CRM_LEAD_BUY')").fetchone() == (BUY,)


def test_no_status_name_stands_in_code(db: Connection) -> None:
    query = "select code from referential where category in ('CASE_TYPE', 'CASE_STATUS', 'DOSSIER_STATUS')"
    codes = {row[0] for row in db.execute(query)}
    ours = {path: text for path, text in files.reloaded_sources().items() if "dossier" in path}
    folder = files.ROOT.parent / "app" / "modules" / "dossiers"
    # An example in the documents is not a rule.
    ours |= {path.name: re.sub(r"examples=\[[^]]*]", "", path.read_text()) for path in folder.glob("*.py")}
    found = {(path, word) for path, text in ours.items() for word in re.findall(r"['\"]([A-Z_]+)['\"]", text)}
    assert [(path, word) for path, word in found if word in codes] == []
