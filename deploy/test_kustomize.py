"""What kustomize makes of BatchAPIs and BatchJobs with the configuration that ships."""

import pathlib
import shutil
import subprocess
import tempfile
import unittest

DEPLOY = pathlib.Path(__file__).resolve().parent
NAMES = DEPLOY / "kustomize" / "batchapi-names.yaml"
CASE = DEPLOY / "testdata" / "kustomize"


@unittest.skipUnless(shutil.which("kubectl"), "kubectl is not there, which has kustomize in it")
class KustomizeTest(unittest.TestCase):
    def test_names_and_images_are_rewritten_wherever_they_stand(self):
        with tempfile.TemporaryDirectory() as folder:
            here = pathlib.Path(folder)
            for file in CASE.iterdir():
                shutil.copy(file, here)
            shutil.copy(NAMES, here)
            made = subprocess.run(
                ["kubectl", "kustomize", folder], check=True, capture_output=True, text=True
            ).stdout
        self.assertEqual((CASE / "expected.yaml").read_text(), made)


if __name__ == "__main__":
    unittest.main()
