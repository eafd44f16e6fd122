import os
import signal
import threading

import pytest

from finops_constructs.operations.interrupts import stopped_by_sigterm, uninterrupted


def test_sigterm_ends_the_block_as_ctrl_c_does_and_is_as_before_after_it():
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(KeyboardInterrupt), stopped_by_sigterm():
        os.kill(os.getpid(), signal.SIGTERM)
    assert signal.getsignal(signal.SIGTERM) is before


def test_a_second_ctrl_c_does_not_end_the_cleaning_up():
    before = signal.getsignal(signal.SIGINT)
    done = []
    with uninterrupted():
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGTERM)
        done.append("removed")
    assert done == ["removed"]
    assert signal.getsignal(signal.SIGINT) is before


def test_another_thread_leaves_signals_alone():
    before = signal.getsignal(signal.SIGINT)
    seen = []

    def work():
        with stopped_by_sigterm(), uninterrupted():
            seen.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [before]
