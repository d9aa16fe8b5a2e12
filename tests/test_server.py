"""The server: it answers, says whether the store does, keeps its settings, and ends in order."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from fixture_campaign import small_campaign

from assessment import __version__, server
from assessment.store.store import Store

ROOT = Path(__file__).parents[1]
SCRIPT = """
import json, os
import streamlit as st
from streamlit import config
names = ["runner.postScriptGC", "client.showErrorDetails", "server.fileWatcherType", "server.maxUploadSize",
         "browser.gatherUsageStats", "server.enableXsrfProtection", "theme.primaryColor", "server.allowedHosts"]
with open(os.environ["SEEN"], "w") as file:
    json.dump({name: config.get_option(name) for name in names}, file)
st.write("done")
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def get(url):
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=5) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


@contextmanager
def running(command, environment) -> Iterator[tuple[subprocess.Popen, str]]:
    """A server process of ours on a free port, and its address; waits until it answers."""
    port = free_port()
    process = subprocess.Popen([*command, str(port)], cwd=ROOT, env=os.environ | environment, text=True,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT)  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(600):
            try:
                get(url + "/_stcore/health")
                break
            except OSError:
                assert process.poll() is None, process.stdout.read()
                time.sleep(0.1)
        yield process, url
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder with a store that holds a campaign, and a script that writes down the settings it sees."""
    folder = tmp_path_factory.mktemp("server")
    (folder / "page.py").write_text(SCRIPT)
    shutil.copytree(ROOT / ".streamlit", folder / ".streamlit")
    with Store(folder / "campaigns.db") as store:
        store.add_campaign(small_campaign())
    return folder


@pytest.fixture(scope="module")
def served(place):
    command = [sys.executable, "-m", "assessment.server", "--script", str(place / "page.py"), "--port"]
    with running(command, {"CHANGE_TEAM_DATA": str(place), "SEEN": str(place / "seen.json")}) as (process, url):
        yield process, url


def open_page(url):
    """What a browser does: open the page's websocket and wait until the script has run."""
    from streamlit.proto.BackMsg_pb2 import BackMsg
    from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
    from websockets.sync.client import connect

    with connect(url.replace("http", "ws") + "/_stcore/stream", subprotocols=["streamlit"], proxy=None) as page:
        ask = BackMsg()
        ask.rerun_script.query_string = ""
        page.send(ask.SerializeToString())
        while True:
            message = ForwardMsg()
            message.ParseFromString(page.recv(timeout=20))
            if message.WhichOneof("type") == "script_finished":
                return


def test_the_health_route_says_ok_and_the_version(served):
    status, body = get(served[1] + "/healthz")
    assert (status, json.loads(body)) == (200, {"status": "ok", "version": __version__})


def test_the_page_is_served_beside_it(served):
    status, body = get(served[1] + "/")
    assert status == 200 and b"<!doctype html>" in body.lower()


def test_scripts_see_the_settings_of_the_configuration_file(served, place):
    open_page(served[1])
    seen = json.loads((place / "seen.json").read_text())
    assert seen == {
        "runner.postScriptGC": False, "client.showErrorDetails": "none", "server.fileWatcherType": "none",
        "server.maxUploadSize": 20, "browser.gatherUsageStats": False, "server.enableXsrfProtection": True,
        "theme.primaryColor": "#0B5A8A", "server.allowedHosts": ["localhost", "127.0.0.1", "::1"],
    }  # fmt: skip


def test_a_page_elsewhere_cannot_reach_us_through_a_name_of_its_own(served):
    from websockets.exceptions import InvalidStatus
    from websockets.sync.client import connect

    port = served[1].rsplit(":", 1)[1]
    with socket.create_connection(("127.0.0.1", int(port))) as raw, pytest.raises(InvalidStatus):
        connect(f"ws://evil.example:{port}/_stcore/stream", sock=raw, subprotocols=["streamlit"])


def test_the_plain_way_to_start_streamlit_works_too(place):
    command = [sys.executable, "-m", "streamlit", "run", str(place / "page.py"), "--server.address", "127.0.0.1",
               "--server.port"]  # fmt: skip
    with running(command, {"SEEN": str(place / "plain.json")}) as (_, url):
        open_page(url)
    assert json.loads((place / "plain.json").read_text())["runner.postScriptGC"] is False


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT for another process")
def test_ctrl_c_ends_it_in_order_and_closes_the_store(place, tmp_path):
    command = [sys.executable, "-m", "assessment.server", "--script", str(place / "page.py"), "--port"]
    with Store(tmp_path / "campaigns.db") as store:
        store.add_campaign(small_campaign())
    with running(command, {"CHANGE_TEAM_DATA": str(tmp_path), "SEEN": str(tmp_path / "x")}) as (process, url):
        assert get(url + "/healthz")[0] == 200
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=20) == 0
        assert "Traceback" not in process.stdout.read()
    assert not (tmp_path / "campaigns.db-wal").exists()


def test_a_damaged_database_is_said_in_words_and_ends_the_start(tmp_path):
    (tmp_path / "campaigns.db").write_bytes(b"no database" * 1000)
    started = subprocess.run(
        [sys.executable, "-m", "assessment.server", "--port", str(free_port())], cwd=ROOT, capture_output=True,
        text=True, env=os.environ | {"CHANGE_TEAM_DATA": str(tmp_path), "LANG": "en_US.UTF-8"},
    )  # fmt: skip
    assert started.returncode == server.REFUSED
    assert "restore the file from a back-up" in started.stderr and "Traceback" not in started.stderr


def test_the_health_route_says_503_when_the_store_does_not_answer(monkeypatch):
    from assessment.problems import AssessmentError, Problem

    class Broken:
        def answers(self):
            raise AssessmentError(Problem("store_busy", params={"detail": "x"}))

    monkeypatch.setattr(server, "shared_store", Broken)
    answer = server.healthz(None)
    assert answer.status_code == 503 and json.loads(answer.body)["problems"] == ["store_busy"]


def test_nagles_algorithm_is_off_on_the_connections_of_our_server():
    import uvicorn

    seen = []

    async def app(scope, receive, send):
        if scope["type"] == "http":
            for connection in serving.server_state.connections:
                sock = connection.transport.get_extra_info("socket")
                seen.append(sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
            await send({"type": "http.response.start", "status": 204, "headers": []})
            await send({"type": "http.response.body", "body": b""})

    port = free_port()
    serving = uvicorn.Server(server.configuration(app, "127.0.0.1", port))
    serving.config.lifespan = "off"
    thread = threading.Thread(target=serving.run)
    thread.start()
    while not serving.started:
        time.sleep(0.01)
    assert get(f"http://127.0.0.1:{port}/")[0] == 204
    serving.should_exit = True
    thread.join()
    assert seen and all(seen)


@pytest.mark.parametrize(("host", "alone"), [
    ("127.0.0.1", True), ("localhost", True), ("::1", True), ("0.0.0.0", False), ("192.168.0.2", False), ("h", False),
])  # fmt: skip
def test_loopback_addresses_are_told_from_others(host, alone):
    assert server.is_loopback(host) is alone


def test_what_pages_need_is_imported_and_frozen():
    import gc

    before = gc.get_freeze_count()
    try:
        server.warm_up()
        assert all(name in sys.modules for name in server.HEAVY)
        assert gc.get_freeze_count() > before + 10_000
    finally:
        gc.unfreeze()
