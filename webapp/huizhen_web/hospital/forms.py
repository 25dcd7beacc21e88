from __future__ import annotations

from collections.abc import Callable, Sequence

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from wtforms import (
    BooleanField,
    DateField,
    FieldList,
    Form,
    FormField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from huizhen.domain.case import Contents, Urgency, WantedSeat, Wish
from huizhen.domain.ids import PartyId
from huizhen.domain.money import Fen
from huizhen.domain.team import CityCode
from huizhen.services.booking_policy import present_policy
from huizhen_web.doctor.choices import after, city_choices, specialty_choices, title_choices
from huizhen_web.forms import HouseForm, YuanField, at_most, required
from huizhen_web.hospital.words import CHECKS, URGENCIES
from huizhen_web.shown import percent

_ANY_TITLE = _l("Any title")
_ANY_CITY = _l("Any city")
_NOBODY = _l("Whoever fits")
_UNLISTED = _l("Please choose one of the list.")
FEWEST_ROWS, MOST_ROWS = 3, 16


class ApplicationForm(HouseForm):
    name_zh = StringField(
        _l("Name in Chinese"), [required(), at_most(60)], description=_l("As on the hospital's licence.")
    )
    name_en = StringField(_l("Name in English"), [required(), at_most(120)])
    licence_number = StringField(
        _l("Number of the institution's practice licence"),
        [required(), at_most(40)],
        description=_l(
            "The authority checks it. It stays in this office; the chain gets a keyed commitment alone."
        ),
    )
    level = StringField(_l("Level"), [Optional(), at_most(20)], description=_l("Such as 三级甲等."))
    city = SelectField(_l("City"), [required()], choices=city_choices, invalid_choice_message=_UNLISTED)


class ContentsForm(HouseForm):
    """The request of the attending doctor."""

    reason = StringField(
        _l("Reason"), [required(), at_most(80)], description=_l("One line; it names the case on the board.")
    )
    aim = TextAreaField(
        _l("Aim"), [required(), at_most(600)], description=_l("The question that the team should answer.")
    )
    summary = TextAreaField(
        _l("De-identified summary"),
        [required(), at_most(4000)],
        description=_l(
            "History, findings, treatment so far. No name, number, telephone or address: the text is checked for them."
        ),
    )
    urgency = RadioField(
        _l("Urgency"),
        [InputRequired(_l("Please choose one."))],
        choices=[(urgency.value, label) for urgency, label in URGENCIES.items()],
        default=Urgency.ROUTINE.value,
        description=_l(
            "Urgent: the team signs within %(minutes)d minutes instead of %(hours)d hours, and fees rise by %(share)s.",
            minutes=present_policy().hold_urgent // 60,
            hours=present_policy().hold_routine // 3600,
            share=percent(present_policy().urgent_bps),
        ),
    )

    def contents(self) -> Contents:
        return Contents(
            self.reason.data.strip(),
            self.aim.data.strip(),
            self.summary.data.strip(),
            Urgency(self.urgency.data),
        )


def _choice(label: LazyString, choices: Callable[[], Sequence[object]]) -> SelectField:
    """Nothing is chosen until somebody does; a value of nobody's list is refused in words."""
    return SelectField(label, default="", choices=choices, invalid_choice_message=_UNLISTED)


class SeatForm(Form):  # type: ignore[misc]
    """One row; a row without a specialty is no seat."""

    specialty = _choice(_l("Specialty"), lambda: after("—", specialty_choices()))
    title = _choice(_l("Title at least"), lambda: [("", _ANY_TITLE), *title_choices()])
    city = _choice(_l("In this city"), lambda: after(_ANY_CITY, city_choices()))
    not_city = _choice(_l("Not in this city"), lambda: after("—", city_choices()))
    pinned = SelectField(_l("This doctor"), default="", validate_choice=False, choices=[])
    required = BooleanField(_l("Required"), default=True)

    def seat(self) -> WantedSeat:
        return WantedSeat(
            specialty=self.specialty.data,
            title_minimum=int(self.title.data or 0),
            required=self.required.data,
            pinned=PartyId(int(self.pinned.data)) if (self.pinned.data or "").isdigit() else None,
            wanted_city=CityCode(int(self.city.data)) if self.city.data else None,
            excluded_city=CityCode(int(self.not_city.data)) if self.not_city.data else None,
        )


class WishForm(HouseForm):
    """Seats, days, length and limit; `add` asks for one more row, `estimate` for a price, neither keeps anything."""

    seats = FieldList(FormField(SeatForm), min_entries=FEWEST_ROWS, max_entries=MOST_ROWS)
    first_day = DateField(_l("From"), [InputRequired(_l("Please choose a day."))])
    last_day = DateField(_l("Until"), [InputRequired(_l("Please choose a day."))])
    slots = SelectField(
        _l("Length"),
        choices=[("2", _l("30 minutes")), ("4", _l("1 hour")), ("6", _l("1½ hours")), ("8", _l("2 hours"))],
        validators=[InputRequired(_l("Please choose one."))],
        default="4",
    )
    price_limit = YuanField(
        _l("Price limit"),
        [required()],
        description=_l("For the whole team, overtime aside. The patient consents to this ceiling."),
    )

    def fill(self, wish: Wish) -> None:
        while self.seats.entries:
            self.seats.pop_entry()
        for seat in wish.seats:
            self.seats.append_entry(
                {
                    "specialty": seat.specialty,
                    "title": str(seat.title_minimum or ""),
                    "city": str(seat.wanted_city or ""),
                    "not_city": str(seat.excluded_city or ""),
                    "pinned": str(seat.pinned or ""),
                    "required": seat.required,
                }
            )
        self.first_day.data, self.last_day.data = wish.first_day, wish.last_day
        self.slots.data, self.price_limit.data = str(wish.slots), wish.price_limit

    def offer_doctors(self, doctors: list[tuple[int, str]]) -> None:
        """Whom a seat may be pinned to."""
        for row in self.seats:
            row.form.pinned.choices = [("", _NOBODY), *((str(number), name) for number, name in doctors)]

    def asked(self) -> tuple[WantedSeat, ...]:
        """The seats that can be read; a row without a specialty is none."""
        return tuple(row.form.seat() for row in self.seats if row.form.specialty.data and row.form.validate())

    def wish(self) -> Wish:
        """Raises InvalidInput for days or seats that cannot be meant."""
        limit = self.price_limit.data or Fen(0)
        return Wish(self.asked(), self.first_day.data, self.last_day.data, int(self.slots.data), limit)


class ReasonForm(HouseForm):
    reason = TextAreaField(_l("Reason"), [required(), at_most(300)])


class TriageForm(HouseForm):
    checked = SelectMultipleField(
        _l("Checklist"),
        choices=list(CHECKS.items()),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    missing = TextAreaField(
        _l("What is missing"),
        [Optional(), at_most(600)],
        description=_l("One list for the attending doctor; leave it empty when everything is ticked."),
    )


class OutcomeForm(HouseForm):
    outcome = TextAreaField(_l("Outcome"), [required(), at_most(1000)])


class ConsentKeyForm(HouseForm):
    """`address` is of a key that the browser made and never sends."""

    address = HiddenField()


class HoldForm(HouseForm):
    """The team as the page showed it: a doctor per filled seat, who leads, and the price."""

    start = IntegerField(validators=[InputRequired()])
    lead = IntegerField(validators=[InputRequired()])
    price = IntegerField(validators=[InputRequired()])


class RefundForm(HouseForm):
    amount = YuanField(_l("Amount"), [required()])


class AgreementForm(HouseForm):
    other = SelectField(_l("Institution"), [required()], coerce=int, invalid_choice_message=_UNLISTED)
    title = StringField(
        _l("Title and number of the signed document"),
        [required(), at_most(200)],
        description=_l("It stays in this office; the chain gets a keyed commitment to it."),
    )
    until = DateField(_l("In force until"), [InputRequired(_l("Please choose a day."))])
