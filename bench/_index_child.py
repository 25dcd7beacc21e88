"""One measurement of bench/index.py in a process of its own, so that its memory is its own: prints one JSON object.

`python bench/_index_child.py MODE CHAIN DATABASE`: MODE is a name of MODES, CHAIN the JSON of a bench.index.Chain.
"""

from __future__ import annotations

import gc
import json
import resource
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from huizhen.chain.artifacts import Artifacts
from huizhen.chain.client import Node
from huizhen.chain.decoder import LogDecoder
from huizhen.chain.state_reader import StateReader
from huizhen.db.index.audit_queries import event_count
from huizhen.db.session import open_index
from huizhen.domain.ids import PartyId
from huizhen.indexer.cursor import Ground
from huizhen.indexer.fetcher import IN_FLIGHT
from huizhen.indexer.replay import Replay
from huizhen.indexer.runner import Indexer
from huizhen.services.verify import Verifier

CHAIN_ID = 31337
FLOOR_SPAN = 3_000
PLAIN_BLOCKS = 1_500
"""A plain loop is so slow that its rate is taken from the first part of the chain."""

Chain = dict[str, Any]


def decoder(chain: Chain) -> LogDecoder:
    return LogDecoder(Artifacts(), chain["addresses"])


def ground(chain: Chain) -> Ground:
    return Ground(CHAIN_ID, chain["first_block"], PartyId(chain["tax_authority"]))


def indexer(chain: Chain, database: str) -> Indexer:
    node = Node(chain["url"])
    return Indexer(open_index(database), node, decoder(chain), ground(chain), confirmations=2, window=64)


def floor(chain: Chain, _database: str) -> int:
    """The same logs asked for, as many ranges in flight as the index has, parsed and thrown away."""
    asked, addresses, head = Node(chain["url"]), decoder(chain).addresses, chain["head"]

    def count(first: int) -> int:
        return len(asked.logs(first, min(first + FLOOR_SPAN - 1, head), addresses))

    with ThreadPoolExecutor(IN_FLIGHT) as pool:
        return sum(pool.map(count, range(1, head + 1, FLOOR_SPAN)))


def index(chain: Chain, database: str) -> int:
    return indexer(chain, database).once().events


def rebuild(chain: Chain, database: str) -> int:
    """What `huizhen index --rebuild` does with an index that is whole; the node only confirms the blocks."""
    indexer(chain, database).rebuild()
    with open_index(database).reading() as session:
        return event_count(session)


def plain(chain: Chain, database: str) -> int:
    # Not in the memory of the others.
    from bench._plain_index import plain_index

    return plain_index(chain["url"], database, chain["addresses"], PLAIN_BLOCKS)


def verify(chain: Chain, database: str) -> int:
    """Every row against contract storage, ledger and replayed logs. Answers how many events stand behind it."""
    node, store = Node(chain["url"]), open_index(database)
    state = StateReader(node, Artifacts(), chain["addresses"])
    report = Verifier(store, state, Replay(node, decoder(chain), ground(chain))).run()
    if not report.agrees:
        raise SystemExit("\n".join(str(sentence) for sentence in report.sentences()))
    with store.reading() as session:
        return event_count(session)


def follow(chain: Chain, database: str) -> int:
    """Looks at the head ten times a second, as the worker does, until it has passed the block `head`."""
    following, events = indexer(chain, database), 0
    while True:
        progress = following.once()
        events += progress.events
        if progress.block_number >= chain["head"]:
            return events
        time.sleep(0.1)


MODES: dict[str, Callable[[Chain, str], int]] = {
    "floor": floor,
    "index": index,
    "rebuild": rebuild,
    "plain": plain,
    "verify": verify,
    "follow": follow,
}


def main() -> None:
    mode, chain, database = sys.argv[1], json.loads(sys.argv[2]), sys.argv[3]
    gc.collect()
    wall = time.perf_counter()
    events = MODES[mode](chain, database)
    seconds = time.perf_counter() - wall
    spent = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    cpu = sum(each.ru_utime + each.ru_stime for each in spent)
    print(json.dumps({"seconds": seconds, "cpu": cpu, "events": events}))


if __name__ == "__main__":
    main()
