from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import EmailField, HiddenField, PasswordField, RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import EqualTo, InputRequired, Length

from huizhen.domain.accounts import Role
from huizhen_web.forms import HouseForm, at_most, email_like, required

# Long enough that a stolen hash is not worth guessing. No rules about signs: people would write them down.
_PASSWORD_AT_LEAST = 10


def _new_password() -> list[object]:
    return [
        required(),
        Length(min=_PASSWORD_AT_LEAST, max=200, message=_l("Please use at least %(min)d characters.")),
    ]


class SignInForm(HouseForm):
    email = EmailField(_l("Email"), [required(), at_most(254), email_like])
    password = PasswordField(_l("Password"), [required(), at_most(200)])
    next = HiddenField()


class RegisterForm(HouseForm):
    role = RadioField(
        _l("You are"),
        [InputRequired(_l("Please choose one."))],
        choices=[
            SelectChoice(Role.DOCTOR.value, _l("A doctor")),
            SelectChoice(Role.HOSPITAL.value, _l("A hospital that books")),
            SelectChoice(Role.INSTITUTION.value, _l("An institution where doctors practise")),
        ],
    )
    name = StringField(_l("Name"), [required(), at_most(80)], description=_l("As it stands on the licence."))
    email = EmailField(
        _l("Email"), [required(), at_most(254), email_like], description=_l("You sign in with it.")
    )
    password = PasswordField(
        _l("Password"),
        _new_password(),
        description=_l("At least 10 characters; a sentence is easy to remember."),
    )
    repeated = PasswordField(
        _l("Password again"),
        [required(), EqualTo("password", _l("The two passwords differ. Please type them again."))],
    )


class PasswordForm(HouseForm):
    current = PasswordField(_l("Current password"), [required(), at_most(200)])
    password = PasswordField(
        _l("New password"), _new_password(), description=_l("Other devices are signed out.")
    )
    repeated = PasswordField(
        _l("New password again"),
        [required(), EqualTo("password", _l("The two passwords differ. Please type them again."))],
    )
