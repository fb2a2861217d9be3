"""What a Python program reads a file from and writes one to, with the vendor's own client: who is asked, and as whom, says
the environment. Each has the same few calls, for the loop that somebody would write by hand."""

import contextlib
import os
import pathlib

CHUNK = 1 << 20
BUCKET = "data"


class S3:
    scheme = "s3"

    def __init__(self):
        import boto3

        self.client = boto3.client("s3")

    def create(self):
        self.client.create_bucket(Bucket=BUCKET)

    def size(self, key):
        return self.client.head_object(Bucket=BUCKET, Key=key)["ContentLength"]

    def chunks(self, key, first=0):
        return self.body(key, first).iter_chunks(CHUNK)

    def lines(self, key, first):
        with contextlib.closing(self.body(key, first)) as body:  # its own `with` gives another
            yield from body.iter_lines(CHUNK, keepends=True)

    def body(self, key, first):
        part = {"Range": f"bytes={first}-"} if first else {}
        return self.client.get_object(Bucket=BUCKET, Key=key, **part)["Body"]

    def put(self, file, key):
        self.client.upload_fileobj(file, BUCKET, key)

    def keys(self, prefix):
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix=prefix)
        return [found["Key"] for page in pages for found in page.get("Contents", ())]

    def delete(self, key):
        self.client.delete_object(Bucket=BUCKET, Key=key)


class Gcs:
    scheme = "gs"

    def __init__(self):
        from google.auth.credentials import AnonymousCredentials
        from google.cloud import storage

        nobody = AnonymousCredentials()
        self.client = storage.Client(project="bench", credentials=nobody)
        self.bucket = self.client.bucket(BUCKET)

    def create(self):
        self.client.create_bucket(BUCKET)

    def size(self, key):
        return self.bucket.get_blob(key).size

    def chunks(self, key, first=0):
        with self.bucket.blob(key).open("rb", chunk_size=16 * CHUNK) as reader:
            reader.seek(first)
            while chunk := reader.read(CHUNK):
                yield chunk

    def lines(self, key, first):
        return lines_of(self.chunks(key, first))

    def put(self, file, key):
        self.bucket.blob(key).upload_from_file(file)

    def keys(self, prefix):
        return [blob.name for blob in self.client.list_blobs(BUCKET, prefix=prefix)]

    def delete(self, key):
        self.bucket.blob(key).delete()


class Azure:
    scheme = "az"

    def __init__(self):
        from azure.storage.blob import ContainerClient

        self.container = ContainerClient(
            os.environ["AZURE_STORAGE_SERVICE_ENDPOINT"],
            BUCKET,
            credential={
                "account_name": os.environ["AZURE_STORAGE_ACCOUNT"],
                "account_key": os.environ["AZURE_STORAGE_KEY"],
            },
        )

    def create(self):
        self.container.create_container()

    def size(self, key):
        return self.container.get_blob_client(key).get_blob_properties().size

    def chunks(self, key, first=0):
        # With an offset an empty blob has no valid range.
        return self.container.download_blob(key, offset=first or None).chunks()

    def lines(self, key, first):
        return lines_of(self.chunks(key, first))

    def put(self, file, key):
        self.container.upload_blob(key, file)

    def keys(self, prefix):
        return list(self.container.list_blob_names(name_starts_with=prefix))

    def delete(self, key):
        self.container.delete_blob(key)


class Folder:
    """A volume: plain open()."""

    scheme = "file"

    def __init__(self):
        self.folder = pathlib.Path(os.environ["BENCH_FOLDER"], BUCKET)

    def create(self):
        self.folder.mkdir()

    def size(self, key):
        return (self.folder / key).stat().st_size

    def chunks(self, key, first=0):
        with open(self.folder / key, "rb") as file:
            file.seek(first)
            while chunk := file.read(CHUNK):
                yield chunk

    def lines(self, key, first):
        with open(self.folder / key, "rb", CHUNK) as file:
            file.seek(first)
            yield from file

    def put(self, file, key):
        (self.folder / key).parent.mkdir(parents=True, exist_ok=True)
        with open(self.folder / key, "xb") as out:
            while chunk := file.read(CHUNK):
                out.write(chunk)

    def keys(self, prefix):
        found = (self.folder / prefix).rglob("*")
        return [str(file.relative_to(self.folder)) for file in found if file.is_file()]

    def delete(self, key):
        (self.folder / key).unlink()


def lines_of(chunks):
    rest = b""
    for chunk in chunks:
        *whole, rest = (rest + chunk).splitlines(True)
        yield from whole
    if rest:
        yield rest


STORES = {store.scheme: store for store in (S3, Gcs, Azure, Folder)}


def url(scheme, key):
    """As the job names it."""
    if scheme == "file":
        return str(pathlib.Path(os.environ["BENCH_FOLDER"], BUCKET, key)) + "/" * key.endswith("/")
    return f"{scheme}://{BUCKET}/{key}"
