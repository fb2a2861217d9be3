"""Costs of the Python host over its socket, with the tests' fake worker: python3 measure_host.py"""

import json
import struct
import sys
import time

from fake_worker import HANDLE, FakeWorker

HANDLER = """
import time
class Handler:
    def __init__(self, metrics_client):
        self.m = metrics_client
    def handle_batch(self, payload):
        return payload[0] if payload[1] == 0 else self.push(payload[1], payload[2])
    def push(self, times, tags):
        increment = self.m.increment
        start = time.perf_counter()
        if tags:
            for _ in range(times): increment("my_counter", 1, tags)
        else:
            for _ in range(times): increment("my_counter")
        return (time.perf_counter() - start) / times * 1e6
"""


def batches(worker, size, times):
    text = "x" * size
    name = b"uid-1"
    body = (
        struct.pack(">IIQQH", 0, 1, 0, 0, len(name))
        + name
        + struct.pack(">II", 0, 0)
        + json.dumps([text[:200000], 0, text[200000:]]).encode()
    )
    best = 9e9
    for _ in range(5):
        start = time.perf_counter()
        for _ in range(times):
            worker.send(HANDLE, body)
            worker.receive_any()
        best = min(best, (time.perf_counter() - start) / times * 1e6)
    return best


def main():
    worker = FakeWorker(
        {"handler.py": HANDLER}, python=sys.argv[1] if len(sys.argv) > 1 else sys.executable
    )
    worker.start()
    with open(f"/proc/{worker.process.pid}/status") as status:
        rss = next(line for line in status if line.startswith("VmRSS")).split()[1]
    print(worker.hello["runtime"], f"RSS after READY {int(rss) / 1024:.1f} MiB")
    print(f"HANDLE/RESULT of 1 KiB: {batches(worker, 1024, 2000):.0f} us")
    print(f"HANDLE of 1 MiB, RESULT of 200 KB: {batches(worker, 1 << 20, 30):.0f} us")
    for tags in ({}, {"model": "v1"}, {"model": "v1", "team": "vision", "digit": 3}):
        cost = min(json.loads(worker.handle([0, 20000, tags])[1]) for _ in range(5))
        print(f"metric call with {len(tags)} tags: {cost:.2f} us")
    worker.stop()
    worker.close()


if __name__ == "__main__":
    main()
