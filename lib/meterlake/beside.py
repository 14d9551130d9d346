"""Work beside the thread that waits for it: while a table is committed, what differs in the next one is found.

A commit leaves the second core idle, and so does the planning of a small query.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

Start = Callable[..., "Future[Any]"]


@contextmanager
def beside() -> Iterator[Start]:
    """Gives ``start(work, *arguments)``: pieces of work run one after the other in a thread of their own.

    Where the block fails, what has not begun is not done any more; what has begun is waited for.
    """
    pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="beside")
    try:
        yield pool.submit
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
