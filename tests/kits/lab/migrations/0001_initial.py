from django.db import migrations, models

from jalon.kits.django.operations import Track

CODES = """
select jalon.add_category('STEP', 'Steps');
select jalon.set_code('STEP', '1', is_initial => true), jalon.set_code('STEP', '2', is_final => true);
select jalon.add_category('FLAG', 'Flags');
select jalon.set_code('FLAG', 'false', is_initial => true), jalon.set_code('FLAG', 'true', is_initial => true);
"""


class Migration(migrations.Migration):
    dependencies = [("orders", "0001_initial")]
    operations = [
        migrations.CreateModel(
            "Parcel",
            [
                ("key", models.CharField(primary_key=True, max_length=200, serialize=False)),
                ("status", models.TextField(default="NEW", choices=[("NEW", "New here"), ("PAID", "Paid for")])),
            ],
        ),
        migrations.CreateModel(
            "Document",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("status", models.TextField(default="NEW")),
                ("step", models.IntegerField(default=1, db_column="Step 'n'")),
            ],
        ),
        migrations.CreateModel(
            "Flag",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("status", models.BooleanField(default=False)),
                ("is_kept", models.BooleanField(default=True)),
            ],
        ),
        migrations.CreateModel(
            "Keyless", [("status", models.TextField())], options={"managed": False, "db_table": "keyless"}
        ),
        migrations.RunSQL(CODES, migrations.RunSQL.noop),
        Track("Parcel", category="ORDER_STATUS", on_delete="refuse"),
        Track("Document", columns={"status": "ORDER_STATUS", "Step 'n'": "STEP"}, name="papers"),
        Track("Flag", category="FLAG", relations={}, foreign_key=False),
    ]
