"""Where the drop zone sends files: a stream in, a file on disk out, one block in memory.

Streamlit's own uploader holds a whole file in the web process. Cross-site requests: a browser says where a request
comes from (Sec-Fetch-Site, Origin), and no page elsewhere can add our header without asking first, which is never
granted. Programs that are no browsers send neither and hold no cookie that somebody else could misuse.
"""

from collections.abc import Callable
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from clipviz.core.errors import ClipvizError, UnreadableFile
from clipviz.core.settings import Settings
from clipviz.datasets.arrival import Arrival, too_large
from clipviz.ui.guard import signed_in

HEADER = "x-clipviz-upload"
BLOCK = 1 << 20
HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


def build(of: Callable[[], Settings], prefix: str = "") -> list[BaseRoute]:
    """The route that takes uploads into the folder that `of()` names."""

    async def endpoint(request: Request) -> Response:
        if not from_here(request):
            return _refusal(
                403, ClipvizError("Uploads come from the dashboard's own pages", None, "Use the Data page")
            )
        if not signed_in(request):
            return _refusal(
                401, ClipvizError("Only people who are signed in may upload", None, "Sign in again")
            )
        settings = await run_in_threadpool(of)
        length = request.headers.get("content-length", "")
        if length.isdecimal() and int(length) > settings.upload_mb * 1_000_000:
            return _refusal(413, too_large(settings.upload_mb))
        try:
            return await _taken(request, settings)
        except UnreadableFile as error:
            return _refusal(413 if "at most" in error.rule else 400, error)
        except ClipvizError as error:
            return _refusal(507, error)

    return [Route(f"{prefix}/api/uploads", endpoint, methods=["POST"])]


async def _taken(request: Request, settings: Settings) -> Response:
    """Writes what arrives, a megabyte at a time, and answers with its hash; a broken connection leaves nothing."""
    arrival = await run_in_threadpool(Arrival, settings)
    try:
        held = bytearray()
        async for chunk in request.stream():
            held += chunk
            if len(held) >= BLOCK:
                await run_in_threadpool(arrival.write, bytes(held))
                held.clear()
        if held:
            await run_in_threadpool(arrival.write, bytes(held))
        kept = await run_in_threadpool(arrival.keep)
        return JSONResponse({"source": kept.name, "bytes": arrival.size}, headers=HEADERS)
    except ClientDisconnect:
        return Response(status_code=499)
    finally:
        await run_in_threadpool(arrival.abandon)


def from_here(request: Request) -> bool:
    """True unless a browser says that a page of another site has sent this request."""
    if HEADER not in request.headers:
        return False
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")


def _refusal(status: int, error: ClipvizError) -> JSONResponse:
    return JSONResponse({"error": str(error)}, status_code=status, headers={**HEADERS, "Connection": "close"})


routes = [*build(Settings.from_environment), *build(Settings.from_environment, "/{base:path}")]
"""For st.App; the second one answers behind a base path, however a proxy forwards it."""
