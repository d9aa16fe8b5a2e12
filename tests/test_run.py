"""run.py: sets up what is missing and no more, says what to do when it cannot, and hands exit codes on."""

from __future__ import annotations

import ast
import importlib.util
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests import conftest  # not `conftest`: the pages have one of their own

ROOT = Path(__file__).parents[1]
SOURCE = (ROOT / "run.py").read_text(encoding="utf-8")


@pytest.fixture
def run(tmp_path, monkeypatch):
    """run.py as a module of its own, at home in an empty folder with a ready .venv; English."""
    spec = importlib.util.spec_from_file_location("run_under_test", ROOT / "run.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(module, "PYTHON", Path(sys.executable))
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    monkeypatch.delenv("LC_ALL", raising=False)
    (tmp_path / ".venv").mkdir()
    (tmp_path / "requirements.txt").write_text("a==1\n")
    return module


@pytest.fixture
def pip(run, monkeypatch):
    """Stands for pip: what it was called with, and what it shall answer."""
    state = SimpleNamespace(calls=[], returncode=0, stdout="Successfully installed a-1")

    def called(command):
        state.calls.append(command)
        return SimpleNamespace(returncode=state.returncode, stdout=state.stdout)

    monkeypatch.setattr(run, "_run", called)
    return state


class TestPython:
    def test_the_file_can_be_read_by_pythons_that_are_too_old_to_run_it(self):
        ast.parse(SOURCE, feature_version=(3, 8))
        annotations = [node for node in ast.walk(ast.parse(SOURCE)) if isinstance(node, ast.arg) and node.annotation]
        assert annotations == []

    def test_it_needs_nothing_but_the_standard_library(self):
        modules = {
            name.name.split(".")[0]
            for node in ast.walk(ast.parse(SOURCE)) if isinstance(node, ast.Import) for name in node.names
        } | {
            node.module.split(".")[0] for node in ast.walk(ast.parse(SOURCE)) if isinstance(node, ast.ImportFrom)
        }  # fmt: skip
        assert modules <= sys.stdlib_module_names

    def test_a_python_too_old_is_told_which_newer_one_is_here(self, run):
        with pytest.raises(run.Refused, match=r"3\.8\.10.*Start: python3\.12 run\.py"):
            run.check_python((3, 8, 10), which=lambda name: name == "python3.12")

    def test_a_python_too_old_is_told_what_to_install_where_there_is_no_newer_one(self, run):
        with pytest.raises(run.Refused, match=r"apt-get install python3\.11"):
            run.check_python((3, 10, 1), which=lambda name: None)

    def test_this_python_will_do(self, run):
        run.check_python()

    @pytest.mark.parametrize("module", ["venv", "ensurepip"])
    def test_a_debian_without_venv_is_told_the_package(self, run, monkeypatch, tmp_path, module):
        monkeypatch.setattr(run, "PYTHON", tmp_path / "absent")
        monkeypatch.setattr(run.importlib.util, "find_spec", lambda name: None if name == module else object())
        package = rf"python{sys.version_info[0]}\.{sys.version_info[1]}-venv"
        with pytest.raises(run.Refused, match=rf"{module}.*apt-get install {package}"):
            run.make_venv()

    def test_a_working_environment_is_left_alone(self, run, monkeypatch):
        asked = []
        real = run._run
        monkeypatch.setattr(run, "_run", lambda command: asked.append(command) or real(command))
        run.make_venv()
        assert [command[1] for command in asked] == ["-c"]

    def test_an_environment_that_does_not_run_is_made_anew(self, run, monkeypatch, tmp_path, pip):
        broken = tmp_path / ".venv" / "python"
        broken.write_text("")
        monkeypatch.setattr(run, "PYTHON", broken)
        pip.returncode, pip.stdout = 1, "Error: no such thing"
        with pytest.raises(run.Refused, match="no such thing"):
            run.make_venv()
        assert pip.calls[-1][1:4] == ["-m", "venv", "--clear"]


class TestInstalling:
    def test_every_hash_is_checked_and_nothing_is_looked_up_besides(self, run, pip):
        run.install("requirements.txt")
        assert {"--require-hashes", "--no-deps"} <= set(pip.calls[0])
        assert pip.calls[0][-1] == str(run.ROOT / "requirements.txt")

    def test_a_second_start_installs_nothing(self, run, pip):
        run.install("requirements.txt")
        run.install("requirements.txt")
        assert len(pip.calls) == 1

    def test_a_changed_requirements_file_is_installed_again(self, run, pip, tmp_path):
        run.install("requirements.txt")
        (tmp_path / "requirements.txt").write_text("a==2\n")
        run.install("requirements.txt")
        assert len(pip.calls) == 2

    def test_what_failed_is_tried_again_at_the_next_start(self, run, pip):
        pip.returncode = 1
        for _ in range(2):
            with pytest.raises(run.Refused):
                run.install("requirements.txt")
        assert len(pip.calls) == 2

    @pytest.mark.parametrize(("output", "cure"), [
        ("WARNING: Retrying ... NewConnectionError: Temporary failure in name resolution", "Check the network"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE", "must not be installed"),
        ("OSError: [Errno 28] No space left on device", "Make room and repeat"),
        ("error: subprocess-exited-with-error", "install.log"),
    ])  # fmt: skip
    def test_pips_last_lines_are_shown_with_what_to_do(self, run, pip, output, cure):
        pip.returncode, pip.stdout = 1, "first line\n" + "\n" * 30 + output
        with pytest.raises(run.Refused) as refused:
            run.install("requirements.txt")
        assert output in str(refused.value) and cure in str(refused.value)
        assert "first line" not in str(refused.value)
        assert "first line" in (run.VENV / "install.log").read_text()

    def test_a_disk_too_full_is_said_before_anything_is_fetched(self, run, pip, monkeypatch):
        monkeypatch.setattr(run.shutil, "disk_usage", lambda path: SimpleNamespace(free=287 * 2**20))
        with pytest.raises(run.Refused, match=r"287 MB free, the libraries need 1500 MB"):
            run.install("requirements.txt")
        assert pip.calls == []

    def test_an_incomplete_copy_is_said(self, run, pip):
        with pytest.raises(run.Refused, match=r"requirements-dev\.txt is missing"):
            run.install("requirements-dev.txt")


class TestRequirements:
    PIN = re.compile(r"^([A-Za-z0-9_.-]+)==([^ ;\\]+)", re.MULTILINE)

    def pins(self, name):
        return dict(self.PIN.findall((ROOT / name).read_text()))

    def test_the_program_and_its_tests_use_the_same_versions(self):
        program, tests = self.pins("requirements.txt"), self.pins("requirements-dev.txt")
        assert len(program) > 20
        assert program.items() <= tests.items()

    @pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
    def test_every_package_is_pinned_with_hashes_and_names_no_host(self, name):
        text = (ROOT / name).read_text()
        blocks = re.split(r"\n(?=[A-Za-z0-9])", text.strip())
        assert all(self.PIN.match(block) and "--hash=sha256:" in block for block in blocks)
        assert "://" not in text and "index-url" not in text and " @ " not in text

    @pytest.mark.parametrize("name", ["requirements", "requirements-dev"])
    def test_everything_asked_for_is_locked(self, name):
        asked = re.findall(r"^([A-Za-z0-9_.-]+)$", (ROOT / f"{name}.in").read_text(), re.MULTILINE)
        locked = {package.lower() for package in self.pins(f"{name}.txt")}
        assert asked and {package.lower() for package in asked} <= locked


class TestPorts:
    @pytest.fixture
    def taken(self):
        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))
            other.listen()
            yield other.getsockname()[1]

    def test_a_taken_port_is_named_with_one_that_is_free(self, run, taken):
        with pytest.raises(run.Refused) as refused:
            run.check_port("127.0.0.1", taken)
        free = int(re.search(r"--port (\d+)", str(refused.value)).group(1))
        assert f"Port {taken} is taken" in str(refused.value) and free > taken
        run.check_port("127.0.0.1", free)

    def test_an_address_of_another_machine_is_refused_in_words(self, run):
        with pytest.raises(run.Refused, match=r"Port 8501 on 192\.0\.2\.1 cannot be opened"):
            run.check_port("192.0.2.1", 8501)

    @pytest.mark.parametrize(("host", "shown"), [
        ("127.0.0.1", "http://127.0.0.1:80"), ("0.0.0.0", "http://127.0.0.1:80"), ("::", "http://[::1]:80"),
    ])  # fmt: skip
    def test_the_address_shown_is_one_a_browser_here_can_open(self, run, host, shown):
        assert run.address(host, 80) == shown


