import contextlib
import io
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time
import unittest

import maven
import outcomes
import step

MAVEN = """\
[INFO] Building BatchAPI: crds 0.1.0-SNAPSHOT                           [3/10]
[INFO] Building jar: /somewhere/crds.jar
[INFO] Building BatchAPI: queue 0.1.0-SNAPSHOT                          [5/10]
[INFO] Running dev.batchapi.queue.TallyTest
[INFO] Tests run: 4, Failures: 0, Errors: 0, Skipped: 0, Time elapsed: 0.1 s -- in dev.batchapi.queue.TallyTest
[INFO] Tests run: 4, Failures: 0, Errors: 0, Skipped: 0
[INFO] Running dev.batchapi.queue.LedgerIT
[ERROR] Tests run: 5, Failures: 1, Errors: 1, Skipped: 1, Time elapsed: 9 s <<< FAILURE! -- in dev.batchapi.queue.LedgerIT
[INFO] Reactor Summary for BatchAPI 0.1.0-SNAPSHOT:
"""
REPORT = """\
<testsuite>
  <testcase name="good" classname="dev.batchapi.queue.LedgerIT"/>
  <testcase name="left" classname="dev.batchapi.queue.LedgerIT"><skipped/></testcase>
  <testcase name="bad" classname="dev.batchapi.queue.LedgerIT">
    <failure message="no">java.lang.AssertionError: expected 1, was 2
\tat org.assertj.Assertions.fail(Assertions.java:1)
\tat dev.batchapi.queue.LedgerIT.bad(LedgerIT.java:30)
    </failure>
  </testcase>
</testsuite>
"""
# The one named first waits in its last module until the other one is there.
TWO_MAVENS = """\
case $1 in
first)
  echo '[INFO] Building BatchAPI: operator 0.1.0-SNAPSHOT [1/2]'
  sleep 0.5
  [ ! -e other ] || exit 5
  echo '[INFO] Building BatchAPI: e2e 0.1.0-SNAPSHOT [2/2]'
  for _ in $(seq 100); do [ -e other ] && exit; sleep 0.1; done
  exit 6 ;;
broken) exit 7 ;;
*) touch other; exit 3 ;;
esac
"""


class ReportTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        before = pathlib.Path.cwd()
        self.addCleanup(os.chdir, before)
        os.chdir(self.folder.name)

    def test_each_module_says_one_line_and_a_failed_class_one(self):
        said = []
        modules = maven.Modules(said.append)
        for line in MAVEN.splitlines():
            modules.read(line)
        self.assertEqual(
            [
                "  FAILED dev.batchapi.queue.LedgerIT: 2 of 5",
                "queue: 6 passed, 2 failed, 1 skipped in 0 s",
            ],
            said,
        )

    def test_a_failure_is_shown_with_its_message_and_our_own_frames(self):
        self.report("failsafe-reports")
        result = outcomes.since(0)
        self.assertEqual((1, 1, 1), (result.passed, result.skipped, len(result.failures)))
        self.assertEqual(
            [
                "FAILED dev.batchapi.queue.LedgerIT.bad",
                "    java.lang.AssertionError: expected 1, was 2",
                "    \tat dev.batchapi.queue.LedgerIT.bad(LedgerIT.java:30)",
            ],
            result.failures[0].text().splitlines(),
        )

    def test_reports_of_earlier_runs_do_not_count(self):
        report = self.report("surefire-reports")
        os.utime(report, (1000, 1000))
        self.assertEqual([], outcomes.since(1001).failures)

    def test_the_failures_are_the_last_on_the_screen(self):
        self.report("failsafe-reports")
        os.utime(
            "queue/target/failsafe-reports/TEST-dev.batchapi.queue.LedgerIT.xml", (2**33, 2**33)
        )
        self.mavens("exit 1")
        code, said = self.said(maven.main, "verify")
        self.assertEqual(1, code)
        self.assertEqual("1 passed, 1 failed, 1 skipped", said[-1])
        self.assertIn("target/test/maven.log", said[-2])
        self.assertIn("LedgerIT.java:30", said[-3])

    def test_another_maven_runs_beside_the_last_module_of_the_first(self):
        self.mavens(TWO_MAVENS)
        code, said = self.said(maven.main, "first", "--", "other")
        self.assertEqual(3, code)
        ended = [line for line in said if line.startswith("FAILED after")]
        self.assertEqual(1, len(ended))
        self.assertIn("target/test/maven-beside.log", ended[0])
        self.assertTrue(pathlib.Path("target/test/maven.log").is_file())

    def test_no_other_maven_begins_when_the_first_cannot_build(self):
        self.mavens(TWO_MAVENS)
        code, _ = self.said(maven.main, "broken", "--", "other")
        self.assertEqual(7, code)
        self.assertFalse(pathlib.Path("other").exists())

    def test_whoever_ends_a_step_ends_its_command(self):
        command = "trap 'kill $!; touch ended; exit' TERM; sleep 60 & touch begun; wait"
        for number in (signal.SIGTERM, signal.SIGINT):
            run = subprocess.Popen(
                [sys.executable, step.__file__, "slow", "sh", "-c", command],
                stdout=subprocess.DEVNULL,
            )
            self.appears("begun")
            run.send_signal(number)
            self.assertEqual(128 + number, run.wait(10))
            self.appears("ended")

    def test_of_a_compiler_that_fails_the_first_error_is_shown_and_no_frames(self):
        log = pathlib.Path("maven.log")
        log.write_text("[ERROR] A.java:[1,2] no such thing\n" + "[ERROR]   \tat javac.X\n" * 99)
        self.assertEqual(["[ERROR] A.java:[1,2] no such thing"], maven.errors(log))

    def test_a_maven_that_is_not_there_is_a_failure(self):
        os.environ["MVN"] = "/no/such/mvn"
        self.addCleanup(os.environ.pop, "MVN")
        code, said = self.said(maven.main, "verify", "--", "verify")
        self.assertEqual(1, code)
        self.assertIn("/no/such/mvn", said[0])

    def test_a_step_that_fails_shows_the_end_of_its_output(self):
        code, said = self.said(step.main, "images", "sh", "-c", "seq 100; exit 3")
        self.assertEqual(3, code)
        self.assertEqual(["99", "100"], said[-3:-1])
        self.assertEqual(step.SHOWN_LINES + 1, len(said))
        self.assertEqual(100, len(pathlib.Path("target/test/images.log").read_text().splitlines()))

    def test_a_step_that_succeeds_says_one_line(self):
        code, said = self.said(step.main, "images", "sh", "-c", "seq 100")
        self.assertEqual((0, 1), (code, len(said)))

    def test_a_step_that_is_silent_is_asked_after(self):
        slow = step.Step("slow", ["sh", "-c", "echo a; sleep 1; echo b"], silence=0.2)
        self.assertIn(None, list(slow.lines()))

    def test_a_step_does_not_wait_for_what_it_left_running(self):
        code, said = self.said(step.main, "cluster", "sh", "-c", "sleep 60 & echo $! >pid; echo up")
        os.kill(int(pathlib.Path("pid").read_text()), 9)
        self.assertEqual(0, code)
        self.assertIn("cluster: done in", said[0])

    def appears(self, name):
        for _ in range(200):
            if pathlib.Path(name).exists():
                return pathlib.Path(name).unlink()
            time.sleep(0.05)
        self.fail(f"no file {name}")

    def mavens(self, script):
        pathlib.Path("mvn.sh").write_text(script)
        os.environ["MVN"] = "sh mvn.sh"
        self.addCleanup(os.environ.pop, "MVN")

    def report(self, kind):
        folder = pathlib.Path("queue/target", kind)
        folder.mkdir(parents=True)
        report = folder / "TEST-dev.batchapi.queue.LedgerIT.xml"
        report.write_text(REPORT)
        return report

    def said(self, run, *arguments):
        screen = io.StringIO()
        with contextlib.redirect_stdout(screen):
            code = run(*arguments)
        return code, screen.getvalue().splitlines()
