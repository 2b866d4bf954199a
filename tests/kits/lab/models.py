from django.db import models


class Parcel(models.Model):
    """Its keys are what people wrote."""

    key = models.CharField(primary_key=True, max_length=200)
    status = models.TextField(default="NEW", choices=[("NEW", "New here"), ("PAID", "Paid for")])


class Document(models.Model):
    """Two status columns, one of them an integer and called otherwise in the database."""

    status = models.TextField(default="NEW")
    step = models.IntegerField(default=1, db_column="Step 'n'")


class Flag(models.Model):
    status = models.BooleanField(default=False)
    is_kept = models.BooleanField(default=True)


class Keyless(models.Model):
    """An old table that Django doesn't manage; in truth it has no key."""

    status = models.TextField()

    class Meta:
        managed = False
        db_table = "keyless"
