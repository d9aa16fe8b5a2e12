"""Sets the program up and starts it, with the standard library alone: `python3 run.py`, `python3 run.py test`."""

from __future__ import annotations

import argparse
import errno
import hashlib
import importlib.util
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

OLDEST = (3, 11)
ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
DISK_NEEDED_MB = 1500
START_SECONDS = 180
HOST, PORT = "127.0.0.1", 8501

WORDS = {
    "old_python": (
        "Нужен Python {need} или новее, а запущен {have} ({path}). {cure}",
        "Python {need} or newer is needed, this is {have} ({path}). {cure}",
    ),
    "old_cure_found": ("Запустите: {command}", "Start: {command}"),
    "old_cure": (
        "Установите его: Debian/Ubuntu — apt-get install python3.11 python3.11-venv; остальные — python.org.",
        "Install it: Debian/Ubuntu - apt-get install python3.11 python3.11-venv; others - python.org.",
    ),
    "no_venv": (
        "В этом Python нет модуля {module}, без него не создать папку .venv. Установите: apt-get install {package}",
        "This Python lacks the module {module}, so .venv cannot be made. Install it: apt-get install {package}",
    ),
    "venv_failed": (
        "Папку .venv создать не удалось:\n{tail}\nУдалите .venv и запустите ещё раз.",
        "The folder .venv could not be made:\n{tail}\nRemove .venv and start again.",
    ),
    "no_disk": (
        "Мало места на диске: свободно {free} МБ, нужно {need} МБ для библиотек. Освободите место в {folder}.",
        "Not enough disk: {free} MB free, the libraries need {need} MB. Make room in {folder}.",
    ),
    "no_file": (
        "Нет файла {name}: копия программы неполная. Скачайте её заново.",
        "The file {name} is missing: this copy of the program is incomplete. Fetch it again.",
    ),
    "installing": (
        "Ставим библиотеки из {name} (один раз, 1–3 минуты)…",
        "Installing the libraries of {name} (once, 1-3 minutes)…",
    ),
    "installed": ("Библиотеки готовы за {seconds} с.", "Libraries ready in {seconds} s."),
    "pip_failed": (
        "Библиотеки поставить не удалось. Последние строки pip:\n{tail}\n{cure}",
        "The libraries could not be installed. pip's last lines:\n{tail}\n{cure}",
    ),
    "pip_network": (
        "Похоже, нет связи с каталогом пакетов. Проверьте сеть или прокси (HTTPS_PROXY, pip config) и повторите.",
        "The package index seems out of reach. Check the network or proxy (HTTPS_PROXY, pip config) and repeat.",
    ),
    "pip_hash": (
        "Пакет не совпал с контрольной суммой: его подменили по дороге или в зеркале. Ставить его нельзя.",
        "A package does not match its checksum: it was altered on the way or in a mirror. It must not be installed.",
    ),
    "pip_disk": ("Кончилось место на диске. Освободите его и повторите.", "The disk is full. Make room and repeat."),
    "pip_other": ("Весь вывод: {log}", "Everything pip said: {log}"),
    "port_taken": (
        "Порт {port} занят другой программой. Запустите с другим: python3 run.py --port {free}",
        "Port {port} is taken by another program. Start with another: python3 run.py --port {free}",
    ),
    "port_refused": (
        "Порт {port} на {host} открыть нельзя: {detail}. Попробуйте: python3 run.py --port {free}",
        "Port {port} on {host} cannot be opened: {detail}. Try: python3 run.py --port {free}",
    ),
    "open_to_all": (
        "Внимание: адрес {host} виден по сети, а входа с паролем нет. Ставьте за прокси со входом.",
        "Mind: {host} can be reached from the network and there is no sign-in. Put a proxy with sign-in in front.",
    ),
    "starting": ("Запускаем…", "Starting…"),
    "ready": ("Готово: {address}   (остановить: Ctrl+C)", "Ready: {address}   (stop: Ctrl+C)"),
    "not_ready": (
        "Программа не ответила за {seconds} с. Что она успела сказать, стоит выше.",
        "The program did not answer within {seconds} s. What it had to say stands above.",
    ),
    "ended": ("Программа закончилась сама, код {code}.", "The program ended by itself, code {code}."),
    "stopped": ("Остановлено.", "Stopped."),
}


