from __future__ import annotations

from datetime import date, timedelta

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, NumberRange, Optional

from huizhen.domain.hours import read_hours, write_hours
from huizhen.domain.slots import MinuteRange
from huizhen.errors import HoursInvalid
from huizhen_web.doctor.choices import (
    SpecialtiesField,
    after,
    bank_choices,
    city_choices,
    specialty_boxes,
    title_choices,
)
from huizhen_web.forms import HouseForm, YuanField, at_most, required
from huizhen_web.i18n import say

UNLISTED = _l("Please choose one of the list.")
_LARGEST_FEE = 10_000_000


def cities_to_choose() -> list[SelectChoice]:
    return after(gettext("Please choose"), city_choices())


def _titles() -> list[tuple[str, str]]:
    return [("", gettext("Please choose")), *title_choices()]


class HoursField(StringField):  # type: ignore[misc]
    """“09:00-12:00, 13:30-17:00”; `ranges` are what was read, none for an empty field."""

    ranges: tuple[MinuteRange, ...] = ()

    def process_data(self, value: tuple[MinuteRange, ...] | str | None) -> None:
        self.data = value if isinstance(value, str) else write_hours(value or ())

    def pre_validate(self, _form: HouseForm) -> None:
        try:
            self.ranges = read_hours(self.data or "")
        except HoursInvalid as refusal:
            raise ValidationError(say(refusal.sentence)) from refusal


def _fee_within(_form: HouseForm, field: YuanField) -> None:
    if field.data is not None and not 0 < field.data <= _LARGEST_FEE:
        raise ValidationError(gettext("The fee must be above ¥0 and at most ¥100,000."))


class DoctorApplicationForm(HouseForm):
    name_zh = StringField(_l("Name in Chinese"), [required(), at_most(40)])
    name_en = StringField(
        _l("Name in English or pinyin"), [required(), at_most(80)], description=_l("Such as Li Wenjing.")
    )
    licence_number = StringField(
        _l("Number of the practising licence"),
        [required(), at_most(40)],
        description=_l(
            "The authority checks it. It stays in this office; the chain gets a keyed commitment that reveals nothing."
        ),
    )
    title = SelectField(_l("Title"), [required()], choices=_titles, invalid_choice_message=UNLISTED)
    city = SelectField(_l("City"), [required()], choices=cities_to_choose, invalid_choice_message=UNLISTED)
    specialties = SpecialtiesField(
        _l("Specialties"),
        [InputRequired(_l("Please choose at least one."))],
        choices=specialty_boxes,
        invalid_choice_message=UNLISTED,
        description=_l("From the national catalogue of clinical departments, as on your licence."),
    )
    fee = YuanField(
        _l("Fee for one consultation"),
        [required(), _fee_within],
        description=_l("Yuan, before surcharges. You may change it later; signed terms keep theirs."),
    )
    bio = TextAreaField(
        _l("About you"),
        [Optional(), at_most(600)],
        description=_l("Hospitals read it when they choose a team."),
    )


class FeeForm(HouseForm):
    fee = YuanField(_l("Fee for one consultation"), [required(), _fee_within])
    bio = TextAreaField(_l("About you"), [Optional(), at_most(600)])


class PatternForm(HouseForm):
    """A field per weekday, Monday first."""

    monday = HoursField(_l("Monday"), [Optional()])
    tuesday = HoursField(_l("Tuesday"), [Optional()])
    wednesday = HoursField(_l("Wednesday"), [Optional()])
    thursday = HoursField(_l("Thursday"), [Optional()])
    friday = HoursField(_l("Friday"), [Optional()])
    saturday = HoursField(_l("Saturday"), [Optional()])
    sunday = HoursField(_l("Sunday"), [Optional()])
    notice_hours = IntegerField(
        _l("Minimum notice in hours"),
        [
            InputRequired(_l("Please write a whole number of hours.")),
            NumberRange(0, 336, _l("Please choose between 0 and 336 hours.")),
        ],
        description=_l("Nobody can ask you for an hour that is nearer than this."),
    )

    @property
    def weekdays(self) -> list[HoursField]:
        return [
            self.monday,
            self.tuesday,
            self.wednesday,
            self.thursday,
            self.friday,
            self.saturday,
            self.sunday,
        ]


class ExceptionForm(HouseForm):
    day = DateField(_l("Day"), [InputRequired(_l("Please choose a day."))])
    hours = HoursField(_l("Hours on this day"), [Optional()], description=_l("Leave it empty for a day off."))


class PayoutAccountForm(HouseForm):
    bank = SelectField(_l("Bank"), [required()], choices=bank_choices, invalid_choice_message=UNLISTED)
    account = StringField(
        _l("Account number"),
        [required(), at_most(40)],
        description=_l("Only its last four digits are shown later; the chain gets a keyed commitment."),
    )
    holder = StringField(_l("Account holder"), [required(), at_most(60)])


class AffiliationForm(HouseForm):
    institution = SelectField(
        _l("Institution of practice"), [required()], coerce=int, invalid_choice_message=UNLISTED
    )
    until = DateField(
        _l("Registered until"),
        [InputRequired(_l("Please choose a day."))],
        description=_l("The last day of the registration, at most five years ahead."),
    )
    standing = BooleanField(
        _l("Standing consent for the whole time"),
        description=_l("Bookings then need no signature of the institution each time."),
    )

    def propose_year(self, today: date) -> None:
        """One year is what most registrations run."""
        if self.until.data is None:
            self.until.data = today + timedelta(days=365)


class KeyForm(HouseForm):
    signer = StringField(
        _l("New key"),
        [required(), at_most(400)],
        description=_l("In hex: an account's address, or a verifier's address followed by the public key."),
    )
    possession = StringField(
        _l("Signature of the new key"),
        [at_most(4000)],
        description=_l("Leave it empty at first: the page then shows what the new key has to sign."),
    )
