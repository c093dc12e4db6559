"""The form view: one official form as a sheet of paper that can be typed on."""

from desktopapp.gui.forms.view import FormView

__all__ = ["FormView"]
