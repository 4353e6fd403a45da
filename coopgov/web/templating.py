"""Templates as Flask and Jinja make them, but quick at what a list does in each of its cells."""

from collections.abc import MutableMapping
from types import FunctionType, MethodType
from typing import Any

import markupsafe
from flask import templating
from jinja2 import StrictUndefined, Template
from jinja2.runtime import Context, Macro
from jinja2.utils import missing
from markupsafe import Markup, escape

_PLAIN = frozenset({FunctionType, MethodType})
_NO_CALLER = StrictUndefined("No caller defined", name="caller")
# What `escape` does of a text, before it makes markup of it: a page only puts it beside other text.
_escape_text = getattr(markupsafe, "_escape_inner", escape)


class QuickContext(Context):
    """Jinja looks at whatever is called for what it wishes to be handed; what a component wishes is known."""

    def call(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Call something for a template: components and plain functions straight, all else as Jinja does."""
        kind = type(obj)
        if kind is not Macro and (kind not in _PLAIN or hasattr(obj, "jinja_pass_arg")):
            return super().call(obj, *args, **kwargs)
        kwargs.pop("_block_vars", None)
        kwargs.pop("_loop_vars", None)
        if kind is not Macro:
            return obj(*args, **kwargs)
        filled = _filled(obj, args, kwargs)
        if filled is None:
            return obj(self.eval_ctx, *args, **kwargs)
        written = obj._func(*filled)  # noqa: SLF001 - what calling it comes to, once its arguments are in order
        return str.__new__(Markup, written) if self.eval_ctx.autoescape else written


def _filled(macro: Macro, args: tuple[Any, ...], told: dict[str, Any]) -> list[Any] | None:
    """A component's arguments in its own order; None for what is rare or wrong, which is left to Jinja."""
    if macro.catch_kwargs or macro.catch_varargs or macro.explicit_caller or len(args) > len(macro.arguments):
        return None
    filled, used = list(args), 0
    for name in macro.arguments[len(args) :]:
        used += name in told
        filled.append(told.get(name, missing))
    if macro.caller:
        used += "caller" in told
        filled.append(told.get("caller", _NO_CALLER))
    return filled if used == len(told) else None


def escape_once(value: Any) -> str:
    """What a page writes of a value: components are markup already, and most of what a list writes is a component."""
    kind = type(value)
    if kind is Markup:
        return value  # type: ignore[no-any-return]  # it is one
    if kind is int:
        return str(value)
    written: str = _escape_text(value) if kind is str else escape(value)
    return written


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
