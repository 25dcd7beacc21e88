"""Whether this operator can serve: database, index, node; each check says in a sentence what is wrong."""

from __future__ import annotations

from dataclasses import dataclass

from huizhen.db.index.ledger_queries import cursor
from huizhen.db.office.statements import queue_length
from huizhen.db.probe import answers
from huizhen.db.session import Stores
from huizhen.domain.sentence import Sentence
from huizhen.services.freshness import FreshnessReader
from huizhen.services.home import HomeReader


@dataclass(frozen=True, slots=True)
class Check:
    name: str
    ok: bool
    sentence: Sentence


@dataclass(frozen=True, slots=True)
class Readiness:
    """Ready only when every check passes and the opening page has something to show."""

    checks: tuple[Check, ...]

    @property
    def ready(self) -> bool:
        return all(check.ok for check in self.checks)


@dataclass(frozen=True, slots=True)
class Probes:
    """Looks at the stores only: what the indexer knows of the node stands in its cursor."""

    stores: Stores
    fresh: FreshnessReader
    home: HomeReader
    lag_blocks: int = 20

    def readiness(self) -> Readiness:
        database = self._database()
        if not database.ok:
            return Readiness((database,))
        return Readiness((database, self._index(), self._node(), self._opening_page()))

    def gauges(self) -> dict[str, float]:
        """Current values for /metrics by snake_case name."""
        with self.stores.office.reading() as session:
            found = {"relay_queue": float(queue_length(session))}
        with self.stores.index.reading() as session:
            row = cursor(session)
        if row is None:
            return found
        return found | {
            "head_block": float(row.head_number),
            "indexed_block": float(row.block_number),
            "final_block": float(row.final_number),
            "indexer_lag_blocks": float(row.head_number - row.block_number),
            "index_age_seconds": float(self.fresh.freshness().age_seconds),
            "index_halted": float(row.halted_zh is not None),
        }

    def _database(self) -> Check:
        if answers(self.stores.office) and answers(self.stores.index):
            return Check("database", True, Sentence("数据库正常。", "The database answers."))
        said = Sentence(
            "数据库无应答，请检查其地址与状态。",
            "The database does not answer: check its address and whether it runs.",
        )
        return Check("database", False, said)

    def _index(self) -> Check:
        with self.stores.index.reading() as session:
            row = cursor(session)
        if row is None:
            return Check("index", False, Sentence("索引尚未开始。", "The index has not begun yet."))
        if row.halted_zh is not None:
            return Check("index", False, Sentence(row.halted_zh, row.halted_en or row.halted_zh))
        behind = row.head_number - row.block_number
        said = Sentence(f"索引落后{behind}个区块。", f"The index is {behind} blocks behind.")
        return Check("index", behind <= self.lag_blocks, said)

    def _node(self) -> Check:
        state = self.fresh.freshness()
        said = Sentence(
            f"节点最近一次应答在{state.age_seconds}秒前。",
            f"The node last answered {state.age_seconds} s ago.",
        )
        return Check("node", state.node_up, said)

    def _opening_page(self) -> Check:
        shown = self.home.figures()
        something = shown is not None and shown.counts.doctors + shown.counts.hospitals > 0
        said = Sentence("首页有内容。", "The opening page has something to show.")
        nothing = Sentence("尚无已认证的医生或医疗机构。", "No doctor or hospital is accredited yet.")
        return Check("opening_page", something, said if something else nothing)
