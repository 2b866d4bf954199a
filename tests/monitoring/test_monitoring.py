"""The alert rules and the dashboard name metrics and labels that /metrics has, and use them as what they are."""

import json
import math
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest
import yaml
from psycopg.conninfo import make_conninfo

from jalon.settings import Settings
from tests.applications import client_of
from tests.web_shop import SHOP

ROOT = Path(__file__).parents[2] / "deploy"
RULES = ROOT / "prometheus" / "alerts.yml"
DASHBOARD = ROOT / "grafana" / "jalon.json"
PROMTOOL = shutil.which("promtool")
USE = re.compile(r"(jalon_\w+)(?:\{([^}]*)\})?(\[)?")
HISTOGRAM_PART = re.compile(r"_(?:bucket|sum|count)$")


@pytest.fixture
def beginning() -> str:
    return SHOP


@pytest.fixture
def exposition(settings: Settings, dsn: str, bearer: Callable[..., dict[str, str]]) -> Iterator[str]:
    """What /metrics says after a move, a refusal and a start of the relay."""
    settings = msgspec.structs.replace(
        settings, relay=True, relay_dsn=make_conninfo(dsn, user="jalon_relay"), read_dsn=settings.api_dsn
    )
    with client_of(settings) as client:
        moves = "/api/v1/tracked/orders/7/moves"
        for to in ("PAID", "CANCELLED"):
            client.post(moves, json={"to": to}, headers=bearer("anna", "clerk"))
        while client.app.state.replicas.replicas[0].lag == math.inf:
            time.sleep(0.05)
        client.get(moves.removesuffix("/moves"), headers=bearer("anna", "clerk"))
        yield client.get("/metrics", headers=bearer("prometheus")).text


def expressions() -> dict[str, list[str]]:
    rules = [rule for group in yaml.safe_load(RULES.read_text())["groups"] for rule in group["rules"]]
    panels = json.loads(DASHBOARD.read_text())["panels"]
    return {rule["alert"]: [rule["expr"]] for rule in rules} | {
        panel["title"]: [target["expr"] for target in panel["targets"]] for panel in panels
    }


def test_each_metric_and_label_in_use_is_there(exposition: str) -> None:
    kinds = dict(re.findall(r"# TYPE (\w+) (\w+)", exposition))
    labels: dict[str, set[str]] = {}
    for name, pairs in re.findall(r"^(jalon_\w+)\{(.*)\} ", exposition, re.MULTILINE):
        labels.setdefault(name, {"job", "instance"}).update(re.findall(r'(\w+)="', pairs))
    used = set()
    for title, texts in expressions().items():
        for name, selected, has_range in (found for text in texts for found in USE.findall(text)):
            assert name in labels, f"{title}: there is no {name}"
            assert set(re.findall(r"(\w+)=~?", selected)) <= labels[name], f"{title}: {name}{{{selected}}}"
            grows = kinds[HISTOGRAM_PART.sub("", name)] in ("counter", "histogram")
            assert grows is bool(has_range), f"{title}: {name} only grows, so its rate counts, or it does not"
            used.add(HISTOGRAM_PART.sub("", name))
        for grouped in (found for text in texts for found in re.findall(r"by \(([^)]*)\)", text)):
            known = set().union(*(labels[name] for text in texts for name, *_ in USE.findall(text)))
            assert set(re.split(r", *", grouped)) <= known, f"{title}: by ({grouped})"
    not_shown = {"jalon_tracked_tables"}  # it changes when somebody installs something
    assert kinds.keys() - used == not_shown


def test_what_only_grows_is_a_counter_and_called_total(exposition: str) -> None:
    kinds = dict(re.findall(r"# TYPE (\w+) (\w+)", exposition))
    assert {name for name, kind in kinds.items() if kind == "counter"} == {
        name for name in kinds if name.endswith("_total")
    }
    assert re.search(r"^jalon_moves_total\{", exposition, re.MULTILINE)


def test_each_alert_says_what_happened_and_what_to_do() -> None:
    for rule in (rule for group in yaml.safe_load(RULES.read_text())["groups"] for rule in group["rules"]):
        assert rule["labels"]["severity"] in ("critical", "warning")
        assert rule["annotations"].keys() == {"summary", "description", "runbook"}, rule["alert"]


@pytest.mark.second_lane
def test_promtool_finds_nothing_and_the_rules_fire_when_they_should(tmp_path: Path) -> None:
    if PROMTOOL is None:
        pytest.skip("promtool is missing: apt-get install prometheus")
    tests = (Path(__file__).parent / "alerts.test.yml").read_text().replace("RULES", str(RULES))
    (tmp_path / "alerts.test.yml").write_text(tests)
    (tmp_path / "token").write_text("key")
    for name in ("prometheus.yml", "alerts.yml"):
        shutil.copy(ROOT / "prometheus" / name, tmp_path)
    for command in (
        ("check", "rules", "--lint-fatal", RULES),
        ("check", "config", tmp_path / "prometheus.yml"),
        ("test", "rules", tmp_path / "alerts.test.yml"),
    ):
        done = subprocess.run([PROMTOOL, *command], capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.second_lane
def test_promtool_finds_nothing_in_what_metrics_says(exposition: str) -> None:
    if PROMTOOL is None:
        pytest.skip("promtool is missing: apt-get install prometheus")
    done = subprocess.run([PROMTOOL, "check", "metrics"], input=exposition, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
