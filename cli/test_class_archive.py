"""The class archive of the command, as `make build` makes it."""

import os
import pathlib
import subprocess
import tempfile
import unittest

import class_archive


def version(archive, *options):
    """What the command says of its version with an archive, and what it says besides."""
    env = {
        **os.environ,
        "BATCHAPI_JAVA_OPTS": " ".join([f"-XX:SharedArchiveFile={archive}", *options]),
    }
    return subprocess.run(
        [class_archive.ROOT / "bin/batchapi", "--version"],
        check=False,
        env=env,
        capture_output=True,
        text=True,
    )


class ClassArchiveTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        class_archive.main()

    def test_most_classes_come_from_it(self):
        with tempfile.TemporaryDirectory() as folder:
            log = pathlib.Path(folder, "log")
            ran = version(class_archive.ARCHIVE, f"-Xlog:class+load:file={log}")
            self.assertEqual((0, ""), (ran.returncode, ran.stderr))
            loaded = log.read_text().splitlines()
        of_ours = [line for line in loaded if "dev.batchapi." in line]
        archived = [line for line in of_ours if "shared objects file (top)" in line]
        self.assertGreater(len(archived), len(of_ours) / 2, loaded[-5:])

    def test_one_that_is_broken_or_missing_disturbs_nobody(self):
        with tempfile.TemporaryDirectory() as folder:
            whole = class_archive.ARCHIVE.read_bytes()
            for content in (b"", b"garbage", whole[: len(whole) // 2], None):
                archive = pathlib.Path(folder, "broken.jsa")
                archive.unlink(missing_ok=True)
                if content is not None:
                    archive.write_bytes(content)
                ran = version(archive)
                self.assertEqual((0, ""), (ran.returncode, ran.stderr))
                self.assertRegex(ran.stdout, r"\Abatchapi \d")


if __name__ == "__main__":
    unittest.main()
