"""The hand-written loop is a fair peer: it handles each line once, wherever a part of the file begins."""

import json
import os
import pathlib
import tempfile
import unittest
from unittest import mock

import loop
import stores


class LoopTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        environment = mock.patch.dict(os.environ, {"BENCH_FOLDER": folder.name})
        environment.start()
        self.addCleanup(environment.stop)
        self.data = pathlib.Path(folder.name, stores.BUCKET)
        self.store = stores.Folder()
        self.store.create()

    def test_each_line_belongs_to_one_part(self):
        content = b"".join(b'{"id": %d}\n' % number for number in range(30))
        (self.data / "items").write_bytes(content)
        for border in range(1, len(content)):
            first = list(loop.lines(self.store, "items", 0, border))
            rest = list(loop.lines(self.store, "items", border, len(content)))
            self.assertEqual(first + rest, content.splitlines(True), border)

    def test_lines_are_whole_however_they_come(self):
        content = b"a\nbb\n\nccc"
        for size in range(1, len(content) + 1):
            chunks = [content[at : at + size] for at in range(0, len(content), size)]
            self.assertEqual(list(stores.lines_of(chunks)), content.splitlines(True), size)

    def test_every_item_has_a_line_in_the_results(self):
        lines = [json.dumps({"id": number}) for number in range(450)]
        (self.data / "items").write_text("\n".join(lines) + "\n", encoding="utf-8")

        loop.run("file", "items", "out/", 2)

        written = [
            json.loads(line)
            for key in sorted(self.store.keys("out/"))
            for line in (self.data / key).read_text(encoding="utf-8").splitlines()
        ]
        self.assertEqual(written, [{"item": n, "result": n} for n in range(450)])


if __name__ == "__main__":
    unittest.main()
