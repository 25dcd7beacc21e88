"""Whether a node shows all logs of a block, held against the header's filter and against the receipts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from huizhen.chain.bloom import Emitters
from huizhen.chain.client import Header, Node, RawLog
from huizhen.chain.plain_logs import plain_logs
from huizhen.domain.plain_log import PlainLog
from huizhen.errors import FatalNodeError, NodeDistrusted

_WORD = 32


class Witness:
    """`topics` are the first topics of our events by address."""

    def __init__(self, node: Node, topics: Mapping[str, Iterable[str]]) -> None:
        self._node = node
        self._addresses = frozenset(address.lower() for address in topics)
        self._emitters = Emitters(topics)
        self._has_receipts = True

    def plain(self, logs: Iterable[RawLog], first: int, last: int) -> list[PlainLog]:
        """In bytes. Raises NodeDistrusted where these are not logs of blocks first..last, each once and in order."""
        try:
            plain = plain_logs(logs)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise self._distrusted(last, "返回的不是日志", "what it sends is no log") from error
        places = [(first, -1), *(log[:2] for log in plain), (last + 1, 0)]
        if any(before >= after for before, after in pairwise(places)):
            raise self._distrusted(
                last, "日志不在所问的区块内或顺序不对", "logs of other blocks, or out of order"
            )
        return plain

    def require_likely_whole(self, headers: Sequence[Header], logs: Sequence[PlainLog]) -> None:
        """The quick look, for long ranges: kinds of events that the filter announces and nobody shows.

        One of two like events in a block can be hidden from it; near the head everything is compared.
        """
        if not self._has_receipts:
            return
        shown: dict[int, int] = {}
        bit_of = self._emitters.bit_of
        for number, _, _, _, address, topics, _ in logs:
            shown[number] = shown.get(number, 0) | bit_of.get(address + topics[:_WORD], 0)
        missing = self._emitters.missing
        self._compare_with_receipts(
            [
                (header, [log for log in logs if log.block_number == header.number])
                for header in headers
                if header.logs_bloom and missing(int(header.logs_bloom, 16), shown.get(header.number, 0))
            ]
        )

    def require_whole(self, headers: Sequence[Header], logs: Sequence[Sequence[RawLog]]) -> None:
        """The thorough look, near the head: every block with logs of ours, or whose filter announces some.

        Raises NodeDistrusted, and asks the next node of the list from then on.
        """
        ours = []
        for header, of_block in zip(headers, logs, strict=True):
            if any(log["blockHash"] != header.hash for log in of_block):
                raise self._distrusted(header.number, "日志属于别的区块", "logs of another block")
            if of_block or self._emitters.announced(header.logs_bloom):
                ours.append((header, self.plain(of_block, header.number, header.number)))
        self._compare_with_receipts(ours)

    def _compare_with_receipts(self, blocks: Sequence[tuple[Header, Sequence[PlainLog]]]) -> None:
        if not blocks or not self._has_receipts:
            return
        try:
            received = self._node.logs_in_receipts([header.hash for header, _ in blocks])
        except FatalNodeError:
            # Not every node offers them; the filter alone proves nothing.
            self._has_receipts = False
            return
        for (header, logs), all_logs in zip(blocks, received, strict=True):
            of_ours = [log for log in all_logs if str(log.get("address")).lower() in self._addresses]
            ours = self.plain(of_ours, header.number, header.number)
            if ours != list(logs):
                raise self._distrusted(
                    header.number,
                    f"查询得到{len(logs)}条日志，收据中有{len(ours)}条",
                    f"{len(logs)} logs when asked for logs, {len(ours)} in the receipts",
                )

    def _distrusted(self, number: int, zh: str, en: str) -> NodeDistrusted:
        url = self._node.turn_away()
        return NodeDistrusted(
            f"节点 {url} 对区块 {number} 的回答自相矛盾：{zh}。改用下一个节点；若只有一个，请更换节点。",
            f"The node {url} contradicts itself on block {number}: {en}. The next node of the list is asked; "
            "if there is only one, configure another.",
        )
