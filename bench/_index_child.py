"""One measurement of bench/index.py in a process of its own, so that its memory is its own: prints one JSON object.

`python bench/_index_child.py MODE NODE DATABASE HEAD` where MODE is floor, index, rebuild, plain or follow.
"""

from __future__ import annotations

import gc
import json
import resource
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from huizhen.chain.artifacts import Artifacts
from huizhen.chain.client import Node
from huizhen.chain.decoder import LogDecoder
from huizhen.db.session import open_index
from huizhen.domain.ids import PartyId
from huizhen.indexer.cursor import Ground
from huizhen.indexer.runner import Indexer
from tests.support.imagined_world import TAX
from tests.support.replay_server import ADDRESSES

CHAIN_ID = 31337
FLOOR_SPAN = 3_000
PLAIN_BLOCKS = 1_500
"""A plain loop is so slow that its rate is taken from the first part of the chain."""


def indexer(node: str, database: str) -> Indexer:
    decoder = LogDecoder(Artifacts(), ADDRESSES)
    ground = Ground(CHAIN_ID, 1, PartyId(TAX))
    return Indexer(open_index(database), Node(node), decoder, ground, confirmations=2, window=64)


def floor(node: str, _database: str, head: int) -> int:
    """The same logs asked for, parsed and thrown away."""
    asked, addresses = Node(node), LogDecoder(Artifacts(), ADDRESSES).addresses
    return sum(
        len(asked.logs(first, min(first + FLOOR_SPAN - 1, head), addresses))
        for first in range(1, head + 1, FLOOR_SPAN)
    )


def index(node: str, database: str, _head: int) -> int:
    return indexer(node, database).once().events


def rebuild(node: str, database: str, _head: int) -> int:
    """What `huizhen index --rebuild` does with an index that is whole; the node only confirms the blocks."""
    indexer(node, database).rebuild()
    import sqlite3

    with sqlite3.connect(database.removeprefix("sqlite:///")) as connection:
        (events,) = connection.execute("SELECT COUNT(*) FROM event").fetchone()
    return int(events)


def plain(node: str, database: str, _head: int) -> int:
    """web3.py's get_logs and process_log, an ORM object for each event, a commit for each range."""
    from sqlalchemy import JSON, create_engine
    from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
    from web3 import Web3

    class Base(DeclarativeBase):
        pass

    class Event(Base):
        __tablename__ = "event"
        block: Mapped[int] = mapped_column(primary_key=True)
        place: Mapped[int] = mapped_column(primary_key=True)
        tx_hash: Mapped[str] = mapped_column(index=True)
        name: Mapped[str]
        arguments: Mapped[dict[str, Any]] = mapped_column(JSON)

    engine = create_engine(database)
    Base.metadata.create_all(engine)
    web3, artifacts, kinds = Web3(Web3.HTTPProvider(node)), Artifacts(), {}
    for name, address in ADDRESSES.items():
        contract = web3.eth.contract(Web3.to_checksum_address(address), abi=artifacts.artifact(name)["abi"])
        for entry in contract.events:
            kinds[address, bytes.fromhex(entry.topic[2:])] = entry()
    events = 0
    with Session(engine) as session:
        for first in range(1, PLAIN_BLOCKS, 500):
            query: Any = {"fromBlock": first, "toBlock": first + 499, "address": list(kinds and {
                Web3.to_checksum_address(address) for address in ADDRESSES.values()
            })}
            for log in web3.eth.get_logs(query):
                read = kinds[log["address"].lower(), bytes(log["topics"][0])].process_log(log)
                arguments = json.loads(Web3.to_json(read["args"]))
                session.add(
                    Event(
                        block=read["blockNumber"],
                        place=read["logIndex"],
                        tx_hash=read["transactionHash"].hex(),
                        name=read["event"],
                        arguments=arguments,
                    )
                )
                events += 1
            session.commit()
    return events


def follow(node: str, database: str, head: int) -> int:
    """Looks at the head ten times a second, as the worker does, until it has passed block `head`."""
    following, events = indexer(node, database), 0
    while True:
        progress = following.once()
        events += progress.events
        if progress.block_number >= head:
            return events
        time.sleep(0.1)


MODES = {"floor": floor, "index": index, "rebuild": rebuild, "plain": plain, "follow": follow}


def main() -> None:
    mode, node, database, head = sys.argv[1:5]
    gc.collect()
    wall, cpu = time.perf_counter(), time.process_time()
    events = MODES[mode](node, database, int(head))
    taken = {"seconds": time.perf_counter() - wall, "cpu": time.process_time() - cpu, "events": events}
    print(json.dumps(taken | {"peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))


if __name__ == "__main__":
    main()
