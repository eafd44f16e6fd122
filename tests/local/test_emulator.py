import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from local.emulator import REPOSITORY, Emulator, EmulatorError
from local.environment import Credentials, client_environment, server_environment

STARTS_ONE_AND_WAITS = """
import time
from local.emulator import Emulator
with Emulator() as emulator:
    print(emulator._process.pid, emulator._home, flush=True)
    time.sleep(60)
"""


def gone(pid, home, seconds=5.0):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not Path(home).exists() and not Path(f"/proc/{pid}").exists():
            return True
        time.sleep(0.05)
    return False


@pytest.mark.emulator
def test_it_listens_on_the_loopback_interface_only(emulator):
    port = int(emulator.endpoint_url.rsplit(":", 1)[1])
    with socket.create_connection(("127.0.0.1", port), timeout=2):
        pass
    others = {str(item[4][0]) for item in socket.getaddrinfo(socket.gethostname(), None)}
    for address in sorted(others - {"127.0.0.1", "127.0.1.1", "::1"}):
        with pytest.raises(OSError, match=r"refused|unreachable"):
            socket.create_connection((address, port), timeout=2)


@pytest.mark.emulator
def test_a_client_ignores_the_profile_and_the_proxies_of_its_user(emulator, monkeypatch):
    monkeypatch.setenv("AWS_PROFILE", "production")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    assert emulator.client("sts").get_caller_identity()["Account"] == emulator.account


@pytest.mark.emulator
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_it_ends_with_its_functions_and_folder_however_its_parent_dies(number):
    with subprocess.Popen(
        [sys.executable, "-c", STARTS_ONE_AND_WAITS],
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as parent:
        assert parent.stdout
        pid, home = parent.stdout.readline().split()
        os.kill(parent.pid, number)
    assert gone(pid, home)


@pytest.mark.emulator
def test_one_that_ends_at_the_start_says_why(monkeypatch):
    broken = {"PYTHONHOME": "/nowhere"}
    monkeypatch.setattr("local.emulator.server_environment", lambda *_, **__: broken)
    with pytest.raises(EmulatorError, match=r"ended with code 1:\n(.|\n)*Fatal Python error"):
        Emulator().start()


@pytest.mark.emulator
def test_one_that_does_not_answer_in_time_is_stopped():
    emulator = Emulator(ready_seconds=0.2)
    with pytest.raises(EmulatorError, match=r"did not answer within 0\.2 s"):
        emulator.start()
    with pytest.raises(EmulatorError, match="not running"):
        _ = emulator.env


def test_nothing_of_the_real_aws_reaches_a_child_process(tmp_path, monkeypatch):
    monkeypatch.setenv("AWS_PROFILE", "production")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "real")
    monkeypatch.setenv("CDK_DEFAULT_ACCOUNT", "999999999999")
    monkeypatch.setenv("https_proxy", "http://proxy")
    endpoint = "http://127.0.0.1:1"
    env = client_environment(
        tmp_path,
        endpoint_url=endpoint,
        credentials=Credentials.of_account("111122223333"),
        region="eu-west-2",
    )
    assert not {"AWS_PROFILE", "AWS_SESSION_TOKEN", "CDK_DEFAULT_ACCOUNT", "https_proxy"} & set(env)
    assert env["AWS_ENDPOINT_URL"] == env["AWS_ENDPOINT_URL_S3"] == endpoint
    assert env["AWS_ACCESS_KEY_ID"] == "111122223333"
    assert env["AWS_REGION"] == "eu-west-2"
    assert env["HOME"] == str(tmp_path)
    server = server_environment(
        tmp_path, account="111122223333", region="eu-west-2", log_delay_seconds=1, trail=False
    )
    assert not Path(server["DOCKER_HOST"].removeprefix("unix://")).exists()
    assert not {"AWS_PROFILE", "https_proxy"} & set(server)
