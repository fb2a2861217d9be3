"""The metrics_client: what reaches the worker, and that nothing it is given harms the batch."""

from fake_worker import FLUSH, HostTest

PUSHER = """
import decimal, fractions, threading
class Bad:
    def __str__(self): raise ValueError("no text")
    def __float__(self): raise KeyError("no number")
class Handler:
    def __init__(self, metrics_client):
        self.m = metrics_client
    def handle_batch(self, payload):
        exec(payload[0], dict(globals(), m=self.m))
        return self.m.dropped
"""


class MetricsTest(HostTest):
    def pushed(self, worker, code):
        """The metrics of one batch that runs `code`, and how many were dropped so far."""
        worker.metrics.clear()
        dropped = self.result(worker, [code])
        return [(m.kind, m.name, m.value, m.tags) for m in worker.metrics], dropped

    def test_the_three_calls_as_cortex_documents_them(self):
        metrics, dropped = self.pushed(
            self.ready(PUSHER),
            "m.increment(metric='my_counter', value=1, tags={'model': 'v1'})\n"
            "m.gauge(metric='my_gauge', value=42, tags={'model': 'v1'})\n"
            "m.histogram(metric='my_histogram', value=100, tags={'model': 'v1'})\n",
        )
        self.assertEqual(
            metrics,
            [
                ("c", "my_counter", 1.0, {"model": "v1"}),
                ("g", "my_gauge", 42.0, {"model": "v1"}),
                ("h", "my_histogram", 100.0, {"model": "v1"}),
            ],
        )
        self.assertEqual(dropped, 0)

    def test_positional_and_default_arguments(self):
        metrics, _ = self.pushed(
            self.ready(PUSHER),
            "m.increment('a'); m.increment('a', 2.5)\n"
            "m.gauge('g', -1, None); m.histogram('h', 0, {})",
        )
        self.assertEqual(
            metrics, [("c", "a", 1, {}), ("c", "a", 2.5, {}), ("g", "g", -1, {}), ("h", "h", 0, {})]
        )

    def test_values_and_tags_of_any_type_are_made_safe(self):
        metrics, dropped = self.pushed(
            self.ready(PUSHER),
            "m.gauge('g', True); m.gauge('g', decimal.Decimal('0.5')); m.gauge('g', 10 ** 300)\n"
            "m.gauge('g', fractions.Fraction(1, 4)); m.gauge('ü.x', 1, {1: True, 'ß': 2.5})\n"
            "m.gauge('a' + chr(0xD800), 1)\n",
        )
        self.assertEqual([m[2] for m in metrics], [1, 0.5, 1e300, 0.25, 1, 1])
        self.assertEqual(metrics[4][1], "ü.x")
        self.assertEqual(metrics[4][3], {"1": "True", "ß": "2.5"})
        self.assertEqual(metrics[5][1], "a?")
        self.assertEqual(dropped, 0)

    def test_what_the_worker_cuts_or_leaves_out_gets_there_and_is_no_longer_than_it_need_be(self):
        metrics, dropped = self.pushed(
            self.ready(PUSHER),
            "m.gauge('g' * 70000, 1); m.gauge('g', 1, {'a': 'x' * 70000, 'b': None, 'c': Bad()})\n"
            "m.gauge('g', 1, dict.fromkeys(range(300), 'x'))\n",
        )
        self.assertEqual(metrics[0][1], "g" * 2000)
        self.assertEqual(metrics[1][3], {"a": "x" * 2000, "b": "", "c": ""})
        self.assertEqual(len(metrics[2][3]), 255)
        self.assertEqual(dropped, 0)

    def test_what_is_no_metric_is_dropped_and_told_by_reason_and_name(self):
        calls = {
            "value": ("None", "'12'", "[1]", "10 ** 400", "Bad()", "1j"),
            "name": ("''", "None", "[]", "b'g'", "7"),
            "internal": ("['a:b']", "'a:b'", "7"),
        }
        code = [f"m.gauge('g', {value})" for value in calls["value"]]
        code += [f"m.gauge({name}, 1)" for name in calls["name"]]
        code += [f"m.gauge('g', 1, {tags})" for tags in calls["internal"]]
        worker = self.ready(PUSHER)
        metrics, dropped = self.pushed(worker, "\n".join(code))
        self.assertEqual((metrics, dropped), ([], len(code)))
        losses = {loss["reason"]: loss for loss in worker.losses}
        self.assertEqual(
            {reason: loss["count"] for reason, loss in losses.items()},
            {reason: len(texts) for reason, texts in calls.items()},
        )
        self.assertEqual((losses["value"]["metric"], losses["name"]["metric"]), ("g", ""))
        self.assertIn("no number", losses["value"]["detail"])

    def test_timings_timers_and_distributions(self):
        metrics, dropped = self.pushed(
            self.ready(PUSHER),
            "import datetime\n"
            "m.timing('t_seconds', 1.5, {'a': '1'})\n"
            "m.timing('t_seconds', datetime.timedelta(minutes=1))\n"
            "m.distribution(metric='bytes', value=7)\n"
            "with m.timer('w_seconds', tags={'a': '1'}) as timer: timer.tag('outcome', 'ok')\n"
            "timer.close()\n"
            "try:\n    with m.timer('x_seconds'): 1 / 0\nexcept ZeroDivisionError: pass\n",
        )
        self.assertEqual(
            metrics[:3],
            [
                ("h", "t_seconds", 1.5, {"a": "1"}),
                ("h", "t_seconds", 60, {}),
                ("d", "bytes", 7, {}),
            ],
        )
        (kind, name, seconds, tags), thrown = metrics[3:]
        self.assertEqual((kind, name, tags), ("h", "w_seconds", {"a": "1", "outcome": "ok"}))
        self.assertTrue(0 < seconds < 10)
        self.assertEqual(thrown[:2], ("h", "x_seconds"))
        self.assertEqual(dropped, 0)

    def test_a_child_adds_its_tags_and_a_push_overrides_them(self):
        metrics, dropped = self.pushed(
            self.ready(PUSHER),
            "child = m.with_tags({'model': 'v1', 'stage': 'a'})\n"
            "child.with_tags({'stage': 'b'}).gauge('g', 1)\n"
            "child.gauge('g', 2, {'model': 'v2'}); child.increment('n')\n"
            "child.gauge('g', None); child.gauge('g', 3, ['x'])\n"
            "m.with_tags(7).gauge('g', 4)\n"
            "try: child.increment('cortex_x')\nexcept ValueError: child.increment('caught')\n",
        )
        self.assertEqual(
            metrics,
            [
                ("g", "g", 1, {"model": "v1", "stage": "b"}),
                ("g", "g", 2, {"model": "v2", "stage": "a"}),
                ("c", "n", 1, {"model": "v1", "stage": "a"}),
                ("c", "caught", 1, {"model": "v1", "stage": "a"}),
            ],
        )
        self.assertEqual(dropped, 3)

    def test_a_flush_reaches_the_worker_while_the_batch_runs(self):
        worker = self.ready(PUSHER)
        worker.send_batch(
            [
                "import os, time\nm.increment('early')\nm.flush()\n"
                "while not os.path.exists('go'): time.sleep(.01)"
            ]
        )
        self.assertEqual(worker.receive_metric().name, "early")
        self.assertEqual(worker.receive_any(), (FLUSH, b""))
        worker.write("go", "")
        self.assertEqual(worker.receive()[1], b"0")

    def test_what_the_constructor_and_close_push_gets_there_too(self):
        worker = self.ready(
            """
            import atexit
            class Handler:
                def __init__(self, metrics_client):
                    self.m = metrics_client
                    self.m.increment("constructed")
                    atexit.register(lambda: self.m.increment("exit"))
                def handle_batch(self, payload): raise SystemExit(1)
                def close(self):
                    self.m.increment("closed")
                    self.m.increment("nothing", "x")
                    raise SystemExit(2)
            """
        )
        self.failed(worker.handle([1]))
        worker.send_stop()
        self.assertEqual(worker.receive(), (None, b""))
        self.assertEqual(worker.exit_code(), 0)
        self.assertEqual([m.name for m in worker.metrics], ["constructed", "closed", "exit"])
        self.assertEqual([loss["reason"] for loss in worker.losses], ["value"])

    def test_a_reserved_name_fails_the_batch_for_good(self):
        worker = self.ready(PUSHER)
        for name in ("cortex_x", "cortex.x", "batchapi-x", "istio_", "istio.-x"):
            with self.subTest(name=name):
                error = self.failed(worker.handle([f"m.increment('{name}')"]))
                self.assertEqual(error["reason"], "FatalError")
                self.assertIn(f"the metric name '{name}' is reserved", error["message"])
                self.assertNotIn("batchapi_metrics.py", error["stack"])
        metrics, _ = self.pushed(worker, "m.increment('cortexes'); m.increment('x.cortex_')")
        self.assertEqual([m[1] for m in metrics], ["cortexes", "x.cortex_"])
        metrics, _ = self.pushed(
            worker, "try: m.increment('cortex_x')\nexcept ValueError: m.increment('caught')"
        )
        self.assertEqual([m[1] for m in metrics], ["caught"])

    def test_many_threads_lose_nothing_and_all_arrive_before_the_result(self):
        metrics, dropped = self.pushed(
            self.ready(PUSHER),
            "def push():\n    for i in range(2000): m.increment('n', 1, {'i': i})\n"
            "threads = [threading.Thread(target=push) for _ in range(8)]\n"
            "[t.start() for t in threads]; [t.join() for t in threads]\n",
        )
        self.assertEqual((len(metrics), dropped), (16_000, 0))
        counts = {}
        for _, _, _, tags in metrics:
            counts[tags["i"]] = counts.get(tags["i"], 0) + 1
        self.assertEqual(counts, {str(i): 8 for i in range(2000)})

    def test_metrics_of_a_long_batch_arrive_while_it_runs(self):
        worker = self.ready(PUSHER)
        worker.send_batch(
            [
                "import os, time\nm.increment('early')\n"
                "while not os.path.exists('go'): time.sleep(.01)"
            ]
        )
        metric = worker.receive_metric()
        self.assertEqual(metric.name, "early")
        worker.write("go", "")
        self.assertEqual(worker.receive()[1], b"0")

    def test_a_worker_that_does_not_read_holds_up_no_handler(self):
        worker = self.ready(PUSHER)  # 300,000 metrics are more than socket and queue hold
        worker.send_batch(["for i in range(300_000): m.increment('n')\nopen('done', 'w').close()"])
        self.eventually(lambda: worker.wrote("done"), "the handler waits for the worker")
        _, body = worker.receive()
        self.assertEqual(len(worker.metrics) + int(body), 300_000)
        self.assertGreater(int(body), 0)
        self.assertEqual({loss["reason"] for loss in worker.losses}, {"overload"})
        self.assertEqual(sum(loss["count"] for loss in worker.losses), int(body))
