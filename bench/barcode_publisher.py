"""Publishes live video whose every frame carries the wall clock as a barcode, to one or more RTMP addresses.

    python -m bench.barcode_publisher SECONDS zerolatency|obs URL [URL …]

The same encoded packets go to every address, so that two servers are measured on the same pictures. The barcode is 42
black or white bars in the top 40 rows: the milliseconds since 1970, most significant bit first.
"""

import fractions
import sys
import time
from typing import Any

import av
import numpy as np

WIDTH, HEIGHT, FPS, RATE_HZ = 640, 360, 30, 48_000
BARS, BAR_PX, LEFT_PX = 42, 15, 8
_ENCODERS: dict[str, dict[str, object]] = {
    "zerolatency": {"preset": "ultrafast", "tune": "zerolatency", "x264-params": "keyint=60:min-keyint=60:scenecut=0"},
    "obs": {"preset": "veryfast", "x264-params": "keyint=60:min-keyint=60:scenecut=0"},
}


class Publisher:
    """One encoder, several outputs."""

    def __init__(self, urls: list[str], settings: str) -> None:
        self._outputs = [av.open(url, "w", format="flv") for url in urls]
        first = self._outputs[0]
        self._video: Any = first.add_stream("libx264", rate=FPS)
        self._video.width, self._video.height, self._video.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        self._video.bit_rate = 1_500_000
        self._video.codec_context.time_base = fractions.Fraction(1, FPS)
        self._video.options = _ENCODERS[settings]
        self._audio: Any = first.add_stream("aac", rate=RATE_HZ)
        self._audio.layout, self._audio.bit_rate = "stereo", 128_000
        self._video.codec_context.open()
        self._audio.codec_context.open()
        self._noise = np.random.default_rng(1)
        self._canvas = np.full((HEIGHT * 3 // 2, WIDTH), 128, np.uint8)
        self._audio_frames = 0

    def run(self, seconds: float) -> None:
        """Publish in real time for so long."""
        started, frame = time.time(), 0
        while time.time() - started < seconds:
            wait_s = started + frame / FPS - time.time()
            if wait_s > 0:
                time.sleep(wait_s)
            self._send(self._video.encode(self._picture(frame)), 0)
            frame += 1
            while self._audio_frames * 1024 / RATE_HZ < frame / FPS:
                self._send(self._audio.encode(self._sound()), 1)

    def _picture(self, number: int) -> Any:
        milliseconds = int(time.time() * 1000)
        for bar in range(BARS):
            left = LEFT_PX + bar * BAR_PX
            self._canvas[0:40, left : left + BAR_PX] = 235 if milliseconds >> (BARS - 1 - bar) & 1 else 16
        if number % 6 == 0:
            self._canvas[100:300, 100:500] = self._noise.integers(60, 200, (200, 400), np.uint8)
        picture = av.VideoFrame.from_ndarray(self._canvas, "yuv420p")
        picture.pts, picture.time_base = number, fractions.Fraction(1, FPS)
        return picture

    def _sound(self) -> Any:
        at = np.arange(1024) + self._audio_frames * 1024
        wave = (np.sin(at * 2 * np.pi * 440 / RATE_HZ) * 0.1).astype(np.float32)
        sound = av.AudioFrame.from_ndarray(np.stack([wave, wave]), "fltp", "stereo")
        sound.sample_rate, sound.pts = RATE_HZ, self._audio_frames * 1024
        sound.time_base = fractions.Fraction(1, RATE_HZ)
        self._audio_frames += 1
        return sound

    def _send(self, packets: list[Any], stream: int) -> None:
        for packet in packets:
            copies = [self._copy(packet) for _ in self._outputs[1:]]
            self._outputs[0].mux(packet)  # writes its header, from which the others take their codec configuration
            for output, copy in zip(self._outputs[1:], copies, strict=True):
                if not output.streams:
                    output.add_stream_from_template(self._video)
                    output.add_stream_from_template(self._audio)
                copy.stream = output.streams[stream]
                output.mux(copy)

    @staticmethod
    def _copy(packet: Any) -> Any:
        copy: Any = av.Packet(bytes(packet))
        copy.pts, copy.dts, copy.time_base = packet.pts, packet.dts, packet.time_base
        copy.is_keyframe = packet.is_keyframe
        return copy


if __name__ == "__main__":
    Publisher(sys.argv[3:], sys.argv[2]).run(float(sys.argv[1]))
