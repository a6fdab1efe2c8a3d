# sessions.py URL VIEWERS STEPS PAUSE: that many viewers of the Streamlit page at once, by its own protocol: each opens a session,
# then moves filters. Prints JSON: milliseconds of opening and of each step, bytes received and sent, errors.
import asyncio
import json
import random
import sys
import time

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

url, n_viewers, n_steps, pause = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])
totals = {"received": 0, "sent": 0, "errors": 0, "runs": 0}
opening, steps = [], []


class Viewer:
    def __init__(self, number):
        self.random = random.Random(number)
        self.widgets = {}

    async def run_script(self, socket, values):
        message = BackMsg()
        for id, value in values.items():
            state = message.rerun_script.widget_states.widgets.add()
            state.id = id
            state.double_array_value.data.extend(value)
        message.rerun_script.query_string = ""
        data = message.SerializeToString()
        totals["sent"] += len(data)
        started = time.perf_counter()
        await socket.send(data)
        while True:
            data = await asyncio.wait_for(socket.recv(), 60)
            totals["received"] += len(data)
            forward = ForwardMsg()
            forward.ParseFromString(data)
            kind = forward.WhichOneof("type")
            if kind == "delta" and forward.delta.WhichOneof("type") == "new_element":
                element = forward.delta.new_element
                if element.WhichOneof("type") == "exception":
                    totals["errors"] += 1
                    print(element.exception.message, file=sys.stderr)
                if element.WhichOneof("type") == "slider":
                    self.widgets[element.slider.label] = element.slider.id
            if kind == "script_finished":
                totals["runs"] += 1
                return (time.perf_counter() - started) * 1000

    async def view(self):
        try:
            await asyncio.sleep(self.random.random() * pause)
            async with websockets.connect(f"{url}/_stcore/stream", max_size=None, subprotocols=["streamlit"]) as socket:
                opening.append(await self.run_script(socket, {}))
                values = {}
                for step in range(n_steps):
                    await asyncio.sleep(pause * (0.5 + self.random.random()))
                    if step % 2:
                        values[self.widgets["Days"]] = [self.random.randint(7, 60)]
                    else:
                        low = self.random.randint(-60, 100)
                        values[self.widgets["Delay"]] = [low, low + self.random.randint(10, 80)]
                    steps.append(await self.run_script(socket, values))
                await barrier.wait()
        except Exception as error:
            totals["errors"] += 1
            print(repr(error), file=sys.stderr)


async def main():
    global barrier
    # All sessions are open at the end: whoever measures reads the server's memory between the lines.
    barrier = asyncio.Event()
    viewers = [asyncio.create_task(Viewer(number).view()) for number in range(n_viewers)]
    while not all(viewer.done() for viewer in viewers) and len(steps) + totals["errors"] * n_steps < n_viewers * n_steps:
        await asyncio.sleep(0.1)
    print(json.dumps({**totals, "opening": opening, "steps": steps}), flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    barrier.set()
    await asyncio.gather(*viewers)


asyncio.run(main())
