"""Templates as Flask and Jinja make them, but quick at what a list does in each of its cells."""

from collections.abc import MutableMapping
from types import FunctionType
from typing import Any

from flask import templating
from jinja2 import Template
from jinja2.runtime import Context, Macro
from markupsafe import Markup, escape


class QuickContext(Context):
    """Jinja looks at whatever is called for what it wishes to be handed; what a component wishes is known."""

    def call(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Call something for a template: components and plain functions straight, all else as Jinja does."""
        kind = type(obj)
        if kind is Macro:
            args = (self.eval_ctx, *args)
        elif kind is not FunctionType or hasattr(obj, "jinja_pass_arg"):
            return super().call(obj, *args, **kwargs)
        kwargs.pop("_block_vars", None)
        kwargs.pop("_loop_vars", None)
        return obj(*args, **kwargs)


def escape_once(value: Any) -> str:
    """What a page writes of a value: components are markup already, and most of what a list writes is a component."""
    return value if type(value) is Markup else escape(value)


class QuickTemplate(Template):
    """A template that hands markup on as it is; Jinja's own makes it markup anew each time."""

    @classmethod
    def from_code(cls, *args: Any, **kwargs: Any) -> Template:
        """The template of this code."""
        made = super().from_code(*args, **kwargs)
        made.root_render_func.__globals__["escape"] = escape_once
        return made


class Environment(templating.Environment):
    """Flask's own, but each template holds the globals as one dict.

    A page compares them once for every component it imports, and the chain of two maps that Jinja makes is slow at it.
    """

    context_class = QuickContext
    template_class = QuickTemplate

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """The globals of one template: all are there before the first page is asked for."""
        return {**self.globals, **(d or {})}
