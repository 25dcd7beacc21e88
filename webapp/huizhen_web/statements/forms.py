from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, TextAreaField

from huizhen_web.forms import HouseForm, at_most, required


class SignForm(HouseForm):
    """`digest` is what the page showed."""

    digest = HiddenField(validators=[required()])


class DeclineForm(HouseForm):
    reason = TextAreaField(
        _l("Reason"), [required(), at_most(300)], description=_l("The others who sign read it.")
    )
