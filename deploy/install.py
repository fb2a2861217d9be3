#!/usr/bin/env python3
"""Installs BatchAPI and waits until all of it is ready: `make install`.

KUBECONFIG   the cluster; default: the test cluster's while it runs, else kubectl's own
TIMEOUT      seconds to wait, 300 by default
"""

import os
import sys
import time

import cluster
import readiness


def main():
    timeout = float(os.environ.get("TIMEOUT", "300"))
    cluster.choose("Installing BatchAPI into")
    applied = cluster.kubectl("apply", "-k", "deploy/", check=False, seconds=30)
    lines = applied.stdout.splitlines()
    if applied.returncode != 0:
        sys.exit("\n".join([*lines, applied.stderr.strip()]))
    changed = sum(not line.endswith(" unchanged") for line in lines)
    print(f"  {len(lines)} objects applied, {changed} of them new or changed")
    cluster.kubectl(
        "wait", "--for=condition=Established", "--timeout=60s", *("crd/" + c for c in cluster.CRDS)
    )
    wait(timeout)


def wait(timeout):
    started, said = time.monotonic(), None
    while True:
        objects = cluster.items("deployments,statefulsets,pods,events", "-n", cluster.NAMESPACE)
        state = readiness.State(objects) if objects is not None else None
        seconds = round(time.monotonic() - started)
        if state and state.ready():
            print(f"  {seconds:3d} s  {state.summary()}")
            print("BatchAPI is installed. Try it: kubectl apply -f examples/digits/")
            return
        text = state.summary() if state else "the cluster does not answer"
        if text != said:
            print(f"  {seconds:3d} s  {text}", flush=True)
            said = text
        if seconds >= timeout:
            why = state.reasons() if state else [text]
            sys.exit("\n".join([f"Not ready after {seconds} s:", *(f"- {line}" for line in why)]))
        time.sleep(1)


if __name__ == "__main__":
    main()
