"""One sentence for a person, in both languages of the product."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sentence:
    """Chinese comes first; English is shown to those who switched to it."""

    zh: str
    en: str

    def in_language(self, language: str) -> str:
        """`language` is a tag such as zh, zh-Hans-CN or en; whatever is not English reads Chinese."""
        return self.en if language.lower().startswith("en") else self.zh
