"""Lines of JSON from a store through a handler that does nothing, and the results back.

    bench_data.py --batchapi bin/batchapi --servers FOLDER [--store s3] [--tls] [--mb 1000] [--runs 3] [--ways read,scan,...]

The store is a server that the tests run against: versitygw (s3; with --tls as a company has it, with a certificate of its
own), fake-gcs-server (gs), Azurite (az); or a folder (file), as a volume is. The ways, which take turns:

    read      the streamed bytes of the file, dropped
    scan      the same, and its line ends counted
    split     `batchapi run --dry-run`: the file read and cut, nothing run
    loop      the hand-written loop of loop.py, with as many processes as workers
    batchapi  `batchapi run`, and its folder of results copied to the store
    direct    the same, which writes its results to the store itself
    ray       Ray Data, by ray_loop.py: read_json, map_batches, write_json, and the same copy; of s3 alone

Each one is a process of its own, from its start to its end. Every way that writes has one line for each item in
the store in the end, which is counted. Needs the vendor's client: boto3, google-cloud-storage or azure-storage-blob;
and ray[data] for the last way."""

import argparse
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile
import time

import servers
import stores

HERE = pathlib.Path(__file__).resolve().parent
ITEM_BYTES = 1000
KEY = "in/items.jsonl"

PAIRS = (("batchapi", "ray"), ("batchapi", "loop"), ("direct", "loop"), ("split", "scan"))

MANIFEST = """\
apiVersion: batchapi.dev/v1alpha1
kind: BatchAPI
metadata: {name: nothing}
spec:
  batchSize: 100
  handler:
    python:
      inline: |
        class Handler:
            def handle_batch(self, payload):
                return [item["id"] for item in payload]
---
apiVersion: batchapi.dev/v1alpha1
kind: BatchJob
metadata: {name: nothing}
spec:
  apiName: nothing
  workers: WORKERS
  input: {files: {paths: ["URL"]}}
"""


def main():
    options = arguments()
    with tempfile.TemporaryDirectory(prefix="bench-data-") as name:
        folder = pathlib.Path(name)
        with servers.started(options.store, options.servers, folder, options.tls):
            bench(options, folder, stores.STORES[options.store]())


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--batchapi", required=True)
    parser.add_argument("--servers", required=True, help="the folder with their programs")
    parser.add_argument("--store", default="s3", choices=stores.STORES)
    parser.add_argument("--tls", action="store_true", help="of s3, and without ray")
    parser.add_argument("--mb", type=int, default=1000, help="of the file, 1,000,000 bytes each")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument(
        "--ways", help="default: all, but for a store other than s3 without ray and batchapi"
    )
    options = parser.parse_args()
    if options.ways is None:
        options.ways = "read,scan,split,loop," + (
            "batchapi,ray" if options.store == "s3" and not options.tls else "direct"
        )
    options.batchapi = os.path.abspath(options.batchapi)
    return options


def bench(options, folder, store):
    store.create()
    items = options.mb * 1_000_000 // ITEM_BYTES
    make(folder / "items.jsonl", items)
    with open(folder / "items.jsonl", "rb") as file:
        store.put(file, KEY)
    (folder / "items.jsonl").unlink()
    manifest = folder / "nothing.yaml"
    url = stores.url(options.store, KEY)
    manifest.write_text(MANIFEST.replace("WORKERS", str(options.workers)).replace("URL", url))
    times = {way: [] for way in options.ways.split(",")}
    cpu = {way: [] for way in times}
    for run in range(options.runs):
        for way, so_far in times.items():
            output = f"out/{way}-{run}/"
            command = commands(options, folder, manifest, way, output)
            began, used = time.monotonic(), cpu_seconds()
            for one in command:
                subprocess.run(one, check=True, cwd=folder, stdout=subprocess.DEVNULL)
            so_far.append(time.monotonic() - began)
            cpu[way].append(cpu_seconds() - used)
            took = f"{so_far[-1]:.1f} s, {cpu[way][-1]:.1f} s of CPU"
            print(f"{way} {run}: {took}", file=sys.stderr, flush=True)
            if way not in ("read", "scan", "split"):
                check(store, way, output, items)
    report(options, items, times, cpu)


def cpu_seconds():
    """Of processes that have ended: on a busy machine it says more than the time."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def make(file, items):
    with open(file, "w", encoding="utf-8") as out:
        for number in range(items):
            head = f'{{"id": {number}, "text": "'
            out.write(head + "x" * (ITEM_BYTES - len(head) - 3) + '"}\n')


def commands(options, folder, manifest, way, output):
    python = sys.executable
    loop = [python, str(HERE / "loop.py"), options.store]
    run = [options.batchapi, "run", str(manifest)]
    results = folder / output
    return {
        "read": [[*loop, "read", KEY]],
        "scan": [[*loop, "scan", KEY]],
        "split": [[*run, "--dry-run"]],
        "loop": [[*loop, "run", KEY, output, str(options.workers)]],
        "batchapi": [
            [*run, "--results", f"{results}/"],
            [*loop, "copy", str(results), output],
        ],
        "direct": [[*run, "--results", stores.url(options.store, output)]],
        "ray": [
            [
                python,
                str(HERE / "ray_loop.py"),
                stores.BUCKET,
                KEY,
                str(results),
                str(options.workers),
            ],
            [*loop, "copy", str(results), output],
        ],
    }[way]


def check(store, way, output, items):
    lines = 0
    for key in store.keys(output):
        if not key.endswith(("manifest.json", "/")):
            lines += sum(chunk.count(b"\n") for chunk in store.chunks(key))
            store.delete(key)
    if lines != items:
        sys.exit(f"{way} wrote {lines:,} lines for {items:,} items")


def report(options, items, times, cpu):
    medians = {way: statistics.median(all_of) for way, all_of in times.items()}
    over = " over TLS" if options.tls else ""
    print(
        f"{options.store}{over}: {options.mb} MB, {items:,} items, {options.workers} workers, {options.runs} runs each;"
    )
    print("load of the machine at the end:", " ".join(f"{one:.1f}" for one in os.getloadavg()))
    print("\n| way | median s | min to max | CPU s |")
    print("|---|---|---|---|")
    for way, all_of in times.items():
        used = statistics.median(cpu[way])
        span = f"{min(all_of):.1f} to {max(all_of):.1f}"
        print(f"| {way} | {medians[way]:.1f} | {span} | {used:.1f} |")
    print()
    for way, other in PAIRS:
        if way in medians and other in medians:
            print(f"{way} of {other}: {medians[way] / medians[other]:.2f}")


if __name__ == "__main__":
    main()
