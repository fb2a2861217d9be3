"""Runs Maven's tests: a line for each module, and what failed at the end.

    MVN=mvn maven.py GOAL... [-- GOAL...]

What stands after -- is another Maven, whose tests run beside those of the first one's last module. It begins when that
module does: what both build is built by then.
What tests print goes into files beside their reports, Maven's own output into target/test/maven.log and, of the other
one, maven-beside.log.
"""

import os
import re
import shlex
import sys
import threading
import time

import outcomes
from step import Step, end_with_children, say

BUILDING = re.compile(r"\[INFO\] Building (?:BatchAPI: )?(\S+) .*\[(\d+)/(\d+)]$")
RUNNING = re.compile(r"\[INFO\] Running (\S+)$")
CLASS_ENDED = re.compile(
    r"\[\w+] Tests run: (\d+), Failures: (\d+), Errors: (\d+), Skipped: (\d+),.* in (\S+)$"
)
SHOWN_ERRORS = 20
ENDED = re.compile(r"\[INFO\] (Reactor Summary|BUILD )")


class Modules:
    """Follows Maven's output from module to module."""

    def __init__(self, say, at_the_last=lambda: None):
        self._say = say
        self._at_the_last = at_the_last
        self._module = None
        self._running = None

    def read(self, line):
        if match := BUILDING.match(line):
            self._end()
            self._module, self._began = match[1], time.monotonic()
            self._passed = self._failed = self._skipped = 0
            if match[2] == match[3]:
                self._at_the_last()
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
    lines = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
    said = [line for line in lines if line.startswith("[ERROR]") and "\tat " not in line]
    return said[:SHOWN_ERRORS]


class Run(threading.Thread):
    """One Maven."""

    def __init__(self, name, goals):
        super().__init__(daemon=True)
        maven = shlex.split(os.environ.get("MVN", "mvn -B -ntp -Dstyle.color=never"))
        self.step = Step(name, [*maven, *goals, "-Dmaven.test.redirectTestOutputToFile=true"])
        self.may_be_joined = threading.Event()
        self.died = False

    def run(self):
        modules = Modules(say, self.may_be_joined.set)
        try:
            for line in self.step.lines():
                modules.silent() if line is None else modules.read(line)
        except Exception as trouble:  # no Maven, a full disk
            say(f"{self.step.log}: {trouble}")
            self.died = True
        finally:
            self.may_be_joined.set()

    def failed(self):
        return self.died or self.step.code != 0


def runs(goals):
    """Those of the one or two Mavens that have run."""
    split = goals.index("--") if "--" in goals else len(goals)
    first = Run("maven", goals[:split])
    first.start()
    ran = [first]
    if beside := goals[split + 1 :]:
        first.may_be_joined.wait()
        if not first.died and not first.step.code:
            ran.append(Run("maven-beside", beside))
            ran[-1].start()
    for run in ran:
        run.join()
    return ran


def main(*goals):
    began = time.time()
    failed = [run.step for run in runs(goals) if run.failed()]
    result = outcomes.since(began)
    if failed:
        say("")
        for failure in result.failures:
            say(failure.text())
        for step in failed:
            if not result.failures:  # the compiler, the formatter, a JVM that died
                say("\n".join(errors(step.log)))
            say(f"FAILED after {step.seconds()} s; Maven's whole output: {step.log}")
    say(outcomes.counts(result.passed, len(result.failures), result.skipped))
    return (failed[0].code or 1) if failed else 0


if __name__ == "__main__":
    end_with_children()
    sys.exit(main(*sys.argv[1:]))
