"""Frozen values of which very many are made."""

from __future__ import annotations

from dataclasses import MISSING, fields
from typing import Any, TypeVar

_Class = TypeVar("_Class", bound=type)


def quickly_made(cls: _Class) -> _Class:
    """Give a frozen dataclass with slots an ``__init__`` that sets each field through its slot.

    The one that it has sets every field by name, through ``object.__setattr__``: of judging a set of three tokens that
    alone took a tenth. Everything else about the class stays.
    """
    namespace: dict[str, Any] = {}
    positional: list[str] = []
    named: list[str] = []
    body: list[str] = []
    for field in fields(cls):
        namespace[f"set_{field.name}"] = getattr(cls, field.name).__set__
        body.append(f"    set_{field.name}(self, {field.name})")
        parameter = field.name
        if field.default is not MISSING:
            namespace[f"default_{field.name}"] = field.default
            parameter += f"=default_{field.name}"
        (named if field.kw_only else positional).append(parameter)
    parameters = ", ".join(["self", *positional, *(["*", *named] if named else [])])
    exec("\n".join([f"def __init__({parameters}):", *body]), namespace)
    cls.__init__ = namespace["__init__"]  # type: ignore[misc]  # of the class itself; it has no subclass yet
    return cls
