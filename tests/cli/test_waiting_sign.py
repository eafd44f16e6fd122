import os
import pty
import subprocess
import sys

from finops_constructs.cli.waiting_sign import waiting_sign

CODE = (
    "from finops_constructs.cli.waiting_sign import waiting_sign\n"
    "with waiting_sign('waiting for it') as say: say('  [applied] it is')\n"
)


def test_a_file_gets_the_lines_and_nothing_else(capsys):
    with waiting_sign("waiting for it") as say:
        say("  [applied] it is")
    assert capsys.readouterr().out == "  [applied] it is\n"


def test_a_terminal_shows_what_is_awaited_and_every_line_as_it_is():
    ours, theirs = pty.openpty()
    subprocess.run(
        [sys.executable, "-c", CODE],
        stdout=theirs,
        check=True,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "80"},
    )
    os.close(theirs)
    shown = os.read(ours, 65536).decode()
    os.close(ours)
    assert "waiting for it" in shown
    assert "  [applied] it is\r\n" in shown
