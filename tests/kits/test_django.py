"""The kit for Django, by Django's own commands: docs/django.md as it stands, then what an application may do wrong."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.kits.pages import VENV, Application, application

pytestmark = [
    pytest.mark.second_lane,
    pytest.mark.skipif(not VENV.is_dir(), reason="no frameworks in .venv/kits: `make setup-clients` installs them"),
]


@pytest.fixture(scope="module")
def shop(
    template: Any, cluster: SimpleNamespace, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Application, str]]:
    """The application of the page, and what the commands of the page said."""
    with application(tmp_path_factory.mktemp("django"), cluster, template.template_dbname) as made:
        yield made, made.follow("django.md")


def test_the_page_runs_as_it_stands(shop: tuple[Application, str]) -> None:
    said = shop[1]
    assert "No changes detected" in said
    assert "JL101 ['SHIPPED', 'REFUNDED', 'CANCELLED']" in said
    assert re.search(r"PAID +\| anna +\| the wire came", said), said
    assert "Ran 1 test" in said and "OK" in said


@pytest.fixture(scope="module")
def lab(shop: tuple[Application, str]) -> Application:
    """The same with one more application, whose table without a key is there already."""
    made = shop[0]
    shutil.copytree(Path(__file__).parent / "lab", made.folder / "lab")
    made.write("shopsite/settings.py", 'INSTALLED_APPS += ["lab"]\nLANGUAGE_CODE = "en"\n', appended=True)
    made.environment["SHOP_LOGIN"] = made.environment["PGUSER"]
    made.run("python manage.py migrate -v 0")
    return made


def test_the_promises_of_the_kit_hold_in_djangos_own_runner(lab: Application) -> None:
    said = lab.run("python -W error::DeprecationWarning manage.py test --parallel 2 lab")
    assert "\nOK\n" in said


def test_migrations_are_empty_and_go_back_and_forth(lab: Application) -> None:
    assert "No changes detected" in lab.run("python manage.py makemigrations --check")
    assert "jalon.track(cast('\"lab_parcel\"' as regclass)" in lab.run("python manage.py sqlmigrate lab 0001")
    with lab.connect() as db:
        tracked = "select array_agg(name::text order by name) from jalon.tracked where name ~ '^(orders_|lab_|papers)'"
        before = db.execute(tracked).fetchone()
        lab.run("python manage.py migrate -v 0 lab zero")
        assert db.execute(tracked).fetchone() == (["orders_order"],)
        lab.run("python manage.py migrate -v 0 lab")
        assert db.execute(tracked).fetchone() == before
        assert db.execute("select * from jalon.verify()").fetchall() == []


def test_django_sees_the_tables_of_the_application_only(lab: Application) -> None:
    models = re.findall(r"class (\w+)\(", lab.run("python manage.py inspectdb"))
    assert {name for name in models if not re.match(r"Auth|Django", name)} == {
        "OrdersOrder", "LabParcel", "LabDocument", "LabFlag",
    }  # fmt: skip
    lab.run("django-admin startapp plain")
    lab.write("plain/models.py", PLAIN)
    lab.run("rm -r plain/migrations")
    lab.write("shopsite/plain.py", 'from shopsite.settings import *\nINSTALLED_APPS += ["plain"]\n')
    lab.run("python manage.py migrate --run-syncdb -v 0", DJANGO_SETTINGS_MODULE="shopsite.plain")
    with lab.connect() as db:
        made = db.execute("select to_regclass('public.role') is not null, to_regclass('public.category') is not null")
        assert made.fetchone() == (True, True)
    assert "No changes detected" in lab.run("python manage.py makemigrations --check")


PLAIN = """
from django.db import models

class Role(models.Model):
    class Meta:
        db_table = "role"

class Category(models.Model):
    class Meta:
        db_table = "category"
"""


def test_a_table_without_a_key_is_refused_with_a_sentence_and_nothing_is_changed(lab: Application) -> None:
    lab.write("lab/migrations/0002_keyless.py", KEYLESS)
    try:
        said = lab.run("python manage.py migrate -v 0", code=1)
    finally:
        (lab.folder / "lab/migrations/0002_keyless.py").unlink()
    assert "keyless cannot be tracked: it has no primary key" in said, said
    with lab.connect() as db:
        assert db.execute("select to_regclass('public.keyless')").fetchone() == (None,)


KEYLESS = """
from django.db import migrations
from jalon.kits.django.operations import Track

class Migration(migrations.Migration):
    dependencies = [("lab", "0001_initial")]
    operations = [
        migrations.RunSQL("create table keyless (status text not null)", "drop table keyless"),
        Track("Keyless", category="ORDER_STATUS"),
    ]
"""


def test_a_column_that_cannot_be_widened_by_itself_is_widened_by_what_the_error_says(lab: Application) -> None:
    models = (lab.folder / "orders/models.py").read_text()
    lab.write("orders/models.py", models.replace('TextField(default="NEW")', 'CharField(default="NEW", max_length=99)'))
    lab.run("python manage.py makemigrations orders -n widen")
    said = lab.run("python manage.py migrate -v 0", code=1)
    assert "cannot alter type of a column used in a trigger definition" in said
    found = re.search(r"select (jalon\.alter_column_type\(.*\)), in migrations.RunSQL with state_operations", said)
    assert found, said
    advice = found[1].replace("<table>", "orders_order").replace("<column>", "status").replace("<type>", "varchar(99)")
    lab.write("orders/migrations/0002_widen.py", WIDEN.replace("ADVICE", advice))
    lab.run("python manage.py migrate -v 0")
    assert "No changes detected" in lab.run("python manage.py makemigrations --check")
    with lab.connect() as db:
        assert db.execute("select * from jalon.verify()").fetchall() == []


WIDEN = """
from django.db import migrations, models

class Migration(migrations.Migration):
    dependencies = [("orders", "0001_initial")]
    operations = [
        migrations.RunSQL("select ADVICE", state_operations=[
            migrations.AlterField("Order", "status", models.CharField(default="NEW", max_length=99)),
        ]),
    ]
"""


def test_a_login_that_may_name_nobody_is_told_so(lab: Application) -> None:
    lab.write("name.py", NAME)
    with lab.connect() as db:
        db.execute("revoke jalon_app from shop_app")
        try:
            said = lab.run("python manage.py shell -v 0 < name.py", SHOP_LOGIN="shop_app", code=1)
        finally:
            db.execute("grant jalon_app to shop_app")
    assert "it has to be a member of jalon_app, in a database in which Jalon is installed." in said


NAME = """
from jalon.kits.django import acting
from orders.models import Order
with acting("anna"):
    Order.objects.create()
"""
