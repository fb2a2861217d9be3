"""The servers that the tests run against, each on a free port of this machine, and what tells a client of them."""

import base64
import contextlib
import os
import socket
import subprocess
import sys
import time

KEY = base64.b64encode(b"hush-hush-hush").decode("ascii")


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@contextlib.contextmanager
def started(scheme, binaries, folder, tls=False):
    """Runs one with its data in a folder; its variables are in this process's environment meanwhile.
    With tls, of s3 alone, with a certificate of its own, for which openssl is needed."""
    port = free_port()
    data = folder / "store"
    data.mkdir()
    command, env, its_own = {"s3": s3, "gs": gs, "az": az, "file": nothing}[scheme](port, data)
    if tls:
        certificate, key = keys(folder)
        command[1:1] = ["--cert", certificate, "--key", key]
        env["AWS_ENDPOINT_URL"] = env["AWS_ENDPOINT_URL"].replace("http://", "https://")
        env["AWS_CA_BUNDLE"] = certificate
        # versitygw can't read what boto3 sends over TLS with a checksum behind it.
        env["AWS_REQUEST_CHECKSUM_CALCULATION"] = "when_required"
    os.environ.update(env)
    if not command:
        yield
        return
    program = os.path.join(binaries, command[0])
    server = subprocess.Popen(
        [program, *command[1:]],
        env={**os.environ, **its_own},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        await_port(command[0], port)
        yield
    finally:
        server.terminate()
        server.wait()


def keys(folder):
    certificate, key = str(folder / "certificate.pem"), str(folder / "key.pem")
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
    ]
    command += ["-days", "2", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run(
        [*command, "-keyout", key, "-out", certificate], check=True, stderr=subprocess.DEVNULL
    )
    return certificate, key


def s3(port, data):
    env = {
        "AWS_ACCESS_KEY_ID": "bench",
        "AWS_SECRET_ACCESS_KEY": "bench-secret",
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    command = ["versitygw", "--port", f"127.0.0.1:{port}", "--quiet", "--keep-alive"]
    root = {"ROOT_ACCESS_KEY": "bench", "ROOT_SECRET_KEY": "bench-secret"}
    return [*command, "posix", str(data)], env, root


def gs(port, data):
    host = f"127.0.0.1:{port}"
    command = ["fake-gcs-server", "-backend=memory", "-scheme=http", "-host=127.0.0.1"]
    command += [f"-port={port}", f"-public-host={host}"]
    env = {"STORAGE_EMULATOR_HOST": f"http://{host}", "CLOUDSDK_CONFIG": "/nowhere"}
    return command, env, {}


def az(port, data):
    command = ["azurite-blob", "--disableTelemetry", "--skipApiVersionCheck", "--silent"]
    command += ["--location", str(data), "--blobHost", "127.0.0.1", "--blobPort", str(port)]
    env = {
        "AZURE_STORAGE_SERVICE_ENDPOINT": f"http://127.0.0.1:{port}/bench",
        "AZURE_STORAGE_ACCOUNT": "bench",
        "AZURE_STORAGE_KEY": KEY,
        "AZURE_CONFIG_DIR": "/nowhere",
    }
    return command, env, {"AZURITE_ACCOUNTS": f"bench:{KEY}"}


def nothing(port, data):
    return [], {"BENCH_FOLDER": str(data)}, {}


def await_port(name, port):
    for _ in range(600):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.1)
    sys.exit(f"{name} does not listen")