SERVER = """
import argparse, http.server, json, signal, sys, time
parser = argparse.ArgumentParser()
parser.add_argument("--host"); parser.add_argument("--port", type=int)
given = parser.parse_args()
if {code}:
    print("what it had to say", flush=True)
    sys.exit({code})
class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == "/healthz" else 404); self.end_headers()
        self.wfile.write(json.dumps({{"status": "ok"}}).encode())
    def log_message(self, *parts): pass
open("pid", "w").write(str(__import__("os").getpid()))
http.server.HTTPServer((given.host, given.port), Answer).serve_forever()
"""
START = """
import importlib.util, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # the suite may run where a shell ignores it
from pathlib import Path
spec = importlib.util.spec_from_file_location("run", sys.argv[1])
run = importlib.util.module_from_spec(spec); spec.loader.exec_module(run)
run.ROOT, run.PYTHON = Path(sys.argv[2]), sys.executable
sys.exit(run.start("127.0.0.1", int(sys.argv[3])))
"""


class TestStarting:
    def started(self, tmp_path, code=0):
        (tmp_path / "assessment").mkdir()
        (tmp_path / "assessment" / "server.py").write_text(SERVER.format(code=code))
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        command = [sys.executable, "-c", START, str(ROOT / "run.py"), str(tmp_path), str(port)]
        environment = os.environ | {"LANG": "en_US.UTF-8", "PYTHONPATH": ""}
        environment.pop("LC_ALL", None)
        return port, subprocess.Popen(
            command, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            start_new_session=True,
        )  # fmt: skip

    @pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT for another process")
    @pytest.mark.parametrize(("sign", "to_all"), [
        (signal.SIGINT, True), (signal.SIGINT, False), (signal.SIGTERM, False),
    ])  # fmt: skip
    def test_it_says_the_address_when_the_program_answers_and_stops_in_order(self, tmp_path, sign, to_all):
        port, process = self.started(tmp_path)
        lines = [process.stdout.readline(), process.stdout.readline()]
        assert lines[1].startswith(f"Ready: http://127.0.0.1:{port} ")
        child = int((tmp_path / "pid").read_text())
        (os.killpg if to_all else os.kill)(process.pid, sign)  # a terminal sends Ctrl+C to the whole group
        output = process.communicate(timeout=20)[0]
        assert process.returncode == 0 and output.rstrip().endswith("Stopped.")
        assert not self.alive(child)

    def alive(self, pid):
        for _ in range(50):
            try:
                os.kill(pid, 0)
            except ProcessLookupError:
                return False
            time.sleep(0.1)
        return True

    def test_a_program_that_ends_by_itself_hands_its_code_on(self, tmp_path):
        _, process = self.started(tmp_path, code=3)
        output = process.communicate(timeout=20)[0]
        assert process.returncode == 3
        assert "what it had to say" in output and "code 3" in output


