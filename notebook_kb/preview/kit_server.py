"""A server for one paste kit, until it is done."""

from __future__ import annotations

from typing import TYPE_CHECKING

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.routing import Route

from notebook_kb.preview.guard import Guard, Tokens
from notebook_kb.preview.kits import KitDesk, answered
from notebook_kb.preview.server import HOST, Server, listen

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from starlette.requests import Request
    from starlette.responses import Response

    from notebook_kb.languages import LanguagePack
    from notebook_kb.preview.kits import DoneAnswer


def serve_kit(
    kit: Path,
    on_done: Callable[[str], DoneAnswer],
    *,
    pack: LanguagePack,
    ready: Callable[[str], None],
    port: int = 0,
) -> DoneAnswer | None:
    """Serve one kit until it is done or Ctrl-C; the good answer, None where there was none.

    `ready` is told the address as soon as it answers. Raises `EnvironmentFailedError` when no port can be had.
    """
    ears, number = listen(port)
    given: list[DoneAnswer] = []
    desk = KitDesk(Tokens(), lambda: pack, lambda _, url: on_done(url))

    async def get(request: Request) -> Response:
        return await run_in_threadpool(desk.file, kit, request.path_params["name"])

    async def post(request: Request) -> Response:
        answer = await desk.done(request, kit)
        given.extend([answer] if answer.ok else [])
        return answered(answer, then=server.stop)

    routes = [
        Route("/done", post, methods=["POST"]),
        Route("/{name:path}", get, methods=["GET"]),
    ]
    app = Guard(Starlette(routes=routes), number)
    config = uvicorn.Config(
        app,
        log_level="error",
        access_log=False,
        server_header=False,
        date_header=False,
        timeout_graceful_shutdown=3,
        lifespan="off",
    )
    server = Server(config)
    ready(f"http://{HOST}:{number}/")
    server.run(sockets=[ears])
    return given[0] if given else None
