"""The runner, against small verifiers that are right and wrong on purpose."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from test_vectors.run import main
from test_vectors.vectors import differences

LIAR = """\
import json, sys
for line in sys.stdin:
    request = json.loads(line)
    print(json.dumps({"status": "protected", "level": "signed", "trusted": True}), flush=True)
"""
COMMAND = """\
import sys
assert sys.argv[-2] == "--" and "--json" in sys.argv
print('{"status": "rejected", "level": "none", "trusted": false, "reasons": []}')
sys.exit(int(open(sys.argv[0] + ".exit").read()))
"""
ONE = ["--only", "cwt-cbor-trailing-byte", "--profile", "draft"]


def script(directory: Path, text: str) -> list[str]:
    path = directory / "verifier.py"
    path.write_text(text)
    return [sys.executable, str(path)]


def test_our_own_adapter_passes_a_vector(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*ONE, "--protocol", "jsonl", "--", sys.executable, "-m", "test_vectors.adapter"]) == 0
    assert "cwt/cbor.json       1       0" in capsys.readouterr().out


def test_a_verifier_that_says_the_wrong_thing_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*ONE, "--protocol", "jsonl", "--", *script(tmp_path, LIAR)]) == 1

    output = capsys.readouterr().out
    assert 'status: expected "rejected", found "protected"' in output
    assert "reasons: expected token-malformed, emblem-missing, found none" in output


def test_a_verifier_that_ends_early_fails_every_vector(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    quitter = script(tmp_path, "import sys; sys.stdin.readline()")

    assert main(["--only", "cwt-times-*", "--protocol", "jsonl", "--", *quitter]) == 1
    assert " passed  failed" in (output := capsys.readouterr().out)
    assert "the command has ended" in output


def test_a_verifier_that_does_not_answer_in_time_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sleeper = script(tmp_path, "import sys; sys.stdin.readline(); sys.stdin.read()")

    assert main([*ONE, "--timeout", "0.2", "--protocol", "jsonl", "--", *sleeper]) == 1
    assert "the command has ended" in capsys.readouterr().out


@pytest.mark.parametrize(("code", "complaint"), [(0, "with exit code 0, not 3"), (1, "with exit code 1, not 3")])
def test_an_exit_code_that_contradicts_the_status_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], code: int, complaint: str
) -> None:
    command = script(tmp_path, COMMAND)
    Path(f"{command[1]}.exit").write_text(str(code))

    assert main([*ONE, "--", *command]) == 1
    assert complaint in capsys.readouterr().out


def test_the_last_line_of_what_a_failed_command_said_is_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = script(tmp_path, "import sys; sys.exit('what is --records?')")

    assert main([*ONE, "--", *command]) == 1
    assert "no verdict: what is --records?" in capsys.readouterr().out


def test_a_command_that_is_not_there_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*ONE, "--", str(tmp_path / "nothing")]) == 1
    assert "the command cannot be run" in capsys.readouterr().out


def test_choosing_no_vector_is_a_failure(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--only", "nothing", "--", "true"]) == 1
    assert "no vector has been chosen" in capsys.readouterr().err


def test_reasons_are_the_least_that_must_be_there_and_lists_have_no_order() -> None:
    expect = {"status": "claimed", "level": "signed", "purposes": ["a", "b"], "reasons": ["x"], "absent_reasons": ["z"]}
    verdict = {
        "status": "claimed",
        "level": "signed",
        "purposes": ["b", "a"],
        "reasons": [{"code": "x"}, {"code": "y"}],
    }

    assert differences(expect, verdict) == []
    assert differences(expect, verdict | {"reasons": [{"code": "y"}]}) == ["reasons: expected x, found y"]
    assert differences(expect, verdict | {"reasons": [{"code": "x"}, {"code": "z"}]}) == ["reasons: not expected z"]


def test_a_null_that_is_expected_is_compared() -> None:
    expect: dict[str, object] = {"status": "claimed", "level": "signed", "sign": None, "reasons": []}

    found = differences(expect, {"status": "claimed", "level": "signed", "sign": "red-cross"})

    assert found == ['sign: expected null, found "red-cross"']