class TestTesting:
    @pytest.fixture
    def called(self, run, monkeypatch):
        calls = []
        monkeypatch.setattr(run.subprocess, "call", lambda command, cwd: calls.append(command) or 5)
        return calls

    def test_pytests_exit_code_is_passed_on(self, run, called):
        assert run.test([]) == 5

    def test_arguments_reach_pytest(self, run, called):
        run.test(["tests/test_store.py", "-k", "rules"])
        assert called[0][1:3] == ["-m", "pytest"] and called[0][-3:] == ["tests/test_store.py", "-k", "rules"]

    @pytest.mark.parametrize("arguments", [["-n", "0"], ["-n0"], ["--pdb"], ["-p", "no:xdist"]])
    def test_whoever_chooses_the_workers_is_not_overruled(self, run, called, arguments):
        run.test(arguments)
        assert called[0][3:] == arguments

    def test_it_installs_what_tests_need_on_top(self, run, pip, called, tmp_path, monkeypatch):
        (tmp_path / "requirements-dev.txt").write_text("a==1\nb==1\n")
        monkeypatch.setattr(run, "make_venv", lambda: None)
        assert run.main(["test"]) == 5
        assert pip.calls[0][-1].endswith("requirements-dev.txt")


class TestWords:
    def test_every_text_has_both_languages_with_the_same_fields(self, run):
        fields = re.compile(r"\{(\w+)\}")
        assert all(sorted(fields.findall(ru)) == sorted(fields.findall(en)) for ru, en in run.WORDS.values())
        assert all(re.search("[а-яА-Я]", ru) and not re.search("[а-яА-Я]", en) for ru, en in run.WORDS.values())

    @pytest.mark.parametrize(("language", "lines"), [
        ("ru_RU.UTF-8", ["Остановлено."]), ("en_GB", ["Stopped."]), ("C.UTF-8", ["Остановлено.", "Stopped."]),
    ])  # fmt: skip
    def test_the_language_is_that_of_lang_or_both(self, run, monkeypatch, language, lines):
        monkeypatch.setenv("LANG", language)
        assert run.words("stopped").splitlines() == lines

    def test_a_wrong_call_is_told_the_right_one(self, run, capsys):
        with pytest.raises(SystemExit) as left:
            run.main(["--prot", "1"])
        assert left.value.code == 2 and "--port" in capsys.readouterr().err


class TestContinuousIntegration:
    SCRIPT = ROOT / ".ci" / "run"

    def test_it_ends_in_the_one_command_for_tests(self):
        assert os.access(self.SCRIPT, os.X_OK)
        assert self.SCRIPT.read_text().rstrip().endswith("\nexec python3 run.py test")
        assert subprocess.run(["bash", "-n", str(self.SCRIPT)]).returncode == 0

    def test_a_missing_browser_fails_under_ci_and_skips_on_a_laptop(self):
        with pytest.raises(pytest.fail.Exception, match="apt-get install chromium"):
            conftest.without_browser({"CI": "true"})
        with pytest.raises(pytest.skip.Exception, match="apt-get install chromium"):
            conftest.without_browser({})
