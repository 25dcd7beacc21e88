"""Whether a store answers at all, for readiness."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from huizhen.db.session import Store


def answers(store: Store) -> bool:
    """What the driver says is left out: it may quote an address with its password."""
    try:
        with store.reading() as session:
            session.execute(select(1))
    except SQLAlchemyError:
        return False
    return True
