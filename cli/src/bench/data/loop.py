"""What somebody would write by hand: boto3, as many processes as there are workers, and no more.

loop.py read|scan BUCKET KEY; run BUCKET KEY OUTPUT PROCESSES; copy BUCKET FOLDER OUTPUT"""

import json
import multiprocessing
import pathlib
import sys
import tempfile

import boto3

BATCH = 100
CHUNK = 1 << 20


def read(bucket, key, scan):
    body = boto3.client("s3").get_object(Bucket=bucket, Key=key)["Body"]
    return sum(chunk.count(b"\n") if scan else len(chunk) for chunk in body.iter_chunks(CHUNK))


def handle_batch(payload):
    return [item["id"] for item in payload]


def lines(s3, bucket, key, first, end):
    """Those that begin in this part of the file: the one before the part ends in it."""
    from_byte = max(0, first - 1)
    body = s3.get_object(Bucket=bucket, Key=key, Range=f"bytes={from_byte}-")["Body"]
    at = from_byte
    with body:
        stream = iter(body.iter_lines(CHUNK, keepends=True))
        if first:
            at += len(next(stream))
        for line in stream:
            if at >= end:
                return
            at += len(line)
            yield line


def part(bucket, key, output, number, first, end):
    s3 = boto3.client("s3")
    with tempfile.TemporaryFile() as results:
        batch = []

        def handle():
            for item, result in zip(batch, handle_batch(batch)):
                line = json.dumps({"item": item["id"], "result": result})
                results.write(line.encode("utf-8") + b"\n")
            batch.clear()

        for line in lines(s3, bucket, key, first, end):
            batch.append(json.loads(line))
            if len(batch) == BATCH:
                handle()
        handle()
        results.seek(0)
        s3.upload_fileobj(results, bucket, f"{output}results-{number:05}.jsonl")


def run(bucket, key, output, processes):
    size = boto3.client("s3").head_object(Bucket=bucket, Key=key)["ContentLength"]
    borders = [size * number // processes for number in range(processes + 1)]
    with multiprocessing.Pool(processes) as pool:
        pool.starmap(
            part,
            [
                (bucket, key, output, number, borders[number], borders[number + 1])
                for number in range(processes)
            ],
        )


def copy(bucket, folder, output):
    s3 = boto3.client("s3")
    for file in sorted(pathlib.Path(folder).iterdir()):
        if file.is_file():
            s3.upload_file(str(file), bucket, output + file.name)


if __name__ == "__main__":
    way, *rest = sys.argv[1:]
    if way in ("read", "scan"):
        print(read(*rest, way == "scan"))
    elif way == "run":
        run(*rest[:3], int(rest[3]))
    else:
        copy(*rest)
