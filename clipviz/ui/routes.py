"""What the browser asks for without a page: live deltas of runs, their data, and scripts.

No Streamlit script takes part: a viewer costs a dictionary look-up, not a script run.
"""

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, cast, get_args

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from clipviz.core.errors import ClipvizError, InvalidRecipe, NotFound, StoreUnavailable
from clipviz.core.ids import is_id
from clipviz.core.run import Stream
from clipviz.core.settings import Settings
from clipviz.runs.live import EVER, Live
from clipviz.runs.snapshot import Encoded
from clipviz.ui import assets
from clipviz.ui.guard import signed_in

NEVER_KEPT = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
KEPT = {"Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}
CHECKED = {"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"}
MOST_SERIES = 64


@cache
def live() -> Live:
    """The live runs of this process, on the store that the environment names."""
    from clipviz import store

    settings = Settings.from_environment()
    return Live(store.open(settings.store_url), slots=settings.slots)


def build(of: Callable[[], Live], prefix: str = "") -> list[BaseRoute]:
    """The routes on the live runs that `of()` gives; it is called at the first request, in a thread."""

    def answer(ask: Callable[[Request, Live], Response]) -> Callable[[Request], Any]:
        async def endpoint(request: Request) -> Response:
            if not signed_in(request):
                return _refusal(
                    401, ClipvizError("Only people who are signed in see runs", None, "Sign in again")
                )
            try:
                return await run_in_threadpool(lambda: ask(request, of()))
            except NotFound as error:
                return _refusal(404, error)
            except StoreUnavailable as error:
                return _refusal(503, error)
            except ClipvizError as error:
                return _refusal(400, error)

        return endpoint

    return [
        Route(f"{prefix}/api/runs/{{id}}/live", answer(_delta)),
        Route(f"{prefix}/api/runs/{{id}}/window", answer(_window)),
        Route(f"{prefix}/api/runs/{{id}}/health", answer(_health)),
        Route(f"{prefix}/api/series.csv", answer(_table)),
        Route(f"{prefix}/assets/plotly.min.js", _plotly),
        Route(f"{prefix}/assets/live/{{version}}/{{name}}", _module),
    ]


def _delta(request: Request, live: Live) -> Response:
    cursor = request.query_params.get("cursor", "")[:64]
    return _send(request, live.encoded(_run(request.path_params["id"]), cursor))


def _health(request: Request, live: Live) -> Response:
    return _send(request, live.health(_run(request.path_params["id"])))


def _window(request: Request, live: Live) -> Response:
    run = _run(request.path_params["id"])
    lo, hi = _step(request, "lo", 0), _step(request, "hi", EVER)
    if hi < lo:
        raise InvalidRecipe("A window of steps begins before it ends", f"lo={lo}, hi={hi}", "Swap lo and hi")
    return _send(request, Encoded.of(live.window(run, lo, hi)))


def _table(request: Request, live: Live) -> Response:
    runs = list(dict.fromkeys(_run(run) for run in request.query_params.getlist("run")))
    series = list(dict.fromkeys(_series(text) for text in request.query_params.getlist("series")))
    if not runs or not series or len(runs) > MOST_SERIES or len(series) > MOST_SERIES:
        raise InvalidRecipe(
            f"A table needs 1 to {MOST_SERIES} runs and as many series", f"{len(runs)} runs, {len(series)} series",
            "Add run= and series=stream/name to the address",
        )  # fmt: skip
    live.check(runs)

    def blocks() -> Iterator[str]:
        yield "run,stream,series,step,value\n"
        for run in runs:  # one at a time in memory
            yield from _joined(live.table(run, series))

    name = f'attachment; filename="clipviz-{runs[0] if len(runs) == 1 else "runs"}.csv"'
    headers = {**NEVER_KEPT, "Content-Disposition": name}
    return StreamingResponse(blocks(), media_type="text/csv; charset=utf-8", headers=headers)


async def _plotly(request: Request) -> Response:
    asset = await run_in_threadpool(assets.plotly)
    return _file(request, asset, request.query_params.get("v") == assets.plotly_version())


async def _module(request: Request) -> Response:
    asset = (await run_in_threadpool(assets.live)).get(request.path_params["name"])
    if asset is None:
        return _refusal(
            404, NotFound("There is no such script", request.path_params["name"][:80], "Reload the page")
        )
    return _file(request, asset, request.path_params["version"] == assets.live_version())


def _run(id: str) -> str:
    if not is_id(id):
        raise NotFound(
            "A run is named by sixteen characters 0-9 and a-f", repr(id[:40]), "Open it from the list of runs"
        )
    return id


def _step(request: Request, name: str, default: int) -> int:
    given = request.query_params.get(name)
    if given is None:
        return default
    if not (given.isascii() and given.isdigit() and len(given) < 19):
        raise InvalidRecipe(
            f"{name} is a step, a whole number from 0 on", repr(given[:40]), "Mend the address"
        )
    return int(given)


def _series(text: str) -> tuple[Stream, str]:
    stream, _, name = text.partition("/")
    if stream not in get_args(Stream) or not name:
        raise InvalidRecipe(
            "A series is named stream/name, e.g. step/loss",
            repr(text[:80]),
            f"Use one of {', '.join(f'{known}/' for known in get_args(Stream))}",
        )
    return cast(Stream, stream), name


def _joined(lines: Iterator[str], block: int = 1000) -> Iterator[str]:
    held: list[str] = []
    for line in lines:
        held.append(line)
        if len(held) == block:
            yield "".join(held)
            held.clear()
    yield "".join(held)


def _takes_gzip(request: Request) -> bool:
    return "gzip" in request.headers.get("accept-encoding", "")


def _send(request: Request, encoded: Encoded) -> Response:
    headers = dict(NEVER_KEPT)
    body = encoded.plain
    if encoded.packed is not None and _takes_gzip(request):
        body = encoded.packed
        headers |= {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
    return Response(body, media_type="application/json", headers=headers)


def _file(request: Request, asset: assets.Asset, for_ever: bool) -> Response:
    headers = {**(KEPT if for_ever else CHECKED), "ETag": asset.tag, "Vary": "Accept-Encoding"}
    if request.headers.get("if-none-match") == asset.tag:
        return Response(status_code=304, headers=headers)
    body = asset.body
    if _takes_gzip(request):
        body = asset.packed
        headers["Content-Encoding"] = "gzip"
    return Response(body, media_type=asset.type, headers=headers)


def _refusal(status: int, error: ClipvizError) -> JSONResponse:
    return JSONResponse({"error": str(error)}, status_code=status, headers=NEVER_KEPT)


routes = [*build(live), *build(live, "/{base:path}")]
"""For st.App; the second half answers behind a base path, however a proxy forwards it."""
