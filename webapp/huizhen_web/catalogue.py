"""Translations are kept as text: translations/zh/<area>.po, one file per area, read when the app starts.

Msgids are the English sentences themselves, so English needs no catalogue, and nothing is ever compiled.
`used_messages` lists what the pages say, for the test that holds every catalogue complete.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

ROOM = Path(__file__).parent
_METHODS = [("**.py", "python"), ("templates/**.html", "jinja2")]
_KEYWORDS = {"_": None, "_l": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2)}


@lru_cache
def load(language: str) -> Translations:
    """All areas of one language in one catalogue; empty for English."""
    merged = Translations()
    for path in sorted((ROOM / "translations" / language).glob("*.po")):
        _merge(merged, path)
    return merged


def _merge(merged: Translations, path: Path) -> None:
    with path.open("rb") as source:
        catalogue = read_po(source, locale=path.parent.name, domain="messages", abort_invalid=True)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    area = Translations(compiled)
    merged.merge(area)
    merged.plural = area.plural  # an empty catalogue counts as English does


def used_messages() -> Iterator[tuple[str, int, str]]:
    """(file, line, msgid) of every sentence in templates and views; a plural counts under its singular."""
    found = extract_from_dir(
        ROOM,
        _METHODS,
        options_map={"templates/**.html": {"silent": "false"}},
        keywords=_KEYWORDS,
        directory_filter=lambda _path: True,  # Babel skips _macros otherwise
    )
    for name, line, message, _, _ in found:
        yield name, line, message if isinstance(message, str) else message[0]
