"""What the worker is told when the handler throws; and that the host lives on."""

from fake_worker import HostTest


class ErrorsTest(HostTest):
    def test_a_breakpoint_without_a_terminal_names_the_option_that_gives_it_one(self):
        for line in ("breakpoint()", "input()", "__import__('pdb').set_trace(); x = 1"):
            with self.subTest(line=line):
                worker = self.ready(
                    f"""
                    class Handler:
                        def handle_batch(self, payload):
                            {line}
                            return 1
                    """
                )
                error = self.failed(worker.handle([1]))
                self.assertIn("batchapi run --debug", error["message"])
                self.assertIn("in handle_batch", error["stack"])

    def throwing(self, body, before):
        """A handler whose handle_batch runs `body` when the payload is ["throw"]."""
        lines = "\n".join("            " + line for line in body.splitlines())
        return self.ready(
            f"{before}\nclass Handler:\n    def handle_batch(self, payload):\n"
            f"        if payload == ['throw']:\n{lines}\n        return 'lives'\n"
        )

    def error(self, body, before=""):
        worker = self.throwing(body, before)
        error = self.failed(worker.handle(["throw"]))
        self.assertEqual(self.result(worker, []), "lives")
        return error

    def test_type_message_and_the_authors_own_frames(self):
        error = self.error(
            "label('cat')", "def label(x):\n    raise ValueError('no such label: ' + x)"
        )
        self.assertEqual(error["reason"], "HandlerFailed")
        self.assertEqual(error["type"], "ValueError")
        self.assertEqual(error["message"], "no such label: cat")
        stack = error["stack"].splitlines()
        self.assertEqual(stack[0], "Traceback (most recent call last):")
        self.assertRegex(stack[1], r'File ".*/handler\.py", line \d+, in handle_batch')
        self.assertIn("label('cat')", stack[2])
        self.assertEqual(stack[-1], "ValueError: no such label: cat")
        self.assertNotIn("batchapi_", error["stack"])

    def test_an_exception_of_the_authors_own_has_its_qualified_name(self):
        error = self.error(
            "raise Errors.TooDark('9')", "class Errors:\n  class TooDark(Exception): pass"
        )
        self.assertEqual(error["type"], "handler.Errors.TooDark")

    def test_causes_are_told(self):
        error = self.error(
            "try:\n    {}['a']\nexcept KeyError as e:\n    raise RuntimeError('no model') from e"
        )
        self.assertIn("KeyError: 'a'", error["stack"])
        self.assertIn("direct cause of the following exception", error["stack"])
        self.assertTrue(error["stack"].rstrip().endswith("RuntimeError: no model"))

    def test_what_ends_a_program_is_a_failed_attempt(self):
        for body, type_name, message in (
            ("import sys; sys.exit(3)", "SystemExit", "handle_batch called sys.exit(3)"),
            ("exit()", "SystemExit", "handle_batch called sys.exit()"),
            ("raise KeyboardInterrupt", "KeyboardInterrupt", "handle_batch was interrupted"),
            ("raise GeneratorExit", "GeneratorExit", ""),
            ("raise MemoryError", "MemoryError", ""),
            ("bytearray(1 << 60)", "MemoryError", ""),
        ):
            with self.subTest(body=body):
                error = self.error(body)
                self.assertEqual(
                    (error["reason"], error["type"], error["message"]),
                    ("HandlerFailed", type_name, message),
                )

    def test_recursion_until_the_stack_ends(self):
        error = self.error("f()", "def f(): return f()")
        self.assertEqual(error["type"], "RecursionError")
        self.assertIn("more times", error["stack"])
        error = self.error("f()", "def f(): return g()\ndef g(): return f()")
        self.assertIn("characters left out", error["stack"])
        self.assertIn("RecursionError: maximum recursion depth exceeded", error["stack"])

    def test_a_message_of_megabytes_is_cut_and_the_stack_stays(self):
        error = self.error("raise ValueError('ä' * 5_000_000 + 'the end')")
        self.assertTrue(error["message"].endswith("the end"))
        self.assertIn("in handle_batch", error["stack"])

    def test_half_characters_and_null_characters_in_a_message(self):
        error = self.error("open(b'/no/such/\\xff')")
        self.assertEqual(error["type"], "FileNotFoundError")
        self.assertIn("No such file", error["message"])
        self.assertEqual(self.error("raise ValueError('a' + chr(0xD800))")["message"], "a\\ud800")
        self.assertEqual(self.error("raise ValueError(chr(0) * 9000)")["type"], "ValueError")

    def test_exceptions_that_are_broken_themselves(self):
        for method in (
            "def __str__(self): raise KeyError('x')",
            "def __str__(self): return 5",
            "def __repr__(self): raise SystemExit(1)\n    __str__ = __repr__",
            "def __getattribute__(self, name): raise SystemExit(name)",
            "__module__ = 5",
            "def __bool__(self): raise ValueError",
            "def __eq__(self, other): raise ValueError",
        ):
            with self.subTest(method=method):
                error = self.error("raise Bad('x')", f"class Bad(Exception):\n    {method}\n")
                self.assertIn("Bad", error["type"])
        error = self.error("import sys; sys.exit(Bad())", "class Bad:\n    def __repr__(s): 1/0")
        self.assertEqual(error["type"], "SystemExit")

    def test_a_fatal_error_is_not_tried_again(self):
        error = self.error("raise FatalBatchError('no such file')", "from batchapi import *")
        self.assertEqual(error["reason"], "FatalError")
        self.assertEqual(error["type"], "batchapi.FatalBatchError")
        self.assertEqual(error["message"], "no such file")
        error = self.error(
            "raise Mine('x')", "import batchapi\nclass Mine(batchapi.FatalBatchError): 1"
        )
        self.assertEqual((error["reason"], error["type"]), ("FatalError", "handler.Mine"))

    def test_a_copy_of_the_shim_beside_the_handler_works_as_well(self):
        worker = self.ready(
            files={
                "handler.py": """
                    from batchapi import FatalBatchError
                    class Handler:
                        def handle_batch(self, payload): raise FatalBatchError("x")
                    """,
                "batchapi.py": "class FatalBatchError(Exception): pass\n",
            }
        )
        self.assertEqual(self.failed(worker.handle([]))["reason"], "FatalError")

    def test_on_job_complete_fails_like_a_batch(self):
        worker = self.ready(
            "import sys\nclass Handler:\n"
            "    def handle_batch(self, payload): return 1\n"
            "    def on_job_complete(self, summary): sys.exit(summary['total'])\n"
        )
        error = self.failed(worker.complete(total=4))
        self.assertEqual(error["message"], "on_job_complete called sys.exit(4)")
        self.assertEqual(self.result(worker, []), 1)

    def test_exception_groups_lose_the_hosts_frames_too(self):
        error = self.error(
            "try:\n    raise ExceptionGroup('two', [ValueError('a'), OSError('b')])\n"
            "except NameError:\n    raise ValueError('a')"
        )
        self.assertIn("ValueError: a", error["stack"])
        self.assertNotIn("batchapi_", error["stack"])
