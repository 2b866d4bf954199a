"""Export and import: an exported workflow is imported unchanged, in a stable order; existing codes stay."""

import json
from typing import Any

import yaml


def test_a_workflow_goes_out_and_comes_back(orders: Any, value: Any) -> None:
    orders.execute("select jalon.draft('ORDER_STATUS')")
    orders.execute("insert into jalon_engine.guard values ('paid_in_full', 'jalon_engine.is_erasing', 'is paid')")
    orders.execute(
        """select jalon.set_transition('ORDER_STATUS', 'NEW', 'PAID', roles => '{clerk,"the boss"}',
        requires_reason => true,
        required_fields => '{note,meta.receipt}', guard => 'paid_in_full', relation => '!author', icon => 'coin')"""
    )
    document = value("select jalon.export_workflow('ORDER_STATUS', version => 2)")
    orders.execute("select jalon.import_workflow(%s::json, category => 'COPIED')", (json.dumps(document),))
    copied = value("select jalon.export_workflow('COPIED')")
    assert copied == document | {"category": {"code": "COPIED", "label": "Orders"}}
    assert yaml.safe_load(yaml.safe_dump(document)) == document


def test_its_order_is_stable(orders: Any, value: Any) -> None:
    text = value("select jalon.export_workflow('ORDER_STATUS')::text")
    orders.execute(
        "update jalon_engine.referential set description = null where category = 'ORDER_STATUS'"
    )  # rows move in the heap
    assert value("select jalon.export_workflow('ORDER_STATUS')::text") == text
    assert list(json.loads(text)) == ["format", "category", "case_type", "label", "codes", "actions", "transitions"]
    assert [code["code"] for code in json.loads(text)["codes"]][:3] == ["NEW", "PAID", "SHIPPED"]


def test_importing_adds_codes_and_leaves_those_that_exist(orders: Any, value: Any, rows: Any) -> None:
    document = value("select jalon.export_workflow('ORDER_STATUS')")
    document["codes"][0]["label"] = "Brand new"
    document["codes"].append(
        {"code": "LOST", "label": "Lost", "labels": {"en": "Lost", "fr": "Perdue"}, "is_final": True}
    )
    document["transitions"] = [{"from": "NEW", "to": "LOST", "action": "lose", "roles": ["any"]}]
    for _ in range(2):  # the second time over the draft of the first
        orders.execute("select jalon.import_workflow(%s::json)", (json.dumps(document),))
    assert value("select label from jalon_engine.referential where category = 'ORDER_STATUS' and code = 'NEW'") == "New"
    assert rows(
        "select from_code, to_code from jalon_engine.workflow_transition where category = 'ORDER_STATUS' "
        "and version = 2"
    ) == [("NEW", "LOST")]
    assert value("select count(*) from jalon_engine.workflow where category = 'ORDER_STATUS'") == 2


def test_a_referential_goes_out_and_comes_back(orders: Any, value: Any) -> None:
    orders.execute(
        """select jalon.set_code('ORDER_STATUS', 'L''été "chaud"', meta => '{"a": [1, null], "b": null}',
            max_stay => '3 days')"""
    )
    orders.execute("select jalon.deactivate('ORDER_STATUS', 'SHIPPED')")
    document = value("select jalon.export_referential('ORDER_STATUS')")
    orders.execute("select jalon.import_referential(%s::json, category => 'COPIED')", (json.dumps(document),))
    assert value("select jalon.export_referential('COPIED')")["codes"] == document["codes"]
    document["codes"][0]["label"] = "Brand new"
    document["codes"][0]["labels"]["en"] = "Brand new"
    orders.execute("select jalon.import_referential(%s::json)", (json.dumps(document),))
    assert (
        value("select label from jalon_engine.referential where category = 'ORDER_STATUS' and code = 'NEW'")
        == "Brand new"
    )


def test_what_is_no_such_document_is_refused(db: Any, refused: Any) -> None:
    for document in (
        '{"format": "bpmn"}',
        "{}",
        '{"format": "jalon/1", "codes": []}',
        '{"format": "jalon/1", "category": {"code": "A"}}',
    ):
        with refused("JL405"):
            db.execute("select jalon.import_workflow(%s::json)", (document,))


def test_saving_a_document_compiles_the_rules_once_however_many_codes_and_transitions_it_has(
    orders: Any, value: Any
) -> None:
    """The rules of a category that moves freely are all pairs of its codes."""
    codes = [{"code": f"C{n}", "labels": {"en": f"Code {n}", "fr": f"Code {n}"}} for n in range(40)]
    transitions = [{"from": f"C{n}", "to": f"C{n + 1}", "roles": ["any"]} for n in range(39)]
    document = {"format": "jalon/1", "category": {"code": "MANY"}, "codes": codes, "transitions": transitions}
    compiled = (
        "select coalesce(sum(calls), 0) from pg_stat_xact_user_functions"
        " where schemaname = 'jalon_engine' and funcname = 'compile_rules'"
    )
    orders.execute("set track_functions = 'all'")
    for times in (1, 0):  # the second time the codes are there
        with orders.transaction():
            before = value(compiled)
            orders.execute("select jalon.import_workflow(%s::json)", (json.dumps(document),))
            assert value(compiled) - before == times
    assert value("select count(*) from jalon_engine.workflow_transition where category = 'MANY'") == 39
    with orders.transaction():
        before = value(compiled)
        orders.execute("select jalon.import_referential(%s::json)", (json.dumps(document),))
        assert value(compiled) - before <= 2
