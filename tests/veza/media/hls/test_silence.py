"""The silent frame is AAC that a decoder takes, and is silent."""

from typing import Any

import av
import pytest

from veza.media.hls.silence import silent_aac_frame


@pytest.mark.parametrize(("configuration", "channels"), [(1, 1), (2, 2), (3, 3), (4, 4), (5, 5), (6, 6), (7, 8)])
def test_a_silent_frame_decodes_to_silence(configuration: int, channels: int) -> None:
    decoder: Any = av.CodecContext.create("aac", "r")
    decoder.extradata = bytes([0x11, 0x80 | configuration << 3])  # AAC-LC, 48 kHz
    frames = []
    for _ in range(3):
        frames += decoder.decode(av.Packet(silent_aac_frame(channels)))
    assert len(frames) >= 2
    for frame in frames:
        assert frame.samples == 1024
        assert frame.layout.nb_channels == channels
        if channels <= 6:  # PyAV reads eight planes out of bounds
            assert abs(frame.to_ndarray()).max() == 0
