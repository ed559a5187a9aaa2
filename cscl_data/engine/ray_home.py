"""What workers on Ray ask of the process that runs the command: it alone has the budget, the rate and the key."""

from __future__ import annotations

import asyncio
import threading
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from cscl_data.errors import BackendError, CsclError

Home = Callable[[Any], Any]
"""Answers a question, both picklable; called by several threads at once."""

_MANY = 10_000
"""Calls that wait in a box at once, far more than there are workers (our default)."""
_THREADS = 64
"""Questions that are answered at once; each is a whole shard's (our default)."""
_PATIENCE_S = 5.0
"""How long the end of a run waits for the thread that fetches questions (our default)."""
_box: Any | None = None


def set_home(box: Any | None) -> None:
    """Let `call_home` of this worker go through a box."""
    global _box
    _box = box


def call_home(question: Any) -> Any:
    """Return the answer of the process that runs the command.

    Raises:
        CsclError: what answering raised there.
        RuntimeError: answering raised something else there.
        BackendError: the box is gone.
    """
    import ray

    try:
        answer, error = ray.get(_box.ask.remote(question))  # type: ignore[union-attr]
    except ray.exceptions.RayError as gone:  # else every row would be tried, and rejected for it
        raise BackendError(
            "--engine ray: the actor through which workers ask the command died", hint="run the same command again"
        ) from gone
    if error is not None:
        raise error
    return answer


@contextmanager
def served(ray: Any, home: Home | None) -> Iterator[Any | None]:
    """Answer the questions of workers while the block runs; give the box that they go through, None without a home.

    Nobody can call the process that runs the command: questions wait in an actor beside it, from which it fetches them.
    So what it answers with, such as a key, never leaves it.
    """
    if home is None:
        yield None
        return
    from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

    here = NodeAffinitySchedulingStrategy(ray.get_runtime_context().get_node_id(), soft=False)
    box = ray.remote(num_cpus=0, max_concurrency=_MANY, scheduling_strategy=here)(_Box).remote()
    over = threading.Event()
    thread = threading.Thread(target=_serve, args=(ray, box, home, over), name="home", daemon=True)
    thread.start()
    try:
        yield box
    finally:
        over.set()
        ray.kill(box)
        thread.join(_PATIENCE_S)


def _serve(ray: Any, box: Any, home: Home, over: threading.Event) -> None:
    """Answer until the box is gone."""

    def answer(number: int, question: Any) -> None:
        told: tuple[Any, Exception | None]
        try:
            told = (home(question), None)
        except Exception as error:  # noqa: BLE001 - it is raised in the worker, and comes back from there
            told = (None, error if isinstance(error, CsclError) else RuntimeError(traceback.format_exc()))
        if not over.is_set():
            box.answer.remote(number, told)

    pool = ThreadPoolExecutor(_THREADS)
    try:
        while not over.is_set():
            pool.submit(answer, *ray.get(box.next_question.remote()))
    except ray.exceptions.RayError:
        return
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


class _Box:
    """What runs in the actor between both."""

    def __init__(self) -> None:
        self._questions: asyncio.Queue[tuple[int, Any]] = asyncio.Queue()
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._asked = 0

    async def ask(self, question: Any) -> Any:
        self._asked += 1
        told = self._waiting[self._asked] = asyncio.get_running_loop().create_future()
        await self._questions.put((self._asked, question))
        return await told

    async def next_question(self) -> tuple[int, Any]:
        return await self._questions.get()

    async def answer(self, number: int, told: Any) -> None:
        self._waiting.pop(number).set_result(told)
