"""batchapi.testing, as the wheel has it: of the host's own files."""

import importlib
import os
import re
import sys
import tempfile
import unittest

HOST = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ROOT = os.path.dirname(os.path.dirname(HOST))


def read(*path):
    with open(os.path.join(*path), encoding="utf-8") as file:
        return file.read()


def forced():
    """What the wheel is made of: file by path in it."""
    text = read(HOST, "pyproject.toml")
    return dict(re.findall(r'^"(.+)" = "(.+)"$', text[text.index("force-include") :], re.M))


def setUpModule():
    folder = tempfile.TemporaryDirectory()
    unittest.addModuleCleanup(folder.cleanup)
    for source, target in forced().items():
        path = os.path.join(folder.name, target)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        os.symlink(os.path.join(HOST, source), path)
    before = list(sys.path), dict(sys.modules)
    sys.path.insert(0, folder.name)
    for name in [name for name in sys.modules if name.startswith("batchapi")]:
        del sys.modules[name]
    global testing, batchapi  # noqa: PLW0603 # there only now
    batchapi = importlib.import_module("batchapi")
    testing = importlib.import_module("batchapi.testing")

    def restore():
        sys.path[:] = before[0]
        sys.modules.clear()
        sys.modules.update(before[1])

    unittest.addModuleCleanup(restore)


class Counting:
    def __init__(self, config, metrics_client):
        self.least = config["least"]
        self.metrics = metrics_client
        self.ended = []

    def handle_batch(self, payload, batch_id):
        self.metrics.increment("images", len(payload), tags={"model": "v1", "batch": batch_id})
        self.metrics.histogram("size", 2.5)
        self.metrics.gauge("left", 7)
        return [item >= self.least for item in payload]

    def on_job_complete(self, summary):
        self.ended.append(summary["total"])

    def close(self):
        self.ended.append("closed")


def returning(value):
    class Returning:
        def handle_batch(self, payload):
            return value

    return Returning


class RunTest(unittest.TestCase):
    def test_a_handler_sees_what_a_run_would_give_it(self):
        done = testing.run(Counting, [1, 5, 9], config={"least": 5}, batch_size=2)
        self.assertEqual([False, True, True], done.results)
        self.assertEqual([2, "closed"], done.handler.ended)
        done.metrics.assert_counted("images", 3, model="v1")
        done.metrics.assert_counted("images", 1, model="v1", batch="test-1")
        done.metrics.assert_observed("size", 2)
        done.metrics.assert_gauge("left", 7)

    def test_what_was_counted_instead_is_said(self):
        done = testing.run(Counting, [1], config={"least": 5})
        with self.assertRaises(AssertionError) as failed:
            done.metrics.assert_counted("images", 3, model="v2")
        self.assertIn("counted images with {'model': 'v2'}: 0, and not 3", str(failed.exception))
        self.assertIn("counter images 1 {'model': 'v1', 'batch': 'test-0'}", str(failed.exception))

    def test_items_and_config_are_what_json_makes_of_them(self):
        class Echo:
            def __init__(self, config):
                config["seen"] = True
                self.config = config

            def handle_batch(self, payload):
                return payload

        config = {"pair": (1, 2)}
        done = testing.run(Echo, [(1, 2), {3: None}], config=config)
        self.assertEqual([[1, 2], {"3": None}], done.results)
        self.assertEqual([1, 2], done.handler.config["pair"])
        self.assertNotIn("seen", config)
        with self.assertRaisesRegex(TypeError, "items can't come out of JSON"):
            testing.run(Echo, [object()], config={})

    def test_results_are_checked_as_the_host_checks_them(self):
        self.assertEqual([1.5], testing.run(returning(1.5), [1, 2]).results)
        self.assertEqual([[1]], testing.run(returning([1]), [1, 2], results="Batch").results)
        for value, message in (
            ([1], "batch 0 has 2 items, and its list has 1 results"),
            ([1, {2}], r"result\[1\] is a set, which can't be written as JSON: use sorted"),
            (["x" * 300_000, 1], "300,00[0-9] bytes as JSON, the limit is 262,144"),
        ):
            with self.assertRaisesRegex(testing.ResultInvalid, message):
                testing.run(returning(value), [1, 2])

    def test_a_payload_has_its_limit(self):
        with self.assertRaisesRegex(testing.PayloadTooLarge, "the limit is 1,048,576"):
            testing.run(returning(None), ["x" * 2**20])

    def test_a_handler_that_no_host_takes_is_refused(self):
        class Wrong:
            def handle_batch(self, items):
                return items

        with self.assertRaisesRegex(testing.HandlerInvalid, "unknown argument items"):
            testing.run(Wrong, [1])

    def test_what_the_handler_throws_comes_out_and_it_is_closed(self):
        closed = []

        class Failing:
            def handle_batch(self, payload):
                raise batchapi.FatalBatchError("no")

            def close(self):
                closed.append(1)

        with self.assertRaisesRegex(batchapi.FatalBatchError, "no"):
            testing.run(Failing, [1])
        self.assertEqual([1], closed)


class RecordingMetricsTest(unittest.TestCase):
    def test_what_is_no_metric_is_dropped_and_reserved_names_throw(self):
        metrics = testing.RecordingMetrics()
        metrics.increment("ok", value="three")
        metrics.increment(None)
        metrics.increment("ok", tags=5)
        self.assertEqual((3, []), (metrics.dropped, metrics.pushed))
        with self.assertRaises(testing.ReservedMetricName):
            metrics.increment("batchapi_x")

    def test_timers_and_clients_with_tags_record_too(self):
        metrics = testing.RecordingMetrics()
        with metrics.with_tags({"model": "v1"}).timer("decode_seconds"):
            pass
        metrics.timing("wait_seconds", 1.5)
        metrics.assert_observed("decode_seconds", 1, model="v1")
        self.assertEqual([1.5], metrics.observed("wait_seconds"))


class OneHomeTest(unittest.TestCase):
    def test_the_wheel_has_every_file_of_the_host(self):
        files = {name for name in os.listdir(HOST) if re.fullmatch(r"batchapi\w*\.py", name)}
        self.assertEqual(files, {name for name in forced() if "/" not in name}, "pyproject.toml")

    def test_limits_are_those_of_the_worker(self):
        java = "src/main/java/dev/batchapi"
        payload = read(ROOT, "worker-contract", java, "contract/Payload.java")
        self.assertIn("MAX_BYTES = 1024 * 1024", payload)
        self.assertEqual(1024 * 1024, testing.PAYLOAD_BYTES)
        rules = read(ROOT, "metrics-client", java, "metrics/WireRules.java")
        listed = re.search(r"RESERVED_PREFIXES = List.of\((.+)\)", rules)[1]
        self.assertEqual(list(testing.RESERVED_PREFIXES), re.findall(r'"(\w+)"', listed))


if __name__ == "__main__":
    unittest.main()
