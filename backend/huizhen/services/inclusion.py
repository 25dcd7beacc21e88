"""What an inclusion proof is of, which logs show it, and what these logs say in words.

A payout is named as pages and banks name it, HZ000012-03; any other event by its place, BLOCK:LOG. The sentences are
part of the file format: a change of them is a new format.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from huizhen.db.index import proof_queries
from huizhen.db.session import Session, Store
from huizhen.domain.bank_references import item_reference
from huizhen.domain.chain_ids import Address, Hash32
from huizhen.domain.money import Fen, format_yuan
from huizhen.domain.sentence import Sentence
from huizhen.domain.slots import china_time
from huizhen.errors import InvalidInput, NotFound, ProofBroken

_LINE = re.compile(r"HZ(\d{6,9})-(\d{2})", re.IGNORECASE)
_PLACE = re.compile(r"(\d{1,15}):(\d{1,9})")


@dataclass(frozen=True, slots=True)
class PayoutLine:
    """The payee at place `item` (from zero) of a batch."""

    batch: int
    item: int

    def __str__(self) -> str:
        return item_reference(self.batch, self.item)


@dataclass(frozen=True, slots=True)
class EventPlace:
    """A log by its number in its block."""

    block: int
    log_index: int

    def __str__(self) -> str:
        return f"{self.block}:{self.log_index}"


Subject = PayoutLine | EventPlace


@dataclass(frozen=True, slots=True)
class LogPlace:
    block: int
    block_hash: Hash32
    log_index: int


@dataclass(frozen=True, slots=True)
class Shown:
    """A log that was proven: `event` and `fields` where it says something of money, else its topics and bytes."""

    contract: Address
    block: int
    time: int
    event: str | None
    fields: Mapping[str, Any]


def subject_of(text: str) -> Subject:
    """Raises InvalidInput for what names neither a payout nor an event."""
    if line := _LINE.fullmatch(text.strip()):
        batch, number = int(line[1]), int(line[2])
        if batch and number:
            return PayoutLine(batch, number - 1)
    if place := _PLACE.fullmatch(text.strip()):
        return EventPlace(int(place[1]), int(place[2]))
    raise InvalidInput(
        f"“{text}”不是付款编号：请写成 HZ000012-03（付款页所示），或写成“区块:日志”，如 4711:3。",
        f"“{text}” names no payout: write it as HZ000012-03, as pages show it, or as BLOCK:LOG, such as 4711:3.",
    )


@dataclass(frozen=True, slots=True)
class ProofFinder:
    index: Store

    def logs_of(self, subject: Subject) -> list[LogPlace]:
        """All logs that the subject's story is made of, oldest first. Raises NotFound."""
        with self.index.reading() as session:
            rows = _logged(session, subject)
        if not rows:
            raise NotFound(
                f"索引中没有 {subject}。请核对编号，或先运行 huizhen index --once。",
                f"The index knows no {subject}. Look at the number again, or run huizhen index --once first.",
            )
        return [LogPlace(event.block_number, hash_, event.log_index) for event, hash_ in rows]


def _logged(session: Session, subject: Subject) -> list[proof_queries.Logged]:
    if isinstance(subject, EventPlace):
        found = proof_queries.log_at(session, subject.block, subject.log_index)
        return [found] if found is not None else []
    rows = proof_queries.logs_of_batch(session, subject.batch)
    return [row for row in rows if _concerns(row[0].name, json.loads(row[0].arguments), subject)]


def _concerns(event: str | None, fields: Mapping[str, Any], line: PayoutLine) -> bool:
    if fields.get("batch") != line.batch:
        return False
    if event == "PayoutPrepared":
        return line.item < len(fields["items"])
    if event == "PayoutApproved":
        return True
    if event == "PayoutConfirmed":
        return bool(int(fields["items"]) >> line.item & 1)
    return event == "PayoutReturned" and fields["item"] == line.item


def told(subject: Subject, logs: Sequence[Shown]) -> Sentence:
    """What the logs show of the subject. Raises ProofBroken where they are of something else."""
    if isinstance(subject, PayoutLine):
        return _told_payout(subject, logs)
    (log,) = _exactly_one(logs)
    if log.block != subject.block:
        raise _elsewhere(subject)
    inside = ", ".join(f"{name}={_plain(value)}" for name, value in log.fields.items())
    what = f"{log.event or 'log'}({inside})"
    return Sentence(
        f"{_when(log).zh}，合约 {log.contract} 记录了 {what}。",
        f"In {_when(log).en} the contract {log.contract} recorded {what}.",
    )


def _told_payout(line: PayoutLine, logs: Sequence[Shown]) -> Sentence:
    """The first log names payee and amount; each later one is a step of this very payout, by the same contract."""
    if not logs or logs[0].event != "PayoutPrepared":
        raise _elsewhere(line)
    for log in logs:
        if not _concerns(log.event, log.fields, line) or log.contract != logs[0].contract:
            raise _elsewhere(line)
    party, gross, withheld, account = logs[0].fields["items"][line.item]
    gross_, withheld_, net = (format_yuan(Fen(sum_)) for sum_ in (gross, withheld, gross - withheld))
    steps = [_step(log, line) for log in logs]
    return Sentence(
        f"付款 {line}：参与方 {party}，应付 {gross_}，代扣 {withheld_}，实付 {net}，收款账户承诺 {account}。"
        + "".join(f"{step.zh}。" for step in steps),
        f"Payout {line}: party {party}, gross {gross_}, withheld {withheld_}, net {net}, to the account behind the "
        f"commitment {account}. " + " ".join(f"{step.en}." for step in steps),
    )


def _step(log: Shown, line: PayoutLine) -> Sentence:
    when, fields = _when(log), log.fields
    if log.event == "PayoutPrepared":
        who = fields["preparer"]
        return Sentence(f"{when.zh}由参与方 {who} 编制", f"Prepared by party {who} in {when.en}")
    if log.event == "PayoutApproved":
        who = fields["approver"]
        if not fields["executed"] >> line.item & 1:
            return Sentence(
                f"{when.zh}由参与方 {who} 复核时未列入，未付款",
                f"Left out when party {who} approved the batch in {when.en}: nothing was paid",
            )
        return Sentence(f"{when.zh}由参与方 {who} 复核放行", f"Approved by party {who} in {when.en}")
    reference = fields["bank_ref"]
    if log.event == "PayoutConfirmed":
        return Sentence(
            f"{when.zh}由结算银行确认已付（流水号摘要 {reference}）",
            f"Confirmed as paid by the settlement bank in {when.en} (digest of its reference {reference})",
        )
    return Sentence(
        f"{when.zh}由结算银行退回（流水号摘要 {reference}）",
        f"Sent back by the settlement bank in {when.en} (digest of its reference {reference})",
    )


def _when(log: Shown) -> Sentence:
    at = china_time(log.time).isoformat(sep=" ")
    return Sentence(f"区块 {log.block}（{at}）", f"block {log.block} ({at})")


def _plain(value: object) -> str:
    return f"[{', '.join(map(_plain, value))}]" if isinstance(value, list | tuple) else str(value)


def _exactly_one(logs: Sequence[Shown]) -> Sequence[Shown]:
    if len(logs) != 1:
        raise ProofBroken("一个事件恰有一条日志。", "An event has exactly one log.")
    return logs


def _elsewhere(subject: Subject) -> ProofBroken:
    return ProofBroken(
        f"证明中的日志不属于 {subject}，或缺少它的第一条。",
        f"The logs of the proof are not those of {subject}, or its first one is missing.",
    )
