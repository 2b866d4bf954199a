"""What an application of SQLAlchemy may do wrong, with either driver: the names of the tests are the kit's promises."""

import asyncio
import unittest

import asyncpg
from models import Order
from sqlalchemy import create_engine, select, text
from sqlalchemy.exc import DBAPIError, InvalidRequestError
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import Session

from jalon.kits.sqlalchemy import Refused, act_as, acting, attach, because

QUOTED = 'O\'Brien "x" \\ {1,2}'
NOBODY = "db:shop_app"
OWNER = create_engine("postgresql+psycopg://postgres@/shop")


def who(order):
    with OWNER.connect() as owner:
        asked = text("select changed_by from jalon_history.public__orders where orders_id = :id order by version")
        return list(owner.scalars(asked, {"id": order}))


class WithPsycopg(unittest.TestCase):
    def run_in_sessions(self, *steps, **options):
        """Each step in a session of its own, all of them on one connection of a pool; what the steps return."""
        engine = create_engine("postgresql+psycopg://shop_app@/shop", pool_size=1, max_overflow=0, **options)
        attach(engine)
        attach(engine)
        try:
            answers = []
            for step in steps:
                with Session(engine, expire_on_commit=False) as session:
                    answers.append(step(session))
            return answers
        finally:
            engine.dispose()

    def new(self, session, status="NEW"):
        order = Order(status=status)
        session.add(order)
        session.commit()
        return order.id

    def move(self, session, id, status):
        session.get(Order, id).status = status
        session.commit()

    def test_a_connection_of_the_pool_keeps_nobodys_name(self):
        def as_anna(session):
            with acting("anna"):
                id = self.new(session)
            self.move(session, id, "PAID")
            return id

        def as_bob(session):
            act_as(session, QUOTED, ["a"], "isn't", {"a": "'"})
            self.move(session, as_bob.id, "SHIPPED")
            with acting("carl"), because("gone"):
                self.move(session, as_bob.id, "DELIVERED")

        def insert(session):
            return self.new(session)

        (as_bob.id,) = self.run_in_sessions(as_anna)
        _, later, last = self.run_in_sessions(as_bob, insert, as_anna)
        self.assertEqual(who(as_bob.id), ["anna", NOBODY, QUOTED, "carl"])
        self.assertEqual((who(later), who(last)), ([NOBODY], ["anna", NOBODY]))

    def test_functions_take_keys_that_are_numbers_if_the_statement_says_so(self):
        def step(session):
            moved = text("select new_code from jalon.move('orders', cast(:id as bigint), 'PAID')")
            code = session.execute(moved, {"id": self.new(session)}).scalar_one()
            session.commit()
            return code

        self.assertEqual(self.run_in_sessions(step), ["PAID"])

    def test_a_name_survives_the_rollback_of_a_nested_block(self):
        def step(session):
            with acting("anna"):
                with self.assertRaises(Refused), session.begin_nested():
                    session.add(Order(status="UNKNOWN"))
                    session.flush()
                return self.new(session)

        self.assertEqual(who(*self.run_in_sessions(step)), ["anna"])

    def test_what_a_savepoint_took_back_is_told_again(self):
        def told_within(session):
            order = Order(status="NEW")
            session.add(order)
            session.flush()
            savepoint = session.begin_nested()
            with acting("anna"):
                session.execute(text("select 1"))
                savepoint.rollback()
                self.move(session, order.id, "PAID")
            return order.id

        def told_before(session):
            order = Order(status="NEW")
            with acting("anna"):
                session.add(order)
                session.flush()
                savepoint = session.begin_nested()
            session.execute(text("select 1"))
            savepoint.rollback()
            self.move(session, order.id, "PAID")
            return order.id

        first, second = self.run_in_sessions(told_within, told_before)
        self.assertEqual((who(first), who(second)), ([NOBODY, "anna"], ["anna", NOBODY]))

    def test_an_exception_in_the_middle_leaves_nothing_and_nobody(self):
        def step(session):
            before = session.scalars(select(Order.id)).all()
            with self.assertRaises(DBAPIError), acting("anna"):
                session.add(Order())
                session.flush()
                session.execute(text("select 1/0"))
            session.rollback()
            self.assertEqual(session.scalars(select(Order.id)).all(), before)
            return self.new(session)

        self.assertEqual(who(*self.run_in_sessions(step)), [NOBODY])

    def test_a_refusal_says_what_is_allowed_and_what_is_in_the_way(self):
        def step(session):
            id = self.new(session)
            self.move(session, id, "PAID")
            with self.assertRaises(Refused) as caught:
                self.move(session, id, "REFUNDED")
            refused = caught.exception
            self.assertEqual((refused.code, refused.blockers[0]["code"]), ("JL301", "JL301"))
            self.assertEqual(refused.as_json()["allowed"], ["SHIPPED", "REFUNDED", "CANCELLED"])
            self.assertIn("needs a reason. Give a reason", str(refused))

        self.run_in_sessions(step)

    def test_a_name_that_no_person_may_have_is_refused(self):
        def step(session):
            for name, roles in [("db:postgres", ()), ("anna", ("a,b",))]:
                with self.assertRaises(Refused) as caught, acting(name, roles):
                    self.new(session)
                self.assertEqual(caught.exception.code, "JL405")
                session.rollback()
            with self.assertRaises(ValueError):
                act_as(session, "")

        self.run_in_sessions(step)

    def test_in_autocommit_nothing_is_written_in_somebodys_name(self):
        def step(session):
            before = session.scalars(select(Order.id)).all()
            with self.assertRaises(InvalidRequestError) as caught, acting("anna"):
                self.new(session)
            self.assertIn("AUTOCOMMIT", str(caught.exception))
            session.rollback()
            self.assertEqual(session.scalars(select(Order.id)).all(), before)

        self.run_in_sessions(step, isolation_level="AUTOCOMMIT")

    def test_a_login_that_may_name_nobody_is_told_so(self):
        def step(session):
            with self.assertRaises(InvalidRequestError) as caught, acting("anna"):
                self.new(session)
            self.assertIn("it has to be a member of jalon_app", str(caught.exception))

        with OWNER.begin() as owner:
            owner.execute(text("revoke jalon_app from shop_app"))
        try:
            self.run_in_sessions(step)
        finally:
            with OWNER.begin() as owner:
                owner.execute(text("grant jalon_app to shop_app"))


class WithAsyncpg(WithPsycopg):
    def run_in_sessions(self, *steps, **options):
        async def run():
            engine = create_async_engine("postgresql+asyncpg://shop_app@/shop", pool_size=1, max_overflow=0, **options)
            attach(engine)
            try:
                answers = []
                for step in steps:
                    async with AsyncSession(engine, expire_on_commit=False) as session:
                        answers.append(await session.run_sync(step))
                return answers
            finally:
                await engine.dispose()

        return asyncio.run(run())

    def test_the_driver_by_itself_is_told_that_a_key_is_a_number(self):
        (order,) = self.run_in_sessions(self.new)

        async def run():
            connection = await asyncpg.connect(user="shop_app", database="shop")
            try:
                with self.assertRaises(asyncpg.DataError):
                    await connection.fetch("select * from jalon.explain('orders', $1)", order)
                return await connection.fetchval("select new_code from jalon.move('orders', $1::bigint, 'PAID')", order)
            finally:
                await connection.close()

        self.assertEqual(asyncio.run(run()), "PAID")
