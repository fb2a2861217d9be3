"""The Python host: holds the author's handler and answers the worker over a Unix socket.

    python3 -u host.py --socket PATH --code DIR [--connect-seconds N]

Standard library only, CPython 3.9 and newer. The folder is flat, so that a ConfigMap can hold it,
and all but this file are named batchapi*, so that no module of the author's meets one of ours.
The contract is docs/protocol.md, "Worker and host".
"""

import atexit
import faulthandler
import os
import signal
import sys

FOLDER = os.path.dirname(os.path.abspath(__file__))
if FOLDER not in sys.path:  # python3 -I and -P leave it out
    sys.path.append(FOLDER)

import batchapi_session  # noqa: E402
import batchapi_wire  # noqa: E402

_SIGNALS = {signal.SIGTERM: signal.SIG_DFL, signal.SIGINT: signal.default_int_handler}

USAGE = "usage: python3 -u host.py --socket PATH --code DIR [--connect-seconds N]"


def main(arguments):
    socket_path, code, patience = _parse(arguments)
    _ours_goes_last()
    _ignore_signals()
    if sys.stderr is not None:
        faulthandler.enable()  # a segmentation fault then says where in the author's code it was
    connection = batchapi_wire.connect(socket_path, patience)
    atexit.register(connection.flush)  # before the author's, so that it comes after them
    return batchapi_session.run(connection, code)


def _parse(arguments):
    options = dict(zip(arguments[::2], arguments[1::2]))
    seconds = options.pop("--connect-seconds", "0")
    if (
        len(arguments) not in (4, 6)
        or set(options) != {"--socket", "--code"}
        or not seconds.isdecimal()
    ):
        print(USAGE, file=sys.stderr)
        raise SystemExit(64)
    return options["--socket"], options["--code"], int(seconds)


def _ours_goes_last():
    """The author's modules and packages come first; `import batchapi` still finds ours."""
    here = os.path.realpath(FOLDER)
    sys.path[:] = [entry for entry in sys.path if os.path.realpath(entry) != here] + [FOLDER]


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
        if signal.getsignal(number) is _ignore:  # else the author has set one of his own
            signal.signal(number, action)
    _unblock()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
