"""Migrations of the office store; the index has none, because it is built from the chain.

The address comes from whoever calls Alembic (`config.attributes["url"]`), else from the operator's settings.
"""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

import huizhen.db.office  # noqa: F401 (registers the tables)
from huizhen.db.base import OfficeBase
from huizhen.db.session import open_office
from huizhen.db.types import HexBits, UtcDateTime
from huizhen.settings import load


def own_type(kind: str, item: Any, autogen: AutogenContext) -> str | Literal[False]:
    """How our column types are written in a revision."""
    if kind == "type" and isinstance(item, UtcDateTime | HexBits):
        autogen.imports.add("from huizhen.db import types")
        arguments = item.bits if isinstance(item, HexBits) else ""
        return f"types.{type(item).__name__}({arguments})"
    return False


def migrate() -> None:
    store = open_office(context.config.attributes.get("url") or load().office_url)
    store.create_schema()
    with store.engine.connect() as connection:
        context.configure(
            connection,
            target_metadata=OfficeBase.metadata,
            # SQLite cannot alter a table: Alembic copies it.
            render_as_batch=True,
            render_item=own_type,
            compare_type=True,
        )
        with context.begin_transaction():
            context.run_migrations()
        # On SQLite the transaction is ours, begun when the connection was.
        connection.commit()
    store.close()


migrate()
