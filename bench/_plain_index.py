"""How an index is usually written: web3.py's get_logs and process_log, an ORM object per event, a commit per range."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import JSON, create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from web3 import Web3

from huizhen.chain.artifacts import Artifacts

RANGE = 500


class Base(DeclarativeBase):
    pass


class PlainEvent(Base):
    __tablename__ = "event"

    block: Mapped[int] = mapped_column(primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True)
    tx_hash: Mapped[str] = mapped_column(index=True)
    name: Mapped[str]
    arguments: Mapped[str] = mapped_column(JSON)


def plain_index(node: str, database: str, addresses: Mapping[str, str], last: int) -> int:
    """Blocks 1 to `last` into one table; no projections, no headers. Answers how many events."""
    engine = create_engine(database)
    Base.metadata.create_all(engine)
    web3, artifacts, kinds = Web3(Web3.HTTPProvider(node)), Artifacts(), {}
    for name, address in addresses.items():
        contract = web3.eth.contract(Web3.to_checksum_address(address), abi=artifacts.artifact(name)["abi"])
        declared: Any = contract.events
        for event in declared:
            kinds[address.lower(), bytes.fromhex(event.topic[2:])] = event()
    ours = [Web3.to_checksum_address(address) for address in addresses.values()]
    count = 0
    with Session(engine) as session:
        for first in range(1, last + 1, RANGE):
            query: Any = {"fromBlock": first, "toBlock": min(first + RANGE - 1, last), "address": ours}
            for log in web3.eth.get_logs(query):
                read = kinds[log["address"].lower(), bytes(log["topics"][0])].process_log(log)
                session.add(
                    PlainEvent(
                        block=read["blockNumber"],
                        place=read["logIndex"],
                        tx_hash=read["transactionHash"].hex(),
                        name=read["event"],
                        arguments=json.loads(Web3.to_json(read["args"])),
                    )
                )
                count += 1
            session.commit()
    return count
