# A BACpypes3 router between two IP networks on loopback. Its configuration is the first line of stdin.

import asyncio

from peer import ip_port, make_router, orders, ports_open, say


async def main():
    lines = orders()
    config = await anext(lines)
    router = make_router(
        config["instance"],
        [ip_port(n + 1, p["address"], p["port"], p["network"]) for n, p in enumerate(config["ports"])],
    )
    await ports_open(router)
    say({"kind": "ready"})
    async for _ in lines:
        pass


asyncio.run(main())
