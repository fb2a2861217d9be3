"""Lines of JSON from an S3 server through a handler that does nothing, and the results back.

    bench_data.py --batchapi bin/batchapi --versitygw BINARY [--mb 1000] [--runs 3] [--ways read,scan,...]

The ways, which take turns:

    read      the streamed bytes of the file, dropped
    scan      the same, and its line ends counted
    split     `batchapi run --dry-run`: the file read and cut, nothing run
    loop      the hand-written loop of loop.py, with as many processes as workers
    batchapi  `batchapi run`, and its folder of results copied to the store
    ray       Ray Data, by ray_loop.py: read_json, map_batches, write_json, and the same copy

Each one is a process of its own, from its start to its end. Every way that writes has one line for each item in
the store in the end, which is counted. Needs boto3; ray[data] and s3fs for the last one."""

import argparse
import os
import pathlib
import resource
import socket
import statistics
import subprocess
import sys
import tempfile
import time

import boto3

HERE = pathlib.Path(__file__).resolve().parent
ITEM_BYTES = 1000
BUCKET = "data"
KEY = "in/items.jsonl"

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
  input: {files: {paths: ["s3://data/in/items.jsonl"]}}
"""


def main():
    options = arguments()
    with tempfile.TemporaryDirectory(prefix="bench-data-") as name:
        folder = pathlib.Path(name)
        server, env = start_store(options.versitygw, folder)
        try:
            bench(options, folder, env)
        finally:
            server.terminate()
            server.wait()


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--batchapi", required=True)
    parser.add_argument("--versitygw", required=True)
    parser.add_argument("--mb", type=int, default=1000, help="of the file, 1,000,000 bytes each")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--ways", default="read,scan,split,loop,batchapi,ray")
    options = parser.parse_args()
    options.batchapi = os.path.abspath(options.batchapi)
    return options


def start_store(binary, folder):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (folder / "store").mkdir()
    env = {
        **os.environ,
        "AWS_ACCESS_KEY_ID": "bench",
        "AWS_SECRET_ACCESS_KEY": "bench-secret",
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    command = [binary, "--port", f"127.0.0.1:{port}", "--quiet", "--keep-alive"]
    server = subprocess.Popen(
        [*command, "posix", str(folder / "store")],
        env={**env, "ROOT_ACCESS_KEY": "bench", "ROOT_SECRET_KEY": "bench-secret"},
        stdout=subprocess.DEVNULL,
    )
    os.environ.update({key: env[key] for key in env if key.startswith("AWS_")})
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return server, env
        except OSError:
            time.sleep(0.1)
    server.kill()
    sys.exit("versitygw does not listen")


def bench(options, folder, env):
    s3 = boto3.client("s3")
    s3.create_bucket(Bucket=BUCKET)
    items = options.mb * 1_000_000 // ITEM_BYTES
    make(folder / "items.jsonl", items)
    s3.upload_file(str(folder / "items.jsonl"), BUCKET, KEY)
    (folder / "items.jsonl").unlink()
    manifest = folder / "nothing.yaml"
    manifest.write_text(MANIFEST.replace("WORKERS", str(options.workers)))
    times = {way: [] for way in options.ways.split(",")}
    cpu = {way: [] for way in times}
    for run in range(options.runs):
        for way, so_far in times.items():
            output = f"out/{way}-{run}/"
            command = commands(options, folder, manifest, way, output)
            began, used = time.monotonic(), cpu_seconds()
            for one in command:
                subprocess.run(one, check=True, env=env, cwd=folder, stdout=subprocess.DEVNULL)
            so_far.append(time.monotonic() - began)
            cpu[way].append(cpu_seconds() - used)
            took = f"{so_far[-1]:.1f} s, {cpu[way][-1]:.1f} s of CPU"
            print(f"{way} {run}: {took}", file=sys.stderr, flush=True)
            if way in ("loop", "batchapi", "ray"):
                check(s3, way, output, items)
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
    run = [options.batchapi, "run", str(manifest)]
    results = folder / output
    return {
        "read": [[python, str(HERE / "loop.py"), "read", BUCKET, KEY]],
        "scan": [[python, str(HERE / "loop.py"), "scan", BUCKET, KEY]],
        "split": [[*run, "--dry-run"]],
        "loop": [[python, str(HERE / "loop.py"), "run", BUCKET, KEY, output, str(options.workers)]],
        "batchapi": [
            [*run, "--results", f"{results}/"],
            [python, str(HERE / "loop.py"), "copy", BUCKET, str(results), output],
        ],
        "ray": [
            [python, str(HERE / "ray_loop.py"), BUCKET, KEY, str(results), str(options.workers)],
            [python, str(HERE / "loop.py"), "copy", BUCKET, str(results), output],
        ],
    }[way]


def check(s3, way, output, items):
    lines = 0
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix=output):
        for found in page.get("Contents", ()):
            if found["Key"].endswith(("manifest.json", "/")):
                continue
            body = s3.get_object(Bucket=BUCKET, Key=found["Key"])["Body"]
            lines += sum(chunk.count(b"\n") for chunk in body.iter_chunks(1 << 20))
            s3.delete_object(Bucket=BUCKET, Key=found["Key"])
    if lines != items:
        sys.exit(f"{way} wrote {lines:,} lines for {items:,} items")


def report(options, items, times, cpu):
    medians = {way: statistics.median(all_of) for way, all_of in times.items()}
    print(f"{options.mb} MB, {items:,} items, {options.workers} workers, {options.runs} runs each;")
    print("load of the machine at the end:", " ".join(f"{one:.1f}" for one in os.getloadavg()))
    print("\n| way | median s | min to max | CPU s |")
    print("|---|---|---|---|")
    for way, all_of in times.items():
        used = statistics.median(cpu[way])
        span = f"{min(all_of):.1f} to {max(all_of):.1f}"
        print(f"| {way} | {medians[way]:.1f} | {span} | {used:.1f} |")
    print()
    for way, other in (("batchapi", "ray"), ("batchapi", "loop"), ("split", "scan")):
        if way in medians and other in medians:
            print(f"{way} of {other}: {medians[way] / medians[other]:.2f}")


if __name__ == "__main__":
    main()
