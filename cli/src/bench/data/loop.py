"""What somebody would write by hand: the vendor's client, as many processes as there are workers, and no more.

loop.py STORE read|scan KEY; run KEY OUTPUT PROCESSES; copy FOLDER OUTPUT"""

import json
import multiprocessing
import pathlib
import sys
import tempfile

from stores import STORES

BATCH = 100


def read(store, key, scan):
    return sum(chunk.count(b"\n") if scan else len(chunk) for chunk in store.chunks(key))


def handle_batch(payload):
    return [item["id"] for item in payload]


def lines(store, key, first, end):
    """Those that begin in this part of the file: the one before the part ends in it."""
    at = max(0, first - 1)
    stream = iter(store.lines(key, at))
    if first:
        at += len(next(stream))
    for line in stream:
        if at >= end:
            return
        at += len(line)
        yield line


def part(scheme, key, output, number, first, end):
    store = STORES[scheme]()
    with tempfile.TemporaryFile() as results:
        batch = []

        def handle():
            for item, result in zip(batch, handle_batch(batch)):
                line = json.dumps({"item": item["id"], "result": result})
                results.write(line.encode("utf-8") + b"\n")
            batch.clear()

        for line in lines(store, key, first, end):
            batch.append(json.loads(line))
            if len(batch) == BATCH:
                handle()
        handle()
        results.seek(0)
        store.put(results, f"{output}results-{number:05}.jsonl")


def run(scheme, key, output, processes):
    size = STORES[scheme]().size(key)
    borders = [size * number // processes for number in range(processes + 1)]
    with multiprocessing.Pool(processes) as pool:
        pool.starmap(
            part,
            [
                (scheme, key, output, number, borders[number], borders[number + 1])
                for number in range(processes)
            ],
        )


def copy(scheme, folder, output):
    store = STORES[scheme]()
    for file in sorted(pathlib.Path(folder).iterdir()):
        if file.is_file():
            with open(file, "rb") as content:
                store.put(content, output + file.name)


if __name__ == "__main__":
    scheme, way, *rest = sys.argv[1:]
    if way in ("read", "scan"):
        print(read(STORES[scheme](), *rest, way == "scan"))
    elif way == "run":
        run(scheme, *rest[:2], int(rest[2]))
    else:
        copy(scheme, *rest)
