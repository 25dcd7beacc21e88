from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField
from wtforms.validators import ValidationError

from huizhen.services.deposits import HospitalChoice
from huizhen_web.forms import HouseForm, YuanField, at_most, required
from huizhen_web.i18n import say

_LONGEST_REFERENCE = 64


def above_nothing(_form: HouseForm, field: YuanField) -> None:
    if field.data is not None and field.data <= 0:
        raise ValidationError(_("Please write an amount above 0."))


class DepositForm(HouseForm):
    hospital = SelectField(_l("Hospital"), [required()], coerce=int)
    amount = YuanField(_l("Amount in yuan"), [required(), above_nothing])
    reference = StringField(
        _l("Bank reference"),
        [required(), at_most(_LONGEST_REFERENCE)],
        description=_l(
            "The serial number of the transfer. The chain sees its digest only, and takes it once."
        ),
    )

    def offer(self, hospitals: tuple[HospitalChoice, ...]) -> DepositForm:
        self.hospital.choices = [(each.party, f"{say(each.name)} #{each.party}") for each in hospitals]
        return self


class ReferenceForm(HouseForm):
    """Of a payment, or of one that came back."""

    reference = StringField(_l("Bank reference"), [required(), at_most(_LONGEST_REFERENCE)])
