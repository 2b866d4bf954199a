"""Stands before every statement of one connection: says who acts where the transaction doesn't know it yet."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, transaction

from jalon.kits.acting import ACTOR, MAY_NOT_NAME, Transaction
from jalon.kits.django import Refused
from jalon.kits.refusals import advice_on, is_refusal, sqlstate_of

ACTING = "select jalon.acting(%s::text, %s::text[], %s::text, %s::jsonb)"
IDLE = 0  # libpq's PQTRANS_IDLE: no transaction has begun


class TransactionTeller:
    def __init__(self) -> None:
        self.transaction = Transaction()

    def __call__(self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
        connection = context["connection"]
        if connection.connection.info.transaction_status == IDLE:
            self.transaction.begin()
            if ACTOR.get() is not None and connection.get_autocommit():
                # A name lasts for a transaction; a statement alone gets one of its own.
                with transaction.atomic(using=connection.alias):
                    return self(execute, sql, params, many, context)
        try:
            self.tell(connection, sql)
            return execute(sql, params, many, context)
        except DatabaseError as error:
            cause: Any = error.__cause__
            if isinstance(error, Refused) or not is_refusal(cause):
                if advice := advice_on(cause):
                    error.add_note(f"{advice}, in migrations.RunSQL with state_operations (docs/django.md)")
                raise
            raise Refused(cause) from cause

    def tell(self, connection: Any, statement: object) -> None:
        """By a cursor of its own: the statement's may be one of the server's, which would only declare this one."""
        told = self.transaction.to_tell(statement)
        if not told:
            return
        try:
            with connection.wrap_database_errors, connection.connection.cursor() as cursor:
                cursor.execute(ACTING, told)
        except DatabaseError as error:
            if why := MAY_NOT_NAME.get(sqlstate_of(error.__cause__)):
                raise ImproperlyConfigured(why) from error
            raise
