"""What the reports of Surefire and Failsafe say, and how it is shown."""

import dataclasses
import pathlib
import xml.etree.ElementTree as xml

REPORTS = "**/target/*-reports/TEST-*.xml"
MESSAGE_LINES = 12
OWN_FRAMES = 6


@dataclasses.dataclass(frozen=True)
class Failure:
    test: str
    trace: str
    output: pathlib.Path

    def text(self):
        """Its message, and where in code of ours it was."""
        lines = self.trace.strip().splitlines()
        message = [line for line in lines if not line.lstrip().startswith(("at ", "..."))]
        frames = [line for line in lines if line.lstrip().startswith("at dev.batchapi")]
        shown = [line.strip("\r") for line in (*message[:MESSAGE_LINES], *frames[:OWN_FRAMES])]
        printed = f"\n    what it printed: {self.output}" if self.output.is_file() else ""
        return f"FAILED {self.test}\n    " + "\n    ".join(shown) + printed


@dataclasses.dataclass(frozen=True)
class Outcomes:
    passed: int
    skipped: int
    failures: list


def since(began, root="."):
    """Outcomes of the tests whose reports are younger than `began`, in seconds since 1970."""
    passed = skipped = 0
    failures = []
    for report in sorted(pathlib.Path(root).glob(REPORTS)):
        if report.stat().st_mtime < began:
            continue
        for case in xml.parse(report).iter("testcase"):
            failed = (
                case.find("failure") if case.find("failure") is not None else case.find("error")
            )
            if failed is not None:
                failures.append(_failure(report, case, failed))
            elif case.find("skipped") is not None:
                skipped += 1
            else:
                passed += 1
    return Outcomes(passed, skipped, failures)


def counts(passed, failed, skipped):
    """A line that CI systems count by, too."""
    return f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else "")


def _failure(report, case, failed):
    of_class = case.get("classname", "")
    output = report.with_name(f"{of_class}-output.txt")
    test = ".".join(filter(None, (of_class, case.get("name"))))
    return Failure(test, failed.text or failed.get("message", ""), output)
