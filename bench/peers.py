"""The peers we measure against. A peer that is not installed makes the run say "not measured" and fail."""

import contextlib
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
from hatch_build import node_folder

from bench.ports import free_port, wait_until_listening

_MODULES = ("/usr/lib/nginx/modules/ngx_rtmp_module.so", "/usr/share/nginx/modules/ngx_rtmp_module.so")

_CONFIG = """
load_module {module};
daemon off;
worker_processes 1;
pid {root}/nginx.pid;
error_log {root}/error.log warn;
events {{ worker_connections 1024; }}
rtmp {{
  server {{
    listen 127.0.0.1:{rtmp_port};
    chunk_size 4096;
    application live {{ live on; hls on; hls_path {root}/hls; hls_fragment 2s; hls_playlist_length 60s; }}
  }}
}}
http {{
  access_log off;
  client_body_temp_path {root}; proxy_temp_path {root}; fastcgi_temp_path {root};
  uwsgi_temp_path {root}; scgi_temp_path {root};
  types {{ application/vnd.apple.mpegurl m3u8; video/mp2t ts; text/html html; text/javascript js; }}
  server {{
    listen 127.0.0.1:{http_port};
    root {root};
    add_header Access-Control-Allow-Origin *;
    add_header Cache-Control no-cache;
  }}
}}
"""


class NotMeasured(Exception):
    """The peer is not on this machine; `what` says what to install."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


@dataclass(frozen=True, slots=True)
class NginxRtmp:
    """A running nginx with the RTMP module and HLS. `process` is its master."""

    rtmp_url: str
    http_url: str
    root: Path
    process: psutil.Process

    def tree(self) -> list[psutil.Process]:
        """Master and workers."""
        return [self.process, *self.process.children(recursive=True)]


@contextlib.contextmanager
def nginx_rtmp(root: Path) -> Iterator[NginxRtmp]:
    """nginx-rtmp (Debian: nginx, libnginx-mod-rtmp) while the block runs."""
    module = next((path for path in _MODULES if Path(path).exists()), None)
    binary = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if module is None or binary is None:
        raise NotMeasured("nginx with its RTMP module (Debian: nginx, libnginx-mod-rtmp)")
    root.chmod(0o755)
    (root / "hls").mkdir()
    (root / "hls").chmod(0o777)  # the worker runs as another user when this runs as root
    rtmp_port, http_port = free_port(), free_port()
    config = root / "nginx.conf"
    config.write_text(_CONFIG.format(module=module, root=root, rtmp_port=rtmp_port, http_port=http_port))
    process = subprocess.Popen([binary, "-p", str(root), "-c", str(config)], stderr=subprocess.DEVNULL)
    try:
        wait_until_listening(rtmp_port)
        yield NginxRtmp(
            f"rtmp://127.0.0.1:{rtmp_port}/live", f"http://127.0.0.1:{http_port}", root, psutil.Process(process.pid)
        )
    finally:
        process.terminate()
        process.wait(10)


_WEB = Path(__file__).parents[1] / "web"


@dataclass(frozen=True, slots=True)
class NodeWs:
    """A running `ws_peer.mjs`."""

    port: int
    process: psutil.Process


@contextlib.contextmanager
def node_ws() -> Iterator[NodeWs]:
    """A chat room on Node's `ws` while the block runs. Both come with what tests need (`make check`)."""
    binary = node_folder() / "bin" / "node"
    if not (_WEB / "node_modules" / "ws").exists():
        raise NotMeasured("Node's ws (python hatch_build.py install)")
    port = free_port()
    process = subprocess.Popen([binary, Path(__file__).with_name("ws_peer.mjs"), _WEB, str(port)])
    try:
        wait_until_listening(port)
        yield NodeWs(port, psutil.Process(process.pid))
    finally:
        process.kill()
        process.wait(10)
