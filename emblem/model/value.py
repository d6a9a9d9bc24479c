"""Frozen values of which very many are made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, fields
from typing import Any, Generic, TypeVar

_Class = TypeVar("_Class", bound=type)
_Value = TypeVar("_Value")


def quickly_made(cls: _Class) -> _Class:
    """Give a frozen dataclass an ``__init__`` that sets each field through its slot, or in the ``__dict__``.

    The one that it has sets every field by name, through ``object.__setattr__``: of judging a set of three tokens that
    alone took a tenth. One with slots is also sent to other processes in this way: asking the class for its fields
    each time took a fifth of what a marked host costs a scan. Everything else about the class stays.
    """
    namespace: dict[str, Any] = {}
    positional: list[str] = []
    named: list[str] = []
    body: list[str] = []
    for field in fields(cls):
        setter = getattr(getattr(cls, field.name, None), "__set__", None)
        if setter is not None:
            namespace[f"set_{field.name}"] = setter
            body.append(f"    set_{field.name}(self, {field.name})")
        else:
            body.append(f"    self.__dict__[{field.name!r}] = {field.name}")
        parameter = field.name
        if field.default is not MISSING:
            namespace[f"default_{field.name}"] = field.default
            parameter += f"=default_{field.name}"
        (named if field.kw_only else positional).append(parameter)
    parameters = ", ".join(["self", *positional, *(["*", *named] if named else [])])
    exec("\n".join([f"def __init__({parameters}):", *body]), namespace)
    cls.__init__ = namespace["__init__"]  # type: ignore[misc]  # of the class itself; it has no subclass yet
    names = [field.name for field in fields(cls)]
    if names and all(f"set_{name}" in namespace for name in names):
        state = "(" + "".join(f"self.{name}, " for name in names) + ")"
        exec("\n".join(["def __getstate__(self):", f"    return {state}"]), namespace)
        taken = "".join(f"{name}, " for name in names)
        exec("\n".join(["def __setstate__(self, state):", f"    {taken}= state", *body]), namespace)
        cls.__getstate__ = namespace["__getstate__"]  # type: ignore[method-assign]
        cls.__setstate__ = namespace["__setstate__"]  # type: ignore[attr-defined]
    return cls


class derived(Generic[_Value]):  # noqa: N801  # a decorator, as property is one
    """A property of a frozen value without slots, computed once, when it is first asked for.

    ``functools.cached_property`` takes a lock for it before Python 3.12.
    """

    def __init__(self, compute: Callable[[Any], _Value]) -> None:
        self.__doc__ = compute.__doc__
        self._compute = compute
        self._name = compute.__name__

    def __get__(self, value: object, owner: type) -> _Value:
        computed = value.__dict__[self._name] = self._compute(value)
        return computed
