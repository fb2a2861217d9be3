"""What can't be used is refused before any batch, in a sentence that says what to do."""

import json
import os
import sys

from fake_worker import BROKEN, INVALID, READY, HostTest

BATCH = "    def handle_batch(self, payload): pass\n"


class LoadingTest(HostTest):
    def test_a_missing_file_names_the_files_that_are_there(self):
        message = self.invalid(files={"tagger.py": "", "labels.txt": ""})
        self.assertIn("no file handler.py in the code folder ", message)
        self.assertIn("(it has labels.txt, tagger.py)", message)

    def test_an_empty_code_folder_is_called_empty(self):
        worker = self.worker("")
        os.remove(os.path.join(worker.code, "handler.py"))
        kind, body = worker.start()
        self.assertEqual(kind, INVALID)
        self.assertIn("(it is empty)", json.loads(body)["message"])

    def test_a_missing_class_names_the_classes_that_are_there(self):
        message = self.invalid(
            "from json import JSONEncoder\nclass Tagger: pass\nclass Other: pass\n"
        )
        self.assertEqual(
            message,
            "no class Handler in handler.py (it has Tagger, Other): name it so, or set className",
        )
        self.assertIn("it has no class at all", self.invalid("x = 1\n"))

    def test_a_function_is_no_class(self):
        message = self.invalid("def Handler(): pass\n")
        self.assertEqual(message, "Handler in handler.py is a function, not a class")

    def test_a_missing_handle_batch_is_named(self):
        message = self.invalid("class Handler:\n    def predict(self, payload): pass\n")
        self.assertEqual(
            message,
            "class Handler in handler.py has no method handle_batch:"
            " add def handle_batch(self, payload), or def handle_item(self, item)",
        )
        for found, meant in (
            ("handle_bach", "handle_batch"),
            ("handleBatch", "handle_batch"),
            ("handle_items", "handle_item"),
        ):
            self.assertEqual(
                f"{found} of class Handler in handler.py is never called: did you mean {meant}?"
                " Add def handle_batch(self, payload), or def handle_item(self, item)",
                self.invalid(
                    "class Handler:\n"
                    "    handle_batches = 3\n"
                    "    def _handle_batch(self): pass\n"
                    "    def handle_error(self, error): pass\n"
                    f"    def {found}(self, payload): pass\n"
                ),
            )
        self.assertIn(
            "handle_batch in handler.py is no function",
            self.invalid("class Handler:\n    handle_batch = 3\n"),
        )

    def test_a_syntax_error_shows_file_line_text_and_caret(self):
        message = self.invalid(
            "class Handler:\n    def handle_batch(self, payload:\n        pass\n"
        )
        first, text, caret = message.splitlines()
        self.assertRegex(first, r"^handler\.py, line [23]: ")
        self.assertIn("def handle_batch(self, payload:" if "line 2" in first else "pass", text)
        self.assertEqual(caret.strip().strip("^"), "")

    def test_a_syntax_error_in_a_module_it_imports_names_that_file(self):
        message = self.invalid(files={"handler.py": "import near\n", "near.py": "x = = 1\n"})
        self.assertRegex(message, r"^near\.py, line 1: invalid syntax\n    x = = 1\n")

    def test_files_that_are_no_source(self):
        self.assertRegex(self.invalid(files={"handler.py": b"x = '\0'\n"}), "null bytes")
        self.assertRegex(self.invalid(files={"handler.py": b"x = '\xff'\n"}), "(?i)utf-8")

    def test_an_import_that_is_not_installed_names_the_module_and_the_image(self):
        message = self.invalid("\nimport no_such_module\n")
        self.assertEqual(
            message,
            "handler.py, line 2: no module named no_such_module: install it in the image"
            f" (without one: for {sys.executable}), or put it beside the handler",
        )

    def test_a_relative_import_finds_the_neighbours_in_a_package(self):
        files = {
            "app/__init__.py": "",
            "app/tagging/__init__.py": "NAME = 'tagging'\n",
            "app/tagging/util.py": "from . import NAME\n",
            "app/tagging/plain.py": "",
            "app/tagging/handler.py": """
                from .util import NAME
                import plain
                class Handler:
                    def handle_batch(self, payload):
                        return [NAME, plain.__name__, Handler.__module__]
            """,
        }
        host = self.worker(files=files)
        self.assertEqual(host.start(file="app/tagging/handler.py")[0], READY)
        self.assertEqual(self.result(host, []), ["tagging", "plain", "app.tagging.handler"])

    def test_a_relative_import_in_no_package_is_told_the_way_out(self):
        for line in ("from .util import x", "from . import util"):
            with self.subTest(line=line):
                message = self.invalid(files={"handler.py": f"{line}\n", "util.py": "x = 1\n"})
                self.assertIn(f"handler.py, line 1: {line} finds nothing", message)
                self.assertIn("leave the dot out", message)

    def test_a_folder_with_the_name_of_something_else_is_no_package(self):
        handler = "class Handler:\n    def handle_batch(self, payload): return 1\n"
        files = {"json/__init__.py": "", "json/handler.py": handler}
        host = self.worker(files=files)
        self.assertEqual(host.start(file="json/handler.py")[0], READY)
        self.assertEqual(self.result(host, []), 1)

    def test_an_import_that_fails_deeper_names_both_places(self):
        message = self.invalid(
            files={"handler.py": "import near\n", "near.py": "from json import no_such\n"}
        )
        self.assertRegex(
            message, r"^handler\.py, line 1 \(by way of .*near\.py, line 1\): cannot import name"
        )

    def test_an_unknown_argument_is_named_with_those_there_are(self):
        message = self.invalid(
            "class Handler:\n    def __init__(self, config, tensorflow_client): pass\n" + BATCH
        )
        self.assertEqual(
            message,
            "Handler.__init__ in handler.py asks for the unknown argument tensorflow_client:"
            " there is config, job_spec and metrics_client; any other needs a default value",
        )

    def test_signatures_that_do_not_fit(self):
        for method, expected in (
            ("def handle_batch(self): pass", "must take the argument payload"),
            ("def handle_batch(payload): pass", "must take the argument payload"),
            ("def handle_batch(self, items): pass", "asks for the unknown argument items"),
            ("def handle_batch(self, payload, n): pass", "there is payload, batch_id and batch"),
            (
                "def handle_batch(self, payload): pass\n    def on_job_complete(self, a): pass",
                "unknown argument a: there is summary",
            ),
            (
                "def handle_batch(self, payload): pass\n    def close(self, force): pass",
                "Handler.close in handler.py asks for the argument force, but gets none",
            ),
        ):
            with self.subTest(method=method):
                self.assertIn(expected, self.invalid(f"class Handler:\n    {method}\n"))

    def test_generators_that_nobody_would_run_are_refused(self):
        for method in ("async def on_job_complete(self): yield 1", "def close(self): yield 1"):
            with self.subTest(method=method):
                message = self.invalid(f"class Handler:\n{BATCH}    {method}\n")
                self.assertIn("in handler.py uses yield", message)

    def test_a_file_named_like_a_module_of_python_is_refused(self):
        message = self.invalid(files={"json.py": "class Handler:\n" + BATCH}, file="json.py")
        self.assertIn("json.py has the name of a module that Python itself needs", message)

    def test_another_protocol_or_language_is_refused(self):
        self.assertIn("protocol 1", self.invalid("", protocol=1))
        handler = {"language": "java", "file": None, "className": "com.acme.Tagger"}
        self.assertIn("language is java", self.invalid("", handler=handler))

    def test_a_constructor_that_throws_breaks_with_its_own_frames(self):
        worker = self.worker(
            """
            class Handler:
                def __init__(self, config):
                    self.model = config["model"]
                def handle_batch(self, payload): pass
            """
        )
        kind, body = worker.start(config={})
        self.assertEqual(kind, BROKEN)
        error = json.loads(body)
        self.assertEqual(
            (error["reason"], error["type"], error["message"]),
            ("HandlerFailed", "KeyError", "'model'"),
        )
        self.assertIn('self.model = config["model"]', error["stack"])
        self.assertNotIn("batchapi_", error["stack"])
        self.assertEqual(worker.exit_code(), 1)

    def test_code_that_throws_while_it_is_imported_breaks_like_the_constructor(self):
        for line, kind_of, message in (
            ("import os; os.environ['NO_SUCH']", "KeyError", "'NO_SUCH'"),
            ("import sys; sys.exit(2)", "SystemExit", "handler.py called sys.exit(2)"),
        ):
            with self.subTest(line=line):
                worker = self.worker(line + "\n")
                kind, body = worker.start()
                error = json.loads(body)
                self.assertEqual(
                    (kind, error["type"], error["message"]), (BROKEN, kind_of, message)
                )
                self.assertEqual(worker.exit_code(), 1)

    def test_a_thread_that_never_ends_does_not_keep_a_broken_host(self):
        worker = self.worker(
            "import threading, time\n"
            "threading.Thread(target=time.sleep, args=(3600,)).start()\n"
            "raise ValueError('no')\n"
        )
        kind, _ = worker.start()
        self.assertEqual(kind, BROKEN)
        worker.hang_up()
        self.assertEqual(worker.exit_code(), 1)
