from __future__ import annotations

from datetime import datetime

from flask_babel import lazy_gettext as _l
from wtforms import DateField, DateTimeLocalField, IntegerField
from wtforms.validators import InputRequired, NumberRange

from huizhen.domain.slots import CHINA
from huizhen_web.forms import HouseForm

_A_MOMENT = _l("Please choose a day and a time.")
_FORMATS = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S"]


def unix_of(moment: datetime) -> int:
    """A moment typed in China's time."""
    return int(moment.replace(tzinfo=CHINA).timestamp())


class _Asked(HouseForm):
    """Questions travel in the address, so that an answer can be linked to; they change nothing."""

    class Meta(HouseForm.Meta):
        csrf = False


class LicenceForm(_Asked):
    doctor = IntegerField(
        _l("Doctor's number"),
        [InputRequired(_l("Please write the doctor's party number.")), NumberRange(1, 2**32 - 1)],
    )
    at = DateTimeLocalField(_l("At (China time)"), [InputRequired(_A_MOMENT)], format=_FORMATS)


class MomentForm(_Asked):
    at = DateTimeLocalField(_l("At (China time)"), [InputRequired(_A_MOMENT)], format=_FORMATS)


class PeriodForm(_Asked):
    first = DateField(_l("From"), [InputRequired(_l("Please choose a day."))])
    last = DateField(_l("Up to and including"), [InputRequired(_l("Please choose a day."))])
