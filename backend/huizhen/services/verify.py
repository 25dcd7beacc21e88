"""Proof that the index is what the chain says: every row against contract storage at one block, against the
chain's own logs, and against the sums of the ledger.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

from huizhen.db.index import progress
from huizhen.db.index.chain import Block
from huizhen.db.index.whole import every
from huizhen.db.session import Store
from huizhen.domain.chain_ids import Hash32
from huizhen.domain.sentence import Sentence
from huizhen.errors import IndexCorrupt
from huizhen.services.ports import ChainReplay, ContractState
from huizhen.services.verification.cases import (
    compare_consents,
    compare_files,
    compare_key_grants,
    compare_log_heads,
)
from huizhen.services.verification.consultations import compare_consultations
from huizhen.services.verification.disputes import compare_amendments, compare_disputes
from huizhen.services.verification.findings import Findings, Mismatch
from huizhen.services.verification.groups import compare_groups
from huizhen.services.verification.lost_keys import compare_accounts, compare_replacements
from huizhen.services.verification.money import (
    compare_balances,
    compare_pay_ins,
    compare_payouts,
    compare_references,
    compare_sums,
)
from huizhen.services.verification.parties import compare_institutions, compare_parties
from huizhen.services.verification.replayed import compare_blocks, compare_with_replay

_WORDS = {
    "parties": "参与方",
    "keys": "钥匙",
    "key replacements": "密钥更换",
    "institution accounts": "机构账户",
    "affiliations": "执业注册",
    "agreements": "合作协议",
    "consents": "知情同意",
    "files": "病例文件",
    "key grants": "密钥授权",
    "log heads": "调阅日志锚点",
    "groups": "医生集团",
    "share rules": "分成规则",
    "memberships": "成员资格",
    "consultations": "会诊",
    "seats": "席位",
    "slots": "时段",
    "amendments": "条款变更",
    "disputes": "争议",
    "balances": "余额",
    "payout accounts": "收款账户",
    "payout items": "付款",
    "bank references": "银行流水号",
    "pay-ins": "代币入账",
    "blocks": "区块",
    "rows": "数据行",
}


_AGAINST_STORAGE = (
    compare_parties,
    compare_replacements,
    compare_accounts,
    compare_institutions,
    compare_consents,
    compare_files,
    compare_key_grants,
    compare_log_heads,
    compare_groups,
    compare_consultations,
    compare_amendments,
    compare_disputes,
    compare_balances,
    compare_sums,
    compare_payouts,
    compare_references,
    compare_pay_ins,
)


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """`compared` counts what was looked at, in the order of looking."""

    block_number: int
    compared: Mapping[str, int]
    mismatches: tuple[Mismatch, ...]

    @property
    def agrees(self) -> bool:
        return not self.mismatches

    def sentences(self) -> list[Sentence]:
        """What to print: each mismatch, then the sum of it all."""
        zh = "、".join(f"{count} 个{_WORDS[name]}" for name, count in self.compared.items())
        en = ", ".join(f"{count} {name}" for name, count in self.compared.items())
        where = Sentence(f"区块 {self.block_number}", f"block {self.block_number}")
        if self.agrees:
            return [
                Sentence(f"{where.zh}：{zh}，全部与链一致。", f"{where.en}: {en}: all agree with the chain.")
            ]
        count = len(self.mismatches)
        return [mismatch.sentence for mismatch in self.mismatches] + [
            Sentence(
                f"{where.zh}：比对了{zh}，发现 {count} 处不一致。请运行 huizhen index --rebuild。",
                f"{where.en}: of {en}, {count} do not agree with the chain. Run huizhen index --rebuild.",
            )
        ]


@dataclass(frozen=True, slots=True)
class Verifier:
    index: Store
    state: ContractState
    replay: ChainReplay

    def run(self) -> VerifyReport:
        """At the block of the cursor, in one snapshot. Raises IndexCorrupt where there is nothing to compare, or the
        chain turned meanwhile.
        """
        with self.index.reading() as session, _collector_at_rest():
            cursor = progress.read_cursor(session.connection())
            if cursor is None:
                raise IndexCorrupt(
                    "索引是空的，请先运行 huizhen index --once。",
                    "The index is empty. Run huizhen index --once first.",
                )
            block = cursor["block_number"]
            self._require_unturned(block, cursor["block_hash"])
            findings, blocks = Findings(session, self.state, block), every(session, Block)
            # The node works on these while storage is compared.
            with ThreadPoolExecutor(2) as ahead:
                headers = ahead.submit(self.state.headers, [row.number for row in blocks])
                logs = ahead.submit(self.replay.logs, block)
                for compare in _AGAINST_STORAGE:
                    compare(findings)
                    findings.ask()
                compare_blocks(findings, blocks, headers.result())
                by_number = {row.number: header for row, header in zip(blocks, headers.result(), strict=True)}
                compare_with_replay(findings, self.replay.rows(logs.result(), by_number, block))
            self._require_unturned(block, cursor["block_hash"])
        return VerifyReport(block, dict(findings.compared), tuple(findings.mismatches))

    def _require_unturned(self, block: int, hash_: Hash32) -> None:
        if self.state.headers([block])[0].hash != hash_:
            raise IndexCorrupt(
                f"链在区块 {block} 发生了重组，索引尚未跟上。请运行 huizhen index --once 后再验证。",
                f"The chain has turned at block {block} and the index has not followed yet. "
                "Run huizhen index --once and verify again.",
            )


@contextmanager
def _collector_at_rest() -> Iterator[None]:
    """Millions of rows and answers that all live until the end: looking through them for garbage takes a fifth of
    the time and finds none.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
