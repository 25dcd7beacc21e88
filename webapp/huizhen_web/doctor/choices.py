"""Choices from the reference facts, in the reader's language."""

from __future__ import annotations

from wtforms import SelectMultipleField
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import CheckboxInput, ListWidget

from huizhen.domain.sentence import Sentence
from huizhen.reference import Specialty, banks, cities, provinces, specialties, titles
from huizhen_web.i18n import say

Grouped = dict[str, list[tuple[str, str]]]


def city_choices() -> Grouped:
    """By province."""
    return {
        say(Sentence(province.zh, province.en)): [
            (str(city.code), say(Sentence(city.zh, city.en)))
            for city in cities()
            if city.province == province.code
        ]
        for province in provinces()
        if any(city.province == province.code for city in cities())
    }


def specialty_name(specialty: Specialty) -> str:
    return say(Sentence(specialty.zh, specialty.en))


def specialty_boxes() -> list[tuple[str, str]]:
    return [(each.code, specialty_name(each)) for each in specialties()]


def specialty_choices() -> Grouped:
    """By first-level department."""
    groups: Grouped = {}
    for head in (each for each in specialties() if each.parent is None):
        below = [each for each in specialties() if each.parent == head.code]
        groups[specialty_name(head)] = [(each.code, specialty_name(each)) for each in (head, *below)]
    return groups


def after(nothing: str, grouped: Grouped) -> list[SelectChoice]:
    """Grouped choices after one outside of all groups that chooses nothing."""
    return [
        SelectChoice("", nothing),
        *(
            SelectChoice(value, label, optgroup=group)
            for group, choices in grouped.items()
            for value, label in choices
        ),
    ]


def title_choices() -> list[tuple[str, str]]:
    """The most senior first."""
    return [
        (str(title.rank), say(Sentence(title.zh, title.en)))
        for title in sorted(titles(), key=lambda title: -title.rank)
    ]


def bank_choices() -> list[tuple[str, str]]:
    return [(bank.zh, say(Sentence(bank.zh, bank.en))) for bank in banks()]


class SpecialtiesField(SelectMultipleField):  # type: ignore[misc]
    """Boxes by department; `data` is a list of catalogue codes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def departments(self) -> list[tuple[str, list[object]]]:
        """(department, its boxes) for the template."""
        heads = {each.code: specialty_name(each) for each in specialties() if each.parent is None}
        boxes: dict[str, list[object]] = {}
        for option in self:
            boxes.setdefault(str(option.data).split(".")[0], []).append(option)
        return [(heads[code], found) for code, found in boxes.items()]
