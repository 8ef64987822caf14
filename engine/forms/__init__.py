"""Forms: form-js JSON schemas that are checked when deployed and validated once, here, in Python.

A documented part of form-js is taken (`SUPPORTED`); everything else is refused by name, so that a
form never accepts what its author believes it refuses.
"""

from engine.forms.choices import Checklist, Option, Radio, Select
from engine.forms.components import SUPPORTED
from engine.forms.fields import Checkbox, DateField, Field, FilePicker, Number, TextArea, TextField
from engine.forms.form import Form, Group, Static
from engine.forms.loading import check, load
from engine.forms.posted import from_post

__all__ = [
    "SUPPORTED",
    "Checkbox",
    "Checklist",
    "DateField",
    "Field",
    "FilePicker",
    "Form",
    "Group",
    "Number",
    "Option",
    "Radio",
    "Select",
    "Static",
    "TextArea",
    "TextField",
    "check",
    "from_post",
    "load",
]
