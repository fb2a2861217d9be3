#!/usr/bin/env python3
"""Removes BatchAPI with all its BatchAPIs and BatchJobs: `make uninstall`.

Nothing of ours has a finalizer, every wait has a bound, and what is gone already is no error: it may be
run twice, after a deletion by hand, and with namespaces gone or going.

KUBECONFIG   the cluster; default: the test cluster's while it runs, else kubectl's own
"""

import sys
import time

import cluster

LEFT = "jobs,pods,configmaps,secrets"  # of jobs, in any namespace; Kubernetes' garbage collection takes them


def main():
    cluster.choose("Uninstalling BatchAPI from")
    # Without its operator nothing is made anew while the rest goes.
    delete("deployment/batchapi-operator", "-n", cluster.NAMESPACE)
    crds = cluster.items("crd", *cluster.CRDS)
    stays = []
    if crds:
        kinds = ",".join(crd["metadata"]["name"] for crd in crds)
        count = len(cluster.items(kinds, "-A") or [])
        delete(kinds, "--all", "-A")
        print(f"  {count} BatchAPIs and BatchJobs deleted")
        stays += wait(60, "BatchAPIs and BatchJobs", kinds, "-A")
        stays += wait(120, "workers and what belongs to jobs", LEFT, "-A", "-l", "batchapi.dev/job")
    delete("-k", "deploy/", seconds=30)
    stays += wait(60, "definitions", "crd", *cluster.CRDS)
    stays += wait(180, f"namespace {cluster.NAMESPACE}", "namespace", cluster.NAMESPACE)
    stays += volumes()
    if stays:
        sys.exit("\n".join(["Uninstalled, but this stays:", *(f"- {line}" for line in stays)]))
    print("BatchAPI is uninstalled; nothing of it is left in the cluster.")


def delete(*arguments, seconds=10):
    done = cluster.kubectl(
        "delete", *arguments, "--ignore-not-found", "--wait=false", check=False, seconds=seconds
    )
    for line in done.stderr.splitlines():
        # What went between our looking and our deleting; and a kind whose definition went.
        if (
            "NotFound" not in line
            and "resource type" not in line
            and not line.startswith("Warning:")
        ):
            print(f"  {line}", file=sys.stderr)


def wait(seconds, what, *arguments):
    """Until none is left; after the time a line for each that is."""
    end, said = time.monotonic() + seconds, None
    while True:
        left = cluster.items(*arguments)
        if left and arguments[0] == LEFT:
            # What somebody made by hand under our label has no owner, and does not go with one.
            left = [each for each in left if "ownerReferences" in each["metadata"]]
        if left == [] or (left is None and not cluster.items("crd", *cluster.CRDS)):
            return []
        count = len(left) if left is not None else "unknown"
        if time.monotonic() > end:
            return [describe(each) for each in left or []] or [f"{what}: the cluster does not say"]
        if count != said:
            print(f"  waiting for {what} to go: {count} left", flush=True)
            said = count
        time.sleep(0.5)


def describe(left):
    meta = left["metadata"]
    name = f"{left['kind']} {meta.get('namespace', '')}{'/' if 'namespace' in meta else ''}{meta['name']}"
    if "deletionTimestamp" not in meta:
        return f"{name}: not being deleted; is Kubernetes' controller manager running?"
    if left["kind"] == "CustomResourceDefinition":
        return f"{name}: goes when the last object of its kind is gone"
    if meta.get("finalizers"):
        return f"{name}: waits for the finalizer {', '.join(meta['finalizers'])}, which is not BatchAPI's"
    reasons = [
        c["message"] for c in left.get("status", {}).get("conditions", []) if c["status"] == "True"
    ]
    return f"{name}: being deleted{': ' + '; '.join(reasons) if reasons else ''}"


def volumes():
    """Volumes of the queue whose storage class keeps them: with data of jobs that are no more."""
    end = time.monotonic() + 10  # what provides volumes may remove them by itself
    while True:
        left = [
            volume["metadata"]["name"]
            for volume in cluster.items("persistentvolumes") or []
            if volume["spec"].get("claimRef", {}).get("namespace") == cluster.NAMESPACE
            and volume["spec"].get("persistentVolumeReclaimPolicy") == "Retain"
        ]
        if not left or time.monotonic() > end:
            return [
                f"PersistentVolume {v}, with the queue's data: kubectl delete pv {v}" for v in left
            ]
        time.sleep(0.5)


if __name__ == "__main__":
    main()
