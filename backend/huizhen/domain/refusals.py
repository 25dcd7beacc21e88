"""Why a contract said no, for people: the sentence of each custom error, with what to do next.

Values are written into a sentence by their kind: `{doctor:party}`, `{slot:slot}`, `{due:time}`, `{needed:yuan}`.
Parties appear under the names that the caller knows, else under their number.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from string import Formatter
from typing import Any

from huizhen.domain.money import Fen, format_yuan
from huizhen.domain.refusal_sentences import SENTENCES
from huizhen.domain.sentence import Sentence
from huizhen.domain.slots import CHINA, Slot, local_time

UNKNOWN = Sentence(
    "合约拒绝了这一步（{name}）。请刷新页面核对最新状态后重试；若仍不行，请联系平台。",
    "The contract refused this step ({name}). Reload the page, check what has changed and try again; "
    "if it stays, ask the platform.",
)
SILENT = Sentence(
    "合约拒绝了这一步，没有说明原因。请刷新页面核对最新状态后重试。",
    "The contract refused this step without a reason. Reload the page, check what has changed and try again.",
)

NO_NAMES: Mapping[int, Sentence] = {}

# Far in the future: what is valid without an end.
_LAST_YEAR = datetime(9000, 1, 1, tzinfo=CHINA).timestamp()


def refusal_sentence(
    name: str, arguments: Mapping[str, object], party_names: Mapping[int, Sentence] = NO_NAMES
) -> Sentence:
    """`arguments` are the error's values by their names in the contract."""
    template = SENTENCES.get(f"{name}({','.join(arguments)})") or SENTENCES.get(name)
    if template is None:
        return Sentence(UNKNOWN.zh.format(name=name), UNKNOWN.en.format(name=name))
    zh, en = (_Words(language, party_names) for language in ("zh", "en"))
    return Sentence(zh.vformat(template.zh, (), arguments), en.vformat(template.en, (), arguments))


def parties_named(name: str, arguments: Mapping[str, object]) -> tuple[int, ...]:
    """The party numbers that the sentence shows, so that the caller can look their names up."""
    template = SENTENCES.get(f"{name}({','.join(arguments)})") or SENTENCES.get(name)
    if template is None:
        return ()
    shown = {field for _, field, kind, _ in Formatter().parse(template.en) if field and kind == "party"}
    numbers = {arguments[field] for field in shown}
    return tuple(sorted(number for number in numbers if isinstance(number, int)))


class _Words(Formatter):
    def __init__(self, language: str, party_names: Mapping[int, Sentence]) -> None:
        self._language = language
        self._party_names = party_names

    def format_field(self, value: Any, format_spec: str) -> Any:
        match format_spec:
            case "party":
                known = self._party_names.get(value)
                return known.in_language(self._language) if known else f"#{value}"
            case "time":
                return self._time(value)
            case "slot":
                return f"{local_time(Slot(value)):%Y-%m-%d %H:%M}"
            case "yuan":
                return format_yuan(Fen(value))
            case "percent":
                return f"{value // 100}.{value % 100:02d}%"
            case "next":
                return str(value + 1)
            case _:
                return super().format_field(value, format_spec)

    def _time(self, unix: int) -> str:
        if unix == 0:
            return "（从未）" if self._language == "zh" else "never"
        if unix > _LAST_YEAR:
            return "长期" if self._language == "zh" else "without end"
        return f"{datetime.fromtimestamp(unix, CHINA):%Y-%m-%d %H:%M}"
