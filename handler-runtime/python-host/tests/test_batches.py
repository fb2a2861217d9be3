"""The life of a handler that does nothing wrong: construction, batches, on_job_complete, close."""

import json

from fake_worker import READY, RESULT, HostTest


class BatchesTest(HostTest):
    def test_hello_names_protocol_language_runtime_and_pid(self):
        worker = self.worker("class Handler: pass")
        self.assertEqual(worker.hello["protocol"], 2)
        self.assertEqual(worker.hello["language"], "python")
        self.assertRegex(worker.hello["runtime"], r"^\w+ 3\.\d+\.\d+$")
        self.assertEqual(worker.hello["pid"], worker.process.pid)

    def test_a_batch_is_handled_and_its_result_comes_back_as_json(self):
        worker = self.ready(
            """
            class Handler:
                def handle_batch(self, payload, batch_id):
                    return [batch_id, payload, "Grüße", 1.5, True, None]
            """
        )
        kind, body = worker.handle([1, {"a": "ü"}], batch_id="uid-3")
        self.assertEqual(kind, RESULT)
        self.assertEqual(body.decode(), '["uid-3",[1,{"a":"ü"}],"Grüße",1.5,true,null]')
        self.assertEqual(worker.stop(), 0)

    def test_one_instance_handles_all_batches(self):
        worker = self.ready(
            """
            class Handler:
                def __init__(self):
                    self.seen = 0
                def handle_batch(self, payload):
                    self.seen += 1
                    return self.seen
            """
        )
        self.assertEqual([self.result(worker, []) for _ in range(3)], [1, 2, 3])

    def test_no_result_is_an_empty_result(self):
        worker = self.ready("class Handler:\n    def handle_batch(self, payload): pass\n")
        self.assertEqual(worker.handle([1]), (RESULT, b""))

    def test_the_constructor_gets_what_it_names_in_any_order(self):
        worker = self.ready(
            """
            class Handler:
                def __init__(self, metrics_client, job_spec, config):
                    metrics_client.increment("constructed")
                    self.told = [config, job_spec]
                def handle_batch(self, payload):
                    return self.told
            """,
            config={"threshold": 0.5, "labels": {"a": [1]}},
        )
        config, job_spec = self.result(worker, [])
        self.assertEqual(config, {"threshold": 0.5, "labels": {"a": [1]}})
        self.assertEqual(job_spec["job_name"], "monday")
        self.assertEqual(job_spec["total_batch_count"], 113)
        self.assertEqual(job_spec["config"], config)
        self.assertEqual([m.name for m in worker.metrics], ["constructed"])

    def test_config_and_job_spec_are_plain_dicts_that_share_nothing(self):
        worker = self.ready(
            """
            class Handler:
                def __init__(self, config, job_spec):
                    config["labels"]["b"] = 2
                    self.told = [type(config).__name__, type(job_spec).__name__, job_spec["config"]]
                def handle_batch(self, payload):
                    return self.told
            """,
            config={"labels": {"a": 1}},
        )
        self.assertEqual(self.result(worker, []), ["dict", "dict", {"labels": {"a": 1}}])

    def test_signatures_that_are_unusual_but_fit(self):
        for init in (
            "self",
            "self, config, /, job_spec",
            "self, *, metrics_client",
            "self, config=None, threads=4",
            "self, *args",
            "self, config, *args, **kwargs",
            "self, **kwargs",
        ):
            with self.subTest(init=init):
                self.ready(
                    f"class Handler:\n"
                    f"    def __init__({init}): pass\n"
                    f"    def handle_batch(self, payload): pass\n"
                )
        for handle in (
            "(self, batch_id, payload): return [payload, batch_id]",
            "(self, payload, /, batch_id='x'): return [payload, batch_id]",
            "(self, *, payload, batch_id): return [payload, batch_id]",
            "(self, payload, size=3): return [payload, 'b']",
            "(self, *args): return [args[0], 'b']",
            "(*args, **kwargs): return [kwargs['payload'], 'b']",
        ):
            with self.subTest(handle=handle):
                worker = self.ready(f"class Handler:\n    def handle_batch{handle}\n")
                self.assertEqual(self.result(worker, [7], batch_id="b"), [[7], "b"])

    def test_kwargs_of_the_constructor_get_all_there_is(self):
        worker = self.ready(
            """
            class Handler:
                def __init__(self, config, **others):
                    self.others = sorted(others)
                def handle_batch(self, payload):
                    return self.others
            """
        )
        self.assertEqual(self.result(worker, []), ["job_spec", "metrics_client"])

    def test_static_inherited_decorated_and_async_inside(self):
        for source in (
            """
            class Handler:
                @staticmethod
                def handle_batch(payload):
                    return payload
            """,
            """
            class Base:
                def __init__(self, config): pass
                def handle_batch(self, payload): return payload
            class Handler(Base): pass
            """,
            """
            import asyncio, functools
            def run(function):
                @functools.wraps(function)
                def wrapper(*args, **kwargs):
                    return asyncio.run(function(*args, **kwargs))
                return wrapper
            class Handler:
                @run
                async def handle_batch(self, payload):
                    return payload
            """,
            """
            from dataclasses import dataclass
            @dataclass
            class Handler:
                config: dict
                def handle_batch(self, payload): return payload
            """,
        ):
            with self.subTest(source=source):
                self.assertEqual(self.result(self.ready(source), [7]), [7])

    def test_a_class_of_another_name_is_found(self):
        worker = self.worker("class Tagger:\n    def handle_batch(self, payload): return 5\n")
        kind, _ = worker.start(class_name="Tagger")
        self.assertEqual(kind, READY)
        self.assertEqual(self.result(worker, []), 5)

    def test_modules_beside_the_handler_and_the_shim_can_be_imported(self):
        worker = self.ready(
            files={
                "handler.py": """
                    import typing, batchapi, colours
                    from batchapi import JobSpec, JobSummary, MetricsClient
                    class Handler:
                        def __init__(self, job_spec: JobSpec, metrics_client: MetricsClient):
                            self.hints = sorted(typing.get_type_hints(JobSpec))
                            self.same_keys = self.hints == sorted(job_spec)
                        def handle_batch(self, payload):
                            return [colours.RED, self.same_keys]
                    """,
                "colours.py": "RED = 'red'\n",
            }
        )
        self.assertEqual(self.result(worker, []), ["red", True])

    def test_the_authors_modules_win_over_the_hosts_own_files(self):
        worker = self.ready(
            files={
                "handler.py": """
                    import host
                    class Handler:
                        def handle_batch(self, payload): return host.MINE
                    """,
                "host.py": "MINE = 'mine'\n",
            }
        )
        self.assertEqual(self.result(worker, []), "mine")

    def test_a_handler_in_a_subfolder_imports_its_neighbours(self):
        worker = self.worker(
            files={
                "src/my-handler.py": """
                    import near, sys
                    class Handler:
                        def handle_batch(self, payload):
                            return [near.X, sys.modules[__name__].__file__[-13:]]
                    """,
                "src/near.py": "X = 1\n",
            }
        )
        kind, body = worker.start(file="src/my-handler.py")
        self.assertEqual(kind, READY, body)
        self.assertEqual(self.result(worker, []), [1, "my-handler.py"])

    def test_the_host_runs_under_isolated_python(self):
        worker = self.ready(
            "import batchapi\nclass Handler:\n    def handle_batch(self, payload): return 1\n",
            arguments=("-I", "-B"),
        )
        self.assertEqual(self.result(worker, []), 1)

    def test_on_job_complete_gets_the_summary_and_close_runs_at_the_end(self):
        worker = self.ready(
            """
            import atexit, pathlib
            class Handler:
                def handle_batch(self, payload): pass
                def on_job_complete(self, summary):
                    pathlib.Path("summary").write_text(str(summary["failed_batch_ids"]))
                    return "ignored"
                def close(self):
                    pathlib.Path("closed").touch()
                    atexit.register(pathlib.Path("at-exit").touch)
            """
        )
        summary = {"total": 3, "succeeded": 2, "failed": 1, "failed_attempts": 4}
        self.assertEqual(worker.complete(failed_batch_ids=["uid-2"], **summary), (RESULT, b""))
        self.assertEqual(worker.read("summary"), "['uid-2']")
        self.assertEqual(worker.stop(), 0)
        self.assertEqual(worker.read("closed") + worker.read("at-exit"), "")

    def test_on_job_complete_without_argument_or_without_method(self):
        for method in ("def on_job_complete(self): pass", "x = 1"):
            with self.subTest(method=method):
                worker = self.ready(
                    f"class Handler:\n    def handle_batch(self, payload): pass\n    {method}\n"
                )
                self.assertEqual(worker.complete(total=0), (RESULT, b""))

    def test_a_close_that_throws_is_shown_on_standard_error_and_ends_in_order(self):
        worker = self.ready(
            "class Handler:\n"
            "    def handle_batch(self, payload): pass\n"
            "    def close(self): raise OSError('disk is full')\n",
            stderr=-1,
        )
        self.assertEqual(worker.stop(), 0)
        said = worker.process.stderr.read().decode()
        self.assertIn("OSError: disk is full", said)
        self.assertNotIn("batchapi_", said)

    def test_a_payload_that_python_cannot_parse_fails_that_batch_for_good(self):
        worker = self.ready("class Handler:\n    def handle_batch(self, payload): return 1\n")
        for payload in (b"[1,", b"\xff", b"[" * 200_000):
            with self.subTest(payload=payload[:5]):
                error = self.failed(worker.handle(payload))
                self.assertEqual(error["reason"], "FatalError")
                self.assertIn("payload can't be read", error["message"])
        self.assertEqual(self.result(worker, []), 1)

    def test_a_payload_of_a_mebibyte_there_and_a_result_of_the_limit_back(self):
        worker = self.ready(
            "class Handler:\n    def handle_batch(self, payload): return payload[0][:262142]\n"
        )
        self.assertEqual(len(json.dumps(self.result(worker, ["x" * (1 << 20)]))), 262144)
