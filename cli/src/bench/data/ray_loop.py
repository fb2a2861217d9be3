"""The same by Ray Data: ray_loop.py BUCKET KEY FOLDER CPUS

It writes to a folder of this machine, for versitygw 1.8.0 refuses the multipart uploads of pyarrow 26 (400)."""

import os
import sys

import pyarrow.fs
import ray

# Else it takes 30 % of the machine's memory, which others may need; blocks beyond it go to the disk.
OBJECT_STORE_BYTES = 3 << 30


def handle_batch(batch):
    return {"item": batch["id"], "result": batch["id"]}


def main(bucket, key, folder, cpus):
    # It is alone on its machine, and would leave a token there.
    os.environ["RAY_AUTH_MODE"] = "disabled"
    ray.init(
        num_cpus=int(cpus),
        object_store_memory=OBJECT_STORE_BYTES,
        include_dashboard=False,
        log_to_driver=False,
    )
    s3 = pyarrow.fs.S3FileSystem(
        access_key=os.environ["AWS_ACCESS_KEY_ID"],
        secret_key=os.environ["AWS_SECRET_ACCESS_KEY"],
        endpoint_override=os.environ["AWS_ENDPOINT_URL"].split("://")[1],
        scheme="http",
        region=os.environ["AWS_REGION"],
    )
    rows = ray.data.read_json(f"{bucket}/{key}", filesystem=s3)
    rows.map_batches(handle_batch, batch_size=100).write_json(folder)


if __name__ == "__main__":
    main(*sys.argv[1:])
