"""A real encoder: ffmpeg from its wheel, publishing a test picture and a tone over RTMP."""

import asyncio
from dataclasses import dataclass

import imageio_ffmpeg

H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-pix_fmt", "yuv420p", "-g", "30")
AAC = ("-c:a", "aac", "-b:a", "64k")
NO_VIDEO, NO_AUDIO = ("-vn",), ("-an",)


@dataclass(frozen=True)
class Finished:
    """How an encoder ended: its exit status and all that it wrote to stderr."""

    status: int
    stderr: str


class Encoder:
    """One running ffmpeg. `wait` for its end, `stop` it as a person would, or `kill` it."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def wait(self) -> Finished:
        """Wait until it ended by itself."""
        _, stderr = await self._process.communicate()
        return Finished(self._process.returncode or 0, stderr.decode(errors="replace"))

    async def stop(self) -> Finished:
        """Ask it to end, as Ctrl-C does: it says goodbye to the server."""
        self._process.terminate()
        return await self.wait()

    async def kill(self) -> Finished:
        """End it without any goodbye."""
        if self._process.returncode is None:
            self._process.kill()
        return await self.wait()


async def start_encoder(
    url: str,
    *,
    video: tuple[str, ...] = H264,
    audio: tuple[str, ...] = AAC,
    seconds: float = 2.0,
    realtime: bool = False,
    size: str = "320x240",
) -> Encoder:
    """Start publishing `seconds` of media to `url`, as fast as it goes or in real time (`realtime`)."""
    pace = ("-re",) if realtime else ()
    process = await asyncio.create_subprocess_exec(
        imageio_ffmpeg.get_ffmpeg_exe(),
        *("-hide_banner", "-nostdin", "-loglevel", "error"),
        *(*pace, "-f", "lavfi", "-i", f"testsrc2=size={size}:rate=30"),
        *(*pace, "-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000"),
        *("-t", str(seconds), *video, *audio, "-f", "flv", url),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    return Encoder(process)
