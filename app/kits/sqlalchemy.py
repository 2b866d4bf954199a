"""SQLAlchemy 2: `attach(engine)`, once for each engine. See docs/sqlalchemy.md."""

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import ARRAY, Connection, Text, bindparam, event, text
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import DatabaseError, InvalidRequestError
from sqlalchemy.orm import Session

from jalon.kits.acting import MAY_NOT_NAME, Actor, Transaction, acting, because
from jalon.kits.refusals import RefusalFacts, is_refusal, sqlstate_of

__all__ = ["Refused", "act_as", "acting", "attach", "because"]

ACTING = text("select jalon.acting(:name, :roles, :reason, cast(:meta as jsonb))").bindparams(
    bindparam("name", type_=Text), bindparam("roles", type_=ARRAY(Text)), bindparam("reason", type_=Text),
    bindparam("meta", type_=Text),
)  # fmt: skip
KEY = "jalon"  # in the info of a connection: what its transaction knows; in that of a session: who acts in it
IN_AUTOCOMMIT = "A name lasts for a transaction, and this connection is in AUTOCOMMIT: it would end with its statement."


class Refused(RefusalFacts, DatabaseError):  # type: ignore[misc]  # both have a code; ours is printed
    """Jalon refused a statement."""

    def __init__(self, context: ExceptionContext) -> None:
        error: Any = context.original_exception
        super().__init__(context.statement, context.parameters, error)
        if said := getattr(error, "diag", None):  # psycopg
            self.set_facts(sqlstate_of(error), said.message_primary, said.message_detail, said.message_hint)
        else:
            said = error.__cause__  # asyncpg's own error
            self.set_facts(sqlstate_of(error), said.message, said.detail, said.hint)

    def __str__(self) -> str:
        return self.sentence


def attach(engine: Any) -> None:
    """From now on transactions of this engine, or asynchronous engine, know who acts, and refusals are `Refused`."""
    engine = getattr(engine, "sync_engine", engine)
    if not event.contains(engine, "begin", begin):
        event.listen(engine, "begin", begin)
        event.listen(engine, "begin_twophase", begin)
        event.listen(engine, "before_cursor_execute", tell)
        event.listen(engine, "handle_error", raise_refused)


def act_as(
    session: Any, name: str, roles: Iterable[str] = (), reason: str | None = None, meta: dict[str, Any] | None = None
) -> None:
    """Names the actor for as long as the session lives; a block of `acting` goes before it."""
    session.info[KEY] = Actor(name, tuple(roles), reason, None if meta is None else json.dumps(meta))


def begin(connection: Connection, *_: object) -> None:
    transaction_of(connection).begin()


@event.listens_for(Session, "after_begin")
def know_session(session: Session, _: object, connection: Connection) -> None:
    transaction_of(connection).find_other = lambda: session.info.get(KEY)


def tell(connection: Connection, cursor: object, statement: str, *_: object) -> None:
    told = transaction_of(connection).to_tell(statement)
    if not told:
        return
    if getattr(connection.connection.dbapi_connection, "autocommit", False):
        raise InvalidRequestError(IN_AUTOCOMMIT)
    connection.execute(ACTING, dict(zip(("name", "roles", "reason", "meta"), told, strict=True)))


def transaction_of(connection: Connection) -> Transaction:
    known: Transaction = connection.info.setdefault(KEY, Transaction())
    return known


def raise_refused(context: ExceptionContext) -> None:
    if is_refusal(context.original_exception):
        raise Refused(context)
    sqlstate = sqlstate_of(context.original_exception)
    if sqlstate in MAY_NOT_NAME and (context.statement or "").startswith("select jalon.acting("):
        raise InvalidRequestError(MAY_NOT_NAME[sqlstate])
