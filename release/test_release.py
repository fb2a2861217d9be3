"""What `make release` made is whole, carries one version and works: run after it, from anywhere."""

import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import tarfile
import tempfile
import unittest
import zipfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
RELEASE = ROOT / "target/release"
VERSION = re.search(r"^  <version>(.+)</version>", (ROOT / "pom.xml").read_text(), re.M)[1]
IMAGES = dict(
    line.split("=", 1) for line in (ROOT / "deploy/images.env").read_text().split() if "=" in line
)


class ReleaseTest(unittest.TestCase):
    def test_it_consists_of_these_files_and_each_has_its_checksum(self):
        jars = [
            f"{module}-{VERSION}{kind}.jar"
            for module in ("handler-api", "metrics-client", "handler-testkit")
            for kind in ("", "-sources", "-javadoc")
        ]
        files = {
            f"operator-{VERSION}.oci.tar",
            f"handler-runtime-{VERSION}.oci.tar",
            f"batchapi-{VERSION}.tar.gz",
            f"batchapi-{VERSION}.cdx.json",
            "install.yaml",
            f"batchapi-{VERSION.replace('-SNAPSHOT', '.dev0')}-py3-none-any.whl",
            "batchapi.schema.json",
            "BatchAPI.schema.json",
            "BatchJob.schema.json",
            *jars,
        }
        self.assertEqual({*files, "SHA256SUMS"}, {file.name for file in RELEASE.iterdir()})
        sums = dict(
            reversed(line.split("  ")) for line in (RELEASE / "SHA256SUMS").read_text().splitlines()
        )
        self.assertEqual({file: sha256((RELEASE / file).read_bytes()) for file in files}, sums)

    def test_the_command_runs_where_a_jdk_is_and_nothing_else_of_ours(self):
        with tempfile.TemporaryDirectory() as folder:
            with tarfile.open(RELEASE / f"batchapi-{VERSION}.tar.gz") as archive:
                archive.extractall(folder, filter="data")
            shutil.copytree(ROOT / "examples/digits", f"{folder}/digits")
            home = pathlib.Path(folder, f"batchapi-{VERSION}")
            self.assertIn("jackson-core", (home / "THIRD-PARTY.txt").read_text())
            self.assertIn("Apache License", (home / "LICENSE").read_text())
            command = [str(home / "bin/batchapi")]
            self.assertEqual(f"batchapi {VERSION}", run([*command, "--version"], folder).strip())
            run([*command, "run", "digits", "--results", "results.jsonl"], folder)
            self.assertGreater(
                len(pathlib.Path(folder, "results.jsonl").read_text().splitlines()), 0
            )

    def test_the_images_are_whole_and_carry_their_licenses(self):
        for name, key in (("operator", "OPERATOR_IMAGE"), ("handler-runtime", "RUNTIME_IMAGE")):
            with self.subTest(name), tarfile.open(RELEASE / f"{name}-{VERSION}.oci.tar") as archive:
                (index,) = json.load(archive.extractfile("index.json"))["manifests"]
                names = index["annotations"]["org.opencontainers.image.ref.name"]
                self.assertIn(IMAGES[key], names)
                manifest = json.loads(blob(archive, index["digest"]))
                config = json.loads(blob(archive, manifest["config"]["digest"]))
                self.assertEqual("65532", config["config"]["User"])
                found = set()
                for layer in manifest["layers"]:
                    member = archive.extractfile(path_of(layer["digest"]))
                    with tarfile.open(fileobj=member, mode="r|*") as files:
                        found.update(file.name.lstrip("./") for file in files)
                    member.seek(0)
                    digest = hashlib.sha256()
                    while part := member.read(1 << 20):
                        digest.update(part)
                    self.assertEqual(layer["digest"], "sha256:" + digest.hexdigest())
                for file in (
                    "LICENSE",
                    "NOTICE",
                    "THIRD-PARTY.txt",
                    "java/legal/java.base/LICENSE",
                ):
                    self.assertIn(f"opt/batchapi/{file}", found)

    def test_install_yaml_is_the_whole_installation_with_these_images(self):
        text = (RELEASE / "install.yaml").read_text()
        kinds = re.findall(r"^kind: (\w+)$", text, re.M)
        self.assertEqual(2, kinds.count("CustomResourceDefinition"))
        self.assertLessEqual(
            {"Deployment", "StatefulSet", "ClusterRole", "NetworkPolicy"}, set(kinds)
        )
        self.assertEqual(set(IMAGES.values()), set(re.findall(r"^ +image: (\S+)$", text, re.M)))
        self.assertNotIn("from-images.env", text)

    @unittest.skipUnless(os.environ.get("KUBECONFIG"), "SKIPPED: needs a cluster in KUBECONFIG")
    def test_a_cluster_takes_install_yaml_as_it_is(self):
        apply = ["kubectl", "apply", "--server-side", "--force-conflicts", "--dry-run=server", "-f"]
        taken = run([*apply, str(RELEASE / "install.yaml")], ROOT)
        self.assertIn("deployment.apps/batchapi-operator serverside-applied", taken)

    def test_the_schemas_are_of_this_version(self):
        for name, kind in (("BatchAPI", "BatchAPI"), ("BatchJob", "BatchJob")):
            schema = json.loads((RELEASE / f"{name}.schema.json").read_text())
            self.assertEqual(kind, schema["properties"]["kind"]["const"])
        both = (RELEASE / "batchapi.schema.json").read_text()
        self.assertIn('"BatchAPI"', both)
        self.assertIn('"BatchJob"', both)

    def test_the_jars_have_their_sources_and_javadoc(self):
        for module, name in (
            ("handler-api", "dev/batchapi/handler/BatchHandler"),
            ("metrics-client", "dev/batchapi/metrics/StatsdMetrics"),
            ("handler-testkit", "dev/batchapi/testkit/HandlerRun"),
        ):
            for kind, file in (("", ".class"), ("-sources", ".java"), ("-javadoc", ".html")):
                with zipfile.ZipFile(RELEASE / f"{module}-{VERSION}{kind}.jar") as jar:
                    self.assertIn(name + file, jar.namelist())

    def test_the_bill_of_materials_lists_what_the_programs_carry_and_no_test_library(self):
        bill = json.loads((RELEASE / f"batchapi-{VERSION}.cdx.json").read_text())
        self.assertEqual("CycloneDX", bill["bomFormat"])
        self.assertEqual(VERSION, bill["metadata"]["component"]["version"])
        listed = {f"{c['name']}-{c['version']}" for c in bill["components"]}
        for folder in ("operator", "handler-runtime/image", "cli"):
            for jar in (ROOT / folder / "target/dist/lib").glob("*-[0-9]*.jar"):
                self.assertIn(jar.stem, listed)
        self.assertFalse([name for name in listed if name.startswith(("junit", "assertj"))])


def path_of(digest):
    return "blobs/" + digest.replace(":", "/")


def blob(archive, digest):
    content = archive.extractfile(path_of(digest)).read()
    assert digest == f"sha256:{sha256(content)}", digest
    return content


def sha256(content):
    return hashlib.sha256(content).hexdigest()


def run(command, folder):
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=300, check=False
    )
    if done.returncode:
        raise AssertionError(f"{command} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


if __name__ == "__main__":
    unittest.main()
