"""How the host starts in a pod: from files that it checks before it runs them."""

import hashlib
import os
import subprocess
import sys
import tempfile
import unittest

from fake_worker import HOST, READY, HostTest

OURS = os.path.dirname(HOST)


def digest(files):
    found = hashlib.sha256()
    for name in sorted(files):
        found.update(f"{name}\n{len(files[name])}\n".encode() + files[name])
    return found.hexdigest()


def mounted(files):
    """A folder as kubelet makes one of a ConfigMap: each file a link into a folder of its own."""
    folder = tempfile.mkdtemp(prefix="mounted-")
    os.mkdir(os.path.join(folder, "..2026_01_01"))
    os.symlink("..2026_01_01", os.path.join(folder, "..data"))
    for name, content in files.items():
        with open(os.path.join(folder, "..data", name), "wb") as file:
            file.write(content)
        os.symlink(f"..data/{name}", os.path.join(folder, name))
    return folder


def host_files():
    files = {}
    for name in os.listdir(OURS):
        if name.endswith(".py") and name != os.path.basename(HOST):
            with open(os.path.join(OURS, name), "rb") as file:
                files[name] = file.read()
    return files


class StartTest(HostTest):
    HANDLER = b"import sys\nclass Handler:\n    def handle_batch(self, payload): return sys.path\n"

    def start(self, code=None, host=None):
        """The command of a pod, whose ConfigMaps now hold what is given here."""
        wanted_code = {"handler.py": self.HANDLER, "labels.txt": "ä".encode()}
        wanted_host = host_files()
        with open(HOST, encoding="utf-8") as file:
            text = file.read()
        self.host = tempfile.mkdtemp()
        return [
            *(sys.executable, "-u", "-c", text),
            *("--host", self.host, "--host-from", mounted(host or wanted_host)),
            *("--host-digest", digest(wanted_host)),
            *("--code-from", mounted(code or wanted_code), "--code-digest", digest(wanted_code)),
        ]

    def test_what_was_accepted_is_run(self):
        worker = self.worker(files={"old.txt": ""}, command=self.start())
        self.assertEqual(worker.start()[0], READY)
        path = self.result(worker, [])
        self.assertEqual(path[-1], self.host)
        self.assertNotIn("", path)
        self.assertEqual(
            sorted(name for name in os.listdir(worker.code) if name != "__pycache__"),
            ["handler.py", "labels.txt", "old.txt"],
        )

    def refused(self, command):
        target = tempfile.mkdtemp()
        done = subprocess.run(
            [*command, "--socket", "/none", "--code", target],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=20,
            check=False,
        )
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertIn(b"does not hold what the job was accepted with", done.stdout)
        self.assertEqual(os.listdir(target), [])

    def test_other_code_is_not_run(self):
        evil = b"open('ran', 'w')\n"
        for code in ({"handler.py": evil}, {"handler.py": self.HANDLER, "sitecustomize.py": evil}):
            with self.subTest(code=sorted(code)):
                self.refused(self.start(code=code))

    def test_another_host_is_not_run(self):
        evil = dict(host_files(), **{"batchapi_host.py": b"raise SystemExit('evil ran')\n"})
        self.refused(self.start(host=evil))


if __name__ == "__main__":
    unittest.main()
