"""A real S3 endpoint on loopback, in a thread of this process: Moto's server, with one bucket."""

import contextlib
from collections.abc import Iterator

import httpx
from moto.server import ThreadedMotoServer

BUCKET = "veza-files"


@contextlib.contextmanager
def s3_endpoint() -> Iterator[str]:
    """The address of a server with an empty bucket, while the block runs."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        address = f"http://{host}:{port}"
        httpx.put(f"{address}/{BUCKET}", headers={"authorization": "AWS4-HMAC-SHA256 Credential=x/x/us-east-1/s3/x"})
        yield address
    finally:
        server.stop()
