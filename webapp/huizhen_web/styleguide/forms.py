from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice

from huizhen_web.forms import HouseForm, YuanField, required


class ExampleForm(HouseForm):
    name = StringField(_l("Name"), [required()], description=_l("As it stands on the licence."))
    amount = YuanField(_l("Amount"), [required()])
    city = SelectField(
        _l("City"), choices=[SelectChoice("310000", "上海 Shanghai"), SelectChoice("110000", "北京 Beijing")]
    )
    urgency = RadioField(
        _l("Urgency"),
        choices=[SelectChoice("routine", _l("Routine")), SelectChoice("urgent", _l("Urgent"))],
        default="routine",
    )
    aim = TextAreaField(_l("Aim of the consultation"))
    standing = BooleanField(_l("Accept bookings without asking for each"))
