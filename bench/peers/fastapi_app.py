"""FastAPI with SQLAlchemy's asyncio extension on asyncpg, as its documentation shows it: one session a request."""

import os
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime

from fastapi import Depends, FastAPI, HTTPException
from pydantic import BaseModel
from sqlalchemy import ForeignKey, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import DateTime

engine = create_async_engine(os.environ["PEER_URL"], pool_size=int(os.environ.get("PEER_POOL", "10")), max_overflow=0)
session_of = async_sessionmaker(engine, expire_on_commit=False)
app = FastAPI()
Moment = DateTime(timezone=True)


class Base(DeclarativeBase):
    pass


class Order(Base):
    __tablename__ = "orders"
    __table_args__ = {"schema": "peer"}
    id: Mapped[int] = mapped_column(primary_key=True)
    status: Mapped[str]
    changed_at: Mapped[datetime] = mapped_column(Moment)


class Transition(Base):
    __tablename__ = "transition"
    __table_args__ = {"schema": "peer"}
    from_status: Mapped[str] = mapped_column(primary_key=True)
    to_status: Mapped[str] = mapped_column(primary_key=True)


class History(Base):
    __tablename__ = "history"
    __table_args__ = {"schema": "peer"}
    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("peer.orders.id"))
    old_status: Mapped[str]
    new_status: Mapped[str]
    changed_by: Mapped[str]
    reason: Mapped[str | None]


class Event(Base):
    __tablename__ = "event"
    __table_args__ = {"schema": "peer"}
    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("peer.orders.id"))
    type: Mapped[str]
    day: Mapped[date]
    meta: Mapped[dict[str, str]] = mapped_column(JSONB)


class Move(BaseModel):
    to: str
    actor: str
    reason: str | None = None


async def session() -> AsyncIterator[AsyncSession]:
    async with session_of() as opened:
        yield opened


async def changed(id: int, body: Move, db: AsyncSession) -> tuple[str, Order]:
    order = await db.get(Order, id, with_for_update=True)
    if order is None:
        raise HTTPException(404)
    if await db.get(Transition, (order.status, body.to)) is None:
        raise HTTPException(409)
    before, order.status, order.changed_at = order.status, body.to, datetime.now(UTC)
    db.add(History(order_id=id, old_status=before, new_status=body.to, changed_by=body.actor, reason=body.reason))
    return before, order


@app.post("/orders/{id}/moves")
async def move(id: int, body: Move, db: AsyncSession = Depends(session)) -> dict[str, object]:
    before, order = await changed(id, body, db)
    await db.commit()
    return {"id": id, "from": before, "to": order.status}


@app.post("/orders/{id}/status")
async def status(id: int, body: Move, db: AsyncSession = Depends(session)) -> dict[str, object]:
    before, _ = await changed(id, body, db)
    meta = {"oldStatus": before, "newStatus": body.to}
    db.add(Event(order_id=id, type="status_change", day=datetime.now(UTC).date(), meta=meta))
    await db.commit()
    return {"success": True}


@app.get("/orders/{id}")
async def order(id: int, db: AsyncSession = Depends(session)) -> dict[str, object]:
    found = (await db.execute(select(Order).where(Order.id == id))).scalar_one_or_none()
    if found is None:
        raise HTTPException(404)
    return {"id": found.id, "status": found.status, "changed_at": found.changed_at}
