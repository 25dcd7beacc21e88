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

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench._plain_index import plain_index
from huizhen.chain.artifacts import Artifacts
from huizhen.chain.client import Node
from huizhen.chain.decoder import LogDecoder
from huizhen.db.index.audit_queries import event_count
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
    with open_index(database).reading() as session:
        return event_count(session)


def plain(node: str, database: str, _head: int) -> int:
    return plain_index(node, database, ADDRESSES, PLAIN_BLOCKS)


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