class Refused(Exception):
    """Something a person can put right; its text says what and how."""


def words(key, **params):
    """The text in the language of LANG; in both where LANG names neither."""
    russian, english = WORDS[key]
    language = os.environ.get("LC_ALL") or os.environ.get("LANG") or ""
    chosen = [russian] if language.startswith("ru") else [english] if language.startswith("en") else [russian, english]
    return "\n".join(text.format(**params) for text in chosen)


def say(key, **params):
    """Print a text at once."""
    print(words(key, **params), flush=True)


def check_python(version=sys.version_info, which=shutil.which):
    """Refuse a Python that is too old, naming a newer one on this machine where there is one."""
    if tuple(version[:2]) >= OLDEST:
        return
    newer = next((name for name in ("python3.14", "python3.13", "python3.12", "python3.11") if which(name)), None)
    cure = words("old_cure_found", command=newer + " run.py") if newer else words("old_cure")
    have = ".".join(str(part) for part in version[:3])
    raise Refused(words("old_python", need="3.11", have=have, path=sys.executable, cure=cure))


def make_venv():
    """Make .venv unless a working one of this Python's version is there."""
    if PYTHON.exists() and _version_of(PYTHON) == sys.version_info[:2]:
        return
    for module in ("venv", "ensurepip"):
        if importlib.util.find_spec(module) is None:
            package = "python{}.{}-venv".format(*sys.version_info[:2])
            raise Refused(words("no_venv", module=module, package=package))
    made = _run([sys.executable, "-m", "venv", "--clear", str(VENV)])
    if made.returncode != 0:
        raise Refused(words("venv_failed", tail=_tail(made.stdout)))


def _version_of(python):
    """(major, minor) of an interpreter, None when it does not run or has no pip."""
    try:
        asked = _run([str(python), "-c", "import pip, sys; print(*sys.version_info[:2])"])
    except OSError:
        return None
    return tuple(int(part) for part in asked.stdout.split()[:2]) if asked.returncode == 0 else None


def _run(command):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", errors="replace")


def _tail(output, lines=8):
    return "\n".join("  " + line for line in output.strip().splitlines()[-lines:])


def fingerprint(requirements):
    """SHA-256 of a requirements file together with the Python it is installed for."""
    content = (ROOT / requirements).read_bytes()
    return hashlib.sha256(content + repr(sys.version_info[:2]).encode()).hexdigest()


def install(requirements):
    """Install a locked requirements file, unless the stamp in .venv says that this very file is installed."""
    if not (ROOT / requirements).is_file():
        raise Refused(words("no_file", name=requirements))
    stamp = VENV / ("installed-" + requirements)
    wanted = fingerprint(requirements)
    if stamp.is_file() and stamp.read_text() == wanted:
        return
    free = shutil.disk_usage(str(VENV)).free // 2**20
    if free < DISK_NEEDED_MB:
        raise Refused(words("no_disk", free=free, need=DISK_NEEDED_MB, folder=VENV))
    say("installing", name=requirements)
    began = time.monotonic()
    _pip_install(requirements)
    stamp.write_text(wanted)
    say("installed", seconds=round(time.monotonic() - began))


def _pip_install(requirements):
    """pip with every hash checked; the lock names every package, so nothing is looked up besides.

    Nothing is compiled ahead: most files of the libraries are never imported, and compiling all takes a minute or two.
    """
    command = [
        str(PYTHON), "-m", "pip", "install", "--require-hashes", "--no-deps", "--no-compile",
        "--no-input", "--disable-pip-version-check", "--progress-bar", "off", "-r", str(ROOT / requirements),
    ]  # fmt: skip
    log = VENV / "install.log"
    done = _run(command)
    log.write_text(done.stdout, encoding="utf-8")
    if done.returncode != 0:
        raise Refused(words("pip_failed", tail=_tail(done.stdout), cure=_cure(done.stdout, log)))


