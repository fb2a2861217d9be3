"""Process 1 of the handler's container: starts the host and reaps what nobody else does.

The kernel gives process 1 every process whose own parent has ended, and a host that waited for them
would take the exit codes that the author's code waits for. So the host is a child, and its parent
does nothing but this. It also starts the next host when the worker wants another one.
"""

import os
import signal

EXIT_REPLACE = 75  # of a host whose place another one is to take

# Whoever ends a container signals process 1; the author may have set a handler of their own. All
# others do nothing to a process 1 that has said nothing of them.
_PASSED_ON = {signal.SIGTERM, signal.SIGINT}


def is_process_1():
    return os.getpid() == 1


def start_host():
    """Returns in the host, with these signals blocked: see unblock. Never in process 1."""
    host = [0]
    for number in _PASSED_ON:
        signal.signal(number, lambda number, frame: _pass_on(host[0], number))
    while True:
        signal.pthread_sigmask(signal.SIG_BLOCK, _PASSED_ON)
        host[0] = os.fork()
        if host[0] == 0:
            for number in _PASSED_ON:
                signal.signal(number, signal.SIG_DFL)
            return
        unblock()
        exit_code = _exit_code_of(host[0])
        if exit_code != EXIT_REPLACE:
            os._exit(exit_code)


def unblock():
    """The host has said what it does about signals, and may get them from now on."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _PASSED_ON)


def _pass_on(process, number):
    try:
        os.kill(process, number)
    except ProcessLookupError:
        pass


def _exit_code_of(process):
    """Reaps every child until this one ends; as a shell would say it: 128 and the signal."""
    while True:
        reaped, status = os.wait()
        if reaped == process:
            code = os.waitstatus_to_exitcode(status)
            return code if code >= 0 else 128 - code
