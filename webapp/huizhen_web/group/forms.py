from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from flask import Request
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import DateField, IntegerField, SelectField, StringField, TextAreaField, ValidationError
from wtforms.validators import InputRequired, NumberRange, Optional

from huizhen_web.doctor.choices import after, city_choices, specialty_choices
from huizhen_web.doctor.forms import UNLISTED, cities_to_choose
from huizhen_web.forms import HouseForm, at_most, required

_WHOLE_BPS = 10_000


class PercentField(StringField):  # type: ignore[misc]
    """A share in per cent with at most two decimals; `data` is basis points (int), None when unreadable."""

    data: Any

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = None
        text = (valuelist[0] if valuelist else "").replace("％", "").replace("%", "").strip()
        if not text:
            return
        try:
            bps = Decimal(text) * 100
        except InvalidOperation:
            bps = Decimal("NaN")
        if bps.is_nan() or bps != bps.to_integral_value() or not 0 <= bps <= _WHOLE_BPS:
            raise ValueError(gettext("Please write a share from 0 to 100 with at most two decimals."))
        self.data = int(bps)

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else f"{Decimal(self.data) / 100:f}"


class ShareForm(HouseForm):
    institution = PercentField(
        _l("Share of the institution, in per cent"),
        [InputRequired(_l("Please fill this in."))],
        description=_l("Of what remains of a seat's fee after the platform's share."),
    )
    fund = PercentField(
        _l("Share of the group fund, in per cent"),
        [InputRequired(_l("Please fill this in."))],
        description=_l("The doctor receives the rest."),
    )

    def validate_fund(self, field: PercentField) -> None:
        institution = self.institution.data
        if field.data is not None and institution is not None and field.data + institution > _WHOLE_BPS:
            raise ValidationError(
                gettext(
                    "The two shares together exceed 100 per cent: lower one, so that the doctor receives the rest."
                )
            )


class FoundForm(ShareForm):
    quorum = IntegerField(
        _l("Members who must sign"),
        [
            InputRequired(_l("Please write a whole number.")),
            NumberRange(0, 255, _l("Please choose between 0 and 255.")),
        ],
        default=0,
        description=_l(
            "To admit or expel somebody or to change the shares. 0: you decide alone. It cannot be changed later."
        ),
    )


class GroupApplicationForm(HouseForm):
    name_zh = StringField(_l("Name in Chinese"), [required(), at_most(60)])
    name_en = StringField(_l("Name in English"), [required(), at_most(120)])
    licence_number = StringField(
        _l("Business licence number"),
        [required(), at_most(40)],
        description=_l(
            "A group is a company. The number stays in this office; the chain gets a keyed commitment."
        ),
    )
    city = SelectField(_l("City"), [required()], choices=cities_to_choose, invalid_choice_message=UNLISTED)
    bio = TextAreaField(_l("About the group"), [Optional(), at_most(600)])


class ExpelForm(HouseForm):
    reason = TextAreaField(
        _l("Reason"),
        [required(), at_most(600)],
        description=_l("Kept here and shown to the members; the chain gets a keyed commitment."),
    )


class StandingForm(HouseForm):
    until = DateField(
        _l("Standing consent until"),
        [InputRequired(_l("Please choose a day."))],
        description=_l("Until the end of this day members are booked without your signature each time."),
    )


class FilterForm(HouseForm):
    """Sent by GET: a filter is part of the address."""

    class Meta(HouseForm.Meta):
        csrf = False

    specialty = SelectField(_l("Specialty"), [Optional()], validate_choice=False)
    city = SelectField(_l("City"), [Optional()], validate_choice=False)

    @classmethod
    def of(cls, request: Request) -> FilterForm:
        form = cls(formdata=request.args)
        form.specialty.choices = after(gettext("Any specialty"), specialty_choices())
        form.city.choices = after(gettext("Any city"), city_choices())
        return form
