"""Which cluster is meant, and kubectl with bounds of time."""

import json
import os
import pathlib
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
NAMESPACE = "batchapi-system"
CRDS = ["batchapis.batchapi.dev", "batchjobs.batchapi.dev"]


def choose(what):
    """Says which cluster is meant: KUBECONFIG's, else the running test cluster's, else kubectl's own."""
    if not shutil.which("kubectl"):
        sys.exit("kubectl is missing: install it (https://kubernetes.io/docs/tasks/tools/).")
    if not os.environ.get("KUBECONFIG"):
        test_cluster = _test_cluster()
        if test_cluster:
            os.environ["KUBECONFIG"] = test_cluster
    view = kubectl("config", "view", "--minify", "-o", "json", check=False)
    if view.returncode != 0:
        sys.exit(
            "No cluster is named: set KUBECONFIG to a kubeconfig with a current context, or start the test"
            f" cluster with `make cluster`.\n{view.stderr.strip()}"
        )
    config = json.loads(view.stdout)
    server = config["clusters"][0]["cluster"].get("server", "?")
    file = os.environ.get("KUBECONFIG", "~/.kube/config")
    print(f"{what} {server} (context {config['current-context']} of {file})", flush=True)
    answer = kubectl("get", "--raw", "/readyz", check=False)
    if answer.returncode != 0:
        sys.exit(f"The cluster does not answer: {answer.stderr.strip()}")


def _test_cluster():
    found = subprocess.run(
        ["make", "-s", "-C", str(ROOT), "kubeconfig"], capture_output=True, text=True, check=False
    ).stdout.strip()
    if not found or not pathlib.Path(found).is_file():
        return None
    answer = kubectl("--kubeconfig", found, "get", "--raw", "/readyz", check=False)
    return found if answer.returncode == 0 else None


def kubectl(*arguments, check=True, seconds=10):
    """Runs kubectl; no request and no wait is without a bound."""
    command = ["kubectl", f"--request-timeout={seconds}s", *arguments]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, cwd=ROOT, timeout=seconds * 12, check=False
        )
    except subprocess.TimeoutExpired:
        done = subprocess.CompletedProcess(command, 124, "", f"no answer within {seconds * 12} s")
    if check and done.returncode != 0:
        sys.exit(f"kubectl {' '.join(arguments)}: {done.stderr.strip()}")
    return done


def items(*arguments):
    """What `kubectl get` lists; nothing when it is not there, and None when the cluster does not say."""
    done = kubectl("get", *arguments, "--ignore-not-found", "-o", "json", check=False)
    if done.returncode != 0:
        return None
    listed = json.loads(done.stdout or "{}")
    return listed.get("items", [listed] if "kind" in listed else [])
