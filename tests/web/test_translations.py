from __future__ import annotations

import re
from collections import defaultdict

from babel.messages.catalog import Message
from babel.messages.pofile import read_po

from huizhen_web.catalogue import ROOM, load, used_messages

PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")


def translations() -> dict[str, list[tuple[str, Message]]]:
    """msgid -> [(file, message)]"""
    found: dict[str, list[tuple[str, Message]]] = defaultdict(list)
    for path in sorted((ROOM / "translations" / "zh").glob("*.po")):
        for message in read_po(path.open("rb"), locale="zh", abort_invalid=True):
            if message.id:
                singular = message.id if isinstance(message.id, str) else message.id[0]
                found[singular].append((path.name, message))
    return found


def chinese(message: Message) -> str:
    return message.string if isinstance(message.string, str) else "".join(message.string or ())


def test_every_sentence__has_chinese() -> None:
    known = {msgid for msgid, entries in translations().items() if all(chinese(each) for _, each in entries)}
    missing = {msgid: f"#: {file}:{line}" for file, line, msgid in used_messages() if msgid not in known}
    lines = [f'{place}\nmsgid "{msgid}"\nmsgstr ""\n' for msgid, place in missing.items()]
    assert not lines, "Add these to translations/zh/<area>.po:\n\n" + "\n".join(lines)


def test_every_translation__is_used() -> None:
    used = {msgid for _, _, msgid in used_messages()}
    stale = [f"{entries[0][0]}: {msgid}" for msgid, entries in translations().items() if msgid not in used]
    assert not stale, "No page says these any more; remove them:\n" + "\n".join(stale)


def test_the_same_sentence__reads_the_same_in_every_area() -> None:
    differing = {
        msgid: [(file, chinese(message)) for file, message in entries]
        for msgid, entries in translations().items()
        if len({chinese(message) for _, message in entries}) > 1
    }
    assert not differing


def test_placeholders__survive_translation() -> None:
    broken = [
        (file, msgid)
        for msgid, entries in translations().items()
        for file, message in entries
        if not message.pluralizable
        and set(PLACEHOLDER.findall(msgid)) != set(PLACEHOLDER.findall(chinese(message)))
    ]
    assert not broken


def test_percent_signs__are_placeholders_only() -> None:
    """Templates format every sentence, so a bare % would break the page in one language or both."""
    bare = [msgid for _, _, msgid in used_messages() if "%" in PLACEHOLDER.sub("", msgid)]
    assert not bare


def test_plurals__chinese__has_one_form_for_any_number() -> None:
    said = {load("zh").ngettext("%(num)d member", "%(num)d members", count) for count in (0, 1, 2, 6)}
    assert said == {"%(num)d名成员"}
