"""What the Python host does: answers the worker over its socket, and leaves signals to it.

The contract is docs/protocol/handler-protocol.md. batchapi_start.py starts it.
"""

import atexit
import faulthandler
import os
import signal
import sys

import batchapi_errors
import batchapi_init
import batchapi_session
import batchapi_wire

_SIGNALS = {signal.SIGTERM: signal.SIG_DFL, signal.SIGINT: signal.default_int_handler}


def main(socket_path, code, patience):
    """Serves one worker, and returns the process's exit code.

    socket_path is where the worker listens, code the folder with the author's code, patience for
    how many seconds the worker is looked for."""
    replaceable = batchapi_init.is_process_1()
    if replaceable:
        batchapi_init.start_host()
    parent = os.getppid()
    _ignore_signals()
    if replaceable:
        batchapi_init.unblock()
    if sys.stderr is not None:
        faulthandler.enable()  # a segmentation fault then says where in the author's code it was
    if not os.isatty(0) and "PYTHONBREAKPOINT" not in os.environ:
        sys.breakpointhook = batchapi_errors.no_debugger
    connection = batchapi_wire.connect(socket_path, patience, parent)
    atexit.register(connection.flush)  # before the author's, so that it comes after them
    return batchapi_session.run(connection, code, replaceable)


def _ignore_signals():
    """The worker decides when the host ends. A function that does nothing, and not SIG_IGN: that
    would be inherited by the author's own processes, which nobody could terminate then. They are
    born with the signals blocked, so that none falls on a child that isn't itself yet."""
    for number in _SIGNALS:
        signal.signal(number, _ignore)
        signal.siginterrupt(number, False)
    os.register_at_fork(before=_block, after_in_parent=_unblock, after_in_child=_restore)


def _ignore(number, frame):
    pass


def _block():
    signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)


def _unblock():
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)


def _restore():
    for number, action in _SIGNALS.items():
        if signal.getsignal(number) is _ignore:  # else the author has set one
            signal.signal(number, action)
    _unblock()
