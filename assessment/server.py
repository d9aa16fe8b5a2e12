"""The server process: the Streamlit app and a health route on one ASGI application, served by uvicorn."""

from __future__ import annotations

import argparse
import gc
import importlib
import ipaddress
import os
import sys
import threading
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assessment import __version__
from assessment.opening import ROOT, ensure_demo, refusal, shared_store
from assessment.problems import AssessmentError

if TYPE_CHECKING:
    import uvicorn
    from starlette.requests import Request
    from starlette.responses import JSONResponse

HOST, PORT = "127.0.0.1", 8501
REFUSED = 1  # exit code where the machine or the data do not let us start
HEAVY = ("pandas", "scipy.optimize", "scipy.stats", "sklearn.base", "sqlalchemy", "plotly.graph_objects", "babel")


def build(script: Path = ROOT / "app.py") -> Any:
    """The ASGI application around a Streamlit script."""
    import streamlit as st
    from starlette.routing import Route

    return st.App(str(script), routes=[Route("/healthz", healthz)], lifespan=_lifespan)


def healthz(_request: Request) -> JSONResponse:
    """200 when the store answers, 503 when it does not; says nothing about the data."""
    from starlette.responses import JSONResponse

    try:
        answers = shared_store().answers()
    except AssessmentError as error:
        codes = [problem.code for problem in error.problems]
        return JSONResponse({"status": "store", "problems": codes, "version": __version__}, status_code=503)
    return JSONResponse(
        {"status": "ok" if answers else "store", "version": __version__}, status_code=200 if answers else 503
    )


@asynccontextmanager
async def _lifespan(_app: Any) -> AsyncIterator[None]:
    """Warm up beside the first answers, and leave the store in order at the end."""
    threading.Thread(target=warm_up, name="warm-up", daemon=True).start()
    try:
        yield
    finally:
        shared_store().close()


def warm_up() -> None:
    """Import what pages need, and take all of it out of the garbage collector's sight.

    What is frozen is not searched again: with a collection after it, an empty rerun takes 9 ms instead of 135.
    """
    for name in HEAVY:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()


def configuration(app: Any, host: str, port: int) -> uvicorn.Config:
    """How uvicorn serves: one process, host and port given.

    Host and port and no socket of our own: asyncio switches Nagle's algorithm off only for sockets it opened as TCP
    itself, and with it on every interaction waits 40 ms (uvicorn issue 3149).
    """
    import uvicorn

    return uvicorn.Config(
        app, host=host, port=port, workers=1, ws="websockets-sansio", ws_per_message_deflate=False,
        timeout_keep_alive=75, timeout_graceful_shutdown=3, log_level="warning", access_log=False,
    )  # fmt: skip


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach an address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def serve(host: str, port: int, script: Path = ROOT / "app.py") -> int:
    """Serve until stopped; the exit code."""
    import uvicorn
    from streamlit import config

    try:
        ensure_demo(shared_store())
    except AssessmentError as error:
        print(refusal(error), file=sys.stderr)
        return REFUSED
    app = build(script)
    if is_loopback(host):  # a page elsewhere must not reach us through a name it made point here
        config.set_option("server.allowedHosts", ["localhost", "127.0.0.1", "::1"])
    try:
        uvicorn.Server(configuration(app, host, port)).run()
    except KeyboardInterrupt:  # uvicorn has shut down in order and passes Ctrl-C on
        return 0
    return 0


def main(arguments: Sequence[str] | None = None) -> int:
    """`python -m assessment.server [--host H] [--port N]`."""
    parser = argparse.ArgumentParser(prog="python -m assessment.server", description=__doc__)
    parser.add_argument("--host", default=HOST)
    parser.add_argument("--port", type=int, default=PORT)
    parser.add_argument("--script", type=Path, default=ROOT / "app.py")
    given = parser.parse_args(arguments)
    os.chdir(ROOT)  # .streamlit/config.toml is looked for beside the script and in the working folder
    return serve(given.host, given.port, given.script)


if __name__ == "__main__":
    sys.exit(main())
