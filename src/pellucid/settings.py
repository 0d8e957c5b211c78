"""What everything configurable shares: a constructor that only stores, and a name to find it by.

A class lists its settings as annotated attributes. From that one list follow its constructor,
signature, repr, configuration for saving, and the strings that stand for it. What is stored is what
was given; a setting that names a member of a family is looked up all the same, so that a misspelt
name fails in the line that has it. Its type says so: `Annotated[…, find]`.
"""

from __future__ import annotations

import difflib
import inspect
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, ClassVar, Self, TypeVar, dataclass_transform

from pellucid.foreign import LONGEST_NAME, brief, quoted
from pellucid.wording import document

T = TypeVar("T")
#: gives what a setting stands for, or raises
Finder = Callable[[Any], object]
#: the most names that a message lists
MOST_NAMES = 60
REQUIRED: Any = inspect.Parameter.empty


def option(*, default: Any = REQUIRED, kw_only: bool = False) -> Any:
    """Mark a setting as keyword-only, so that subclasses can put their own settings before it."""
    return _Option(default) if kw_only else default


class _Option:
    def __init__(self, default: Any):
        self.default = default


def snake_case(name: str) -> str:
    """CamelCase as Keras writes it: Conv2D → conv2d, F1Score → f1_score."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z0-9])(?=[A-Z][a-z])", "_", name).lower()


def nearest(name: str, known: Iterable[str]) -> str:
    """The rest of an error message: the likeliest meaning of `name`, then the known names."""
    names = sorted(brief(each, LONGEST_NAME) for each in known)
    near = difflib.get_close_matches(brief(name, LONGEST_NAME), names, n=1, cutoff=0.5)
    hint = f"did you mean {near[0]!r}? " if near else ""
    more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
    return f"{hint}Known: {', '.join(names[:MOST_NAMES])}{more}"


@dataclass_transform(field_specifiers=(option,))
class Settings:
    """An object that is the sum of its settings."""

    _fields: ClassVar[dict[str, Any]] = {}
    _keyword_only: ClassVar[frozenset[str]] = frozenset()
    _finders: ClassVar[dict[str, Finder]] = {}

    def __init_subclass__(cls, **options: Any):
        super().__init_subclass__(**options)
        own, keyword_only = {}, set(cls._keyword_only)
        finders: dict[str, Finder | None] = dict(cls._finders)
        for name, annotation in inspect.get_annotations(cls).items():
            if name.startswith("_") or "ClassVar" in str(annotation):
                continue
            default = cls.__dict__.get(name, REQUIRED)
            if isinstance(default, _Option):
                default = default.default
                keyword_only.add(name)
                setattr(cls, name, default)
            else:
                keyword_only.discard(name)
            own[name], finders[name] = default, _finder(cls, annotation)
        inherited = {name: value for name, value in cls._fields.items() if name not in own}
        cls._fields = own | inherited
        cls._keyword_only = frozenset(keyword_only)
        cls._finders = {name: find for name, find in finders.items() if find}
        written_out = "__init__" in cls.__dict__
        cls.__signature__ = None if written_out else _signature(cls._fields, cls._keyword_only)  # type: ignore[attr-defined]

    def __init__(self, *values: Any, **named: Any):
        kind = type(self).__name__
        positional = [name for name in self._fields if name not in self._keyword_only]
        if len(values) > len(positional):
            raise TypeError(
                f"{kind} takes at most {len(positional)} positional arguments "
                f"({', '.join(positional)}), got {len(values)}; name the others"
            )
        given = dict(zip(positional, values, strict=False))
        for name, value in named.items():
            if name not in self._fields:
                raise TypeError(f"{kind} has no argument {name!r}; {nearest(name, self._fields)}")
            if name in given:
                raise TypeError(f"{kind} got {name!r} twice")
            given[name] = value
        for name, default in self._fields.items():
            value = given.get(name, default)
            if value is REQUIRED:
                raise TypeError(f"{kind} needs {name!r}: {kind}{inspect.signature(type(self))}")
            if type(value) is int and (bits := value.bit_length()) > 64:
                raise ValueError(f"{kind} takes a {name!r} of up to 64 bits, got {bits:,} bits")
            setattr(self, name, value)
        for name, find in self._finders.items():
            find(getattr(self, name))

    def settings(self) -> dict[str, Any]:
        """The settings as they were given."""
        return {name: getattr(self, name) for name in self._fields}

    def config(self) -> dict[str, Any]:
        """The settings as plain data, from which `from_config` makes an equal object."""
        return {name: plain(value) for name, value in self.settings().items()}

    def get_config(self) -> dict[str, Any]:
        return self.config()

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        return cls(**{name: restored(value) for name, value in config.items()})

    def __repr__(self) -> str:
        changed = [
            f"{name}={shown(value)}"
            for name, value in self.settings().items()
            if self._fields[name] is REQUIRED or not _same(value, self._fields[name])
        ]
        return f"{type(self).__name__}({', '.join(changed)})"


def shown(value: Any) -> str:
    """A value in a repr; a function by its name."""
    return value.__name__ if inspect.isroutine(value) else repr(value)


def _finder(cls: type, annotation: Any) -> Finder | None:
    """What looks a setting up, where its type is an alias of the module, `Annotated[…, find]`."""
    if isinstance(annotation, str):
        annotation = getattr(sys.modules.get(cls.__module__), annotation, None)
    return getattr(annotation, "__metadata__", (None,))[0]


def _signature(fields: dict[str, Any], keyword_only: frozenset[str]) -> inspect.Signature:
    kind = inspect.Parameter
    kinds = (kind.POSITIONAL_OR_KEYWORD, kind.KEYWORD_ONLY)
    parameters = [
        kind(name, kinds[name in keyword_only], default=fields[name])
        for name in sorted(fields, key=keyword_only.__contains__)
    ]
    return inspect.Signature(parameters, __validate_parameters__=False)


def _same(one: Any, other: Any) -> bool:
    alike = type(one) is type(other) or (type(other) is float and isinstance(one, float))
    return one is other or (alike and bool(one == other))


class Named(Settings):
    """Settings of a family whose members are also found by name.

    A class made with `family="layer"` heads a family; each final class below it joins its table
    by being defined, by its name in snake case and its `alias`es, but one that is `hidden`.
    """

    family: ClassVar[str] = ""
    table: ClassVar[dict[str, type[Named]]] = {}
    alias: ClassVar[tuple[str, ...]] = ()
    abstract: ClassVar[bool] = True

    def __init_subclass__(
        cls, family: str = "", abstract: bool = False, hidden: bool = False, **options: Any
    ):
        super().__init_subclass__(**options)
        cls.abstract = abstract or bool(family)
        if family:
            cls.family, cls.table = family, {}
        document(cls)
        if not (cls.abstract or hidden) and cls.__module__.startswith("pellucid"):
            for name in (cls.registered_name(), *cls.__dict__.get("alias", ())):
                cls.table[name] = cls

    @classmethod
    def registered_name(cls) -> str:
        return snake_case(cls.__name__)

    @classmethod
    def members(cls) -> list[type[Self]]:
        """Every final class of the family, each once."""
        return [each for each in dict.fromkeys(cls.table.values()) if issubclass(each, cls)]

    @classmethod
    def find(cls, name: str) -> type[Self]:
        """The class that `name` (snake case, alias or class name) stands for."""
        found = cls.table.get(name) or cls.table.get(name.lower()) or cls._by_class().get(name)
        if found is None:
            raise ValueError(f"unknown {cls.family} {quoted(name)}: {nearest(name, cls.table)}")
        return found  # type: ignore[return-value]

    @classmethod
    def _by_class(cls) -> dict[str, type[Named]]:
        """The members, and what was registered of them, by the names of their classes."""
        return {member.__name__: member for member in cls.table.values()} | {
            known: each
            for known, each in _registered.items()
            if isinstance(each, type) and issubclass(each, cls)
        }

    @classmethod
    def get(cls, identifier: Any) -> Self:
        """An instance, from an instance, a class, a name, or a saved configuration."""
        if isinstance(identifier, cls):
            return identifier
        if isinstance(identifier, type) and issubclass(identifier, cls):
            return identifier()
        if isinstance(identifier, str):
            return cls.find(identifier)()
        for key in ("class", "class_name"):
            if isinstance(identifier, dict) and key in identifier:
                return cls.find(identifier[key]).from_config(identifier.get("config", {}))
        raise TypeError(
            f"expected a {cls.family}: its name, an object or a configuration; "
            f"got {identifier!r}. {nearest(str(identifier), cls.table)}"
        )

    def described(self) -> dict[str, Any]:
        """The object as plain data: its class and its configuration, or its own `get_config`."""
        return {"class": type(self).__name__, "config": plain(self.get_config())}


def plain(value: Any) -> Any:
    """`value` as data that JSON can hold."""
    if isinstance(value, Named):
        return value.described()
    if isinstance(value, type) and issubclass(value, Named):
        return {"class": value.__name__, "config": {}}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if hasattr(value, "tolist"):
        return value.tolist()
    if isinstance(value, slice):
        return {"slice": [value.start, value.stop, value.step]}
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if found := [name for name, known in _registered.items() if known is value]:
        return {"registered": found[0]}
    name = getattr(value, "__name__", repr(value))
    raise TypeError(
        f"cannot save {name!r}: only named settings can be written to a file. "
        "Register a function of your own with @pellucid.register, also where the file is loaded; "
        "or keep the weights alone: net.save_weights(path)"
    )


def restored(value: Any) -> Any:
    """What `plain` made plain, as far as it was registered."""
    if isinstance(value, dict) and set(value) == {"registered"}:
        if (name := value["registered"]) not in _registered:
            raise ValueError(f"nothing is registered as {name!r}: {nearest(name, _registered)}")
        return _registered[name]
    if isinstance(value, dict) and set(value) == {"slice"}:
        return slice(*value["slice"])
    if isinstance(value, dict):
        return {key: restored(item) for key, item in value.items()}
    return [restored(item) for item in value] if isinstance(value, list) else value


_registered: dict[str, Any] = {}


def register(thing: T) -> T:
    """Decorate a class or function of your own, `thing`, so that models with it can be saved.

    >>> pellucid.register(np.negative)
    <ufunc 'negative'>
    """
    if (name := getattr(thing, "__name__", None)) is None:
        raise TypeError(f"register takes a class or a function, got {thing!r}")
    _registered[name] = thing
    return thing


def is_registered(thing: Any) -> bool:
    """Whether it can be looked up by its name."""
    return _registered.get(thing.__name__) is thing


@contextmanager
def known_objects(objects: Mapping[str, Any]) -> Iterator[None]:
    """Register objects for the time of a `with`."""
    before = dict(_registered)
    _registered.update(objects)
    try:
        yield
    finally:
        _registered.clear()
        _registered.update(before)
