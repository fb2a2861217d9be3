import pathlib
import re
import subprocess
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent
NAMED = re.compile(r"batchapi/(?:operator|handler-runtime):v?\d|/deploy[\w-]*\?ref=v?\d")


class VersionTest(unittest.TestCase):
    """The pom's version is the only one; images.env, which kustomize reads, is held to it."""

    def test_the_images_have_the_version_of_the_pom_as_their_tag(self):
        pom = (ROOT / "pom.xml").read_text()
        version = re.search(r"^  <version>(.+?)(?:-SNAPSHOT)?</version>", pom, re.M)[1]
        tags = re.findall(
            r"^(?:OPERATOR|RUNTIME)_IMAGE=.*:([^:\n]+)$",
            (ROOT / "deploy/images.env").read_text(),
            re.M,
        )
        self.assertEqual([version, version], tags, "`make set-version VERSION=...` sets both")

    def test_no_other_file_that_ships_names_a_version(self):
        listed = subprocess.run(
            ["git", "ls-files", "*.md", "*.yaml", "*Dockerfile", "*/src/main/*", "e2e/*"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.splitlines()
        named = [f for f in listed if NAMED.search((ROOT / f).read_text(errors="replace"))]
        self.assertEqual([], [f for f in named if "/src/test/resources/" not in f])


if __name__ == "__main__":
    unittest.main()
