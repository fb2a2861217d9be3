"""Runs Maven's tests: a line for each module, and what failed at the end.

    MVN=mvn maven.py GOAL...

What tests print goes into files beside their reports, Maven's own output into target/test/maven.log.
"""

import os
import re
import shlex
import sys
import time

import outcomes
from step import Step, say

BUILDING = re.compile(r"\[INFO\] Building (?:BatchAPI: )?(\S+) .*\[\d+/\d+]$")
RUNNING = re.compile(r"\[INFO\] Running (\S+)$")
CLASS_ENDED = re.compile(
    r"\[\w+] Tests run: (\d+), Failures: (\d+), Errors: (\d+), Skipped: (\d+),.* in (\S+)$"
)
SHOWN_ERRORS = 20
ENDED = re.compile(r"\[INFO\] (Reactor Summary|BUILD )")


class Modules:
    """Follows Maven's output from module to module."""

    def __init__(self, say):
        self._say = say
        self._module = None
        self._running = None

    def read(self, line):
        if match := BUILDING.match(line):
            self._end()
            self._module, self._began = match[1], time.monotonic()
            self._passed = self._failed = self._skipped = 0
        elif ENDED.match(line):
            self._end()
        elif match := RUNNING.match(line):
            self._running = match[1]
        elif self._module and (match := CLASS_ENDED.match(line)):
            run, failures, errors, skipped = map(int, match.groups()[:4])
            self._passed += run - failures - errors - skipped
            self._failed += failures + errors
            self._skipped += skipped
            if failures + errors:
                self._say(f"  FAILED {match[5]}: {failures + errors} of {run}")

    def silent(self):
        self._say(f"  {self._module or 'Maven'}: goes on: {self._running or 'no test yet'}")

    def _end(self):
        if self._module and self._passed + self._failed + self._skipped:
            counts = outcomes.counts(self._passed, self._failed, self._skipped)
            self._say(f"{self._module}: {counts} in {round(time.monotonic() - self._began)} s")
        self._module = self._running = None


def errors(log):
    """The first that Maven says of an error, which names the cause; the rest are frames and advice."""
    lines = log.read_text(encoding="utf-8").splitlines()
    said = [line for line in lines if line.startswith("[ERROR]") and "\tat " not in line]
    return said[:SHOWN_ERRORS]


def main(*goals):
    began = time.time()
    command = [*shlex.split(os.environ.get("MVN", "mvn -B -ntp -Dstyle.color=never")), *goals]
    step = Step("maven", [*command, "-Dmaven.test.redirectTestOutputToFile=true"])
    modules = Modules(say)
    for line in step.lines():
        modules.silent() if line is None else modules.read(line)
    result = outcomes.since(began)
    if step.code:
        say("")
        for failure in result.failures:
            say(failure.text())
        if not result.failures:  # the compiler, the formatter, a JVM that died
            say("\n".join(errors(step.log)))
        say(f"FAILED after {step.seconds()} s; Maven's whole output: {step.log}")
    say(outcomes.counts(result.passed, len(result.failures), result.skipped))
    return step.code


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
