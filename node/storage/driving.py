"""Run a transaction function by hand, so that it cannot wait for anything but its statements."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TypeVar

from node.storage.errors import TransactionSuspended

T = TypeVar("T")


def drive(work: Awaitable[T]) -> T:
    """What `work` returns, run in one breath, without giving the loop a turn.

    Raises: what `work` raises; TransactionSuspended when it awaits something that is not
    ready, with the place of that await in the traceback.
    """
    steps = work.__await__()
    try:
        awaited = next(steps)
    except StopIteration as stop:
        result: T = stop.value
        return result
    raise suspended(steps, awaited)


def suspended(steps: object, awaited: object) -> TransactionSuspended:
    """Stop a function that awaited `awaited`; the error to tell its caller.

    Its `finally` blocks run; it cannot go on by catching the error.
    """
    error = TransactionSuspended(
        f"a transaction function awaited {_described(awaited)}: no network inside a transaction"
    )
    throw = getattr(steps, "throw", None)
    if throw is None:
        return error
    try:
        throw(error)
    except BaseException as raised:
        # Usually the error itself, now knowing where it happened; anything else is its context.
        if raised is not error:
            error.__context__ = raised
    else:
        _close(steps)
    return error


def _close(steps: object) -> None:
    close = getattr(steps, "close", None)
    try:
        if close is not None:
            close()
    except RuntimeError:
        # It awaits even while being closed; the interpreter will finish it off.
        return


def _described(awaited: object) -> str:
    return "a pause" if awaited is None else f"a {type(awaited).__name__}"