def _cure(output, log):
    """What to do about pip's failure."""
    if "DO NOT MATCH THE HASHES" in output:
        return words("pip_hash")
    if "No space left" in output:
        return words("pip_disk")
    signs = ("NewConnectionError", "ConnectTimeout", "Connection refused", "Name or service", "Temporary failure",
             "getaddrinfo", "ProxyError", "SSLError", "ReadTimeout", "No matching distribution")  # fmt: skip
    return words("pip_network") if any(sign in output for sign in signs) else words("pip_other", log=log)


def check_port(host, port):
    """Refuse a port that is taken or cannot be opened, naming a free one."""
    reason = _port_error(host, port)
    if reason is None:
        return
    free = next((other for other in range(max(port, 1024) + 1, 65536) if _port_error(host, other) is None), PORT)
    if reason.errno == errno.EADDRINUSE:
        raise Refused(words("port_taken", port=port, free=free))
    raise Refused(words("port_refused", port=port, host=host, detail=reason.strerror or reason, free=free))


def _port_error(host, port):
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        if os.name != "nt":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            return error
    return None


def address(host, port):
    """The address to open in a browser on this machine."""
    shown = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    return "http://{}:{}".format("[" + shown + "]" if ":" in shown else shown, port)


def start(host, port):
    """Start the server, say its address when it answers, and wait until it is stopped; the exit code."""
    check_port(host, port)
    if host not in ("127.0.0.1", "localhost", "::1"):
        say("open_to_all", host=host)
    say("starting")
    command = [str(PYTHON), "-m", "assessment.server", "--host", host, "--port", str(port)]
    server = subprocess.Popen(command, cwd=str(ROOT))
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        if _wait_until_healthy(server, address(host, port) + "/healthz"):
            say("ready", address=address(host, port))
            server.wait()
        if server.poll() is None:
            say("not_ready", seconds=START_SECONDS)
            return 1
        say("ended", code=server.returncode)
        return server.returncode
    except KeyboardInterrupt:
        _stop(server)
        say("stopped")
        return 0
    finally:
        _stop(server)


def _interrupt(*_signal):
    raise KeyboardInterrupt


def _wait_until_healthy(server, url):
    """Whether the health route answered before the time was up or the server ended."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # this machine is not reached by proxy
    limit = time.monotonic() + START_SECONDS
    while time.monotonic() < limit and server.poll() is None:
        try:
            with opener.open(url, timeout=2) as answer:
                if json.load(answer)["status"] == "ok":
                    return True
        except (OSError, ValueError, KeyError):  # not up yet, or something else answers there
            pass
        time.sleep(0.1)
    return False


def _stop(server):
    """End our own server: ask, wait, and insist after ten seconds."""
    if server.poll() is not None:
        return
    server.terminate()
    try:
        server.wait(timeout=10)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def test(arguments):
    """Run the whole suite, on as many cores as there are but four at most; pytest's exit code."""
    workers = min(os.cpu_count() or 1, 4)
    chosen = any(part.startswith(("-n", "--numprocesses", "--pdb")) or part == "no:xdist" for part in arguments)
    parallel = [] if chosen or workers == 1 else ["-n", str(workers), "--dist", "loadfile"]
    return subprocess.call([str(PYTHON), "-m", "pytest", *parallel, *arguments], cwd=str(ROOT))


def parse(arguments):
    """The command line: nothing, --port and --host, or `test` with whatever pytest understands."""
    if arguments[:1] == ["test"]:
        return "test", arguments[1:]
    parser = argparse.ArgumentParser(prog="python3 run.py", description=__doc__)
    parser.add_argument("--port", type=int, default=PORT, help="8501")
    parser.add_argument("--host", default=HOST, help="127.0.0.1")
    return "start", parser.parse_args(arguments)


def main(arguments):
    """Set up what is missing, then start or test; the exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a console that lacks Cyrillic still shows the rest
    act, given = parse(arguments)
    try:
        check_python()
        make_venv()
        if act == "test":
            install("requirements-dev.txt")
            return test(given)
        install("requirements.txt")
        return start(given.host, given.port)
    except Refused as refused:
        print(refused, file=sys.stderr, flush=True)
        return 1
    except KeyboardInterrupt:
        say("stopped")
        return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
