"""An exception and everything behind it, in Python and in Java, as plain values that can be judged and tested."""

import errno
import re
from typing import NamedTuple

MOST = 20
# A task's error may reach the driver as text only.
_TOLD = re.compile(r"(?:Lost task [^\n]*?\): |Caused by: )(?:[\w$]+\.)+(?P<name>[\w$]+)(?:: (?P<text>[^\n]*))?")


class Cause(NamedTuple):
    """One error of the chain: its class and those it descends from, nearest first and without packages, and its text.

    An error of the operating system is also called by its number's name, such as ENOSPC.
    """

    names: tuple[str, ...]
    text: str


def of(error: BaseException) -> list[Cause]:
    """The error, what it was raised from, what Java threw, and what the texts tell of other machines' errors."""
    found: list[Cause] = []
    this: BaseException | None = error
    while this is not None and len(found) < MOST:
        found.append(_python(this))
        found += _java(getattr(this, "java_exception", None) or getattr(this, "_origin", None))  # py4j's, pyspark's
        this = _behind(this)
    told = [match for cause in found for match in _TOLD.finditer(cause.text)]
    return found + [Cause((match["name"],), match["text"] or "") for match in told]


def _behind(error: BaseException) -> BaseException | None:
    """What it was raised from; Spark's errors have their own word for that."""
    context = None if error.__suppress_context__ else error.__context__
    return error.__cause__ or getattr(error, "_cause", None) or context


def _python(error: BaseException) -> Cause:
    names = [kind.__name__ for kind in type(error).__mro__]
    if isinstance(error, OSError) and (name := errno.errorcode.get(error.errno or 0)):
        names.insert(0, name)
    return Cause(tuple(names), str(error))


def _java(throwable: object) -> list[Cause]:
    found: list[Cause] = []
    try:
        while throwable is not None and len(found) < MOST:
            found.append(Cause(_java_names(throwable), str(throwable.toString())))  # type: ignore[attr-defined]
            throwable = throwable.getCause()  # type: ignore[attr-defined]
    except Exception:  # the JVM may be gone
        return found
    return found


def _java_names(throwable: object) -> tuple[str, ...]:
    names, kind = [], throwable.getClass()  # type: ignore[attr-defined]
    while kind is not None:
        names.append(re.split(r"[.$]", str(kind.getName()))[-1])
        kind = kind.getSuperclass()
    return tuple(names)
