"""The command line: run, check, compose, demo, templates."""

from __future__ import annotations

import argparse
import locale
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from assessment.problems import AssessmentError

DONE, STOPPED, WRONG_CALL, CONFLICT = 0, 1, 2, 3


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code as in DESIGN.md 4.1."""
    options = _parser().parse_args(arguments)
    if options.lang is None:
        options.lang = _usual_language()
    try:
        return int(options.command(options))
    except AssessmentError as error:
        from assessment.pipeline import print_problems

        print_problems(error.problems, options.lang)
        return STOPPED
    except BrokenPipeError:
        sys.stderr.close()
        return DONE
    except KeyboardInterrupt:
        return 130
    except OSError as error:
        reason = error.strerror or str(error)
        return _fail("cli.file_error", options.lang, file=str(error.filename or ""), reason=reason)


def _usual_language() -> str:
    name = os.environ.get("LC_ALL") or os.environ.get("LANG") or (locale.getlocale()[0] or "")
    return "ru" if name.lower().startswith("ru") else "en"


def _parser() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--lang", choices=("ru", "en"), help="language of messages and reports / язык сообщений")
    parser = argparse.ArgumentParser(prog="python -m assessment", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    run = commands.add_parser("run", parents=[common], help="the whole funnel on a folder of files")
    run.add_argument("folder", type=Path)
    run.add_argument("--out", type=_path, required=True, help="where the results are written")
    run.add_argument("--settings", type=Path, help="another campaign.yaml")
    run.add_argument("--strict", action="store_true", help="every row left out stops the run")
    run.set_defaults(command=_run)

    check = commands.add_parser("check", parents=[common], help="only the import report")
    check.add_argument("folder", type=Path)
    check.add_argument("--settings", type=Path)
    check.add_argument("--strict", action="store_true")
    check.set_defaults(command=_check)

    compose = commands.add_parser("compose", parents=[common], help="any pool, any rules: a list or a team")
    compose.add_argument("pool", type=Path)
    compose.add_argument("--rules", type=Path, required=True)
    compose.add_argument("--out", type=_path, required=True)
    compose.set_defaults(command=_compose)

    demo = commands.add_parser("demo", parents=[common], help="writes an invented municipality as files")
    demo.add_argument("folder", type=Path)
    demo.add_argument("--people", type=_people, default=600)
    demo.set_defaults(command=_demo)

    templates = commands.add_parser("templates", parents=[common], help="writes empty XLSX files of all tables")
    templates.add_argument("folder", type=Path)
    templates.set_defaults(command=_templates)
    for command in (run, compose, demo):
        command.add_argument("--seed", type=_seed, default=1, help="a whole number from 0; default 1")
    return parser


def _seed(text: str) -> int:
    value = int(text)
    if not 0 <= value < 2**32:
        raise argparse.ArgumentTypeError("a whole number from 0 to 4294967295")
    return value


def _path(text: str) -> Path:
    """An empty name (a variable of the shell that is not set) would mean the folder one stands in."""
    if not text.strip():
        raise argparse.ArgumentTypeError("a folder")
    return Path(text)


def _people(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("a whole number from 1")
    return value


def _fail(key: str, language: str, code: int = WRONG_CALL, **params: object) -> int:
    from assessment.messages import text

    print(text(key, language, **params), file=sys.stderr)
    return code


def _say(key: str, language: str, **params: object) -> None:
    from assessment.messages import text

    print(text(key, language, **params))


def _out_folder(options: argparse.Namespace) -> int | None:
    """Make the folder of results; an exit code where that cannot be."""
    if options.out.exists() and not options.out.is_dir():
        return _fail("cli.out_is_file", options.lang, path=str(options.out))
    options.out.mkdir(parents=True, exist_ok=True)
    return None


def _run(options: argparse.Namespace) -> int:
    from assessment.pipeline import run_folder

    wrong = _out_folder(options)
    if wrong is not None:
        return wrong
    tell = _progress(options.lang)
    return run_folder(options.folder, options.out, options.settings, options.seed, options.lang, options.strict, tell)


def _progress(language: str) -> Callable[[str, float], None]:
    """Steps on standard error, so that results can be piped."""
    from assessment.messages import text

    def tell(step: str, share: float) -> None:
        print(f"  {share:4.0%}  {text('progress.' + step, language)}", file=sys.stderr, flush=True)

    return tell


def _check(options: argparse.Namespace) -> int:
    from assessment.pipeline import check_folder

    return check_folder(options.folder, options.settings, options.lang, options.strict)


def _compose(options: argparse.Namespace) -> int:
    from assessment.choosing.compose import compose_files
    from assessment.pipeline import print_problems

    wrong = _out_folder(options)
    if wrong is not None:
        return wrong
    code, problems = compose_files(options.pool, options.rules, options.out, options.seed, options.lang)
    print_problems(problems, options.lang)
    key = {DONE: "cli.composed", STOPPED: "cli.stopped", CONFLICT: "cli.conflict"}[code]
    _say(key, options.lang, out=str(options.out))
    return code


def _demo(options: argparse.Namespace) -> int:
    from assessment.synthetic.municipality import write_demo

    folder: Path = options.folder
    write_demo(folder, options.people, options.seed)
    _say("cli.demo_written", options.lang, path=str(folder), people=options.people)
    return DONE


def _templates(options: argparse.Namespace) -> int:
    from assessment.instruments.reading import load_instruments
    from assessment.templates.workbooks import write_templates

    if options.folder.exists() and not options.folder.is_dir():
        return _fail("cli.out_is_file", options.lang, path=str(options.folder))
    instruments, problems = load_instruments()
    assert instruments is not None, problems  # the shipped files are whole: a test holds it
    write_templates(options.folder, instruments, options.lang)
    _say("cli.templates_written", options.lang, path=str(options.folder))
    return DONE


if __name__ == "__main__":
    sys.exit(main())
