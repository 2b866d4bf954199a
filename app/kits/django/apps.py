"""Each connection of the application tells its transactions who acts, and raises refusals as `Refused`."""

from typing import Any

from django.apps import AppConfig
from django.db.backends.signals import connection_created

from jalon.kits.django.connections import TransactionTeller


class JalonConfig(AppConfig):
    name = "jalon.kits.django"
    label = "jalon"
    verbose_name = "Jalon"

    def ready(self) -> None:
        connection_created.connect(add_teller, dispatch_uid="jalon")


def add_teller(connection: Any, **_: Any) -> None:
    """With each reconnection; wrappers stay with Django's connection. Others come and go at the end of their list."""
    if connection.vendor == "postgresql" and not any(
        isinstance(wrapper, TransactionTeller) for wrapper in connection.execute_wrappers
    ):
        connection.execute_wrappers.insert(0, TransactionTeller())
