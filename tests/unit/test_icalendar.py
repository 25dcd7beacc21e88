from __future__ import annotations

from huizhen.domain.icalendar import Appointment, feed

APPOINTMENT = Appointment(
    "consultation-7@huizhen",
    1_772_692_200,
    1_772_695_800,
    1_772_600_000,
    "会诊 7 · 大理州人民医院",
    "a, b; c\nd",
)


def test_feed__one_appointment__names_china_time() -> None:
    text = feed("会诊 · 李文静", [APPOINTMENT])
    assert "BEGIN:VTIMEZONE\r\nTZID:Asia/Shanghai" in text
    assert "DTSTART;TZID=Asia/Shanghai:20260305T143000" in text
    assert "DTEND;TZID=Asia/Shanghai:20260305T153000" in text
    assert "STATUS:CONFIRMED" in text


def test_feed__special_signs__are_escaped() -> None:
    assert "DESCRIPTION:a\\, b\\; c\\nd\r\n" in feed("x", [APPOINTMENT])


def test_feed__every_line__at_most_75_octets() -> None:
    long = Appointment("u", 0, 900, 0, "会诊" * 60, "x" * 200, cancelled=True)
    lines = feed("名" * 40, [long]).split("\r\n")
    assert all(len(line.encode()) <= 75 for line in lines)
    unfolded = "\r\n".join(lines).replace("\r\n ", "")
    assert f"SUMMARY:{'会诊' * 60}" in unfolded
    assert "STATUS:CANCELLED" in unfolded


def test_feed__nothing__is_still_a_calendar() -> None:
    text = feed("空", [])
    assert text.startswith("BEGIN:VCALENDAR\r\n")
    assert text.endswith("END:VCALENDAR\r\n")
