"""A browser's session without a browser: the app's own websocket, one script run at a time."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Self

import websockets.sync.client
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

RUN_SECONDS = 120


class RunFailed(Exception):
    """A script run ended with an exception, or did not end in time."""


class Session:
    """One person's tab: `run()` asks for a script run and returns its seconds until the last message of it."""

    def __init__(self, base_url: str, query: str = "") -> None:
        self._address = base_url.replace("http", "ws", 1) + "/_stcore/stream"
        self._query = query
        self._page = ""
        self.elements = 0

    def __enter__(self) -> Self:
        self._socket = websockets.sync.client.connect(
            self._address, subprotocols=["streamlit"], max_size=None, open_timeout=30, compression=None
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._socket.close()

    def run(self, page: str = "") -> float:
        """Asks for one run of the page (its address without the slash) and waits for the end of it: seconds."""
        message = BackMsg()
        message.rerun_script.query_string = self._query
        message.rerun_script.page_name = page
        started = time.perf_counter()
        self._socket.send(message.SerializeToString())
        self.elements = 0
        while time.perf_counter() - started < RUN_SECONDS:
            data = self._socket.recv(RUN_SECONDS)
            assert isinstance(data, bytes)
            answer = ForwardMsg.FromString(data)
            kind = answer.WhichOneof("type")
            if kind == "delta":
                self.elements += 1
                if answer.delta.new_element.WhichOneof("type") == "exception":
                    raise RunFailed(answer.delta.new_element.exception.message)
            if kind == "script_finished":
                return time.perf_counter() - started
        raise RunFailed(f"no end of the run after {RUN_SECONDS} s")
