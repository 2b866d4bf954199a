"""Drawings: labels and colours of the category, quoted codes, a record's code and the actor's moves marked."""

import re
from typing import Any

NASTY = 'É"; drop table x; --`<b>\\#%%{init: {}}%%\n' + "x" * 50


def test_mermaid_shows_labels_colours_and_beginnings(orders: Any, value: Any) -> None:
    picture = value("select jalon.workflow_mermaid('ORDER_STATUS', language => 'fr')").splitlines()
    assert picture[0] == "flowchart LR"
    assert '    c2["Payée"]' in picture
    assert '    c4(["Livrée"])' in picture
    assert '    start -->|"Créer"| c1' in picture
    assert '    c1 -->|"Payer"| c2' in picture
    assert "    style c2 fill:#2f6fde,color:#ffffff" in picture


def test_the_record_and_the_actor_s_moves_stand_out(orders: Any, value: Any) -> None:
    orders.execute("select jalon.draft('ORDER_STATUS')")
    orders.execute("select jalon.set_transition('ORDER_STATUS', 'NEW', 'CANCELLED', roles => '{boss}')")
    orders.execute("select jalon.publish('ORDER_STATUS')")
    call = "select jalon.workflow_{}('ORDER_STATUS', tracked => 'orders', id => '1', actor => 'anna')"
    picture = value(call.format("mermaid"))
    assert re.findall(r"(c\d) ==>.*(c\d)", picture) == [("c1", "c2")]
    assert re.findall(r"style (c\d) .*stroke-width:4px", picture) == ["c1"]
    drawn = value(call.format("dot"))
    assert re.findall(r"(c\d) -> (c\d) .*penwidth=3", drawn) == [("c1", "c2")]
    orders.execute("select jalon.add_role('boss'), jalon.grant_role('anna', 'boss')")
    assert re.findall(r"(c\d) ==>.*(c\d)", value(call.format("mermaid"))) == [("c1", "c2"), ("c1", "c6")]


def test_any_code_is_quoted(db: Any, value: Any) -> None:
    db.execute("select jalon.add_category(%s)", (NASTY,))
    db.execute(
        "select jalon.set_code(%s, %s, is_initial => true), jalon.set_code(%s, 'END', is_final => true)",
        (NASTY, NASTY, NASTY),
    )
    db.execute("select jalon.draft(%s)", (NASTY,))
    db.execute("select jalon.set_transition(%s, %s, 'END', %s, '{any}')", (NASTY, NASTY, NASTY))
    for line in value("select jalon.workflow_mermaid(%s)", NASTY).splitlines()[1:]:
        assert re.fullmatch(
            r'    (start\(\(" "\)\)|c\d[(\[]+"[^"`<>\\%]*"[\])]+|\w+ -->\|"[^"`<>\\%]*"\| c\d|style .*)', line
        ), line
    for line in value("select jalon.workflow_dot(%s)", NASTY).splitlines():
        assert re.sub(r'"([^"\\]|\\.)*"', "", line).count('"') == 0, line
        assert "drop table" not in re.sub(r'"([^"\\]|\\.)*"', "", line)


def test_a_draft_and_an_old_version_can_be_drawn(without_paid: Any, value: Any, refused: Any) -> None:
    assert "Paid" in value("select jalon.workflow_mermaid('ORDER_STATUS')")
    assert "Paid" not in value("select jalon.workflow_mermaid('ORDER_STATUS', version => 2)")
    with refused("JL401"):
        without_paid.execute("select jalon.workflow_mermaid('ORDER_STATUS', version => 9)")
    with refused("JL401"):
        without_paid.execute("select jalon.workflow_mermaid('ORDER_STATUS', tracked => 'orders', id => '99')")
