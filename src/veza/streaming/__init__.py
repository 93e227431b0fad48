"""The I/O around `media/`: RTMP sockets in, HLS requests out, and the window of media between them.

Knows streams by id only. Who may publish, and what the rest of the product hears of it, goes through the
`Authority` port, which `live/authority.py` fills.
"""
